package store_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"diemhouse/internal/testenv"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
)

func TestEveryFieldComesBack(t *testing.T) {
	t.Parallel()

	s, c := testenv.Open(t), newChain(1)
	c.grow(300)

	all := store.Range{From: 1, To: c.tip()}
	require.NoError(t, s.Write(t.Context(), c.history(all)))
	requireHolds(t, s, c.between(all))

	have := make(map[decode.Kind]bool)
	for _, e := range c.between(all) {
		have[e.Kind] = true
	}

	for _, kind := range kinds {
		require.True(t, have[kind], "the chain must hold every kind, %s too", kind)
	}
}

// TestWritingAgainChangesNothing is I1: any order, any number of times, several
// processes at once.
func TestWritingAgainChangesNothing(t *testing.T) {
	t.Parallel()

	dsn := testenv.DSN(t)
	s, c := open(t, dsn), newChain(2)
	require.NoError(t, s.Migrate(t.Context()))
	c.grow(120)

	other := open(t, dsn)
	r := rand.New(rand.NewPCG(2, 2))

	var batches []store.Batch
	for from := uint64(1); from <= c.tip(); from += 10 {
		whole := store.Range{From: from, To: min(from+9, c.tip())}
		part := store.Range{From: from, To: min(from+4, c.tip())}
		batches = append(batches, c.history(whole), c.history(part), c.history(whole))
	}

	r.Shuffle(len(batches), func(i, j int) { batches[i], batches[j] = batches[j], batches[i] })

	failed := make(chan error, 2)

	for i, s := range []*store.Store{s, other} {
		go func() {
			for n := range batches {
				// The one goes forwards, the other backwards.
				b := batches[n]
				if i == 1 {
					b = batches[len(batches)-1-n]
				}

				if err := s.Write(t.Context(), b); err != nil {
					failed <- err

					return
				}
			}

			failed <- nil
		}()
	}

	require.NoError(t, <-failed)
	require.NoError(t, <-failed)

	// Two that write ranges with the same start at the same moment may leave the shorter
	// one, which is read again.
	missing, err := s.Gaps(t.Context(), store.FilterCore, 1, c.tip())
	require.NoError(t, err)

	for _, gap := range missing {
		require.NoError(t, s.Write(t.Context(), c.history(gap)))
	}

	all := store.Range{From: 1, To: c.tip()}
	requireHolds(t, s, c.between(all))
	requireCovered(t, s, all)

	for _, b := range batches {
		require.NoError(t, s.Write(t.Context(), b))
	}

	requireHolds(t, s, c.between(all))
	requireCovered(t, s, all)
}

// TestPlaceTwiceInOneInsert is I1 within an insert: the server does not put the rows of a
// place together when it takes them, but readers do.
func TestPlaceTwiceInOneInsert(t *testing.T) {
	t.Parallel()

	s, c := testenv.Open(t), newChain(31)
	c.grow(60)

	all := store.Range{From: 1, To: c.tip()}
	twice := c.history(all)
	twice.Events = append(twice.Events, twice.Events...)

	require.NoError(t, s.Write(t.Context(), twice))
	require.Equal(t, uint64(len(twice.Events)), number(t, s, "SELECT count() FROM events"), "both are there")
	requireHolds(t, s, c.between(all))
}

func TestVersionsNeverRunBackwards(t *testing.T) {
	t.Parallel()

	dsn := testenv.DSN(t)
	s, c := open(t, dsn), newChain(3)
	require.NoError(t, s.Migrate(t.Context()))
	c.grow(20)

	all := store.Range{From: 1, To: c.tip()}
	require.NoError(t, s.Write(t.Context(), c.history(all)))

	first := number(t, s, "SELECT max(version) FROM events")

	// The next process's clock is a day behind, and it knows better.
	late := open(t, dsn)
	late.SetClock(func() time.Time { return time.Now().Add(-24 * time.Hour) })

	for n := range c.blocks {
		for i := range c.blocks[n].events {
			c.blocks[n].events[i].Problem = "seen again"
		}
	}

	require.NoError(t, late.Write(t.Context(), c.history(all)))
	requireHolds(t, s, c.between(all))
	require.Greater(t, number(t, s, "SELECT max(version) FROM events"), first)

	// And so does a rewind.
	later := open(t, dsn)
	later.SetClock(func() time.Time { return time.Unix(0, 0) })
	require.NoError(t, later.Rewind(t.Context(), 5))
	requireHolds(t, s, c.between(store.Range{From: 1, To: 5}))
	require.NoError(t, s.Write(t.Context(), c.history(all)))
	requireHolds(t, s, c.between(all))
}

// TestRewindBeatsAClockThatIsAhead has rows of a process whose clock is an hour ahead,
// written after the one that rewinds them has looked at the warehouse.
func TestRewindBeatsAClockThatIsAhead(t *testing.T) {
	t.Parallel()

	dsn := testenv.DSN(t)
	s, c := open(t, dsn), newChain(4)
	require.NoError(t, s.Migrate(t.Context()))
	c.grow(20)
	require.NoError(t, s.Write(t.Context(), c.head(1, store.Range{From: 1, To: 10})))

	ahead := process(t, dsn, store.StepWriteEvents)
	ahead.SetClock(func() time.Time { return time.Now().Add(time.Hour) })
	require.ErrorIs(t, ahead.Write(t.Context(), c.head(1, store.Range{From: 11, To: 20})), errKilled)

	require.NoError(t, s.RewindAboveCursor(t.Context()))
	requireHolds(t, s, c.between(store.Range{From: 1, To: 10}))
}

func TestBadBatchesAreRefused(t *testing.T) {
	t.Parallel()

	s := testenv.Open(t)

	require.ErrorContains(t, s.Write(t.Context(), store.Batch{Filter: "everything"}), "everything")
	require.ErrorContains(t, s.Write(t.Context(), store.Batch{
		Filter: store.FilterCore, Covered: []store.Range{{From: 7, To: 6}},
	}), "reversed")

	_, err := s.Gaps(t.Context(), store.FilterCore, 2, 1)
	require.ErrorContains(t, err, "reversed")
}

func TestEmptyBatchCovers(t *testing.T) {
	t.Parallel()

	s := testenv.Open(t)
	require.NoError(t, s.Write(t.Context(), store.Batch{Filter: store.FilterCore, Covered: []store.Range{{From: 3, To: 9}}}))
	requireCovered(t, s, store.Range{From: 3, To: 9})
	requireHolds(t, s, nil)
}

func open(tb testing.TB, dsn string) *store.Store {
	tb.Helper()

	s, err := store.Open(tb.Context(), store.Config{DSN: dsn})
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, s.Close()) })

	return s
}

func requireCovered(t *testing.T, s *store.Store, want ...store.Range) {
	t.Helper()

	have, err := s.Coverage(t.Context(), store.FilterCore)
	require.NoError(t, err)

	if len(want) == 0 {
		require.Empty(t, have)
	} else {
		require.Equal(t, want, have)
	}
}

// TestManyEventsAreOneInsert: what is sent in parts for the sake of memory is put
// together again, so that views see it once and no small parts are left to merge.
func TestManyEventsAreOneInsert(t *testing.T) {
	t.Parallel()

	const events = 20_000

	s := testenv.Open(t)
	require.NoError(t, s.Conn().Exec(t.Context(), "SYSTEM STOP MERGES events"))
	require.NoError(t, s.Write(t.Context(), store.Batch{
		Filter: store.FilterCore, Events: benchEvents(30_000_000, events),
		Covered: []store.Range{{From: 30_000_000, To: 30_000_000 + events/10 - 1}},
	}))

	require.EqualValues(t, events, number(t, s, "SELECT count() FROM events"))
	require.EqualValues(t, 1, number(t, s, "SELECT count() FROM system.parts WHERE database = currentDatabase() AND table = 'events'"))
}

// TestStagedInParts has one insert of many parts, which share their memory.
func TestStagedInParts(t *testing.T) {
	t.Parallel()

	for name, dsn := range map[string]string{"Native": testenv.DSN(t), "HTTP": httpDSN(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			s, c := open(t, dsn), newChain(18)
			require.NoError(t, s.Migrate(t.Context()))
			c.grow(400)

			all := store.Range{From: 1, To: c.tip()}
			staged, err := s.Stage(t.Context(), store.FilterCore, c.parts(all))
			require.NoError(t, err)
			requireCovered(t, s)
			require.Equal(t, number(t, s, "SELECT uniqExact(_partition_id) FROM events"), number(t, s, "SELECT uniqExact(_part) FROM events"),
				"the server got one insert")

			require.NoError(t, s.Cover(t.Context(), staged))
			requireCovered(t, s, all)
			requireHolds(t, s, c.between(all))
		})
	}
}

func TestStageRefuses(t *testing.T) {
	t.Parallel()

	s, c := testenv.Open(t), newChain(19)
	c.grow(10)

	_, err := s.Stage(t.Context(), "some", c.parts(store.Range{From: 1, To: 9}))
	require.ErrorContains(t, err, `filter "some" is neither core nor all`)

	_, err = s.Stage(t.Context(), store.FilterCore, func(yield func(store.Part) bool) {
		if yield(store.Part{Covered: []store.Range{{From: 1, To: 2}}}) {
			yield(store.Part{Covered: []store.Range{{From: 4, To: 3}}})
		}
	})
	require.ErrorContains(t, err, "covered range 4-3 is reversed")

	ctx, cancel := context.WithCancel(t.Context())
	_, err = s.Stage(ctx, store.FilterCore, func(yield func(store.Part) bool) {
		for range 3 {
			yield(store.Part{Events: c.between(store.Range{From: 1, To: 9})})
		}

		cancel()
	})
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, storedEvents(t, s), "an insert that was given up leaves nothing")
}
