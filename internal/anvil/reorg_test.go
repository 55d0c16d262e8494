package anvil_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"diemhouse/internal/anvil"
)

func TestReorgForgetsTransactions(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	node := launched(t, anvil.Config{Seed: 1})
	require.NoError(t, node.Live(ctx, 10))
	old := head(t, node)
	fork := old.Number - 4
	ancestor, err := node.Oracle().Figures(ctx, fork)
	require.NoError(t, err)
	require.NoError(t, node.Reorg(ctx, 4))
	now := head(t, node)
	require.Equal(t, old.Number, now.Number)
	require.NotEqual(t, old.Hash, now.Hash)
	after := figures(t, node)
	after.Block = fork
	require.Equal(t, ancestor, after)
	require.Empty(t, events(t, node, fork))

	require.NoError(t, node.Live(ctx, 4))
	require.NotEmpty(t, events(t, node, old.Number), "life goes on")
}

func TestRemineMovesTransactions(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	node := launched(t, anvil.Config{Seed: 1})
	require.NoError(t, node.Live(ctx, 10))
	fork := head(t, node).Number - 3
	before := events(t, node, fork)
	require.NoError(t, node.Remine(ctx, 3))
	after := events(t, node, fork)
	place := make(map[any]uint64)
	for _, e := range after {
		place[e.TxHash] = e.BlockNumber
		require.Equal(t, fork+3, e.BlockNumber)
	}
	moved := 0
	for _, e := range before {
		if number, found := place[e.TxHash]; found && number != e.BlockNumber {
			moved++
		}
	}
	require.NotZero(t, moved)
}

func TestRollbackLetsTheHeadFall(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	node := launched(t, anvil.Config{Seed: 1})
	require.NoError(t, node.Live(ctx, 10))
	old := head(t, node)
	kept, err := node.Block(ctx, old.Number-6)
	require.NoError(t, err)
	then, err := node.Oracle().Figures(ctx, kept.Number)
	require.NoError(t, err)
	require.NoError(t, node.Rollback(ctx, 6))
	require.Equal(t, kept, head(t, node))
	require.Equal(t, then, figures(t, node))
	_, err = node.Block(ctx, old.Number)
	require.ErrorContains(t, err, "no such block")
	require.NoError(t, node.Live(ctx, 7))
	require.Equal(t, old.Number+1, head(t, node).Number)
}
