package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// settings are what every measurement takes.
type settings struct {
	chainFlags
	othersFlags

	Bin string `placeholder:"DIR" help:"Where the programs backfill and indexer are; beside this one unless said."`
}

type runCommand struct {
	settings

	Live   time.Duration `default:"2m" help:"How long the head is followed at each pace."`
	Idle   time.Duration `default:"10m" help:"How long the daemon is watched doing nothing."`
	Report string        `placeholder:"FILE" help:"Where the report is written; standard output without it."`
}

// run is one measurement of everything.
type run struct {
	settings

	server   *server
	endpoint *endpoint
	// full is the warehouse that history has filled.
	full   string
	report report
}

// Run measures everything, one thing after the other, and writes the report.
func (c *runCommand) Run(ctx context.Context) error {
	r := &run{settings: c.settings}

	// Ponder and ours are compared first, while ClickHouse holds nothing yet.
	err := r.measure(ctx, r.others, r.history, r.floors, r.storage, r.startups,
		func(ctx context.Context) error { return r.live(ctx, 2*time.Second, c.Live) },
		func(ctx context.Context) error { return r.live(ctx, 200*time.Millisecond, c.Live) },
		func(ctx context.Context) error { return r.idle(ctx, c.Idle) })
	if err != nil {
		return err
	}

	return r.report.write(c.Report)
}

// measure takes the steps beside a ClickHouse and an endpoint.
func (r *run) measure(ctx context.Context, steps ...func(context.Context) error) (err error) {
	if err := r.installed(); err != nil {
		return err // now, and not after an hour
	}

	if r.Bin == "" {
		self, err := os.Executable()
		if err != nil {
			return fmt.Errorf("find this program: %w", err)
		}

		r.Bin = filepath.Dir(self)
	}

	if r.report.Machine, err = thisMachine(); err != nil {
		return err
	}

	r.server, err = startServer(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.server.stop()) }()

	r.endpoint, err = startEndpoint(ctx, r.chainFlags)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.endpoint.stop()) }()

	r.report.Chain, r.report.Endpoint = r.chainFlags, r.endpoint.ready

	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}

	return nil
}

// sayf tells how far the run is.
func (r *run) sayf(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }

func jsonOf(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // of addresses and hashes
	}

	return string(text)
}
