package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"diemhouse/pkg/store"
)

// othersPatience ends an indexer that tries something again and again.
const othersPatience = 10 * time.Minute

// othersFlags say where the other indexers are and what they are given.
type othersFlags struct {
	Ponder        string `default:"deps/ponder" placeholder:"DIR" help:"Where the project of the indexer Ponder is."`
	Squid         string `default:"deps/squid" placeholder:"DIR" help:"Where the project of the Squid SDK is."`
	OthersLong    uint64 `default:"30000" help:"Blocks that the Squid SDK and ours are compared over."`
	OthersBlocks  uint64 `default:"3000" help:"Blocks that all are compared over."`
	OthersLimited uint64 `default:"500" help:"Blocks that Ponder is given under one address, where its own limit of requests counts."`
}

// compared are ours and the other indexers over the same blocks.
type compared struct {
	// Ponder and Squid are their versions, Addresses is how often Ponder was given the
	// endpoint.
	Ponder, Squid string
	Addresses     int
	Rows          []other
}

// other is one indexer over so many blocks, its database included.
type other struct {
	usage

	Name   string
	Blocks uint64
	Events uint64
	Served served
	// Start is how long it took to begin with the chain, where that is not part of the
	// usage.
	Start time.Duration
}

// Rate is in events a second.
func (o other) Rate() float64 { return float64(o.Events) / o.Wall.Seconds() }

type othersCommand struct{ settings }

// Run compares on a chain that is no longer than it must be.
func (c *othersCommand) Run(ctx context.Context) error {
	r := &run{settings: c.settings}
	r.Blocks = 2 * max(r.OthersLong, r.OthersBlocks)

	if err := r.measure(ctx, r.others); err != nil {
		return err
	}

	return r.report.print(os.Stdout, "others")
}

// installed reports what the other indexers lack.
func (r *run) installed() error {
	for needs, target := range map[string]string{filepath.Join(r.Ponder, ponderProgram): "ponder", filepath.Join(r.Squid, squidPackage): "squid"} {
		if _, err := os.Stat(needs); err != nil {
			return fmt.Errorf("an indexer that ours is compared with is not installed, run make %s: %w", target, err)
		}
	}

	if _, err := exec.LookPath("node"); err != nil {
		return fmt.Errorf("the indexers that ours is compared with need Node 18.14 or later: %w", err)
	}

	return nil
}

// versionIn reads the version of an npm package.
func versionIn(dir string) (string, error) {
	text, err := os.ReadFile(filepath.Join(dir, "package.json")) //nolint:gosec // the user names it
	if err != nil {
		return "", fmt.Errorf("read another indexer's version: %w", err)
	}

	var about struct {
		Version string `json:"version"`
	}

	if err := json.Unmarshal(text, &about); err != nil {
		return "", fmt.Errorf("read another indexer's version: %s: %w", dir, err)
	}

	return about.Version, nil
}

// others runs ours and the others over the same blocks: the chain's second is the first of
// them, because Ponder reads the block before, and at most half of the chain, because the
// others stay behind the head.
func (r *run) others(ctx context.Context) (err error) {
	r.report.Others.Addresses = ponderAddresses

	if r.report.Others.Ponder, err = versionIn(filepath.Join(r.Ponder, "node_modules/ponder")); err != nil {
		return err
	}

	if r.report.Others.Squid, err = versionIn(filepath.Join(r.Squid, squidPackage)); err != nil {
		return err
	}

	short := min(r.OthersBlocks, r.Blocks/2)
	long := max(short, min(r.OthersLong, r.Blocks/2))

	// What all are held against.
	whole := r.server.database()
	defer func() { err = errors.Join(err, r.server.drop(ctx, whole)) }()

	for _, next := range []struct {
		name   string
		blocks uint64
		run    func(ctx context.Context, from, blocks uint64) (other, error)
	}{
		{"Diemhouse, `--verify bloom`", long, func(ctx context.Context, from, blocks uint64) (other, error) {
			return r.ours(ctx, whole, "bloom", from, blocks)
		}},
		{"Squid SDK", long, r.squid},
		{"Diemhouse, `--verify none`", short, r.dropped("none")},
		{"Diemhouse, `--verify bloom`", short, r.dropped("bloom")},
		{"Squid SDK", short, r.squid},
		{"Ponder, its limit of requests lifted", short, r.ponder(ponderAddresses)},
		{"Ponder, the endpoint given once", min(r.OthersLimited, short), r.ponder(1)},
	} {
		if err := r.compare(ctx, next.name, whole, next.blocks, next.run); err != nil {
			return fmt.Errorf("%s over %d blocks: %w", next.name, next.blocks, err)
		}
	}

	return nil
}

// compare runs one, and refuses a comparison of those that do not have the same events.
func (r *run) compare(ctx context.Context, name, whole string, blocks uint64, run func(ctx context.Context, from, blocks uint64) (other, error)) error {
	from := r.endpoint.First + 1

	before, err := r.endpoint.served(ctx)
	if err != nil {
		return err
	}

	impatient, enough := context.WithTimeout(ctx, othersPatience)
	defer enough()

	o, err := run(impatient, from, blocks)
	if err != nil {
		return err
	}

	after, err := r.endpoint.served(ctx)
	if err != nil {
		return err
	}

	o.Name, o.Blocks = name, blocks
	o.Served = served{after.Requests - before.Requests, after.Bytes - before.Bytes}

	events, err := eventsBefore(ctx, whole, from+blocks)
	if err != nil {
		return err
	}

	if events != o.Events {
		return fmt.Errorf("it has %d events, ours %d", o.Events, events)
	}

	r.sayf("%s: %d events of %d blocks, %.0f events/s, %d MB", name, o.Events, blocks, o.Rate(), o.Peak>>20)
	r.report.Others.Rows = append(r.report.Others.Rows, o)

	return nil
}

// eventsBefore counts the events of a warehouse below a block.
func eventsBefore(ctx context.Context, dsn string, block uint64) (events uint64, err error) {
	w, err := store.Open(ctx, store.Config{DSN: dsn})
	if err != nil {
		return 0, err
	}

	err = w.Conn().QueryRow(ctx, "SELECT count() FROM events FINAL WHERE block_number < ?", block).Scan(&events)

	return events, errors.Join(err, w.Close())
}

// dropped fills a warehouse that nothing needs afterwards.
func (r *run) dropped(verify string) func(ctx context.Context, from, blocks uint64) (other, error) {
	return func(ctx context.Context, from, blocks uint64) (o other, err error) {
		dsn := r.server.database()
		defer func() { err = errors.Join(err, r.server.drop(ctx, dsn)) }()

		return r.ours(ctx, dsn, verify, from, blocks)
	}
}

// ours fills an empty warehouse.
func (r *run) ours(ctx context.Context, dsn, verify string, from, blocks uint64) (o other, err error) {
	if err := forgetPeak(r.server.PID()); err != nil {
		return o, err
	}

	f, err := r.fill(ctx, dsn, verify, from, blocks)
	if err != nil {
		return o, err
	}

	engine, err := peakOf(r.server.PID())
	if err != nil {
		return o, err
	}

	f.CPU += f.Engine
	f.Peak += engine

	return other{usage: f.usage, Events: f.Rows.Events}, nil
}
