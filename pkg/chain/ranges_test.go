package chain

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// A set of ranges behaves as a set of numbers, sorted and without seams.
func TestRangeSetIsASet(t *testing.T) {
	t.Parallel()

	const most = 40

	rng := rand.New(rand.NewPCG(1, 2))

	for range 2000 {
		var (
			set   rangeSet
			model [most]bool
		)

		for range rng.IntN(12) {
			from := rng.Uint64N(most)
			r := Range{From: from, To: from + rng.Uint64N(most-from)}
			keep := rng.IntN(3) > 0

			if keep {
				set = set.add(r)
			} else {
				set = set.remove(r)
			}

			for n := r.From; n <= r.To; n++ {
				model[n] = keep
			}
		}

		var got [most]bool

		for i, r := range set {
			require.LessOrEqual(t, r.From, r.To)

			if i > 0 {
				require.Greater(t, r.From, set[i-1].To+1, "%v", set)
			}

			for n := r.From; n <= r.To; n++ {
				got[n] = true
			}
		}

		require.Equal(t, model, got)

		window := Range{From: rng.Uint64N(most / 2), To: most / 2}
		for _, r := range set.within(window) {
			require.True(t, window.From <= r.From && r.To <= window.To)
		}

		require.Equal(t, newRangeSet(set.within(window)), newRangeSet(set).remove(Range{From: window.To + 1, To: most}).
			within(Range{From: window.From, To: most}))
	}
}

func TestRangeSetAtTheLastBlock(t *testing.T) {
	t.Parallel()

	last := ^uint64(0)
	set := rangeSet{}.add(Range{From: last, To: last}).add(Range{From: 0, To: 5}).add(Range{From: 6, To: 6})
	require.Equal(t, rangeSet{{From: 0, To: 6}, {From: last, To: last}}, set)
	require.Equal(t, rangeSet{{From: 0, To: 6}}, set.remove(Range{From: 7, To: last}))
	require.Equal(t, "blocks 3 to 4", Range{From: 3, To: 4}.String())
	require.Equal(t, uint64(2), Range{From: 3, To: 4}.Len())
}
