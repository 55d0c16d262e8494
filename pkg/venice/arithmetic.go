package venice

import "github.com/holiman/uint256"

// wad is 1e18: one token in wei, and all of a percentage.
var wad = uint256.NewInt(1_000_000_000_000_000_000)

// mulDiv is floor(a·b/c) the way Solidity 0.8 has it: a product beyond 256 bits is
// [ErrOverflow], even where the quotient would fit. c must not be 0.
func mulDiv(a, b, c *uint256.Int) (uint256.Int, error) {
	var q uint256.Int

	_, overflow := q.MulOverflow(a, b)
	q.Div(&q, c)

	return q, overflowError(overflow)
}

// mulDivUp is ceil(a·b/c) as the contract writes it, (a·b + c - 1) / c.
func mulDivUp(a, b, c *uint256.Int) (uint256.Int, error) {
	var q uint256.Int

	_, product := q.MulOverflow(a, b)
	_, sum := q.AddOverflow(&q, new(uint256.Int).SubUint64(c, 1))
	q.Div(&q, c)

	return q, overflowError(product || sum)
}

func overflowError(overflow bool) error {
	if overflow {
		return ErrOverflow
	}

	return nil
}
