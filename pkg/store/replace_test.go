package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"diemhouse/internal/testenv"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
)

// wrong is a warehouse that lacks an event, has one that the chain has not, and one
// whose kind and time, in another month, are wrong.
func wrong(t *testing.T, s *store.Store, c *madeChain) (r store.Range, bad store.Replaced) {
	t.Helper()

	c.grow(60)

	r = store.Range{From: 20, To: 40}
	batch := c.history(store.Range{From: 1, To: 60})

	var events []decode.Event

	for _, e := range batch.Events {
		place := store.Place{Block: e.BlockNumber, LogIndex: e.LogIndex}
		inside := r.From <= e.BlockNumber && e.BlockNumber <= r.To

		switch {
		case inside && len(bad.Missing) == 0:
			bad.Missing = append(bad.Missing, place)

			continue
		case inside && len(bad.Changed) < 2:
			bad.Changed = append(bad.Changed, place)
			e.Kind, e.BlockTime = decode.KindDIEMMint, e.BlockTime+40*86400
			e.VVVWei, e.DIEMWei = c.amount(), c.amount()
		case inside && len(bad.Extra) == 0:
			extra := e
			extra.LogIndex, extra.Kind = 1000, decode.KindCurveUpdated
			extra.Args = curveArgs(c.curve())
			bad.Extra = append(bad.Extra, store.Place{Block: extra.BlockNumber, LogIndex: 1000})
			events = append(events, extra)
		}

		events = append(events, e)
	}

	batch.Events = events
	require.NoError(t, s.Write(t.Context(), batch))

	return r, bad
}

func TestReplaceMendsARange(t *testing.T) {
	t.Parallel()

	s, c := testenv.Open(t), newChain(90)
	r, bad := wrong(t, s, c)

	found, err := s.Replace(t.Context(), store.FilterCore, r, c.between(r))
	require.NoError(t, err)
	require.ElementsMatch(t, bad.Missing, found.Missing)
	require.ElementsMatch(t, bad.Extra, found.Extra)
	require.ElementsMatch(t, bad.Changed, found.Changed)
	requireHolds(t, s, c.between(store.Range{From: 1, To: 60}))

	found, err = s.Replace(t.Context(), store.FilterCore, r, c.between(r))
	require.NoError(t, err)
	require.Empty(t, found)
	requireHolds(t, s, c.between(store.Range{From: 1, To: 60}))
}

func TestReplaceIsKilled(t *testing.T) {
	t.Parallel()

	for _, at := range store.ReplaceSteps {
		t.Run(at, func(t *testing.T) {
			t.Parallel()

			dsn, c := testenv.DSN(t), newChain(91)
			s := open(t, dsn)
			require.NoError(t, s.Migrate(t.Context()))
			r, bad := wrong(t, s, c)

			killed(t, dsn, at, func(s *store.Store) error {
				_, err := s.Replace(t.Context(), store.FilterCore, r, c.between(r))

				return err
			})

			// No place that the chain has is empty, at whatever step.
			have := make(map[store.Place]bool)
			for _, e := range storedEvents(t, s) {
				have[store.Place{Block: e.BlockNumber, LogIndex: e.LogIndex}] = true
			}

			for _, e := range c.between(r) {
				require.True(t, have[store.Place{Block: e.BlockNumber, LogIndex: e.LogIndex}])
			}

			if at == store.ReplaceSteps[len(store.ReplaceSteps)-1] {
				// Only the rollups do not know; the next start tells them.
				require.NoError(t, s.RewindAboveCursor(t.Context()))
			} else {
				_, err := s.Replace(t.Context(), store.FilterCore, r, c.between(r))
				require.NoError(t, err)
			}

			requireHolds(t, s, c.between(store.Range{From: 1, To: 60}))
			require.NotEmpty(t, bad.Extra)
		})
	}
}

// TestTwoProcessesReplaceAtOnce: one is killed when it has all but told the rollups;
// that the other came to its end meanwhile does not make that forgotten. The first
// start an hour later forgets it, having told them.
func TestTwoProcessesReplaceAtOnce(t *testing.T) {
	t.Parallel()

	dsn, c := testenv.DSN(t), newChain(92)
	s := open(t, dsn)
	require.NoError(t, s.Migrate(t.Context()))
	r, _ := wrong(t, s, c)

	mends := func(s *store.Store, r store.Range) error {
		_, err := s.Replace(t.Context(), store.FilterCore, r, c.between(r))

		return err
	}

	first, second := process(t, dsn, ""), process(t, dsn, "")
	first.OnStep(func(_ context.Context, at string) error {
		switch at {
		case store.ReplaceSteps[0]:
			return mends(second, store.Range{From: 50, To: 55})
		case store.ReplaceSteps[len(store.ReplaceSteps)-1]:
			return errKilled
		default:
			return nil
		}
	})
	require.ErrorIs(t, mends(first, r), errKilled)

	unfinished := func() (n uint64) {
		require.NoError(t, s.Conn().QueryRow(t.Context(),
			"SELECT count() FROM meta FINAL WHERE startsWith(key, 'rewriting') AND value != ''").Scan(&n))

		return n
	}

	require.NoError(t, process(t, dsn, "").RewindAboveCursor(t.Context()))
	requireHolds(t, s, c.between(store.Range{From: 1, To: 60}))
	require.EqualValues(t, 1, unfinished(), "it may be at work still")

	later := process(t, dsn, "")
	later.SetClock(func() time.Time { return time.Now().Add(2 * time.Hour) })
	require.NoError(t, later.RewindAboveCursor(t.Context()))
	require.Zero(t, unfinished())
}
