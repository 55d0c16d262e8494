package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"diemhouse/pkg/store"
)

// followed is how long it took from the announcement of a block until it was seen.
type followed struct {
	Pace   time.Duration
	Blocks int
	// Row is until its events were in a view, Figure until the headline figures were
	// true at it.
	Row, Figure spread
}

// spread are quantiles.
type spread struct{ P50, P99, Most time.Duration }

func spreadOf(times []time.Duration) spread {
	if len(times) == 0 {
		return spread{}
	}

	slices.Sort(times)

	return spread{times[len(times)/2], times[(len(times)-1)*99/100], times[len(times)-1]}
}

// look is the pause between two looks at the warehouse; it is part of what is measured.
const lookEvery = 5 * time.Millisecond

// live follows a chain that grows at a pace for a while.
func (r *run) live(ctx context.Context, pace, while time.Duration) (err error) {
	chain := r.chainFlags
	chain.Blocks, chain.Pace = 2000, pace

	e, err := startEndpoint(ctx, chain)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.stop()) }()

	dsn := r.server.database()
	defer func() { err = errors.Join(err, r.server.drop(ctx, dsn)) }()

	daemon, err := r.daemon(ctx, e, dsn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, daemon.stop()) }()

	s, err := store.Open(ctx, store.Config{DSN: dsn})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()

	until := time.Now().Add(while)
	began := e.Head + uint64(2*time.Second/pace) // The start itself is not looked at.

	rows := map[uint64]time.Time{}
	figures := map[uint64]time.Time{}

	for time.Now().Before(until) {
		if err := seen(ctx, s, "SELECT max(block_number) FROM all_events", rows); err != nil {
			return err
		}

		if err := seen(ctx, s, "SELECT block_number FROM supply_now", figures); err != nil {
			return err
		}

		time.Sleep(lookEvery)
	}

	announced, err := e.announced(ctx)
	if err != nil {
		return err
	}

	f := followed{Pace: pace, Row: lateness(announced, rows, began), Figure: lateness(announced, figures, began), Blocks: len(figures)}
	r.sayf("live, a block every %s: figure p50 %s, p99 %s", pace, f.Figure.P50, f.Figure.P99)
	r.report.Live = append(r.report.Live, f)

	return nil
}

// seen notes when a block number was first seen.
func seen(ctx context.Context, s *store.Store, query string, first map[uint64]time.Time) error {
	var number uint64
	if err := s.Conn().QueryRow(ctx, query).Scan(&number); err != nil {
		return fmt.Errorf("look at the warehouse: %w", err)
	}

	if _, known := first[number]; !known {
		first[number] = time.Now()
	}

	return nil
}

// lateness is how long after its announcement each block was seen, itself or one after
// it.
func lateness(announced, first map[uint64]time.Time, from uint64) spread {
	var times []time.Duration

	numbers := make([]uint64, 0, len(first))
	for n := range first {
		numbers = append(numbers, n)
	}

	slices.Sort(numbers)

	for number, at := range announced {
		i, _ := slices.BinarySearch(numbers, number)
		if number >= from && i < len(numbers) {
			times = append(times, first[numbers[i]].Sub(at))
		}
	}

	return spreadOf(times)
}

// daemon is a running indexer.
type daemon struct {
	cmd  *exec.Cmd
	said *strings.Builder
	done chan error
}

// daemon starts the indexer on the endpoint's WebSocket and waits until it is ready.
func (r *run) daemon(ctx context.Context, e *endpoint, dsn string) (*daemon, error) {
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}

	d := &daemon{said: new(strings.Builder), done: make(chan error, 1)}
	d.cmd = exec.CommandContext(ctx, filepath.Join(r.Bin, "indexer"), "run", "--rpc", "ws"+strings.TrimPrefix(e.URL, "http"), //nolint:gosec // ours
		"--clickhouse", dsn, "--listen", address, "--board-addr=", "--audit-every=0s")
	d.cmd.Stderr = d.said

	if err := d.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the indexer: %w", err)
	}

	go func() { d.done <- d.cmd.Wait() }()

	if err := d.ready(ctx, "http://"+address+"/readyz"); err != nil {
		return nil, errors.Join(err, d.stop())
	}

	return d, nil
}

func (d *daemon) stop() error {
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop the indexer: %w", err)
	}

	if err := <-d.done; err != nil {
		return fmt.Errorf("the indexer ended: %w: %s", err, d.said.String())
	}

	return nil
}
