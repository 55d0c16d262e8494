package sim

import (
	"context"
	"errors"
	"fmt"
	"time"

	"diemhouse/pkg/store"
)

// CaughtUp waits until the warehouse holds the chain's head and all before it.
func (w *World) CaughtUp(ctx context.Context) error {
	deadline := time.Now().Add(patience)

	for {
		missing, err := w.missing(ctx)
		if err == nil && missing == "" {
			return nil
		}

		if fatal := w.process.died(); fatal != nil {
			return fmt.Errorf("the daemon must not be started again: %w", fatal)
		}

		if ctx.Err() != nil {
			return ctx.Err()
		}

		if time.Now().After(deadline) {
			return fmt.Errorf("the daemon did not catch up: %s: %w", missing, errors.Join(err, w.process.ended()))
		}

		time.Sleep(poll)
	}
}

// warehouse is the connection that nobody cuts.
func (w *World) warehouse(ctx context.Context) (*store.Store, error) {
	if w.direct != nil {
		return w.direct, nil
	}

	err := w.again(ctx, func() error {
		s, err := store.Open(ctx, store.Config{DSN: w.engine.dsn(w.engine.address(), w.db)})
		w.direct = s

		return err
	})

	return w.direct, err
}

// final is the finalized block's number.
func (w *World) final(ctx context.Context) (uint64, error) {
	v, err := w.Endpoints[0].backend.behind(ctx, 0)

	return v.finalized, err
}

// branch is what the chain has above a block.
func (w *World) branch(ancestor uint64) *Fork {
	f := &Fork{Ancestor: ancestor}
	for n := ancestor + 1; n <= w.height(); n++ {
		f.Hashes = append(f.Hashes, w.Net.Header(n).Hash())
	}

	return f
}

func (w *World) height() uint64 { return w.Net.Head().Number.Uint64() }

// show makes the endpoints able to show a branch that was left.
func (w *World) show(f *Fork) {
	w.fork = f
	for _, e := range w.Endpoints {
		e.SetFork(f)
	}
}

// again repeats what may fail because the database comes up again.
func (w *World) again(ctx context.Context, do func() error) error {
	deadline := time.Now().Add(patience)

	for {
		err := do()
		if err == nil || ctx.Err() != nil || time.Now().After(deadline) {
			return err
		}

		time.Sleep(poll)
	}
}

// missing says what the warehouse lacks.
func (w *World) missing(ctx context.Context) (string, error) {
	s, err := w.warehouse(ctx)
	if err != nil {
		return "", err
	}

	head := w.Net.Head()
	number := head.Number.Uint64()

	cursor, _, err := s.Cursor(ctx)
	if err != nil {
		return "", err
	}

	if cursor != number {
		return fmt.Sprintf("the cursor is at block %d, the head is %d", cursor, number), nil
	}

	hash, ok, err := s.BlockHash(ctx, number)
	if err != nil {
		return "", err
	}

	if !ok || hash != head.Hash() {
		return fmt.Sprintf("block %d is %s, the head is %s", number, hash, head.Hash()), nil
	}

	gaps, err := s.Gaps(ctx, w.filter.Name(), 0, number)
	if err != nil {
		return "", err
	}

	if len(gaps) > 0 {
		return fmt.Sprintf("gaps %v", gaps), nil
	}

	return w.rewinding(ctx, s)
}

// rewinding says whether a rewind may still be at work: it counts from its beginning,
// but the rollups of what it took away come last. The loop notes the head after it.
func (w *World) rewinding(ctx context.Context, s *store.Store) (string, error) {
	var noted, begun uint64

	err := s.Conn().QueryRow(ctx, `SELECT (SELECT max(version) FROM heads FINAL WHERE head = ?), (SELECT max(version) FROM rewinds)`,
		w.height()).Scan(&noted, &begun)
	if err != nil {
		return "", fmt.Errorf("look for a rewind that is at work: %w", err)
	}

	if noted <= begun {
		return fmt.Sprintf("the head was not noted since the rewind of version %d", begun), nil
	}

	return "", nil
}
