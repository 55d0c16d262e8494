package devnet_test

import (
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rpc"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/devnet"
)

// chainOf checks that the canonical chain hangs together down to a block, and returns
// its hashes from there up.
func chainOf(t *testing.T, d *devnet.Devnet, from uint64) []common.Hash {
	t.Helper()
	head := d.Head().Number.Uint64()
	hashes := []common.Hash{d.Header(from).Hash()}
	for n := from + 1; n <= head; n++ {
		require.Equal(t, d.Header(n-1).Hash(), d.Header(n).ParentHash, "parent of block %d", n)
		hashes = append(hashes, d.Header(n).Hash())
	}
	require.Nil(t, d.Header(head+1), "nothing above the head")
	return hashes
}

func TestReorgOfAnyDepth(t *testing.T) {
	t.Parallel()
	d := start(t, devnet.Config{Seed: 1})
	_, err := d.Mine(70)
	require.NoError(t, err)
	for _, shape := range []struct{ depth, length int }{{1, 1}, {1, 2}, {3, 4}, {20, 20}, {20, 5}, {64, 65}, {7, 1}} {
		head := d.Head()
		fork := head.Number.Uint64() - uint64(shape.depth)
		before := chainOf(t, d, fork)
		branch, err := d.ReorgTo(shape.depth, shape.length)
		require.NoError(t, err)
		require.Equal(t, head.Hash(), branch.OldHead.Hash())
		require.Equal(t, d.Head().Hash(), branch.NewHead.Hash())
		require.Equal(t, before[0], branch.Ancestor.Hash())
		after := chainOf(t, d, fork)
		require.Len(t, after, 1+shape.length, "the head falls or rises: %v", shape)
		require.Equal(t, before[0], after[0])
		for i := 1; i < min(len(before), len(after)); i++ {
			require.NotEqual(t, before[i], after[i], "block %d of the branch", i)
		}
	}
}

func TestReorgRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	d := start(t, devnet.Config{Seed: 1})
	for _, shape := range []struct{ depth, length int }{{0, 1}, {-1, 1}, {1, 0}, {1000, 1}} {
		_, err := d.ReorgTo(shape.depth, shape.length)
		require.ErrorContains(t, err, "no such block", shape)
	}
	require.Error(t, d.SetCanonical(common.Hash{1}))
}

func TestBackToTheFirstBranch(t *testing.T) {
	t.Parallel()
	d := start(t, devnet.Config{Seed: 1})
	_, err := d.Mine(10)
	require.NoError(t, err)
	fork := d.Head().Number.Uint64() - 6
	a, figuresOfA := chainOf(t, d, fork), figures(t, d)
	branch, err := d.ReorgTo(6, 9)
	require.NoError(t, err)
	b := chainOf(t, d, fork)
	require.NoError(t, d.SetCanonical(branch.OldHead.Hash()))
	require.Equal(t, a, chainOf(t, d, fork))
	require.Equal(t, figuresOfA, figures(t, d))
	require.NoError(t, d.SetCanonical(branch.NewHead.Hash()))
	require.Equal(t, b, chainOf(t, d, fork))

	// It goes on from either.
	require.NoError(t, d.SetCanonical(branch.OldHead.Hash()))
	_, err = d.Mine(2)
	require.NoError(t, err)
	require.Equal(t, a, chainOf(t, d, fork)[:len(a)])
}

func TestEmptyBranch(t *testing.T) {
	t.Parallel()
	d := start(t, devnet.Config{Seed: 1})
	_, err := d.Mine(5)
	require.NoError(t, err)
	ancestor, err := d.Oracle().Figures(t.Context(), d.Head().Number.Uint64()-5)
	require.NoError(t, err)
	branch, err := d.Replace(5, nil, nil, nil)
	require.NoError(t, err)
	require.Equal(t, branch.Ancestor.Number.Uint64()+3, d.Head().Number.Uint64())
	for n := branch.Ancestor.Number.Uint64() + 1; n <= d.Head().Number.Uint64(); n++ {
		require.Equal(t, types.EmptyTxsHash, d.Header(n).TxHash)
	}
	after := figures(t, d)
	after.Block = ancestor.Block
	require.Equal(t, ancestor, after)

	// Another empty block in the same place is still another block.
	first := d.Head()
	_, err = d.Replace(1, nil)
	require.NoError(t, err)
	require.Equal(t, first.Number, d.Head().Number)
	require.Equal(t, first.Time, d.Head().Time)
	require.NotEqual(t, first.Hash(), d.Head().Hash())
}

func TestReplaceByChosenActions(t *testing.T) {
	t.Parallel()
	d := start(t, devnet.Config{Seed: 1})
	a := somebody(t, d)
	do(t, d, devnet.BurnFromPool(vvv(5)))
	burned := figures(t, d).VVVBurned
	_, err := d.Replace(1, []devnet.Action{devnet.BurnFromPool(vvv(7))}, []devnet.Action{devnet.TransferVVV(a, common.Address{}, vvv(1))})
	require.NoError(t, err)
	require.Equal(t, vvv(3), figures(t, d).VVVBurned.Sub(figures(t, d).VVVBurned, burned), "8 burned instead of 5")

	head := d.Head().Hash()
	_, err = d.Replace(1, []devnet.Action{devnet.BurnDiem(a, vvv(1_000_000))})
	require.ErrorIs(t, err, devnet.ErrReverted)
	require.Equal(t, head, d.Head().Hash())
}

// After a reorg some transactions stand in another block, or at another place in it.
func TestTransactionsAreMinedAgainElsewhere(t *testing.T) {
	t.Parallel()
	d := start(t, devnet.Config{Seed: 1})
	_, err := d.Mine(30)
	require.NoError(t, err)
	c := client(t, d)
	receipts := func() map[common.Hash]*types.Receipt {
		found := make(map[common.Hash]*types.Receipt)
		for n := d.Head().Number.Uint64() - 20; n <= d.Head().Number.Uint64(); n++ {
			in, err := c.BlockReceipts(t.Context(), rpc.BlockNumberOrHashWithNumber(rpc.BlockNumber(n)))
			require.NoError(t, err)
			for _, r := range in {
				found[r.TxHash] = r
			}
		}
		return found
	}
	before := receipts()
	_, err = d.ReorgTo(20, 20)
	require.NoError(t, err)
	again, moved, gone := 0, 0, 0
	after := receipts()
	for hash, old := range before {
		r, found := after[hash]
		switch {
		case !found:
			gone++
		case r.BlockHash != old.BlockHash:
			again++
			if r.TransactionIndex != old.TransactionIndex {
				moved++
			}
		}
	}
	require.NotZero(t, again)
	require.NotZero(t, moved)
	require.NotZero(t, gone)
}

func tag(t *testing.T, d *devnet.Devnet, name rpc.BlockNumber) uint64 {
	t.Helper()
	header, err := client(t, d).HeaderByNumber(t.Context(), big.NewInt(name.Int64()))
	require.NoError(t, err)
	require.Equal(t, d.Header(header.Number.Uint64()).Hash(), header.Hash(), "a tag names a canonical block")
	return header.Number.Uint64()
}

func TestTagsFollowTheHead(t *testing.T) {
	t.Parallel()
	d := start(t, devnet.Config{Seed: 1, SafeLag: 4, FinalizedLag: 9})
	check := func() {
		head := d.Head().Number.Uint64()
		require.Equal(t, head, tag(t, d, rpc.LatestBlockNumber))
		require.Equal(t, head-4, tag(t, d, rpc.SafeBlockNumber))
		require.Equal(t, head-9, tag(t, d, rpc.FinalizedBlockNumber))
	}
	check()
	_, err := d.Mine(3)
	require.NoError(t, err)
	check()

	// Finalized stays where it is while the head falls by less.
	final := tag(t, d, rpc.FinalizedBlockNumber)
	_, err = d.ReorgTo(5, 2)
	require.NoError(t, err)
	require.Equal(t, final, tag(t, d, rpc.FinalizedBlockNumber))

	// A reorg below it: the new branch counts as final in its place.
	_, err = d.ReorgTo(15, 16)
	require.NoError(t, err)
	require.Equal(t, d.Head().Number.Uint64()-9, tag(t, d, rpc.FinalizedBlockNumber))
}

func TestFinalizedByHandStays(t *testing.T) {
	t.Parallel()
	d := start(t, devnet.Config{Seed: 1})
	_, err := d.Mine(10)
	require.NoError(t, err)
	head := d.Head().Number.Uint64()
	require.NoError(t, d.SetFinalized(head-2))
	_, err = d.Mine(3)
	require.NoError(t, err)
	require.Equal(t, head-2, tag(t, d, rpc.FinalizedBlockNumber))
	old := d.Header(head - 2).Hash()
	_, err = d.Reorg(8)
	require.NoError(t, err)
	require.Equal(t, head-2, tag(t, d, rpc.FinalizedBlockNumber))
	require.NotEqual(t, old, d.Header(head-2).Hash(), "what was final is replaced")
	require.Error(t, d.SetFinalized(d.Head().Number.Uint64()+1))
}
