package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"diemhouse/internal/app"
	"diemhouse/internal/config"
	"diemhouse/internal/telemetry"
	"diemhouse/pkg/chain"
	"diemhouse/pkg/contract"
	"diemhouse/pkg/follow"
	"diemhouse/pkg/store"
)

const (
	// statsEvery is how often the counts of requests go into the warehouse.
	statsEvery = 10 * time.Second
	// partingTime bounds what is done after the work has ended.
	partingTime = 5 * time.Second
)

type runCommand struct {
	config.Chain
	config.Warehouse
	config.Daemon
}

// daemon is what the parts of a running indexer share.
type daemon struct {
	flags   *runCommand
	env     *app.Env
	metrics *telemetry.Metrics
	chain   *app.Chain
	store   *app.Warehouse
	stats   *store.EndpointStats
}

// Run opens everything, follows the chain until it is told to stop, and closes
// everything again.
func (c *runCommand) Run(ctx context.Context, env *app.Env) (err error) {
	d := &daemon{flags: c, env: env, metrics: telemetry.NewMetrics(env.Log)}

	server, err := telemetry.Serve(ctx, c.Listen, d.metrics.Registry, d.metrics.Ready)
	if err != nil {
		return err
	}

	defer func() {
		parting, cancel := context.WithTimeout(context.WithoutCancel(ctx), partingTime)
		defer cancel()

		err = errors.Join(err, server.Close(parting))
	}()

	return app.WithWarehouse(ctx, c.Warehouse, env.Log, func(w *app.Warehouse) error {
		d.store = w

		err := d.work(ctx, server)
		if ctx.Err() != nil {
			env.Log.Debug().Err(err).Msg("ended")
			env.Log.Info().Msg("stopped")

			return nil //nolint:nilerr // what the stop broke on its way is no failure
		}

		return err
	})
}

// work prepares the warehouse and the chain and follows.
func (d *daemon) work(ctx context.Context, server *telemetry.Server) (err error) {
	if err := d.store.Migrate(ctx); err != nil {
		return err
	}

	d.opened(server)

	d.stats = store.NewEndpointStats(d.store.Store)

	d.chain, err = app.OpenChain(ctx, d.flags.Chain, d.request)
	if err != nil {
		return err
	}
	defer d.chain.Close()

	if err := d.store.Bind(ctx, d.chain.Deployment); err != nil {
		return err
	}

	g, ctx := errgroup.WithContext(ctx)

	g.Go(func() error { return d.store.Watch(ctx) })
	g.Go(func() error { return d.count(ctx) })
	g.Go(func() error { return d.follow(ctx) })

	return g.Wait()
}

// follow serves the dashboards and runs the loops under the lease. Where that is lost,
// to a ClickHouse that was away for longer than it lasts, say, it is taken again.
func (d *daemon) follow(ctx context.Context) (err error) {
	lease, err := d.lease(ctx)
	if err != nil {
		return err
	}

	closeBoard, err := d.serveBoard(ctx)
	if err != nil {
		return errors.Join(err, d.release(ctx, lease))
	}

	defer func() { err = errors.Join(err, closeBoard()) }()

	for {
		err := d.loops(ctx, lease)
		if ctx.Err() != nil || !errors.Is(err, store.ErrLeaseLost) {
			return err
		}

		d.env.Log.Warn().Err(err).Msg("the warehouse did not answer for too long; going on when this process has its lease again")

		if lease, err = d.lease(ctx); err != nil {
			return err
		}
	}
}

// loops runs everything that only one process may do, until ctx ends or the lease is
// lost, and gives the lease back.
func (d *daemon) loops(ctx context.Context, lease *store.Lease) (err error) {
	defer func() { err = errors.Join(err, d.release(ctx, lease)) }()

	from, err := d.first(ctx)
	if err != nil {
		return err
	}

	if err := d.store.SetFirstBlock(ctx, from); err != nil {
		return err
	}

	d.env.Log.Info().Uint64("from", from).Str("filter", d.chain.Filter.Name()).Msg("following the chain")

	g, ctx := errgroup.WithContext(ctx)

	g.Go(func() error { return d.follower(from).Run(ctx) })
	g.Go(func() error { return d.audits(ctx, from) })
	g.Go(func() error { return d.verify(ctx, from) })
	g.Go(func() error { return lost(ctx, lease) })

	return g.Wait()
}

// opened tells where the warehouse and the metrics are.
func (d *daemon) opened(server *telemetry.Server) {
	line := d.env.Log.Info().Str("database", d.store.Database())
	if s := d.store.Server; s != nil {
		line = line.Str("http", s.HTTPURL()).Int("tcp_port", s.TCPPort()).Bool("shared", s.Attached())
	}

	if addr := server.Addr(); addr != "" {
		line = line.Str("metrics", "http://"+addr)
	}

	line.Msg("warehouse open")
}

// first is the first block of the warehouse.
func (d *daemon) first(ctx context.Context) (uint64, error) {
	heads, err := d.chain.Pool.Heads(ctx)
	if err != nil {
		return 0, fmt.Errorf("read the chain's heads: %w", err)
	}

	head := heads.Head.Number.Uint64()

	return app.FirstBlock(d.flags.From, d.chain.Deployment, head)
}

func (d *daemon) follower(from uint64) *follow.Daemon {
	if d.flags.NoBackfill {
		d.metrics.NoHistory()
	}

	observer := &runObserver{Metrics: d.metrics, progress: app.NewProgress("history", d.env.Screen, d.env.Log)}

	history := &follow.History{
		Source: d.chain.Pool, Decoder: d.chain.Decoder, Warehouse: d.store, Filter: d.chain.Filter,
		Workers: d.flags.Workers, Verify: app.Verification(d.flags.Verify), Observer: observer,
	}

	return &follow.Daemon{
		Head: &follow.Head{
			Source: d.chain.Pool, Decoder: d.chain.Decoder, Warehouse: d.store, Filter: d.chain.Filter,
			History: history, Observer: observer,
		},
		History: history,
		Parameters: &follow.Parameters{
			Reader: contract.New(d.chain.Deployment, d.chain.Pool), Warehouse: d.store, First: from,
		},
		Untold: app.Untold(d.chain, d.store.Store),
		From:   from, NoHistory: d.flags.NoBackfill, SampleEvery: d.flags.SampleEvery, Observer: observer,
	}
}

// request hears of every request to an endpoint.
func (d *daemon) request(r chain.Request) {
	d.metrics.Request(r)
	d.stats.Observe(r.Endpoint, r.Method, telemetry.Outcome(r), r.Took, time.Now())
}

// count writes the counts of requests until ctx ends.
func (d *daemon) count(ctx context.Context) error {
	d.stats.Run(ctx, statsEvery, func(err error) {
		d.env.Log.Warn().Err(err).Msg("counts of requests could not be written; they are kept for the next time")
	})

	return ctx.Err()
}

// runObserver shows history's progress beside counting it.
type runObserver struct {
	*telemetry.Metrics

	progress *app.Progress
}

// Filled implements follow.Observer.
func (o *runObserver) Filled(blocks, left uint64, events, unknown int) {
	o.Metrics.Filled(blocks, left, events, unknown)
	o.progress.Left(left, events)
}
