package venice

import (
	"fmt"

	"github.com/holiman/uint256"
)

// Buckets is the length of the mint-rate table (the staking contract's
// uint256[256] diemSupply and diemMintRates).
const Buckets = 256

// Curve is the on-chain mint-rate table: inside bucket i, whose upper bound is
// Bounds[i] of DIEM supply (wei), 1e18 wei of DIEM cost Rates[i] wei of sVVV. The
// zero value is no curve. Curves compare with ==.
type Curve struct {
	Bounds, Rates [Buckets]uint256.Int
}

// Validate makes sure that the bounds ascend from above 0 and that no rate is 0.
// Otherwise it returns an error that wraps [ErrCurve].
func (c *Curve) Validate() error {
	var below uint256.Int

	for i := range Buckets {
		if !c.Bounds[i].Gt(&below) {
			return fmt.Errorf("%w: bound %d is %s, not above %s", ErrCurve, i, c.Bounds[i].Dec(), below.Dec())
		}

		if c.Rates[i].IsZero() {
			return fmt.Errorf("%w: rate %d is 0", ErrCurve, i)
		}

		below = c.Bounds[i]
	}

	return nil
}

// Bucket is the index of the bucket in force at a DIEM supply in wei: the first whose
// bound lies above it. [ErrCurveEnd] says that there is none.
func (c *Curve) Bucket(supply *uint256.Int) (int, error) {
	for i := range Buckets {
		if supply.Lt(&c.Bounds[i]) {
			return i, nil
		}
	}

	return 0, fmt.Errorf("DIEM supply of %s wei: %w", supply.Dec(), ErrCurveEnd)
}

// RateAt is the mint rate at a DIEM supply in wei: sVVV wei for 1e18 wei of DIEM.
// [ErrCurveEnd] says that no bucket is in force there.
func (c *Curve) RateAt(supply *uint256.Int) (uint256.Int, error) {
	i, err := c.Bucket(supply)
	if err != nil {
		return uint256.Int{}, err
	}

	return c.Rates[i], nil
}
