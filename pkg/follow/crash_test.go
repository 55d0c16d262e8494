package follow_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"diemhouse/internal/devnet"
	"diemhouse/pkg/follow"
	"diemhouse/pkg/store"
)

func TestStoppedAnywhereAndStartedAgain(t *testing.T) {
	t.Parallel()

	const rounds = 25

	b := setup(t, devnet.Config{})
	dice := rand.New(rand.NewPCG(3, 14))

	for range rounds {
		// Canceled, as programs stop it. A deadline would go down to the connection, whose
		// timer may end a read before the context ends.
		ctx, cancel := context.WithCancel(t.Context())
		stop := time.AfterFunc(time.Duration(dice.IntN(150))*time.Millisecond, cancel)
		err := b.daemon().Run(ctx)

		stop.Stop()
		cancel()

		require.ErrorIs(t, err, context.Canceled)

		if dice.IntN(2) == 0 {
			depth := 1 + dice.IntN(4)
			_, err = b.net.ReorgTo(depth, depth+dice.IntN(3))
		} else {
			_, err = b.net.Mine(1 + dice.IntN(6))
		}

		require.NoError(t, err)
	}

	r := b.run(t, b.daemon())
	b.caughtUp(t, r)
	b.requireTruth(t)
	stopped(t, r)
}

// faulty is the real warehouse with one failure in it, which leaves what a crash or
// a lost connection in the middle of an operation leaves.
type faulty struct {
	*store.Store

	write  atomic.Bool // the next write loses its coverage and fails
	rewind atomic.Bool // the next rewind is done, and reported as failed
}

var errFault = errors.New("the connection broke, as this test wants")

func (f *faulty) Write(ctx context.Context, b store.Batch) error {
	if len(b.Blocks) == 0 || len(b.Covered) == 0 || !f.write.CompareAndSwap(true, false) {
		return f.Store.Write(ctx, b)
	}

	b.Covered = nil

	return errors.Join(f.Store.Write(ctx, b), errFault)
}

func (f *faulty) Rewind(ctx context.Context, block uint64) error {
	err := f.Store.Rewind(ctx, block)
	if f.rewind.CompareAndSwap(true, false) {
		err = errors.Join(err, errFault)
	}

	return err
}

// followed is a head loop that has caught up, one look at a time, on a warehouse that
// can fail.
func followed(t *testing.T) (*bundle, *follow.Head, *faulty) {
	t.Helper()

	b := setup(t, devnet.Config{})
	d := b.daemon()
	f := &faulty{Store: b.store}
	d.Head.Warehouse, d.History.Warehouse = f, f

	_, err := d.Head.Start(t.Context())
	require.NoError(t, err)
	require.NoError(t, d.Head.Advance(t.Context()))
	require.NoError(t, d.History.Fill(t.Context(), everything(b)))

	return b, d.Head, f
}

func TestWriteThatFailedIsUndoneBeforeAnotherBranch(t *testing.T) {
	t.Parallel()

	b, head, f := followed(t)

	// A busy block goes in without counting; a quieter one takes its place.
	actions := make([]devnet.Action, 0, 8)
	for range cap(actions) {
		actions = append(actions, devnet.BusyLife())
	}

	_, _, err := b.net.Do(actions...)
	require.NoError(t, err)
	f.write.Store(true)
	require.ErrorIs(t, head.Advance(t.Context()), errFault)

	_, err = b.net.ReorgTo(1, 1)
	require.NoError(t, err)
	require.NoError(t, head.Advance(t.Context()))
	b.requireTruth(t)
}

func TestRewindThatFailedIsDoneBeforeTheOldBranchComesBack(t *testing.T) {
	t.Parallel()

	b, head, f := followed(t)

	branch, err := b.net.Reorg(5)
	require.NoError(t, err)
	f.rewind.Store(true)
	require.ErrorIs(t, head.Advance(t.Context()), errFault)

	// The warehouse was rewound, the loop does not know, and the chain is back.
	require.NoError(t, b.net.SetCanonical(branch.OldHead.Hash()))
	require.NoError(t, head.Advance(t.Context()))
	b.requireTruth(t)
	require.Empty(t, b.gaps(t))
}

func TestCoverageThatWasWrittenThoughItFailed(t *testing.T) {
	t.Parallel()

	b, head, f := followed(t)

	_, err := b.net.Mine(4)
	require.NoError(t, err)
	f.write.Store(true)
	require.ErrorIs(t, head.Advance(t.Context()), errFault)

	// The process dies here. The next one finds blocks above the cursor.
	_, err = b.net.Reorg(2)
	require.NoError(t, err)

	next := b.daemon()
	_, err = next.Head.Start(t.Context())
	require.NoError(t, err)
	require.NoError(t, next.Head.Advance(t.Context()))
	b.requireTruth(t)
	require.Empty(t, b.gaps(t))
}

// gaps are what is not covered up to the head.
func (b *bundle) gaps(t *testing.T) []store.Range {
	t.Helper()

	gaps, err := b.store.Gaps(t.Context(), b.filter.Name(), 0, b.net.Head().Number.Uint64())
	require.NoError(t, err)

	return gaps
}
