package venice

import (
	"fmt"

	"github.com/holiman/uint256"
)

// DIEMOut is how much DIEM (wei) an amount of sVVV (wei) mints at a DIEM supply (wei):
// the contract's getDiemAmountOut. From the current supply upward, each bucket that is
// filled takes ceil(rate·room/1e18) of the sVVV; in the last one the DIEM is
// floor(sVVV·1e18/rate).
//
// The rounding inside one bucket is verified on chain to the wei, that across buckets
// is inferred. [ErrCurveEnd] says that the table ends before the sVVV does,
// [ErrOverflow] and [ErrCurve] say where else the contract would revert.
func (c *Curve) DIEMOut(supply, svvv *uint256.Int) (uint256.Int, error) {
	var out uint256.Int

	left := *svvv
	err := c.fill(supply, func(rate, room, cost *uint256.Int) (bool, error) {
		if left.Gt(cost) {
			left.Sub(&left, cost)
			out.Add(&out, room)

			return false, nil
		}

		last, err := mulDiv(&left, wad, rate)
		if err != nil {
			return false, err
		}

		if last.Gt(room) { // the price of the whole room is rounded up
			last = *room
		}

		out.Add(&out, &last)

		return true, nil
	})
	if err != nil {
		return uint256.Int{}, fmt.Errorf("DIEM for %s wei of sVVV: %w", svvv.Dec(), err)
	}

	return out, nil
}

// SVVVIn is the least sVVV (wei) that mints at least that much DIEM (wei) at a DIEM
// supply (wei): the inverse of [Curve.DIEMOut], with the same errors.
func (c *Curve) SVVVIn(supply, diem *uint256.Int) (uint256.Int, error) {
	var in uint256.Int

	left := *diem
	err := c.fill(supply, func(rate, room, cost *uint256.Int) (bool, error) {
		if left.Gt(room) {
			left.Sub(&left, room)

			_, overflow := in.AddOverflow(&in, cost)

			return false, overflowError(overflow)
		}

		last, err := mulDivUp(rate, &left, wad)
		if err != nil {
			return false, err
		}

		_, overflow := in.AddOverflow(&in, &last)

		return true, overflowError(overflow)
	})
	if err != nil {
		return uint256.Int{}, fmt.Errorf("sVVV for %s wei of DIEM: %w", diem.Dec(), err)
	}

	return in, nil
}

// fill offers the buckets from the supply upward, each with its rate, the DIEM it has
// room for and the sVVV that all of that costs, until visit says that it is done.
func (c *Curve) fill(supply *uint256.Int, visit func(rate, room, cost *uint256.Int) (done bool, err error)) error {
	i, err := c.Bucket(supply)
	if err != nil {
		return err
	}

	for below := supply; i < Buckets; below, i = &c.Bounds[i], i+1 {
		bound, rate := &c.Bounds[i], &c.Rates[i]
		if bound.Lt(below) || rate.IsZero() {
			return fmt.Errorf("%w: bucket %d ends at %s with a rate of %s", ErrCurve, i, bound.Dec(), rate.Dec())
		}

		room := new(uint256.Int).Sub(bound, below)

		cost, err := mulDivUp(rate, room, wad)
		if err != nil {
			return fmt.Errorf("bucket %d: %w", i, err)
		}

		if done, err := visit(rate, room, &cost); done || err != nil {
			return err
		}
	}

	return ErrCurveEnd
}
