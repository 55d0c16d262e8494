package anvil_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"diemhouse/internal/anvil"
)

func TestLife(t *testing.T) {
	node := anvil.Start(t, anvil.Config{Seed: 1})
	ctx := t.Context()
	require.NoError(t, node.Launch(ctx))
	start := time.Now()
	require.NoError(t, node.Live(ctx, 30))
	t.Log(time.Since(start))
	head, err := node.Head(ctx)
	require.NoError(t, err)
	f, err := node.Oracle().Figures(ctx, head.Number)
	require.NoError(t, err)
	t.Logf("%+v", f)
	require.NoError(t, node.Reorg(ctx, 5))
	h2, err := node.Head(ctx)
	require.NoError(t, err)
	t.Log(head, h2)
	require.NoError(t, node.Live(ctx, 3))
	require.NoError(t, node.Rollback(ctx, 5))
	h2, err = node.Head(ctx)
	require.NoError(t, err)
	t.Log(head, h2)
	require.NoError(t, node.Live(ctx, 3))
	f, err = node.Oracle().Figures(ctx, h2.Number)
	require.NoError(t, err)
	t.Logf("%+v", f)
}
