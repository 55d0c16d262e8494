package sim

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"diemhouse/internal/devnet"
	"diemhouse/pkg/chain"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
	"diemhouse/pkg/venice"
)

const (
	// finalizedLag is how far the finalized block is behind the head, in blocks.
	finalizedLag = 12
	historyLen   = 36
	actors       = 20
	// patience bounds what a world waits for; nothing is measured by it.
	patience = 2 * time.Minute
	poll     = 10 * time.Millisecond
)

// World is one seed's chain, warehouse, daemon and everything between them.
type World struct {
	source

	Seed      uint64
	Net       *devnet.Devnet
	Endpoints []*Endpoint

	process *process // nil while the daemon is down
	second  *process // another one on the same warehouse, nil mostly
	// direct is a connection to the warehouse that nobody cuts.
	direct *store.Store
	fork   *Fork
	trace  []string
}

// NewWorld makes a world on the engine. The daemon is down.
func NewWorld(ctx context.Context, engine *Engine, seed uint64) (_ *World, err error) {
	r := dice(seed, "world", 0)
	w := &World{Seed: seed}

	defer func() { //nolint:contextcheck // as Run
		if err != nil {
			err = errors.Join(fmt.Errorf("make the world of seed %d: %w", seed, err), w.Close())
		}
	}()

	// The head is near the end of a month, which is where partitions meet.
	w.Net, err = devnet.Start(context.WithoutCancel(ctx), devnet.Config{
		Seed: seed + 1, Blocks: historyLen, Actors: actors, SafeLag: 4, FinalizedLag: finalizedLag, AdminPort: -1,
		History: pick(r, []time.Duration{2 * time.Minute, 6 * time.Hour, 3 * 24 * time.Hour}),
		Now:     time.Date(2026, 8, 31, 22, 30, 0, 0, time.UTC),
	})
	if err != nil {
		return w, err
	}

	for i := range 2 {
		e, err := Serve(ctx, w.Net.WSURL(), seed, strconv.Itoa(i))
		if err != nil {
			return w, err
		}

		w.Endpoints = append(w.Endpoints, e)
	}

	w.source = source{urls: []string{w.Endpoints[0].HTTP(), w.Endpoints[1].HTTP()}, engine: engine, db: engine.database(), mended: &mended{}}

	levels := []chain.Verification{chain.VerifyNone, chain.VerifyNone, chain.VerifyBloom, chain.VerifyReceipts}
	w.history, w.behind = pick(r, levels), pick(r, levels)

	if r.IntN(2) == 0 {
		w.urls[1] = w.Endpoints[1].WS()
	}

	d := venice.Base()

	w.filter, err = chain.NewFilterSet(
		pick(r, []string{chain.FilterCore, chain.FilterCore, chain.FilterAll}),
		chain.Contracts{VVV: d.VVV, Staking: d.Staking, DIEM: d.DIEM, Airdrop: d.Airdrop})
	if err != nil {
		return w, err
	}

	w.decoder, err = decode.New(decode.Config{Deployment: d})

	return w, err
}

// Verify sets how far a daemon that is started from now on checks history, and how far
// it proves behind the loops.
func (w *World) Verify(history, behind chain.Verification) { w.history, w.behind = history, behind }

// Mended is what the daemons found wrong so far in blocks that they read again because
// a setting changed there without an event.
func (w *World) Mended() store.Replaced {
	w.mended.mu.Lock()
	defer w.mended.mu.Unlock()

	return w.mended.found
}

// Close ends everything and drops the database.
func (w *World) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()

	var errs []error

	for _, p := range []*process{w.process, w.second} {
		if p != nil {
			errs = append(errs, p.stop())
		}
	}

	if w.direct != nil {
		errs = append(errs, w.direct.Close())
	}

	for _, e := range w.Endpoints {
		errs = append(errs, e.Close())
	}

	if w.Net != nil {
		errs = append(errs, w.Net.Close())
	}

	if w.db != "" {
		errs = append(errs, w.again(ctx, func() error { return w.engine.drop(ctx, w.db) }))
	}

	return errors.Join(errs...)
}

// Up starts the daemon.
func (w *World) Up(ctx context.Context) error {
	if w.process != nil {
		return nil
	}

	p, err := startProcess(ctx, w.source)
	w.process = p

	return err
}

// End is a way in which a daemon ends.
type End func(*process) error

// Stop ends it as SIGTERM does, Kill as SIGKILL does.
func Stop(p *process) error { return p.stop() }

// Kill lets nothing of it reach the database any more.
func Kill(p *process) error { return p.kill() }

// Down ends the daemon.
func (w *World) Down(end End) error {
	if w.process == nil {
		return nil
	}

	p := w.process
	w.process = nil

	if err := end(p); err != nil {
		return err
	}

	return p.died()
}

// Second starts another daemon on the same warehouse. The channel is closed when that
// found the warehouse taken.
func (w *World) Second(ctx context.Context) (taken <-chan struct{}, err error) {
	w.second, err = startProcess(ctx, w.source)
	if err != nil {
		return nil, err
	}

	return w.second.waits, nil
}

// Succeed kills the daemon; the second is in its place.
func (w *World) Succeed() error {
	p := w.process
	w.process, w.second = w.second, nil

	return p.kill()
}

// Disconnect ends the world's own connections, which come again when they are needed.
func (w *World) Disconnect() {
	if w.direct != nil {
		_ = w.direct.Close() // nothing is under way
		w.direct = nil
	}
}
