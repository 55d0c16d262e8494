package devnet_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"diemhouse/internal/devnet"
)

func TestSmoke(t *testing.T) {
	start := time.Now()
	d, err := devnet.Start(t.Context(), devnet.Config{Seed: 1})
	require.NoError(t, err)
	t.Log(d.Head().Number, d.Head().Hash(), time.Since(start))
	_, err = d.Mine(3)
	require.NoError(t, err)
	_, err = d.Reorg(2)
	require.NoError(t, err)
	require.NoError(t, d.Close())
}
