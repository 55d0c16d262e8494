package venice

import (
	"math"
	"slices"

	"github.com/holiman/uint256"
)

const (
	// agreement is how far, relatively, a bucket's estimate of the target may lie from
	// the others'. A table with rates to six digits still agrees.
	agreement = 1e-6
	// roundness is how near, relatively, the target must be to a whole thousandth of a
	// DIEM to be taken for it: the estimates carry the rounding of float64.
	roundness = 1e-9
)

// Target recovers the target supply, in DIEM tokens, that the table was generated for:
// T = S / (ln(rate/90)/2)^(1/3). Every bucket gives an estimate and the majority
// decides, so that a table whose ends were capped or cut still tells its target.
// [ErrNoTarget] says that fewer than half of the buckets agree.
func (c *Curve) Target() (float64, error) {
	estimates := make([]float64, 0, Buckets)

	for i := range Buckets {
		if t, ok := targetOf(&c.Bounds[i], &c.Rates[i]); ok {
			estimates = append(estimates, t)
		}
	}

	if len(estimates) == 0 {
		return 0, ErrNoTarget
	}

	slices.Sort(estimates)
	middle := estimates[len(estimates)/2]
	agree := 0

	for _, t := range estimates {
		if math.Abs(t-middle) <= agreement*middle {
			agree++
		}
	}

	if agree < Buckets/2 {
		return 0, ErrNoTarget
	}

	if round := math.Round(middle*1000) / 1000; math.Abs(round-middle) <= roundness*middle {
		return round, nil
	}

	return middle, nil
}

// targetOf estimates the target from one bucket. What the rate is above the base rate
// is taken in whole wei, so that no digits cancel where it is little.
func targetOf(bound, rate *uint256.Int) (float64, bool) {
	base := new(uint256.Int).Mul(uint256.NewInt(baseRate), wad)
	if !rate.Gt(base) || bound.IsZero() {
		return 0, false
	}

	above := tokens(new(uint256.Int).Sub(rate, base)) / baseRate

	return tokens(bound) / math.Cbrt(math.Log1p(above)/factor), true
}
