package devnet_test

import (
	"testing"
	"time"

	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/devnet"
)

func tok(v *uint256.Int) float64 { return v.Float64() / 1e18 }

func TestBig(t *testing.T) {
	start := time.Now()
	d, err := devnet.Start(t.Context(), devnet.Config{Seed: 1, History: 400 * 24 * time.Hour})
	require.NoError(t, err)
	t.Log(d.Head().Number, d.Head().Hash(), time.Since(start))
	n := d.Head().Number.Uint64()
	o := d.Oracle()
	for k := uint64(1); k <= 20; k++ {
		f, err := o.Figures(t.Context(), n*k/20)
		require.NoError(t, err)
		t.Logf("%d supply %.0f burned %.0f staked %.0f locked %.0f diem %.1f staked %.1f cool %.1f instaking %.0f", f.Block, tok(f.VVVTotalSupply), tok(f.VVVBurned), tok(f.SVVVTotalSupply), tok(f.Locked), tok(f.DiemTotalSupply), tok(f.DiemTotalStaked), tok(f.DiemHeld)-tok(f.DiemTotalStaked), tok(f.VVVInStaking))
	}
	start = time.Now()
	_, err = d.Mine(500)
	require.NoError(t, err)
	t.Log("500 live blocks", time.Since(start))
	f, err := o.Figures(t.Context(), n+500)
	require.NoError(t, err)
	t.Logf("%d supply %.0f burned %.0f staked %.0f locked %.0f diem %.1f staked %.1f cool %.1f instaking %.0f", f.Block, tok(f.VVVTotalSupply), tok(f.VVVBurned), tok(f.SVVVTotalSupply), tok(f.Locked), tok(f.DiemTotalSupply), tok(f.DiemTotalStaked), tok(f.DiemHeld)-tok(f.DiemTotalStaked), tok(f.VVVInStaking))
	require.NoError(t, d.Close())
}
