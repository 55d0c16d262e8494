package store_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"diemhouse/internal/testenv"
	"diemhouse/pkg/store"
)

var errKilled = errors.New("killed here")

// process opens the warehouse as a new process does, which lives until the step, or
// as long as the test without one.
func process(t *testing.T, dsn, until string) *store.Store {
	t.Helper()

	s, err := store.Open(t.Context(), store.Config{DSN: dsn})
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() }) // it may be closed by then

	if until != "" {
		s.OnStep(func(_ context.Context, at string) error {
			if at == until {
				return errKilled
			}

			return nil
		})
	}

	return s
}

// killed is what a process does before it is killed at the step.
func killed(t *testing.T, dsn, at string, do func(*store.Store) error) {
	t.Helper()

	s := process(t, dsn, at)
	require.ErrorIs(t, do(s), errKilled)
	require.NoError(t, s.Close())
}

// recovered starts a process after a kill, twice where the first is to be killed too.
func recovered(t *testing.T, dsn, until string) *store.Store {
	t.Helper()

	if until != "" {
		s := process(t, dsn, until)
		if err := s.RewindAboveCursor(t.Context()); err != nil { // nil: nothing to undo, so no such step
			require.ErrorIs(t, err, errKilled)
		}

		require.NoError(t, s.Close())
	}

	s := process(t, dsn, "")
	require.NoError(t, s.RewindAboveCursor(t.Context()))

	return s
}

// matrix is every step with every step of the recovery that follows, and with none.
func matrix(steps []string, scenario func(at, recovery string)) {
	for _, at := range steps {
		for _, recovery := range append([]string{""}, store.RecoverySteps...) {
			scenario(at, recovery)
		}
	}
}

// TestKillMatrix is I3: a kill at every named step, and at every step of the recovery.
func TestKillMatrix(t *testing.T) {
	t.Parallel()

	t.Run("HeadWrite", func(t *testing.T) {
		t.Parallel()

		dsn, c := testenv.DSN(t), newChain(20)
		s := process(t, dsn, "")
		require.NoError(t, s.Migrate(t.Context()))
		c.grow(8)
		follow(t, s, c, 1, 1)

		matrix(store.WriteSteps, func(at, recovery string) {
			c.grow(3)

			killed(t, dsn, at, func(s *store.Store) error {
				return s.Write(t.Context(), c.head(1, store.Range{From: 9, To: 11}))
			})

			s := recovered(t, dsn, recovery)
			defer func() { require.NoError(t, s.Close()) }()

			cursor, ok, err := s.Cursor(t.Context())
			require.NoError(t, err)
			require.True(t, ok)
			requireHolds(t, s, c.between(store.Range{From: 1, To: cursor}))

			// The chain was reorganized while nobody looked.
			c.abandon(8)
			c.grow(2)
			require.NoError(t, s.Rewind(t.Context(), 8))
			follow(t, s, c, 1, 9)
			requireHolds(t, s, c.between(store.Range{From: 1, To: 10}))
			requireCovered(t, s, store.Range{From: 1, To: 10})

			c.abandon(8)
			require.NoError(t, s.Rewind(t.Context(), 8))
		})
	})

	t.Run("HistoryWrite", func(t *testing.T) {
		t.Parallel()

		dsn, c := testenv.DSN(t), newChain(21)
		s := process(t, dsn, "")
		require.NoError(t, s.Migrate(t.Context()))
		c.grow(60)
		require.NoError(t, s.Write(t.Context(), c.head(58, store.Range{From: 58, To: 60})))

		next := uint64(1)

		matrix(store.WriteSteps, func(at, recovery string) {
			gap := store.Range{From: next, To: next}
			killed(t, dsn, at, func(s *store.Store) error { return s.Write(t.Context(), c.history(gap)) })

			s := recovered(t, dsn, recovery)
			defer func() { require.NoError(t, s.Close()) }()

			missing, err := s.Gaps(t.Context(), store.FilterCore, gap.From, gap.To)
			require.NoError(t, err)

			for _, gap := range missing {
				require.NoError(t, s.Write(t.Context(), c.history(gap)))
			}

			requireHolds(t, s, append(c.between(store.Range{From: 1, To: next}), c.between(store.Range{From: 58, To: 60})...))
			requireCovered(t, s, store.Range{From: 1, To: next}, store.Range{From: 58, To: 60})

			next++
		})
	})

	t.Run("Rewind", func(t *testing.T) {
		t.Parallel()

		dsn, c := testenv.DSN(t), newChain(22)
		s := process(t, dsn, "")
		require.NoError(t, s.Migrate(t.Context()))
		c.grow(8)
		follow(t, s, c, 1, 1)

		matrix(store.RewindSteps, func(at, recovery string) {
			c.abandon(6)
			c.grow(4)

			killed(t, dsn, at, func(s *store.Store) error { return s.Rewind(t.Context(), 6) })

			s := recovered(t, dsn, recovery)
			defer func() { require.NoError(t, s.Close()) }()

			requireHolds(t, s, c.between(store.Range{From: 1, To: 6}))
			requireCovered(t, s, store.Range{From: 1, To: 6})

			follow(t, s, c, 1, 7)
			requireHolds(t, s, c.between(store.Range{From: 1, To: 10}))
			requireCovered(t, s, store.Range{From: 1, To: 10})
		})
	})
}
