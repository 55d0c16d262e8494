package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
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
	// true at it, each looked for through half of the time.
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

	rows, err := look(ctx, s, "SELECT max(block_number) FROM all_events", while/2)
	if err != nil {
		return err
	}

	figures, err := look(ctx, s, "SELECT block_number FROM supply_now", while/2)
	if err != nil {
		return err
	}

	announced, err := e.announced(ctx)
	if err != nil {
		return err
	}

	f := followed{Pace: pace, Row: lateness(announced, rows), Figure: lateness(announced, figures), Blocks: len(figures)}
	r.sayf("live, a block every %s: figure p50 %s, p99 %s", pace, f.Figure.P50, f.Figure.P99)
	r.report.Live = append(r.report.Live, f)

	return nil
}

// look asks one thing again and again for a while, and notes when each block number was
// first the answer. One thing at a time: what is measured is not to wait for the
// measuring of something else.
func look(ctx context.Context, s *store.Store, query string, while time.Duration) (map[uint64]time.Time, error) {
	first := map[uint64]time.Time{}

	for until := time.Now().Add(while); time.Now().Before(until); time.Sleep(lookEvery) {
		var number uint64
		if err := s.Conn().QueryRow(ctx, query).Scan(&number); err != nil {
			return nil, fmt.Errorf("look at the warehouse: %w", err)
		}

		if _, known := first[number]; !known {
			first[number] = time.Now()
		}
	}

	return first, nil
}

// lateness is how long after its announcement each block was seen, itself or one after
// it. The first two may have been there, or on their way, when the looking began.
func lateness(announced, first map[uint64]time.Time) spread {
	var times []time.Duration

	numbers := slices.Sorted(maps.Keys(first))
	if len(numbers) == 0 {
		return spread{}
	}

	for number, at := range announced {
		i, _ := slices.BinarySearch(numbers, number)
		if number > numbers[0]+1 && i < len(numbers) {
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
