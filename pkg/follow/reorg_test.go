package follow_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"diemhouse/internal/devnet"
	"diemhouse/pkg/chain"
	"diemhouse/pkg/follow"
)

// branches are reorgs as depth and length of the new branch; shorter makes the head
// fall.
var branches = map[string]struct{ depth, length int }{
	"one block":         {1, 2},
	"one for one":       {1, 1},
	"five":              {5, 6},
	"deep":              {11, 12},
	"the head falls":    {6, 3},
	"much longer":       {3, 20},
	"longer than batch": {9, 30},
}

func TestReorgLeavesNothingOfTheOldBranch(t *testing.T) {
	t.Parallel()

	b := setup(t, devnet.Config{})
	r := b.run(t, b.daemon())
	b.caughtUp(t, r)

	for name, branch := range branches {
		// Enough blocks between two reorgs that none reaches below the finalized one.
		_, err := b.net.Mine(13)
		require.NoError(t, err, name)
		b.caughtUp(t, r)

		_, err = b.net.ReorgTo(branch.depth, branch.length)
		require.NoError(t, err, name)
		b.caughtUp(t, r)
		b.requireTruth(t)
	}

	require.Len(t, b.heard.reorgs(), len(branches))
	stopped(t, r)
}

func TestDeepReorgDownToTheFinalizedBlock(t *testing.T) {
	t.Parallel()

	b := setup(t, devnet.Config{})
	_, err := b.net.Mine(40)
	require.NoError(t, err)

	head := b.net.Head().Number.Uint64()
	require.NoError(t, b.net.SetFinalized(head-30))

	r := b.run(t, b.daemon())
	b.caughtUp(t, r)

	_, err = b.net.Reorg(30)
	require.NoError(t, err)
	b.caughtUp(t, r)
	require.Equal(t, []uint64{30}, b.heard.reorgs())
	b.requireTruth(t)
	stopped(t, r)
}

func TestThereAndBackEndsWhereItBegan(t *testing.T) {
	t.Parallel()

	b := setup(t, devnet.Config{})
	r := b.run(t, b.daemon())
	b.caughtUp(t, r)

	before := b.storedEvents(t)

	branch, err := b.net.Reorg(7)
	require.NoError(t, err)
	b.caughtUp(t, r)
	require.NotEqual(t, before, b.storedEvents(t))

	require.NoError(t, b.net.SetCanonical(branch.OldHead.Hash()))
	b.caughtUp(t, r)
	require.Equal(t, before, b.storedEvents(t))
	b.requireTruth(t)
	stopped(t, r)
}

func TestReorgWhileNobodyLooked(t *testing.T) {
	t.Parallel()

	for name, after := range map[string]int{
		"the new branch is not final yet":      0,
		"the old cursor's height is final now": 30,
		"far behind":                           80,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			b := setup(t, devnet.Config{})
			r := b.run(t, b.daemon())
			b.caughtUp(t, r)
			stopped(t, r)

			_, err := b.net.Reorg(6)
			require.NoError(t, err)
			_, err = b.net.Mine(after)
			require.NoError(t, err)

			r = b.run(t, b.daemon())
			b.caughtUp(t, r)
			b.requireTruth(t)
			require.Equal(t, []uint64{6}, b.heard.reorgs())
			stopped(t, r)
		})
	}
}

func TestReorgWhileTheLoopHungPastFinality(t *testing.T) {
	t.Parallel()

	b := setup(t, devnet.Config{})
	d := b.daemon()

	_, err := d.Head.Start(t.Context())
	require.NoError(t, err)
	require.NoError(t, d.Head.Advance(t.Context()))

	// The loop does not run: the old branch's height becomes final on the new one,
	// which is no reorg below what was final when the loop looked last.
	_, err = b.net.Reorg(6)
	require.NoError(t, err)
	_, err = b.net.Mine(16)
	require.NoError(t, err)

	require.NoError(t, d.Head.Advance(t.Context()))
	require.NoError(t, d.History.Fill(t.Context(), everything(b)))
	b.requireTruth(t)
}

func TestReorgBelowFinalStopsTheDaemon(t *testing.T) {
	t.Parallel()

	b := setup(t, devnet.Config{})
	r := b.run(t, b.daemon())
	b.caughtUp(t, r)

	before := b.storedEvents(t)

	_, err := b.net.Reorg(20)
	require.NoError(t, err)

	var settled *follow.SettledError

	<-r.done
	require.ErrorAs(t, r.err, &settled)
	require.Equal(t, before, b.storedEvents(t), "nothing was undone")

	// Nor does a restart take the new chain for the old one.
	r = b.run(t, b.daemon())
	<-r.done
	require.ErrorAs(t, r.err, &settled)
	require.Equal(t, before, b.storedEvents(t))
}

// blind does not have the blocks up to a height, as a backend that lost them.
type blind struct {
	follow.HeadSource

	upTo atomic.Uint64
}

func (b *blind) HeaderByNumber(ctx context.Context, number uint64) (chain.Header, error) {
	if number <= b.upTo.Load() {
		return chain.Header{}, &chain.Refusal{Kind: chain.UnknownBlock}
	}

	return b.HeadSource.HeaderByNumber(ctx, number)
}

// Endpoints that have no block where the last final one was say nothing against it:
// the daemon asks again and does not stop.
func TestAnEndpointWithoutTheFinalBlockIsAskedAgain(t *testing.T) {
	t.Parallel()

	b := setup(t, devnet.Config{})
	d := b.daemon()
	source := &blind{HeadSource: d.Head.Source}
	d.Head.Source = source

	_, err := d.Head.Start(t.Context())
	require.NoError(t, err)
	require.NoError(t, d.Head.Advance(t.Context()))

	last := b.net.Head().Number.Uint64()
	_, err = b.net.Reorg(3)
	require.NoError(t, err)
	_, err = b.net.Mine(2)
	require.NoError(t, err)
	source.upTo.Store(last)

	var settled *follow.SettledError

	err = d.Head.Advance(t.Context())
	require.True(t, chain.IsUnknownBlock(err), "%v", err)
	require.NotErrorAs(t, err, &settled)

	source.upTo.Store(0)
	require.NoError(t, d.Head.Advance(t.Context()))
	require.NoError(t, d.History.Fill(t.Context(), everything(b)))
	b.requireTruth(t)
}

func TestAnotherChainIsRefused(t *testing.T) {
	t.Parallel()

	b := setup(t, devnet.Config{})
	_, err := b.net.Mine(60)
	require.NoError(t, err)

	r := b.run(t, b.daemon())
	b.caughtUp(t, r)
	stopped(t, r)

	before := b.storedEvents(t)

	for name, more := range map[string]int{"longer": 90, "shorter": 0} {
		other := setup(t, devnet.Config{Seed: 99})
		other.store = b.store

		_, err := other.net.Mine(more)
		require.NoError(t, err)

		r = other.run(t, other.daemon())

		if more > 0 {
			<-r.done

			var settled *follow.SettledError

			require.ErrorAs(t, r.err, &settled, name)
		} else {
			// It may be the same chain, seen by an endpoint that is behind.
			require.Eventually(t, func() bool { return other.heard.stumbled() != nil }, patience, poll)
			require.ErrorContains(t, other.heard.stumbled(), "every endpoint is behind, or serves another chain")
			require.ErrorIs(t, r.stop(), context.Canceled)
		}

		require.Equal(t, before, b.storedEvents(t), name)
	}
}
