package store_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"diemhouse/internal/testenv"
	"diemhouse/pkg/store"
)

// TestRangesAgainstSets compares joining and gaps with sets of blocks.
func TestRangesAgainstSets(t *testing.T) {
	t.Parallel()

	const last = 40

	r := rand.New(rand.NewPCG(1, 1))

	for range 2000 {
		var set [last + 2]bool

		n := r.IntN(6)
		ranges := make([]store.Range, 0, n)

		for range n {
			from := r.Uint64N(last)
			one := store.Range{From: from, To: min(last, from+r.Uint64N(8))}
			ranges = append(ranges, one)

			for n := one.From; n <= one.To; n++ {
				set[n] = true
			}
		}

		joined := store.Joined(ranges)
		want := runs(set[:], 0, last, true)
		require.Equal(t, want, append([]store.Range(nil), joined...), "%v", ranges)

		from := r.Uint64N(last)
		within := store.Range{From: from, To: from + r.Uint64N(last-from+1)}
		require.Equal(t, runs(set[:], within.From, within.To, false), store.GapsIn(within, joined), "%v in %v", within, ranges)
	}
}

// runs are the longest ranges within [from, to] whose blocks are all in the set, or
// all out of it.
func runs(set []bool, from, to uint64, in bool) []store.Range {
	var out []store.Range

	for n := from; n <= to; n++ {
		if set[n] != in {
			continue
		}

		if len(out) > 0 && out[len(out)-1].To == n-1 {
			out[len(out)-1].To = n
		} else {
			out = append(out, store.Range{From: n, To: n})
		}
	}

	return out
}

func TestRangesReachTheLastBlock(t *testing.T) {
	t.Parallel()

	all := store.Range{From: 0, To: math.MaxUint64}
	require.Equal(t, []store.Range{all}, store.Joined([]store.Range{{From: 5, To: math.MaxUint64}, {From: 0, To: 4}}))
	require.Empty(t, store.GapsIn(all, []store.Range{all}))
	require.Equal(t, []store.Range{{From: 0, To: 4}}, store.GapsIn(all, []store.Range{{From: 5, To: math.MaxUint64}}))
}

func cover(t *testing.T, s *store.Store, filter string, ranges ...store.Range) {
	t.Helper()
	require.NoError(t, s.Write(t.Context(), store.Batch{Filter: filter, Covered: ranges}))
}

func TestCoverageOfAFilter(t *testing.T) {
	t.Parallel()

	s := testenv.Open(t)
	cover(t, s, store.FilterCore, store.Range{From: 1, To: 10}, store.Range{From: 11, To: 20}, store.Range{From: 40, To: 50})
	cover(t, s, store.FilterAll, store.Range{From: 15, To: 30})

	requireCovered(t, s, store.Range{From: 1, To: 30}, store.Range{From: 40, To: 50})

	all, err := s.Coverage(t.Context(), store.FilterAll)
	require.NoError(t, err)
	require.Equal(t, []store.Range{{From: 15, To: 30}}, all, "core does not imply all")

	missing, err := s.Gaps(t.Context(), store.FilterCore, 0, 60)
	require.NoError(t, err)
	require.Equal(t, []store.Range{{From: 0, To: 0}, {From: 31, To: 39}, {From: 51, To: 60}}, missing)

	missing, err = s.Gaps(t.Context(), store.FilterAll, 10, 35)
	require.NoError(t, err)
	require.Equal(t, []store.Range{{From: 10, To: 14}, {From: 31, To: 35}}, missing)

	cursor, ok, err := s.Cursor(t.Context())
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, uint64(50), cursor)

	require.NoError(t, s.Rewind(t.Context(), 25))
	requireCovered(t, s, store.Range{From: 1, To: 25})

	all, err = s.Coverage(t.Context(), store.FilterAll)
	require.NoError(t, err)
	require.Equal(t, []store.Range{{From: 15, To: 25}}, all, "a rewind cuts every filter")
}

func TestRepeatedCoverageDoesNotShrink(t *testing.T) {
	t.Parallel()

	s := testenv.Open(t)
	cover(t, s, store.FilterCore, store.Range{From: 1, To: 100})
	cover(t, s, store.FilterCore, store.Range{From: 1, To: 50})
	requireCovered(t, s, store.Range{From: 1, To: 100})

	require.NoError(t, s.Rewind(t.Context(), 30))
	cover(t, s, store.FilterCore, store.Range{From: 1, To: 50})
	requireCovered(t, s, store.Range{From: 1, To: 50})
}

// TestCoverageStaysSmall has a history of many ranges and a start that puts them
// together.
func TestCoverageStaysSmall(t *testing.T) {
	t.Parallel()

	dsn := testenv.DSN(t)
	s := open(t, dsn)
	require.NoError(t, s.Migrate(t.Context()))

	order := rand.New(rand.NewPCG(3, 3)).Perm(30)
	for _, n := range order {
		from := uint64(n)*10 + 1
		cover(t, s, store.FilterCore, store.Range{From: from, To: from + 9})
	}

	cover(t, s, store.FilterCore, store.Range{From: 400, To: 410})
	cover(t, s, store.FilterAll, store.Range{From: 5, To: 9})
	require.NoError(t, s.Rewind(t.Context(), 405))

	want := []store.Range{{From: 1, To: 300}, {From: 400, To: 405}}
	requireCovered(t, s, want...)
	require.Equal(t, uint64(32), number(t, s, "SELECT count() FROM covered"))

	require.NoError(t, process(t, dsn, "").RewindAboveCursor(t.Context()))
	requireCovered(t, s, want...)
	require.Equal(t, uint64(3), number(t, s, "SELECT count() FROM covered"))

	// What was put together can be cut, and covered again.
	require.NoError(t, s.Rewind(t.Context(), 155))
	requireCovered(t, s, store.Range{From: 1, To: 155})
	cover(t, s, store.FilterCore, store.Range{From: 151, To: 160})
	requireCovered(t, s, store.Range{From: 1, To: 160})

	require.NoError(t, process(t, dsn, "").RewindAboveCursor(t.Context()))
	require.Equal(t, uint64(2), number(t, s, "SELECT count() FROM covered"))
	requireCovered(t, s, store.Range{From: 1, To: 160})
}

// TestStagedBatchesCountTogether has several batches written before any of them counts.
func TestStagedBatchesCountTogether(t *testing.T) {
	t.Parallel()

	s, c := testenv.Open(t), newChain(16)
	c.grow(30)

	var staged [3]store.Staged

	for i, r := range []store.Range{{From: 1, To: 9}, {From: 21, To: 30}, {From: 10, To: 20}} {
		var err error

		staged[i], err = s.Stage(t.Context(), store.FilterCore, c.parts(r))
		require.NoError(t, err)
	}

	require.NoError(t, s.Cover(t.Context()))
	requireCovered(t, s)

	require.NoError(t, s.Cover(t.Context(), staged[:]...))
	requireCovered(t, s, store.Range{From: 1, To: 30})
	requireHolds(t, s, c.between(store.Range{From: 1, To: 30}))
	require.Equal(t, uint64(1), number(t, s, "SELECT count() FROM coverage"))

	require.NoError(t, s.Cover(t.Context(), staged[:]...), "it is safe to repeat")
	requireCovered(t, s, store.Range{From: 1, To: 30})

	all, err := s.Stage(t.Context(), store.FilterAll, c.parts(store.Range{From: 1, To: 9}))
	require.NoError(t, err)
	require.ErrorContains(t, s.Cover(t.Context(), staged[0], all), "filters core and all")
}

// TestStagedBeforeARewindDoesNotCount has a rewind between two batches that are covered
// together: what was written before it is undone.
func TestStagedBeforeARewindDoesNotCount(t *testing.T) {
	t.Parallel()

	s, c := testenv.Open(t), newChain(17)
	c.grow(30)
	require.NoError(t, s.Write(t.Context(), c.history(store.Range{From: 1, To: 10})))

	before, err := s.Stage(t.Context(), store.FilterCore, c.parts(store.Range{From: 11, To: 20}))
	require.NoError(t, err)
	require.NoError(t, s.Rewind(t.Context(), 12))

	after, err := s.Stage(t.Context(), store.FilterCore, c.parts(store.Range{From: 21, To: 30}))
	require.NoError(t, err)

	var overtaken *store.OvertakenError

	require.ErrorAs(t, s.Cover(t.Context(), before, after), &overtaken)
	require.Equal(t, uint64(12), overtaken.Block)
	requireCovered(t, s, store.Range{From: 1, To: 12})

	require.NoError(t, s.Write(t.Context(), c.history(store.Range{From: 13, To: 30})))
	requireCovered(t, s, store.Range{From: 1, To: 30})
	requireHolds(t, s, c.between(store.Range{From: 1, To: 30}))
}

// TestRewindCutsWhatIsNotNewer has the versions of coverage and rewinds put down by
// hand.
func TestRewindCutsWhatIsNotNewer(t *testing.T) {
	t.Parallel()

	s := testenv.Open(t)

	for _, statement := range []string{
		"INSERT INTO coverage (filter, from_block, to_block, version) VALUES " +
			"('core', 1, 100, 5), ('core', 101, 200, 10), ('core', 201, 300, 11), ('core', 301, 400, 20)",
		"INSERT INTO rewinds (block_number, from_block, reason, version) VALUES (250, 300, 'reorg', 3), (150, 300, 'reorg', 10), (320, 400, 'start', 15)",
	} {
		require.NoError(t, s.Conn().Exec(t.Context(), statement))
	}

	// The first rewind is older than all; the second as new as the second range, which
	// it undoes; the third reaches down to 320 of what is older than it.
	requireCovered(t, s, store.Range{From: 1, To: 150}, store.Range{From: 201, To: 400})

	require.NoError(t, s.Conn().Exec(t.Context(),
		"INSERT INTO rewinds (block_number, from_block, reason, version) VALUES (310, 400, 'reorg', 30)"))
	requireCovered(t, s, store.Range{From: 1, To: 150}, store.Range{From: 201, To: 310})
}
