package venice_test

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"testing"

	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"

	"diemhouse/pkg/venice"
)

func TestGenerateGivesTheTableReadOnChain(t *testing.T) {
	t.Parallel()

	f := readFacts(t)
	c := generate(t, f.Table.Target, f.Table.Step)

	for _, e := range f.Table.Entries {
		require.Equal(t, e.Bound, c.Bounds[e.Index], "bound %d", e.Index)
		require.Equal(t, e.Rate, c.Rates[e.Index], "rate %d", e.Index)
	}

	for _, e := range f.Table.InTokens {
		require.Equal(t, *token(e.Bound), c.Bounds[e.Index], "bound %d", e.Index)
		//nolint:testifylint // to the last bit, because the generator is defined in float64
		require.Equal(t, e.Rate, tokens(c.Rates[e.Index]), "rate %d", e.Index)
	}
}

func TestGenerateGivesTheRateOfTheCapturedMint(t *testing.T) {
	t.Parallel()

	for _, m := range readFacts(t).Mints {
		c := generate(t, m.Target, 500)
		below := token(m.Bound - 1)
		rate, err := c.RateAt(below)
		require.NoError(t, err)
		require.Equal(t, m.Rate, rate)
	}
}

// TestGenerateIsTheSameOnEveryProcessor has the hash of whole tables, bounds and rates
// as 32-byte words, made by decimal arithmetic to 80 digits.
func TestGenerateIsTheSameOnEveryProcessor(t *testing.T) {
	t.Parallel()

	for _, test := range []struct {
		target float64
		step   uint64
		sha256 string
	}{
		{38_000, 475, "8ae9485276f27a0a5714f321e075c13b9e4fd58f340bc6aa2e9ca079580665e8"},
		{39_500, 500, "c8c40d3ecbcf0e72cc62d52034d3b8131c20ccebe8355a12843487ffaaa597cd"},
		{40_000, 500, "0b1261450204be2a08df1ac6384b8e797a603ed5cf194bbdf28212315c437ed8"},
	} {
		c := generate(t, test.target, test.step)
		h := sha256.New()

		for _, half := range [][venice.Buckets]uint256.Int{c.Bounds, c.Rates} {
			for i := range half {
				word := half[i].Bytes32()
				h.Write(word[:])
			}
		}

		require.Equal(t, test.sha256, hex.EncodeToString(h.Sum(nil)), "target %v", test.target)
	}
}

func TestMintRateOfTheContinuousFormula(t *testing.T) {
	t.Parallel()

	require.InDelta(t, 90, venice.MintRate(0, 38_000), 0)
	require.InDelta(t, 93.34, venice.MintRate(10_000, 38_000), 0.005)
	require.InDelta(t, 665.0150489, venice.MintRate(40_000, 40_000), 5e-8)
}

// TestGenerateAgreesWithTheFormula catches an error of more than rounding: the table
// is the formula at each bound, within a few units of float64's last place.
func TestGenerateAgreesWithTheFormula(t *testing.T) {
	t.Parallel()

	for _, target := range []float64{38_000, 39_500, 40_000, 41_234.5} {
		c := generate(t, target, 500)
		for i := range c.Rates {
			want := venice.MintRate(float64(500*(i+1)), target)
			require.InEpsilon(t, want, tokens(c.Rates[i]), 1e-13, "bucket %d", i)
		}
	}
}

func TestGenerateRefusesWhatMakesNoTable(t *testing.T) {
	t.Parallel()

	for _, target := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		_, err := venice.Generate(target, 500)
		require.ErrorIs(t, err, venice.ErrCurve, "target %v", target)
	}

	_, err := venice.Generate(40_000, 0)
	require.ErrorIs(t, err, venice.ErrCurve)

	_, err = venice.Generate(1_000, 500) // 128 times the target
	require.ErrorIs(t, err, venice.ErrOverflow)

	_, err = venice.Generate(math.MaxFloat64, math.MaxUint64)
	require.NoError(t, err)
}

func TestTargetIsRecoveredFromAnyTable(t *testing.T) {
	t.Parallel()

	for _, target := range []float64{38_000, 39_500, 40_000, 12_345.678, 242_504, 31_813} {
		for _, step := range []uint64{475, 500} {
			c, err := venice.Generate(target, step)
			if err != nil {
				require.ErrorIs(t, err, venice.ErrOverflow)

				continue
			}

			got, err := c.Target()
			require.NoError(t, err)
			//nolint:testifylint // the rounding of float64 must not show
			require.Equal(t, target, got, "step %d", step)
		}
	}
}

func TestTargetSurvivesUnevenBoundsAndCappedEnds(t *testing.T) {
	t.Parallel()

	var bounds [venice.Buckets]uint256.Int

	for i := range bounds { // fine at first, coarse later
		bounds[i] = *token(uint64(100 + i*i))
	}

	c, err := venice.GenerateFor(40_000, bounds)
	require.NoError(t, err)

	for i := 200; i < venice.Buckets; i++ {
		c.Rates[i] = *token(10_000)
	}

	got, err := c.Target()
	require.NoError(t, err)
	require.InDelta(t, 40_000, got, 0)
}

func TestTargetOfATableThatFitsNone(t *testing.T) {
	t.Parallel()

	flat, linear := generate(t, 40_000, 500), generate(t, 40_000, 500)
	for i := range venice.Buckets {
		flat.Rates[i] = *token(90)
		linear.Rates[i] = *token(uint64(100 + i))
	}

	for name, c := range map[string]*venice.Curve{"empty": {}, "flat": flat, "linear": linear} {
		_, err := c.Target()
		require.ErrorIs(t, err, venice.ErrNoTarget, name)
	}
}

func FuzzTargetIsTheGenerators(f *testing.F) {
	f.Add(uint64(38_000_000), uint64(475))
	f.Add(uint64(39_500_000), uint64(500))
	f.Add(uint64(40_000_000), uint64(500))
	f.Add(uint64(1), uint64(1))
	f.Add(uint64(math.MaxUint64), uint64(math.MaxUint64))

	f.Fuzz(func(t *testing.T, thousandths, step uint64) {
		target := float64(thousandths) / 1000

		c, err := venice.Generate(target, step)
		if err != nil {
			return
		}

		require.NoError(t, c.Validate())

		got, err := c.Target()
		if err != nil { // too flat: all rates are the base rate, or nearly
			return
		}

		require.InEpsilon(t, target, got, 1e-6)
	})
}
