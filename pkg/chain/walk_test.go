package chain

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/devnet"
)

// follower keeps what a head loop keeps: the hash of each block it followed.
type follower struct {
	pool *Pool
	last Ref
	seen map[uint64]common.Hash
}

func newFollower(tb testing.TB, p *Pool) *follower {
	tb.Helper()

	h, err := p.HeaderByNumber(tb.Context(), 0)
	require.NoError(tb, err)

	return &follower{pool: p, last: h.Ref(), seen: map[uint64]common.Hash{0: h.Hash}}
}

func (f *follower) stored(_ context.Context, n uint64) (common.Hash, bool, error) {
	hash, ok := f.seen[n]

	return hash, ok, nil
}

// catchUp walks to the head the way the head loop does, and gives the ancestors of
// the reorgs on its way.
func (f *follower) catchUp(tb testing.TB) (ancestors []uint64) {
	tb.Helper()

	for {
		heads, err := f.pool.Heads(tb.Context())
		require.NoError(tb, err)

		head := heads.Head.Number.Uint64()
		err = Walk(tb.Context(), f.pool, f.last, head, func(h Header) error {
			f.seen[h.Number.Uint64()] = h.Hash
			f.last = h.Ref()

			return nil
		})
		if err == nil {
			return ancestors
		}

		var (
			reorg  *ReorgError
			behind *BehindError
		)

		if errors.As(err, &behind) {
			standing, err := f.pool.Standing(tb.Context(), f.last)
			require.NoError(tb, err)
			require.Equal(tb, Missing, standing)
		} else {
			require.ErrorAs(tb, err, &reorg)
			require.Equal(tb, f.last, reorg.Known)
		}

		ancestor, err := CommonAncestor(tb.Context(), f.pool, f.stored, f.last.Number, 0)
		require.NoError(tb, err)

		for n := range f.seen {
			if n > ancestor.Number {
				delete(f.seen, n)
			}
		}

		f.last = ancestor
		ancestors = append(ancestors, ancestor.Number)
	}
}

// requireChain checks that what was followed is the node's chain.
func (f *follower) requireChain(tb testing.TB, node *devnet.Devnet) {
	tb.Helper()

	require.Equal(tb, node.Head().Number.Uint64(), f.last.Number)

	for n := range f.last.Number + 1 {
		require.Equal(tb, node.Header(n).Hash(), f.seen[n], n)
	}
}

// Real reorgs of several depths, to longer, equal and shorter branches and back.
func TestWalkFollowsRealReorgs(t *testing.T) {
	t.Parallel()

	node := ownNode(t, devnet.Config{Seed: 5})
	f := newFollower(t, newPool(t, quick(node.HTTPURL())))
	require.Empty(t, f.catchUp(t))
	f.requireChain(t, node)

	for _, c := range []struct{ depth, length int }{{1, 2}, {1, 1}, {2, 3}, {5, 6}, {20, 21}, {6, 2}, {3, 1}, {12, 12}} {
		_, err := node.Mine(c.depth + 1)
		require.NoError(t, err)
		require.Empty(t, f.catchUp(t), "no reorg yet")

		branch, err := node.ReorgTo(c.depth, c.length)
		require.NoError(t, err)
		require.Equal(t, []uint64{branch.Ancestor.Number.Uint64()}, f.catchUp(t), "%+v", c)
		f.requireChain(t, node)

		// A → B → A.
		require.NoError(t, node.SetCanonical(branch.OldHead.Hash()))
		require.Equal(t, []uint64{branch.Ancestor.Number.Uint64()}, f.catchUp(t), "%+v and back", c)
		f.requireChain(t, node)
	}
}

func TestWalkFollowsAnvilsReorgs(t *testing.T) {
	t.Parallel()

	node := ownAnvil(t, 10)
	p := newPool(t, quick(node.WSURL()))
	genesis, err := node.Block(t.Context(), anvilFirst-1)
	require.NoError(t, err)

	f := &follower{
		pool: p, last: Ref{Number: genesis.Number, Hash: genesis.Hash}, seen: map[uint64]common.Hash{genesis.Number: genesis.Hash},
	}
	require.Empty(t, f.catchUp(t))

	for _, depth := range []int{1, 3, 8} {
		head, err := node.Head(t.Context())
		require.NoError(t, err)
		require.NoError(t, node.Reorg(t.Context(), depth))
		require.Equal(t, []uint64{head.Number - uint64(depth)}, f.catchUp(t))

		head, err = node.Head(t.Context())
		require.NoError(t, err)
		require.Equal(t, head.Hash, f.last.Hash)
		require.NoError(t, node.Live(t.Context(), 3))
		require.Empty(t, f.catchUp(t))

		// The head falls, and nobody is told.
		fallen := f.last.Number - uint64(depth)

		require.NoError(t, node.Rollback(t.Context(), depth))
		require.Equal(t, []uint64{fallen}, f.catchUp(t))
		require.NoError(t, node.Live(t.Context(), depth))
		require.Empty(t, f.catchUp(t))
	}
}

func TestCommonAncestorStopsAtTheFloor(t *testing.T) {
	t.Parallel()

	node := ownNode(t, devnet.Config{Seed: 6})
	f := newFollower(t, newPool(t, quick(node.HTTPURL())))
	f.catchUp(t)

	branch, err := node.Reorg(8)
	require.NoError(t, err)

	fork := branch.Ancestor.Number.Uint64()

	found, err := CommonAncestor(t.Context(), f.pool, f.stored, f.last.Number, fork)
	require.NoError(t, err)
	require.Equal(t, Ref{Number: fork, Hash: branch.Ancestor.Hash()}, found)

	_, err = CommonAncestor(t.Context(), f.pool, f.stored, f.last.Number, fork+1)

	var deep *DeepReorgError

	require.ErrorAs(t, err, &deep)
	require.Equal(t, fork+1, deep.Floor)

	// Heights without a stored hash are passed over, down to the genesis block.
	sparse := func(_ context.Context, n uint64) (common.Hash, bool, error) {
		return f.seen[n], n == 0 || n > fork, nil
	}
	found, err = CommonAncestor(t.Context(), f.pool, sparse, f.last.Number, 0)
	require.NoError(t, err)
	require.Zero(t, found.Number)

	broken := errors.New("disk")
	_, err = CommonAncestor(t.Context(), f.pool, func(context.Context, uint64) (common.Hash, bool, error) {
		return common.Hash{}, false, broken
	}, 3, 0)
	require.ErrorIs(t, err, broken)
}

// Endpoints that have no block at the floor contradict nothing: they are behind.
func TestCommonAncestorOfEndpointsThatAreBehind(t *testing.T) {
	t.Parallel()

	node := ownNode(t, devnet.Config{Seed: 6})
	f := newFollower(t, newPool(t, quick(node.HTTPURL())))
	f.catchUp(t)

	behind := newFront(t, node.HTTPURL(), func([]frontCall, bool) *reply { return nil })
	behind.mend = func(body string) string {
		if strings.Contains(body, `"parentHash"`) {
			return regexp.MustCompile(`"result":\{.*\}`).ReplaceAllString(body, `"result":null}`)
		}

		return body
	}

	const depth = 5

	p := newPool(t, quick(behind.URL))
	_, err := CommonAncestor(t.Context(), p, f.stored, f.last.Number, f.last.Number-depth)
	require.True(t, IsUnknownBlock(err), "%v", err)

	var deep *DeepReorgError

	require.NotErrorAs(t, err, &deep)
}

func TestWalkTellsOfAnEqualHeight(t *testing.T) {
	t.Parallel()

	node := ownNode(t, devnet.Config{Seed: 8})
	p := newPool(t, quick(node.HTTPURL()))
	head := Ref{Number: node.Head().Number.Uint64(), Hash: node.Head().Hash()}
	never := func(Header) error { return errors.New("yielded") }

	require.NoError(t, Walk(t.Context(), p, head, head.Number, never))

	var behind *BehindError

	require.ErrorAs(t, Walk(t.Context(), p, head, head.Number-1, never), &behind)
	require.Equal(t, BehindError{Known: head, Head: head.Number - 1}, *behind)

	_, err := node.ReorgTo(2, 2)
	require.NoError(t, err)

	var reorg *ReorgError

	require.ErrorAs(t, Walk(t.Context(), p, head, head.Number, never), &reorg)
	require.Equal(t, node.Head().Hash(), reorg.Found.Hash)
	require.ErrorContains(t, reorg, head.Hash.Hex())

	last := Ref{Number: node.Head().Number.Uint64() - 1, Hash: node.Head().ParentHash}
	require.EqualError(t, Walk(t.Context(), p, last, last.Number+1, never), "yielded")
	require.True(t, IsUnknownBlock(Walk(t.Context(), p, last, last.Number+2, func(Header) error { return nil })))
}

func TestStandingIsWhatAnyEndpointSays(t *testing.T) {
	t.Parallel()

	node := ownNode(t, devnet.Config{Seed: 9})
	other := ownNode(t, devnet.Config{Seed: 9}) // The same chain, until they part.
	p := newPool(t, quick(node.HTTPURL(), other.HTTPURL()))
	head := Ref{Number: node.Head().Number.Uint64(), Hash: node.Head().Hash()}
	require.Equal(t, node.Head().Hash(), other.Head().Hash())

	standing := func(ref Ref) Standing {
		s, err := p.Standing(t.Context(), ref)
		require.NoError(t, err)

		return s
	}

	require.Equal(t, Canonical, standing(head))

	_, err := node.Reorg(2)
	require.NoError(t, err)
	require.Equal(t, Canonical, standing(head), "the other still has it")

	_, err = other.Reorg(2)
	require.NoError(t, err)
	require.Equal(t, Replaced, standing(head))
	require.Equal(t, Missing, standing(Ref{Number: head.Number + 100}))

	// An endpoint that does not answer may know better.
	down := newPool(t, quick(node.HTTPURL(), "http://127.0.0.1:1"))
	_, err = down.Standing(t.Context(), head)
	require.Error(t, err)
}
