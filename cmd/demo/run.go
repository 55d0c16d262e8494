package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"diemhouse/internal/app"
	"diemhouse/pkg/store"
)

const (
	// look is how often the warehouse is asked while the demo runs.
	look = 500 * time.Millisecond
	// startTime bounds the start of a program.
	startTime = 3 * time.Minute
)

// run is the demo from its first to its last line.
func (c *cli) run(ctx context.Context) (err error) {
	release, err := fresh(c.DataDir)
	if err != nil {
		return err
	}
	defer release()

	say := newSpeaker(c.JSON)
	say.linef("1. A local Venice: a go-ethereum node with Venice's contracts and %s of history.", c.History)

	network, err := c.startNetwork(ctx, say)
	if err != nil {
		return err
	}

	defer func() { err = errors.Join(err, network.stop()) }()

	say.linef("2. The indexer, with ClickHouse in a process of its own. Data: %s", c.DataDir)

	house, err := c.startIndexer(ctx, network, say)
	if err != nil {
		return err
	}

	defer func() { err = errors.Join(err, house.stop()) }()

	warehouse, err := store.Open(ctx, store.Config{DSN: house.dsn})
	if err != nil {
		return err
	}

	defer func() { err = errors.Join(err, warehouse.Close()) }()

	status, err := c.watch(ctx, warehouse, network, house, say)
	say.screen.Keep()

	if err != nil {
		return err
	}

	if c.JSON {
		return app.WriteStatus(os.Stdout, status)
	}

	say.linef("\nThe demo ends. `make demo` starts a new one.")

	return nil
}

// watch shows history and then the figures, until the time is up or ctx ends. It
// gives the last status.
func (c *cli) watch(ctx context.Context, w *store.Store, network *network, house *house, say *speaker) (store.Status, error) {
	var (
		last  store.Status
		over  <-chan time.Time
		tick  = time.NewTicker(look)
		shown = newShow(say)
	)
	defer tick.Stop()

	for {
		select {
		case <-ctx.Done():
			return c.last(ctx, w, last)
		case <-over:
			return c.last(ctx, w, last)
		case <-network.done:
			return last, network.gone()
		case <-house.done:
			return last, house.gone()
		case <-tick.C:
		}

		status, err := w.Status(ctx)
		if ctx.Err() != nil {
			continue
		}

		if err != nil {
			return last, err
		}

		last = status

		if shown.update(status) && over == nil {
			network.words(say)
			house.words(say)

			over = make(chan time.Time) // for ever
			if c.For > 0 {
				over = time.After(c.For)
			}
		}
	}
}

// last is the final status, asked for while everything still runs, also after ^C.
func (c *cli) last(ctx context.Context, w *store.Store, seen store.Status) (store.Status, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()

	status, err := w.Status(ctx)
	if err != nil {
		return seen, fmt.Errorf("read the final status: %w", err)
	}

	return status, nil
}

// speaker prints what a person reads: on standard output, unless that is for JSON.
type speaker struct {
	out    io.Writer
	screen *app.Screen
}

func newSpeaker(toStderr bool) *speaker {
	file := os.Stdout
	if toStderr {
		file = os.Stderr
	}

	screen := app.NewScreen(file)

	return &speaker{out: screen, screen: screen}
}

func (s *speaker) linef(format string, args ...any) {
	// Where nobody can read any more, the demo goes on until it is stopped.
	_, _ = fmt.Fprintf(s.out, format+"\n", args...)
}
