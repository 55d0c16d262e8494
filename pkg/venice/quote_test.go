package venice_test

import (
	"encoding/binary"
	"testing"

	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"

	"diemhouse/pkg/venice"
)

func TestQuoteOfTheCapturedMint(t *testing.T) {
	t.Parallel()

	for _, m := range readFacts(t).Mints {
		c := generate(t, m.Target, 500)
		supply := token(m.Bound - 1)

		out, err := c.DIEMOut(supply, &m.SVVV)
		require.NoError(t, err)
		require.Equal(t, m.DIEM, out)

		in, err := c.SVVVIn(supply, &m.DIEM)
		require.NoError(t, err)
		require.False(t, in.Gt(&m.SVVV), "the captured amount is enough for what it minted")

		again, err := c.DIEMOut(supply, &in)
		require.NoError(t, err)
		require.Equal(t, m.DIEM, again)
	}
}

// TestQuoteAcrossBuckets works an example by hand: buckets of 10 wei of DIEM at rates
// of 1.5 and 2.5 wei of sVVV for each, of which 7 wei are taken already.
func TestQuoteAcrossBuckets(t *testing.T) {
	t.Parallel()

	var c venice.Curve
	for i := range c.Bounds {
		c.Bounds[i].SetUint64(uint64(10 * (i + 1)))
		c.Rates[i].SetUint64(uint64(1_500_000_000_000_000_000 + i*1_000_000_000_000_000_000))
	}

	supply := uint256.NewInt(7)

	for _, test := range []struct{ svvv, diem uint64 }{
		{0, 0},
		{1, 0},   // floor(1 / 1.5)
		{2, 1},   // floor(2 / 1.5)
		{3, 2},   //
		{4, 2},   // floor(4 / 1.5)
		{5, 3},   // all three: ceil(3 · 1.5) = 5, and not floor(5 / 1.5) = 3 by chance
		{6, 3},   // 1 left for the next bucket: floor(1 / 2.5) = 0
		{8, 4},   // 3 left: floor(3 / 2.5) = 1
		{30, 13}, // 25 left: the ten of the next bucket
		{31, 13},
		{34, 14}, // 4 left: floor(4 / 3.5)
	} {
		out, err := c.DIEMOut(supply, uint256.NewInt(test.svvv))
		require.NoError(t, err)
		require.Equal(t, test.diem, out.Uint64(), "%d wei of sVVV", test.svvv)
	}

	for _, test := range []struct{ diem, svvv uint64 }{
		{0, 0}, {1, 2}, {2, 3}, {3, 5}, {4, 8}, {13, 30}, {14, 34},
	} {
		in, err := c.SVVVIn(supply, uint256.NewInt(test.diem))
		require.NoError(t, err)
		require.Equal(t, test.svvv, in.Uint64(), "%d wei of DIEM", test.diem)
	}
}

// TestQuoteRoundsTheLeastPriceUp has a rate of 1 wei for 1e18 wei of DIEM.
func TestQuoteRoundsTheLeastPriceUp(t *testing.T) {
	t.Parallel()

	c := generate(t, 40_000, 500)
	c.Rates[0].SetOne()

	for diem, svvv := range map[uint64]uint64{0: 0, 1: 1, 1e18: 1, 1e18 + 1: 2} {
		in, err := c.SVVVIn(new(uint256.Int), uint256.NewInt(diem))
		require.NoError(t, err)
		require.Equal(t, svvv, in.Uint64(), "%d wei of DIEM", diem)
	}
}

// TestQuoteNeverGivesMoreThanTheRoom has a price that is rounded up so far that it
// would buy more than the bucket has.
func TestQuoteNeverGivesMoreThanTheRoom(t *testing.T) {
	t.Parallel()

	var c venice.Curve
	for i := range c.Bounds {
		c.Bounds[i].SetUint64(uint64(10 * (i + 1)))
		c.Rates[i].SetUint64(10_000_000_000_000_000) // 0.01 wei for each
	}

	out, err := c.DIEMOut(new(uint256.Int), uint256.NewInt(1)) // the price of 10 is 0.1, so 1
	require.NoError(t, err)
	require.Equal(t, uint64(10), out.Uint64())
}

func TestQuoteEndsWithTheTable(t *testing.T) {
	t.Parallel()

	c := generate(t, 40_000, 500)
	end := token(128_000)
	start := new(uint256.Int)

	_, err := c.DIEMOut(end, new(uint256.Int))
	require.ErrorIs(t, err, venice.ErrCurveEnd, "no bucket is in force, even for nothing")

	all, err := c.SVVVIn(start, end)
	require.NoError(t, err)

	out, err := c.DIEMOut(start, &all)
	require.NoError(t, err)
	require.Equal(t, *end, out)

	_, err = c.DIEMOut(start, new(uint256.Int).AddUint64(&all, 1))
	require.ErrorIs(t, err, venice.ErrCurveEnd)

	_, err = c.SVVVIn(start, new(uint256.Int).AddUint64(end, 1))
	require.ErrorIs(t, err, venice.ErrCurveEnd)

	_, err = c.SVVVIn(largest(), uint256.NewInt(1))
	require.ErrorIs(t, err, venice.ErrCurveEnd)
}

func TestQuoteRefusesWhatTheContractReverts(t *testing.T) {
	t.Parallel()

	none := generate(t, 40_000, 500)
	none.Rates[0].Clear()

	_, err := none.DIEMOut(new(uint256.Int), uint256.NewInt(1))
	require.ErrorIs(t, err, venice.ErrCurve)

	descending := generate(t, 40_000, 500)
	descending.Bounds[1].SetOne()

	_, err = descending.DIEMOut(new(uint256.Int), token(100_000))
	require.ErrorIs(t, err, venice.ErrCurve)

	steep := generate(t, 40_000, 500)
	steep.Rates[0] = *largest()

	for _, quote := range []func(a, b *uint256.Int) (uint256.Int, error){steep.DIEMOut, steep.SVVVIn} {
		_, err = quote(new(uint256.Int), token(1))
		require.ErrorIs(t, err, venice.ErrOverflow)
	}

	last := new(uint256.Int).SubUint64(token(128_000), 1)
	_, err = generate(t, 40_000, 500).DIEMOut(last, largest())
	require.ErrorIs(t, err, venice.ErrCurveEnd)
}

// FuzzQuoteRoundTrip checks, on tables and amounts of any kind, that SVVVIn is the
// least amount that buys, that more sVVV never buys less, and that two mints in a row
// never get more than one of the sum beyond what rounding gives.
func FuzzQuoteRoundTrip(f *testing.F) {
	f.Add(uint64(40_000), uint64(500), uint64(37_713_657), uint64(26_624_005_413), uint64(1))
	f.Add(uint64(38_000), uint64(475), uint64(0), uint64(1), uint64(0))
	f.Add(uint64(39_500), uint64(500), uint64(37_999_999), uint64(1<<62), uint64(1<<40))

	f.Fuzz(func(t *testing.T, target, step, milliSupply, nanoSVVV, more uint64) {
		c, err := venice.Generate(float64(target), step)
		if err != nil {
			return
		}

		supply := new(uint256.Int).Mul(uint256.NewInt(milliSupply), uint256.NewInt(1e15))
		svvv := new(uint256.Int).Mul(uint256.NewInt(nanoSVVV), uint256.NewInt(1e9))

		out, err := c.DIEMOut(supply, svvv)
		if err != nil {
			require.ErrorIs(t, err, venice.ErrCurveEnd)

			return
		}

		in, err := c.SVVVIn(supply, &out)
		require.NoError(t, err)
		require.False(t, in.Gt(svvv))

		again, err := c.DIEMOut(supply, &in)
		require.NoError(t, err)
		require.Equal(t, out, again)

		if !in.IsZero() {
			less, err := c.DIEMOut(supply, new(uint256.Int).SubUint64(&in, 1))
			require.NoError(t, err)
			require.True(t, less.Lt(&out))
		}

		greater, err := c.DIEMOut(supply, new(uint256.Int).AddUint64(svvv, more))
		if err == nil {
			require.False(t, greater.Lt(&out))
		}
	})
}

// FuzzQuoteOfAnyTable has tables that no generator makes: no panic, and an answer or a
// typed error.
func FuzzQuoteOfAnyTable(f *testing.F) {
	f.Add([]byte("any"), uint64(1), uint64(1))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}, uint64(0), uint64(1<<63))

	f.Fuzz(func(t *testing.T, noise []byte, supply, amount uint64) {
		var c venice.Curve

		for i := range c.Bounds {
			c.Bounds[i] = noiseWord(noise, 2*i)
			c.Rates[i] = noiseWord(noise, 2*i+1)
		}

		for _, quote := range []func(a, b *uint256.Int) (uint256.Int, error){c.DIEMOut, c.SVVVIn} {
			_, err := quote(uint256.NewInt(supply), uint256.NewInt(amount))
			if err != nil {
				require.True(t, isAny(err, venice.ErrCurve, venice.ErrCurveEnd, venice.ErrOverflow), "%v", err)
			}
		}

		_ = c.Validate()
		_, _ = c.Target()
	})
}

// noiseWord spreads a few bytes over words of every size.
func noiseWord(noise []byte, i int) uint256.Int {
	var n uint256.Int

	if len(noise) == 0 {
		return n
	}

	word := make([]byte, 8)
	for j := range word {
		word[j] = noise[(i*7+j)%len(noise)]
	}

	n.SetUint64(binary.BigEndian.Uint64(word))
	n.Lsh(&n, uint(noise[i%len(noise)]))

	return n
}
