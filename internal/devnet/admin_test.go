package devnet_test

import (
	"testing"

	"github.com/ethereum/go-ethereum/rpc"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/devnet"
)

func admin(t *testing.T, d *devnet.Devnet) *rpc.Client {
	t.Helper()
	c, err := rpc.DialContext(t.Context(), d.AdminURL())
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func TestAdminCalls(t *testing.T) {
	t.Parallel()
	d := start(t, devnet.Config{Seed: 1})
	c := admin(t, d)
	height := func() uint64 { return d.Head().Number.Uint64() }
	block := func(method string, args ...any) {
		var head devnet.BlockID
		require.NoError(t, c.CallContext(t.Context(), &head, method, args...), method)
		require.Equal(t, d.Head().Hash(), head.Hash, method)
		require.Equal(t, height(), uint64(head.Number), method)
	}
	first := height()
	block("devnet_mine", 4)
	require.Equal(t, first+4, height())
	block("devnet_mine", 0)
	require.Equal(t, first+4, height())

	old := d.Head().Hash()
	var reorg devnet.ReorgResult
	require.NoError(t, c.CallContext(t.Context(), &reorg, "devnet_reorg", 3))
	require.Equal(t, first+1, uint64(reorg.Ancestor.Number))
	require.Equal(t, old, reorg.OldHead.Hash)
	require.Equal(t, d.Head().Hash(), reorg.NewHead.Hash)
	require.Equal(t, first+5, height(), "one block more than it replaces")
	require.NoError(t, c.CallContext(t.Context(), &reorg, "devnet_reorg", 3, 1))
	require.Equal(t, first+3, height(), "the head falls")
	block("devnet_setCanonical", old)
	require.Equal(t, old, d.Head().Hash())

	block("devnet_setCurve", 42_000, 512)
	curve, err := d.Oracle().Curve(t.Context(), height())
	require.NoError(t, err)
	target, err := curve.Target()
	require.NoError(t, err)
	require.InDelta(t, 42_000, target, 1e-6)
	block("devnet_setEmission", 31_536_000)
	require.Equal(t, vvv(1), figures(t, d).EmissionRatePerSecond)
	block("devnet_emitUnknown")

	require.ErrorContains(t, c.CallContext(t.Context(), &reorg, "devnet_reorg", 100_000), "no such block")
}

// Who may read the chain may not therefore reorganize it.
func TestAdminCallsAreNotPublic(t *testing.T) {
	t.Parallel()
	d := start(t, devnet.Config{Seed: 1})
	for _, url := range []string{d.HTTPURL(), d.WSURL()} {
		c, err := rpc.DialContext(t.Context(), url)
		require.NoError(t, err)
		require.ErrorContains(t, c.CallContext(t.Context(), nil, "devnet_mine", 1), "does not exist")
		c.Close()
	}
	none := start(t, devnet.Config{Seed: 1, AdminPort: -1})
	require.Empty(t, none.AdminURL())
}
