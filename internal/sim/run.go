package sim

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Run makes a seed's world, plays its script, lets the daemon catch up without faults,
// and asks the oracle. The error tells what happened and how to see it again.
func Run(ctx context.Context, engine *Engine, seed uint64) error {
	w, err := NewWorld(ctx, engine, seed)
	if err != nil {
		return err
	}

	err = w.Play(ctx)
	if err == nil {
		err = w.Settle(ctx)
	}

	if err != nil {
		err = fmt.Errorf("seed %d: %w\n\nwhat happened:\n  %s\n\nreplay: go test ./internal/sim -run TestSeeds -sim.seed=%d",
			seed, err, strings.Join(w.trace, "\n  "), seed)
	}

	return errors.Join(err, w.Close()) //nolint:contextcheck // a world is taken down also when ctx has ended
}

// Settle ends all faults and compares everything.
func (w *World) Settle(ctx context.Context) error {
	w.clear()

	if w.Seed%3 > 0 { // one in three daemons has to come back without being started again
		if err := w.Down(Stop); err != nil {
			return err
		}
	}

	if err := w.Up(ctx); err != nil {
		return err
	}

	if err := w.CaughtUp(ctx); err != nil {
		return err
	}

	if w.lied() {
		if err := w.mend(ctx); err != nil {
			return err
		}
	}

	o, err := NewOracle(ctx, w)
	if err != nil {
		return err
	}

	if err := o.Compare(ctx); err != nil {
		return err
	}

	if w.Seed%3 == 0 { // a daemon that met faults when it read the settings may take its time
		return nil
	}

	return w.settings(ctx, o)
}

// settings waits until the warehouse knows the settings: they are read beside the logs.
func (w *World) settings(ctx context.Context, o *Oracle) error {
	for deadline := time.Now().Add(patience / 2); ; time.Sleep(poll) {
		err := o.Settings(ctx)
		if err == nil || ctx.Err() != nil || time.Now().After(deadline) {
			return err
		}
	}
}

// lied reports whether an endpoint told a lie that nothing contradicts.
func (w *World) lied() bool {
	for _, e := range w.Endpoints {
		if e.SilentLies() > 0 {
			return true
		}
	}

	return false
}

// mend makes everything that happened final, audits it, and repairs it.
func (w *World) mend(ctx context.Context) error {
	w.outgrow(w.height() + finalizedLag)

	if _, err := w.Net.Mine(finalizedLag); err != nil { //nolint:contextcheck // a block of the devnet cannot be interrupted
		return err
	}

	if err := w.CaughtUp(ctx); err != nil {
		return err
	}

	found, err := w.Mend(ctx)
	w.trace = append(w.trace, found.String())

	return err
}
