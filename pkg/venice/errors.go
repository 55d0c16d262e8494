package venice

import "errors"

var (
	// ErrDeployment says that a deployment makes no sense; the error around it says
	// why.
	ErrDeployment = errors.New("not a deployment")
	// ErrCurve says that a table is no mint curve: a bound does not ascend, or a rate
	// is 0.
	ErrCurve = errors.New("not a mint curve")
	// ErrCurveEnd says that the supply lies, or would come to lie, beyond the last
	// bucket. The contract reverts.
	ErrCurveEnd = errors.New("beyond the end of the mint curve")
	// ErrNoTarget says that the generator did not make the table.
	ErrNoTarget = errors.New("the mint curve fits no target supply")
	// ErrRewardState says that the contract cannot be in that state.
	ErrRewardState = errors.New("not a state of the staking contract")
	// ErrOverflow says that a product does not fit 256 bits. The contract reverts.
	ErrOverflow = errors.New("overflows 256 bits")
)
