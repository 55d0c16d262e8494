package main

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strconv"
	"time"
)

// filled is one run of backfill into an empty warehouse.
type filled struct {
	usage

	Verify string
	Rows   counted
	Served served
	// Fewest is the least number of requests that could have carried the same: one for
	// as many blocks as the endpoint allows an answer for, one for a hundred headers where
	// they are read, and one for the receipts of a block.
	Fewest int64
	// Engine and Endpoint are the processor time of the two others.
	Engine, Endpoint time.Duration
}

// Rate is in events a second.
func (f filled) Rate() float64 { return float64(f.Rows.Events) / f.Wall.Seconds() }

// rounds is how often what takes seconds is measured: the pace of a machine that others
// share moves by a tenth and more from one quarter of a minute to the next.
const rounds = 3

// receiptsPart is the part of the chain that receipts are measured over: they cost as much
// for a block as hundreds of logs do.
const receiptsPart = 20

// history fills at every level, and keeps a warehouse for what comes after.
func (r *run) history(ctx context.Context) error {
	var none, bloom []filled

	for range rounds {
		if r.full != "" {
			if err := r.server.drop(ctx, r.full); err != nil {
				return err
			}
		}

		r.full = r.server.database()

		f, err := r.filled(ctx, r.full, "none", r.Blocks)
		if err != nil {
			return err
		}

		none = append(none, f)

		if f, err = r.filledOnce(ctx, "bloom", r.Blocks); err != nil {
			return err
		}

		bloom = append(bloom, f)
	}

	receipts, err := r.filledOnce(ctx, "receipts", r.Blocks/receiptsPart)
	if err != nil {
		return err
	}

	r.report.History = []filled{median(none), median(bloom), receipts}
	r.report.Bloom = extremesOf(bloom)

	return nil
}

// rated is something with a rate in events a second.
type rated interface{ Rate() float64 }

// median is the one in the middle; runs are an odd number.
func median[T rated](runs []T) T {
	return slices.SortedFunc(slices.Values(runs), func(a, b T) int { return cmp.Compare(a.Rate(), b.Rate()) })[len(runs)/2]
}

// extremes are the least and the greatest of several rates.
type extremes struct{ Least, Most float64 }

func extremesOf[T rated](runs []T) extremes {
	e := extremes{runs[0].Rate(), runs[0].Rate()}
	for _, r := range runs {
		e.Least, e.Most = min(e.Least, r.Rate()), max(e.Most, r.Rate())
	}

	return e
}

// filledOnce fills a warehouse that nothing needs afterwards.
func (r *run) filledOnce(ctx context.Context, verify string, blocks uint64) (f filled, err error) {
	dsn := r.server.database()
	defer func() { err = errors.Join(err, r.server.drop(ctx, dsn)) }()

	return r.filled(ctx, dsn, verify, blocks)
}

// filled fills from the first block on, and says how fast.
func (r *run) filled(ctx context.Context, dsn, verify string, blocks uint64) (filled, error) {
	f, err := r.fill(ctx, dsn, verify, r.endpoint.First, blocks)
	if err == nil {
		r.sayf("history, %s: %.0f events/s, %d MB", verify, f.Rate(), f.Peak>>20)
	}

	return f, err
}

// fill runs backfill over so many blocks.
func (r *run) fill(ctx context.Context, dsn, verify string, from, blocks uint64) (filled, error) {
	f := filled{Verify: verify, Fewest: r.fewest(blocks, verify)}

	before, err := r.look(ctx)
	if err != nil {
		return f, err
	}

	f.usage, err = measure(ctx, filepath.Join(r.Bin, "backfill"), "--rpc", r.endpoint.URL, "--clickhouse", dsn,
		"--verify", verify, "--from", strconv.FormatUint(from, 10), "--to", strconv.FormatUint(from+blocks-1, 10))
	if err != nil {
		return f, err
	}

	after, err := r.look(ctx)
	if err != nil {
		return f, err
	}

	f.Served = served{after.served.Requests - before.served.Requests, after.served.Bytes - before.served.Bytes}
	f.Engine, f.Endpoint = after.engine-before.engine, after.endpoint-before.endpoint
	f.Rows, err = count(ctx, dsn)

	return f, err
}

// fewest is the least number of requests for the logs of so many blocks.
func (r *run) fewest(blocks uint64, verify string) int64 {
	logs := float64(r.endpoint.Core) * float64(blocks) / float64(r.Blocks)
	fewest := int64(max(logs/float64(r.Results), float64(blocks)/float64(r.Range))) + 1

	if verify != "none" {
		fewest += int64(blocks / 100)
	}

	if verify == "receipts" {
		fewest += int64(blocks)
	}

	return fewest
}

// looked is what the other two processes have done so far.
type looked struct {
	served           served
	engine, endpoint time.Duration
}

func (r *run) look(ctx context.Context) (l looked, err error) {
	if l.served, err = r.endpoint.served(ctx); err != nil {
		return l, err
	}

	if l.engine, err = cpuOf(r.server.PID()); err != nil {
		return l, err
	}

	l.endpoint, err = cpuOf(r.endpoint.cmd.Process.Pid)

	return l, err
}
