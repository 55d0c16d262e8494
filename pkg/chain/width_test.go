package chain

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

const first, most = 2000, 100_000

// learn asks an endpoint that takes at most limit blocks and states what state says
// of it, and gives the widths asked for.
func learn(w *width, requests int, limit uint64, state func(n uint64) uint64, logs func(n uint64) int) []uint64 {
	asked := make([]uint64, 0, requests)

	for range requests {
		n := w.take(first, most)
		asked = append(asked, n)

		if n > limit {
			w.tooWide(n, state(n))
		} else {
			w.answered(n, logs(n), most)
		}
	}

	return asked
}

func unstated(uint64) uint64 { return 0 }
func noLogs(uint64) int      { return 0 }

func TestWidthTakesAStatedLimitAtOnce(t *testing.T) {
	t.Parallel()

	for _, limit := range []uint64{1, 10, 50, 1000, 1999, 2000, 10_000, 50_000} {
		w := &width{}
		asked := learn(w, 12, limit, func(uint64) uint64 { return limit }, noLogs)

		refused := 0

		for _, n := range asked {
			if n > limit {
				refused++
			}
		}

		require.Equal(t, 1, refused, "%d: %v", limit, asked)
		require.Equal(t, limit, asked[len(asked)-1])
	}
}

func TestWidthFindsAnUnstatedLimit(t *testing.T) {
	t.Parallel()

	for _, limit := range []uint64{1, 3, 100, 1000, 2000, 3000, 10_000, 99_999} {
		w := &width{}
		asked := learn(w, 60, limit, unstated, noLogs)
		end := asked[40:]

		for _, n := range end {
			require.LessOrEqual(t, n, limit, "it goes on asking for too much: %v", asked)
			require.Greater(t, n*4, limit*2, "%d: %v", limit, asked)
		}
	}
}

// A suggestion that is not below what was refused would loop for ever.
func TestWidthShrinksWhateverIsSuggested(t *testing.T) {
	t.Parallel()

	for name, state := range map[string]func(uint64) uint64{
		"the refused range itself": func(n uint64) uint64 { return n },
		"more than was refused":    func(n uint64) uint64 { return n + 1000 },
		"nothing":                  unstated,
	} {
		w := &width{}
		asked := learn(w, 30, 7, state, noLogs)
		require.LessOrEqual(t, asked[29], uint64(7), "%s: %v", name, asked)
		require.NotContains(t, asked[1:], uint64(first), name)
	}
}

func TestWidthForgetsALimitThatIsRefused(t *testing.T) {
	t.Parallel()

	w := &width{}
	w.take(first, most)
	w.tooWide(2000, 1500)
	require.Equal(t, uint64(1500), w.take(first, most))
	w.tooWide(1500, 1500)
	require.Less(t, w.take(first, most), uint64(1500))
}

func TestWidthGrowsUpToTheMost(t *testing.T) {
	t.Parallel()

	asked := learn(&width{}, 10, most, unstated, noLogs)
	require.Equal(t, uint64(first), asked[0])
	require.Equal(t, uint64(most), asked[9])
	require.Equal(t, uint64(500), (&width{}).take(first, 500))
}

// Where blocks are full the width follows the number of logs, not the limit.
func TestWidthFollowsTheLogs(t *testing.T) {
	t.Parallel()

	w := &width{}
	asked := learn(w, 20, most, unstated, func(n uint64) int { return int(4 * n) })
	require.InDelta(t, fullAnswer/4, float64(asked[19]), 10)
}

func TestWidthNeverLeavesItsBounds(t *testing.T) {
	t.Parallel()

	rng := rand.New(rand.NewPCG(3, 4))

	for range 300 {
		w := &width{}

		for range 100 {
			n := w.take(first, most)
			require.True(t, 1 <= n && n <= most, n)

			n = 1 + rng.Uint64N(n) // The last bite of a range may be smaller.

			switch rng.IntN(6) {
			case 0:
				w.tooWide(n, rng.Uint64N(most))
			case 1:
				w.tooLarge(n)
			case 2:
				w.doubtful(n)
			case 3:
				w.tooDeep(n)
			default:
				w.answered(n, rng.IntN(20_000), most)
			}
		}
	}
}

// TestFullAnswersAreFew bounds what answers under way hold, whatever Workers says; an
// endpoint that hangs with one keeps no other from having its own.
func TestFullAnswersAreFew(t *testing.T) {
	t.Parallel()

	p := newPool(t, Config{URLs: []string{"http://127.0.0.1:1", "http://127.0.0.1:2"}})
	s := newScan(p, ScanConfig{}.withDefaults(), func() {})
	dense, other := p.endpoints[0], p.endpoints[1]
	fly := func(e *endpoint, n uint64) {
		s.flights[&flight{endpoint: e, piece: piece{Range: Range{From: 1, To: n}}}] = struct{}{}
	}

	require.False(t, s.crowdedLocked(dense, 2000), "the first is always allowed")
	fly(dense, 2000)
	require.False(t, s.crowdedLocked(dense, 2000))
	fly(dense, 2000)
	require.True(t, s.crowdedLocked(dense, 2000), "what is not known may be full")
	require.False(t, s.crowdedLocked(other, 2000))

	dense.width.answered(2000, 200, DefaultMaxRange)
	require.False(t, s.crowdedLocked(dense, 2000), "a tenth of a log a block")
	require.True(t, s.crowdedLocked(dense, 200_000))
}
