package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"diemhouse/internal/app"
	"diemhouse/internal/config"
	"diemhouse/pkg/chain"
	"diemhouse/pkg/contract"
	"diemhouse/pkg/follow"
)

// namedRanges bounds how many uncovered ranges the error names.
const namedRanges = 5

type fillCommand struct {
	config.Chain
	config.Warehouse

	From *uint64 `placeholder:"BLOCK" help:"First block. Without it: the first that can have a Venice log, or the beginning of a chain that is not that long." group:"Range:"`
	To   string  `default:"finalized" placeholder:"BLOCK" help:"Last block, or 'finalized'." group:"Range:"`
}

// Run fills the range and checks that it is covered.
func (c *fillCommand) Run(ctx context.Context, env *app.Env) error {
	network, err := app.OpenChain(ctx, c.Chain, nil)
	if err != nil {
		return err
	}
	defer network.Close()

	heads, err := network.Pool.Heads(ctx)
	if err != nil {
		return fmt.Errorf("read the chain's heads: %w", err)
	}

	wanted, err := c.wanted(ctx, network, heads)
	if err != nil {
		return err
	}

	return app.WithWarehouse(ctx, c.Warehouse, env.Log, func(w *app.Warehouse) error {
		if err := w.Migrate(ctx); err != nil {
			return err
		}

		if err := w.Bind(ctx, network.Deployment); err != nil {
			return err
		}

		if err := w.Begin(ctx, wanted.From, heads); err != nil {
			return err
		}

		job := &job{env: env, chain: network, store: w, wanted: wanted, workers: c.Workers, verify: app.Verification(c.Verify)}

		return job.run(ctx)
	})
}

// wanted is the range to fill.
func (c *fillCommand) wanted(ctx context.Context, network *app.Chain, heads chain.Heads) (chain.Range, error) {
	settled, err := follow.Settled(ctx, network.Pool, heads)
	if err != nil {
		return chain.Range{}, err
	}

	final := settled.Number.Uint64()

	from, err := app.FirstBlock(c.From, network.Deployment, heads.Head.Number.Uint64())
	if err != nil {
		return chain.Range{}, err
	}

	to := final

	if c.To != "finalized" {
		to, err = strconv.ParseUint(c.To, 10, 64)
		if err != nil {
			return chain.Range{}, fmt.Errorf("--to %s: want a block number or 'finalized'", c.To)
		}
	}

	switch {
	case from > to:
		return chain.Range{}, fmt.Errorf("the range is reversed: --from %d is above --to %d", from, to)
	case to > final:
		return chain.Range{}, fmt.Errorf("--to %d is not final yet: a reorg may still change what is above block %d; "+
			"use --to finalized, and indexer run to follow the head", to, final)
	}

	return chain.Range{From: from, To: to}, nil
}

// job fills one range.
type job struct {
	env     *app.Env
	chain   *app.Chain
	store   *app.Warehouse
	wanted  chain.Range
	workers int
	verify  chain.Verification

	events int
	read   uint64
}

func (j *job) run(ctx context.Context) error {
	progress := app.NewProgress("history", j.env.Screen, j.env.Log)
	began := time.Now()

	history := &follow.History{
		Source: j.chain.Pool, Decoder: j.chain.Decoder, Warehouse: j.store, Filter: j.chain.Filter, Workers: j.workers, Verify: j.verify,
		Observer: &observer{job: j, progress: progress},
	}

	err := history.Fill(ctx, j.wanted)

	progress.Clear()

	if left := j.left(ctx); err != nil || left != "" {
		return j.incomplete(ctx, err, left)
	}

	j.sample(ctx)

	_, err = fmt.Fprintf(j.env.Out, "%s are covered; %s blocks with %s events read in %s\n",
		j.wanted, app.Thousands(j.read), app.Thousands(uint64(j.events)), time.Since(began).Round(time.Millisecond))

	return err
}

// left names what is not covered, empty when everything is.
func (j *job) left(ctx context.Context) string {
	// Also after ^C: it is good to know how far it came.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()

	gaps, err := j.store.Gaps(ctx, j.chain.Filter.Name(), j.wanted.From, j.wanted.To)
	if err != nil {
		return "what is covered could not be read: " + err.Error()
	}

	var (
		parts  []string
		blocks uint64
	)

	for i, gap := range gaps {
		blocks += gap.To - gap.From + 1

		if i < namedRanges {
			parts = append(parts, gap.String())
		}
	}

	if len(gaps) > namedRanges {
		parts = append(parts, fmt.Sprintf("and %d more ranges", len(gaps)-namedRanges))
	}

	if len(parts) == 0 {
		return ""
	}

	return fmt.Sprintf("%s of %s blocks are not covered: %s",
		app.Thousands(blocks), app.Thousands(j.wanted.Len()), strings.Join(parts, ", "))
}

// incomplete says what is left, why, and what to do.
func (j *job) incomplete(ctx context.Context, cause error, left string) error {
	var missing *chain.ScanError

	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("stopped; %s. The same command goes on from here", left)
	case errors.As(cause, &missing):
		why := missing.Missing[:min(len(missing.Missing), namedRanges)]

		return fmt.Errorf("%s. %w. The same command with another --rpc goes on from here", left, &chain.ScanError{Missing: why})
	case cause != nil:
		return fmt.Errorf("%w; %s. The same command goes on from here", cause, left)
	default:
		return fmt.Errorf("%s, though nothing failed: a reorg or another process undid it; run the same command again", left)
	}
}

// sample reads what no event tells, and then whether one should have. That an endpoint
// cannot is no failure of the range: what is unknown is shown as unknown.
func (j *job) sample(ctx context.Context) {
	parameters := &follow.Parameters{
		Reader: contract.New(j.chain.Deployment, j.chain.Pool), Warehouse: j.store, First: j.wanted.From,
	}

	if _, err := parameters.Learn(ctx, j.wanted.To); err != nil {
		j.env.Log.Warn().Err(err).Msg("the contracts' curve and settings could not be read; what no event tells stays unknown")

		return
	}

	_, found, err := app.Untold(j.chain, j.store.Store).Read(ctx, j.wanted.To)
	if found.Len() > 0 {
		j.env.Log.Error().Stringer("logs", &found).Msg("an endpoint had given wrong logs; they were proved and mended")
	}

	if err != nil {
		j.env.Log.Warn().Err(err).Msg("not everything could be read again; an event that is missing there stays so until the indexer can")
	}
}

// observer counts for the summary and shows progress.
type observer struct {
	follow.Silent

	job      *job
	progress *app.Progress
}

// Filled implements follow.Observer.
func (o *observer) Filled(blocks, left uint64, events, _ int) {
	o.job.read += blocks
	o.job.events += events
	o.progress.Left(left, events)
}
