package venice_test

import (
	"testing"

	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"

	"diemhouse/pkg/venice"
)

func TestBucketIsTheFirstWhoseBoundLiesAboveTheSupply(t *testing.T) {
	t.Parallel()

	c := generate(t, 40_000, 500)
	last := token(128_000)
	last.SubUint64(last, 1)

	for _, test := range []struct {
		supply *uint256.Int
		want   int
	}{
		{new(uint256.Int), 0},
		{new(uint256.Int).SubUint64(token(500), 1), 0},
		{token(500), 1}, // a bound belongs to the bucket above it
		{token(37_713), 75},
		{last, 255},
	} {
		got, err := c.Bucket(test.supply)
		require.NoError(t, err)
		require.Equal(t, test.want, got, "supply %s", test.supply.Dec())

		rate, err := c.RateAt(test.supply)
		require.NoError(t, err)
		require.Equal(t, c.Rates[test.want], rate)
	}

	for _, beyond := range []*uint256.Int{token(128_000), largest()} {
		_, err := c.Bucket(beyond)
		require.ErrorIs(t, err, venice.ErrCurveEnd)

		_, err = c.RateAt(beyond)
		require.ErrorIs(t, err, venice.ErrCurveEnd)
	}
}

func TestMintRateOfTheCapturedSupply(t *testing.T) {
	t.Parallel()

	f := readFacts(t)
	rate, err := generate(t, f.Table.Target, f.Table.Step).RateAt(&f.State.DIEMSupply)
	require.NoError(t, err)
	require.InDelta(t, venice.MintRate(38_000, 40_000), tokens(rate), 1e-9, "the bucket up to 38,000")
}

func TestValidateRefusesWhatIsNoCurve(t *testing.T) {
	t.Parallel()

	require.NoError(t, generate(t, 38_000, 475).Validate())

	tests := map[string]func(*venice.Curve){
		"empty":            func(c *venice.Curve) { *c = venice.Curve{} },
		"first bound 0":    func(c *venice.Curve) { c.Bounds[0].Clear() },
		"equal bounds":     func(c *venice.Curve) { c.Bounds[7] = c.Bounds[6] },
		"descending bound": func(c *venice.Curve) { c.Bounds[255].SetOne() },
		"rate 0":           func(c *venice.Curve) { c.Rates[100].Clear() },
	}

	for name, spoil := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			c := generate(t, 38_000, 475)
			spoil(c)
			require.ErrorIs(t, c.Validate(), venice.ErrCurve)
		})
	}
}
