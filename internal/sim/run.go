package sim

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/core/types"

	"diemhouse/pkg/audit"
	"diemhouse/pkg/chain"
	"diemhouse/pkg/contract"
	"diemhouse/pkg/follow"
	"diemhouse/pkg/store"
	"diemhouse/pkg/venice"
)

// Run makes a seed's world, plays its script, lets the daemon catch up without faults,
// and asks the oracle. The error tells what happened and how to see it again.
func Run(ctx context.Context, engine *Engine, seed uint64) error {
	w, err := NewWorld(ctx, engine, seed)
	if err != nil {
		return err
	}

	err = w.Play(ctx)
	if err == nil {
		err = w.Settle(ctx)
	}

	if err != nil {
		err = fmt.Errorf("seed %d: %w\n\nwhat happened:\n  %s\n\nreplay: go test ./internal/sim -run TestSeeds -sim.seed=%d",
			seed, err, strings.Join(w.trace, "\n  "), seed)
	}

	return errors.Join(err, w.Close(context.WithoutCancel(ctx)))
}

// Settle ends all faults and compares everything.
func (w *World) Settle(ctx context.Context) error {
	w.clear()

	if w.Seed%3 > 0 { // one in three daemons has to come back without being started again
		if err := w.Down((*process).stop); err != nil {
			return err
		}
	}

	if err := w.Up(ctx); err != nil {
		return err
	}

	if err := w.CaughtUp(ctx); err != nil {
		return err
	}

	sampled, err := w.sampled(ctx)
	if err != nil {
		return err
	}

	if w.lied() {
		if err := w.mend(ctx); err != nil {
			return err
		}
	}

	o, err := NewOracle(ctx, w)
	if err != nil {
		return err
	}

	return o.Compare(ctx, sampled)
}

// lied reports whether an endpoint told a lie that nothing contradicts.
func (w *World) lied() bool {
	for _, e := range w.Endpoints {
		if e.SilentLies() > 0 {
			return true
		}
	}

	return false
}

// sampled waits until a daemon that was started for it has read the parameters; it
// reports false for one that met faults before, since it may take its time.
func (w *World) sampled(ctx context.Context) (bool, error) {
	if w.Seed%3 == 0 {
		return false, nil
	}

	for deadline := time.Now().Add(patience); !w.process.hasSampled(); time.Sleep(poll) {
		if ctx.Err() != nil || time.Now().After(deadline) {
			return false, fmt.Errorf("the parameters were not read: %w", errors.Join(ctx.Err(), w.process.ended()))
		}
	}

	return true, nil
}

// mend makes everything that happened final, audits it, and repairs it.
func (w *World) mend(ctx context.Context) error {
	w.outgrow(w.height() + finalizedLag)

	if _, err := w.Net.Mine(finalizedLag); err != nil { //nolint:contextcheck // a block of the devnet cannot be interrupted
		return err
	}

	if err := w.CaughtUp(ctx); err != nil {
		return err
	}

	_, err := w.Mend(ctx)

	return err
}

// Mend audits the finalized block, repairs what differs, and proves the rest. It
// returns what was found by each.
func (w *World) Mend(ctx context.Context) (found Found, err error) {
	s, err := w.warehouse(ctx)
	if err != nil {
		return found, err
	}

	pool, err := newPool(w.urls)
	if err != nil {
		return found, err
	}
	defer pool.Close()

	heads, err := pool.Heads(ctx)
	if err != nil {
		return found, err
	}

	reader := contract.New(venice.Base(), pool)
	parameters := &follow.Parameters{Reader: reader, Warehouse: s}
	auditor := &audit.Auditor{Contracts: reader, Warehouse: s, Filter: w.filter.Name(), Wallets: 2 * actors}
	repairer := &audit.Repairer{
		Auditor: auditor, Source: audit.Prover{Blocks: pool}, Replacer: s, Decoder: w.decoder, Filter: w.filter,
		Sample: func(ctx context.Context, block uint64) (int, error) {
			changed, err := parameters.Sample(ctx, block, true)
			if err != nil {
				return 0, err
			}

			return changed.Len(), parameters.Put(ctx, changed)
		},
	}

	final := *heads.Finalized

	report, err := auditor.Audit(ctx, final)
	if err != nil {
		return found, err
	}

	if !report.Passed() {
		done, err := repairer.Repair(ctx, final, report)
		if err != nil {
			return found, err
		}

		found.Audited = done.Replaced

		if !done.After.Passed() {
			return found, fmt.Errorf("after the repair the audit of block %d still differs in %v", final.Number, done.After.Failed())
		}
	}

	return found, w.prove(ctx, pool, s, final, &found)
}

// Found is what was wrong in the warehouse.
type Found struct {
	// Audited is what the audit led to, Proved what only showed when all was proved.
	Audited, Proved store.Replaced
}

// prove reads everything again with its receipts.
func (w *World) prove(ctx context.Context, pool *chain.Pool, s *store.Store, final chain.Header, found *Found) error {
	var (
		logs []types.Log
		all  = chain.Range{To: final.Number.Uint64()}
	)

	logs, err := audit.Prover{Blocks: pool}.VerifiedLogs(ctx, all, w.filter)
	if err != nil {
		return err
	}

	events, err := w.decoder.Decode(nil, logs)
	if err != nil {
		return fmt.Errorf("decode what was proved: %w", err)
	}

	found.Proved, err = s.Replace(ctx, w.filter.Name(), store.Range{From: all.From, To: all.To}, events)

	return err
}
