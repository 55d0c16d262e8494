package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"diemhouse/pkg/store"
)

// othersFlags say where the other indexer is and what it is given.
type othersFlags struct {
	Ponder        string `default:"deps/ponder" placeholder:"DIR" help:"Where the project of the indexer Ponder is."`
	OthersBlocks  uint64 `default:"3000" help:"Blocks that Ponder and ours are compared over."`
	OthersLimited uint64 `default:"500" help:"Blocks that Ponder is given under one address, where its own limit of requests counts."`
}

// compared are ours and the other indexer over the same blocks.
type compared struct {
	// Version is Ponder's, Addresses how often it was given the endpoint.
	Version   string
	Addresses int
	Rows      []other
}

// other is one indexer over so many blocks, its database included.
type other struct {
	usage

	Name   string
	Blocks uint64
	Events uint64
	Served served
	// Start is how long it took to begin with the chain, which is not part of the usage.
	// Ours begins with the command.
	Start time.Duration
}

// Rate is in events a second.
func (o other) Rate() float64 { return float64(o.Events) / o.Wall.Seconds() }

type othersCommand struct{ settings }

// Run compares on a chain that is no longer than it must be.
func (c *othersCommand) Run(ctx context.Context) error {
	r := &run{settings: c.settings}
	r.Blocks = 2 * r.OthersBlocks

	if err := r.measure(ctx, r.others); err != nil {
		return err
	}

	return r.report.print(os.Stdout, "others")
}

// others runs ours and Ponder over the same blocks: the chain's second is the first of them,
// because Ponder reads the block before, and at most half of the chain, because it stays
// behind the head.
func (r *run) others(ctx context.Context) (err error) {
	version, err := r.ponderVersion()
	if err != nil {
		return err
	}

	r.report.Others = compared{Version: version, Addresses: ponderAddresses}
	from, blocks := r.endpoint.First+1, min(r.OthersBlocks, r.Blocks/2)

	ours := r.server.database()
	defer func() { err = errors.Join(err, r.server.drop(ctx, ours)) }()

	if err := r.ours(ctx, ours, "none", from, blocks); err != nil {
		return err
	}

	verified := r.server.database()
	defer func() { err = errors.Join(err, r.server.drop(ctx, verified)) }()

	if err := r.ours(ctx, verified, "bloom", from, blocks); err != nil {
		return err
	}

	for _, given := range []struct {
		name      string
		addresses int
		blocks    uint64
	}{
		{"Ponder, its limit of requests lifted", ponderAddresses, blocks},
		{"Ponder, the endpoint given once", 1, min(r.OthersLimited, blocks)},
	} {
		o, err := r.ponder(ctx, given.addresses, from, given.blocks)
		if err != nil {
			return err
		}

		o.Name = given.name
		r.compare(o)

		if err := r.same(ctx, ours, o, from); err != nil {
			return err
		}
	}

	return nil
}

// ours fills an empty warehouse.
func (r *run) ours(ctx context.Context, dsn, verify string, from, blocks uint64) error {
	if err := forgetPeak(r.server.PID()); err != nil {
		return err
	}

	f, err := r.fill(ctx, dsn, verify, from, blocks)
	if err != nil {
		return err
	}

	engine, err := peakOf(r.server.PID())
	if err != nil {
		return err
	}

	f.CPU += f.Engine
	f.Peak += engine

	r.compare(other{usage: f.usage, Name: "Diemhouse, `--verify " + verify + "`", Blocks: blocks, Events: f.Rows.Events, Served: f.Served})

	return nil
}

// same refuses a comparison of two that do not have the same events.
func (r *run) same(ctx context.Context, dsn string, o other, from uint64) error {
	w, err := store.Open(ctx, store.Config{DSN: dsn})
	if err != nil {
		return err
	}

	var events uint64

	err = w.Conn().QueryRow(ctx, "SELECT count() FROM events FINAL WHERE block_number < ?", from+o.Blocks).Scan(&events)
	if err == nil && events != o.Events {
		err = fmt.Errorf("%s has %d events of %d blocks, ours %d", o.Name, o.Events, o.Blocks, events)
	}

	return errors.Join(err, w.Close())
}

func (r *run) compare(o other) {
	r.sayf("%s: %d events of %d blocks, %.0f events/s, %d MB", o.Name, o.Events, o.Blocks, o.Rate(), o.Peak>>20)
	r.report.Others.Rows = append(r.report.Others.Rows, o)
}
