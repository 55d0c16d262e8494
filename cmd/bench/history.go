package main

import (
	"context"
	"path/filepath"
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

// levels are how far history is verified, and over which part of the chain: receipts
// cost as much for a block as hundreds of logs do.
var levels = []struct {
	verify string
	part   uint64
}{{"none", 1}, {"bloom", 1}, {"receipts", 20}}

// history fills at every level, and keeps the first warehouse for what comes after.
func (r *run) history(ctx context.Context) error {
	for i, level := range levels {
		dsn := r.server.database()

		f, err := r.fill(ctx, dsn, level.verify, r.endpoint.First, r.Blocks/level.part)
		if err != nil {
			return err
		}

		r.sayf("history, %s: %.0f events/s, %d MB", level.verify, f.Rate(), f.Peak>>20)
		r.report.History = append(r.report.History, f)

		if i == 0 {
			r.full = dsn

			continue
		}

		if err := r.server.drop(ctx, dsn); err != nil {
			return err
		}
	}

	return nil
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
