package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// idled is what the daemon takes while nothing happens.
type idled struct {
	For time.Duration
	// CPU is the part of one core, in percent; Memory is resident, in bytes.
	CPU    float64
	Memory int64
	Engine float64
}

// started is how long the daemon takes until it is ready.
type started struct {
	Warehouse string
	Events    uint64
	Wall      time.Duration
}

// startups starts the daemon on an empty warehouse of a chain that is just as empty,
// and on the one that history has filled.
func (r *run) startups(ctx context.Context) error {
	nothing := r.chainFlags
	nothing.Blocks, nothing.Every = 2000, 1_000_000

	empty, err := startEndpoint(ctx, nothing)
	if err != nil {
		return err
	}

	err = r.startup(ctx, "empty", empty, r.server.database(), 0)

	if err := errors.Join(err, empty.stop()); err != nil {
		return err
	}

	return r.startup(ctx, "full", r.endpoint, r.full, r.report.History[0].Rows.Events)
}

func (r *run) startup(ctx context.Context, warehouse string, e *endpoint, dsn string, events uint64) error {
	began := time.Now()

	d, err := r.daemon(ctx, e, dsn)
	if err != nil {
		return err
	}

	s := started{Warehouse: warehouse, Events: events, Wall: time.Since(began)}
	r.sayf("start-up, %s: %s", warehouse, s.Wall)
	r.report.Started = append(r.report.Started, s)

	return d.stop()
}

// idle follows a chain without any Venice log for a while.
func (r *run) idle(ctx context.Context, while time.Duration) (err error) {
	quiet := r.chainFlags
	quiet.Blocks, quiet.Every, quiet.Pace = 2000, 1_000_000, 2*time.Second

	e, err := startEndpoint(ctx, quiet)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.stop()) }()

	dsn := r.server.database()

	d, err := r.daemon(ctx, e, dsn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.stop()) }()

	before, err := cpuOf(d.cmd.Process.Pid)
	if err != nil {
		return err
	}

	engine, err := cpuOf(r.server.PID())
	if err != nil {
		return err
	}

	select {
	case <-time.After(while):
	case <-ctx.Done():
		return ctx.Err()
	}

	after, err := cpuOf(d.cmd.Process.Pid)
	if err != nil {
		return err
	}

	engineAfter, err := cpuOf(r.server.PID())
	if err != nil {
		return err
	}

	i := idled{For: while, CPU: percent(after-before, while), Engine: percent(engineAfter-engine, while)}

	if i.Memory, err = memoryOf(d.cmd.Process.Pid); err != nil {
		return err
	}

	r.sayf("idle: %.1f %% of a core, %d MB; ClickHouse %.1f %%", i.CPU, i.Memory>>20, i.Engine)
	r.report.Idle = i

	return nil
}

func percent(part, whole time.Duration) float64 { return 100 * part.Seconds() / whole.Seconds() }

// freeAddress is a loopback address that nobody listens at.
func freeAddress(ctx context.Context) (string, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}

	return listener.Addr().String(), listener.Close()
}

// ready waits until the daemon says that it is.
func (d *daemon) ready(ctx context.Context, url string) error {
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}

		response, err := http.DefaultClient.Do(request)
		if err == nil {
			_ = response.Body.Close()
		}

		if err == nil && response.StatusCode == http.StatusOK {
			return nil
		}

		select {
		case err := <-d.done:
			d.done <- err

			return fmt.Errorf("the indexer ended before it was ready: %w: %s", err, d.said.String())
		case <-time.After(lookEvery):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
