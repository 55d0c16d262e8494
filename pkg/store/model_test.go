package store_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"diemhouse/internal/testenv"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
)

var seeds = flag.Uint64("store.seeds", 3, "how many seeds TestRandomLives runs")

// life is a warehouse's random life beside what it ought to hold: a head loop that is
// killed, a history that other processes fill, reorgs, clocks that are wrong.
type life struct {
	*testing.T

	rand  *rand.Rand
	chain *madeChain
	dsn   string
	// head is the process that follows the head.
	head *store.Store
	// written is the newest block of the head loop, since the first of its coverage.
	written, since uint64
	// settled is the newest final block; history is filled up to first.
	settled, first uint64
	// sampled are the values that were read from the contract.
	sampled map[uint64]uint64
}

// TestRandomLives runs random sequences of everything the writers do against a model
// in memory. A failing seed is the subtest's name.
func TestRandomLives(t *testing.T) {
	t.Parallel()

	for seed := range *seeds {
		t.Run(fmt.Sprintf("Seed%d", seed), func(t *testing.T) {
			t.Parallel()

			l := &life{
				T: t, rand: rand.New(rand.NewPCG(seed, 7)), chain: newChain(seed + 100), dsn: testenv.DSN(t),
				sampled: make(map[uint64]uint64), first: 20,
			}
			require.NoError(t, process(t, l.dsn, "").Migrate(t.Context()))
			l.chain.grow(30)
			l.settled, l.written, l.since = 20, 20, 21
			l.head = l.process("")

			for range 40 {
				l.step()
			}

			l.settle()
		})
	}
}

// as does something as a process with a clock of its own, which lives until the step.
func (l *life) as(until string, do func(*store.Store) error) error {
	s := l.process(until)
	defer func() { require.NoError(l, s.Close()) }()

	return do(s)
}

func (l *life) process(until string) *store.Store {
	s := process(l.T, l.dsn, until)
	skew := time.Duration(l.rand.Int64N(int64(2*time.Hour))) - time.Hour
	s.SetClock(func() time.Time { return time.Now().Add(skew) })

	return s
}

func (l *life) step() {
	switch l.rand.IntN(8) {
	case 0, 1:
		l.chain.grow(1 + l.rand.IntN(4))
		l.follow(l.head)
	case 2:
		l.reorg()
		require.NoError(l, l.head.Rewind(l.Context(), l.written))
	case 3:
		l.settled += l.rand.Uint64N(l.written - l.settled + 1)
	case 4:
		require.NoError(l, l.as("", func(s *store.Store) error { return s.Write(l.Context(), l.chain.history(l.past())) }))
	case 5:
		l.sample()
	case 6:
		l.die()
	case 7:
		tables := []string{"events", "ledger", "coverage", "params", "curve", "blocks", "rollup_hourly"}
		require.NoError(l, l.head.Conn().Exec(l.Context(), "OPTIMIZE TABLE "+tables[l.rand.IntN(len(tables))]+" FINAL"))
	}

	l.check()
}

// past is a range that history may fill: settled, below where the head began.
func (l *life) past() store.Range {
	from := 1 + l.rand.Uint64N(l.first)

	return store.Range{From: from, To: from + l.rand.Uint64N(l.first-from+1)}
}

// follow writes what the chain has above the newest block written.
func (l *life) follow(s *store.Store) {
	for l.written < l.chain.tip() {
		r := store.Range{From: l.written + 1, To: min(l.written+1+l.rand.Uint64N(3), l.chain.tip())}
		require.NoError(l, s.Write(l.Context(), l.chain.head(l.since, r)))

		l.written = r.To
	}
}

// reorg abandons some blocks that are not settled. The new branch may be shorter.
func (l *life) reorg() {
	ancestor := l.settled + l.rand.Uint64N(l.chain.tip()-l.settled+1)
	l.chain.abandon(ancestor)
	l.chain.grow(l.rand.IntN(4))
	l.written = min(l.written, ancestor)
	l.forget(l.written)
}

// forget takes away what was sampled above a block.
func (l *life) forget(above uint64) {
	for block := range l.sampled {
		if block > above {
			delete(l.sampled, block)
		}
	}
}

func (l *life) sample() {
	block, value := 1+l.rand.Uint64N(max(l.written, 1)), l.rand.Uint64N(3)
	p := store.Param{Name: store.ParamEmissionRate, FirstBlock: block, Learned: store.LearnedSampled}
	p.Value.SetUint64(value)
	require.NoError(l, l.as("", func(s *store.Store) error { return s.PutParam(l.Context(), p) }))

	l.sampled[block] = value
}

// die kills a process in the middle of something, perhaps lets the chain change its
// mind, and starts again, perhaps more than once.
func (l *life) die() {
	at := slices.Concat(store.WriteSteps, store.RewindSteps)[l.rand.IntN(len(store.WriteSteps)+len(store.RewindSteps))]

	l.mayDie(l.as(at, func(s *store.Store) error {
		switch l.rand.IntN(3) {
		case 0:
			l.chain.grow(2)

			return s.Write(l.Context(), l.chain.head(l.since, store.Range{From: l.written + 1, To: l.chain.tip()}))
		case 1:
			l.reorg()

			return s.Rewind(l.Context(), l.written)
		default:
			return s.Write(l.Context(), l.chain.history(l.past()))
		}
	}))

	if l.rand.IntN(2) == 0 {
		l.reorg()
	}

	for l.rand.IntN(2) == 0 {
		at := store.RecoverySteps[l.rand.IntN(len(store.RecoverySteps))]
		l.mayDie(l.as(at, func(s *store.Store) error { return s.RewindAboveCursor(l.Context()) }))
	}

	require.NoError(l, l.head.Close())
	l.head = l.process("")
	require.NoError(l, l.head.RewindAboveCursor(l.Context()))

	cursor, _, err := l.head.Cursor(l.Context())
	require.NoError(l, err)
	l.forget(cursor)

	// As the head loop does: down to the newest block that is still canonical.
	for ; cursor > l.settled; cursor-- {
		hash, known, err := l.head.BlockHash(l.Context(), cursor)
		require.NoError(l, err)

		if known && cursor <= l.chain.tip() && hash == l.chain.blocks[cursor].Hash {
			break
		}
	}

	cursor = max(cursor, l.settled)
	require.NoError(l, l.head.Rewind(l.Context(), cursor))
	l.forget(cursor)

	l.written, l.since = cursor, l.first+1
	if cursor == l.settled && !l.isCovered(cursor) {
		// Nothing of the head is left: it begins again above what is settled.
		l.written, l.since = l.first, l.first+1
	}
}

func (l *life) isCovered(block uint64) bool {
	missing, err := l.head.Gaps(l.Context(), store.FilterCore, block, block)
	require.NoError(l, err)

	return len(missing) == 0
}

func (l *life) mayDie(err error) {
	if err != nil {
		require.ErrorIs(l, err, errKilled)
	}
}

// check makes sure that what counts as covered is right, and that nothing else shows
// above it.
func (l *life) check() {
	covered, err := l.head.Coverage(l.Context(), store.FilterCore)
	require.NoError(l, err)

	if l.written > l.first {
		require.NotEmpty(l, covered)
		require.Equal(l, l.written, covered[len(covered)-1].To, "the cursor is where the head loop is")
	}

	inside := make(map[store.Range][]decode.Event)

	for _, e := range storedEvents(l.T, l.head) {
		require.LessOrEqual(l, e.BlockNumber, max(l.written, l.first), "nothing above the cursor shows")

		for _, r := range covered {
			if r.From <= e.BlockNumber && e.BlockNumber <= r.To {
				inside[r] = append(inside[r], e)
			}
		}
	}

	for _, r := range covered {
		requireSame(l.T, l.chain.between(r), inside[r], "events of "+r.String())
	}
}

// settle fills everything and compares everything.
func (l *life) settle() {
	l.follow(l.head)

	missing, err := l.head.Gaps(l.Context(), store.FilterCore, 1, l.chain.tip())
	require.NoError(l, err)

	for _, gap := range missing {
		require.NoError(l, l.as("", func(s *store.Store) error { return s.Write(l.Context(), l.chain.history(gap)) }))
	}

	requireHolds(l.T, l.head, l.chain.between(store.Range{From: 1, To: l.chain.tip()}))
	requireCovered(l.T, l.head, store.Range{From: 1, To: l.chain.tip()})

	require.Equal(l, uint64(len(l.sampled)), number(l.T, l.head, "SELECT count() FROM params FINAL WHERE learned = 'sampled'"))

	for block, value := range l.sampled {
		require.Equal(l, value, number(l.T, l.head,
			"SELECT toUInt64(value) FROM params FINAL WHERE learned = 'sampled' AND block_number = ?", block))
	}

	// The same once more, from another process, after a start.
	require.NoError(l, l.as("", func(s *store.Store) error { return s.RewindAboveCursor(l.Context()) }))
	requireHolds(l.T, l.head, l.chain.between(store.Range{From: 1, To: l.chain.tip()}))
}
