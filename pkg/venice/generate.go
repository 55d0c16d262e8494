package venice

import (
	"fmt"
	"math"
	"math/big"

	"github.com/holiman/uint256"
)

// Numbers of the generator, rate(S) = 90·exp(2·(S/T)³) sVVV a DIEM at the supply S
// for the target supply T: 90·e² = 665.015 at the target.
const (
	baseRate = 90
	factor   = 2
	power    = 3
)

// MintRate is the generator's continuous formula: the rate in sVVV a DIEM at a supply
// of DIEM tokens, for a target supply in DIEM tokens. The contract never evaluates
// it; it holds the table that [Generate] makes.
func MintRate(supply, target float64) float64 {
	return baseRate * math.Exp(factor*math.Pow(supply/target, power))
}

// Generate makes the table for a target supply in DIEM tokens, with buckets of step
// whole DIEM each. See [GenerateFor].
func Generate(target float64, step uint64) (Curve, error) {
	var bounds [Buckets]uint256.Int

	for i := range bounds {
		bounds[i].Mul(uint256.NewInt(step), uint256.NewInt(uint64(i)+1))

		if _, overflow := bounds[i].MulOverflow(&bounds[i], wad); overflow {
			return Curve{}, fmt.Errorf("mint curve with a step of %d DIEM: %w", step, ErrOverflow)
		}
	}

	return GenerateFor(target, bounds)
}

// GenerateFor makes the table for a target supply in DIEM tokens and given bounds in
// wei. A rate is floor(float64(90·exp(2·(S/T)³)) · 1e18) with S the bucket's bound in
// tokens, every operation in float64 and rounded to the nearest: that reproduces the
// entries read on chain to the wei. Power and exponential are computed here, because
// the last bit of math.Pow and math.Exp depends on the processor.
//
// An error wraps [ErrCurve] when the bounds do not ascend or the target is not above
// 0, [ErrOverflow] when a rate does not fit 256 bits.
func GenerateFor(target float64, bounds [Buckets]uint256.Int) (Curve, error) {
	if !(target > 0) || math.IsInf(target, 0) {
		return Curve{}, fmt.Errorf("%w: target %v", ErrCurve, target)
	}

	c := Curve{Bounds: bounds}

	for i := range bounds {
		supply := tokens(&bounds[i])
		exponent := factor * cube(supply/target)

		if exponent > maxExponent {
			return Curve{}, fmt.Errorf("mint rate at a supply of %v for a target of %v: %w", supply, target, ErrOverflow)
		}

		rate := baseRate * exp(exponent) * 1e18
		whole, _ := new(big.Float).SetFloat64(rate).Int(nil)
		c.Rates[i].SetFromBig(whole)
	}

	return c, c.Validate()
}

// maxExponent keeps 90·exp(x)·1e18 below 2^256.
const maxExponent = 131

// tokens is an amount of wei in tokens, rounded to the nearest float64.
func tokens(wei *uint256.Int) float64 {
	q := new(big.Rat).SetFrac(wei.ToBig(), wad.ToBig())
	f, _ := q.Float64()

	return f
}

// exact is the precision, in bits, at which intermediate results are rounded to a
// float64 as if they were exact.
const exact = 256

// cube is x³ rounded once.
func cube(x float64) float64 {
	b := new(big.Float).SetPrec(exact).SetFloat64(x)
	f, _ := new(big.Float).SetPrec(exact).Mul(new(big.Float).SetPrec(exact).Mul(b, b), b).Float64()

	return f
}

// exp is e^x rounded once, for 0 <= x <= maxExponent: the series at x/1024, squared
// ten times.
func exp(x float64) float64 {
	const squarings, terms = 10, 50

	r := new(big.Float).SetPrec(exact).SetFloat64(math.Ldexp(x, -squarings))
	term := new(big.Float).SetPrec(exact).SetInt64(1)
	sum := new(big.Float).SetPrec(exact).SetInt64(1)

	for n := range int64(terms) {
		term.Mul(term, r)
		term.Quo(term, new(big.Float).SetInt64(n+1))
		sum.Add(sum, term)
	}

	for range squarings {
		sum.Mul(sum, sum)
	}

	f, _ := sum.Float64()

	return f
}
