package venice

import (
	"errors"
	"math"
	"slices"

	"github.com/holiman/uint256"
)

// Constants of the generator 90·exp(2·(S/T)³).
const (
	baseRate = 90.0
	factor   = 2.0
	power    = 3.0
)

// ErrNoTarget says that a table was not made by the generator.
var ErrNoTarget = errors.New("the table fits no target supply")

// Target recovers the target supply, in DIEM, that the table was generated for:
// T = S / (ln(rate/90)/2)^(1/3), by the majority of the buckets. ErrNoTarget says that
// fewer than half of them agree.
func (c *Curve) Target() (float64, error) {
	var estimates []float64

	for i := range Buckets {
		if t, ok := targetOf(&c.Bounds[i], &c.Rates[i]); ok {
			estimates = append(estimates, t)
		}
	}

	if len(estimates) < Buckets/2 {
		return 0, ErrNoTarget
	}

	slices.Sort(estimates)
	middle := estimates[len(estimates)/2]
	agree := 0

	for _, t := range estimates {
		if math.Abs(t-middle) <= 1e-6*middle {
			agree++
		}
	}

	if agree < Buckets/2 {
		return 0, ErrNoTarget
	}

	if round := math.Round(middle*1000) / 1000; math.Abs(round-middle) <= 1e-9*middle {
		return round, nil
	}

	return middle, nil
}

// targetOf recovers the target from one bucket. Near the base rate the difference to
// it is taken in whole wei, so that no digits cancel.
func targetOf(bound, rate *uint256.Int) (float64, bool) {
	base := uint256.NewInt(0).Mul(uint256.NewInt(baseRate), uint256.NewInt(1e18))
	if !rate.Gt(base) {
		return 0, false
	}

	above := new(uint256.Int).Sub(rate, base).Float64()
	cube := math.Log1p(above/(baseRate*1e18)) / factor
	t := bound.Float64() / 1e18 / math.Pow(cube, 1/power)

	return t, t > 0 && !math.IsInf(t, 0)
}
