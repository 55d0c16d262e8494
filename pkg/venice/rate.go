package venice

import (
	"fmt"

	"github.com/holiman/uint256"
)

// SecondsPerYear is the length of the year by which emissions are announced.
const SecondsPerYear = 31_536_000

// updateLoss is what the rounding of one reward update keeps back, in wei: one for the
// unlocked stake and one for the locked, except where a division comes out even.
const updateLoss = 2

// RatePerSecond is the emission rate, in VVV wei a second, of whole VVV a year:
// floor(annual · 1e18 / 31,536,000).
func RatePerSecond(annual uint64) uint256.Int {
	var rate uint256.Int

	rate.Mul(uint256.NewInt(annual), wad)
	rate.Div(&rate, uint256.NewInt(SecondsPerYear))

	return rate
}

// Annual is what a rate in VVV wei a second makes in a year, in VVV wei: less than the
// announced amount by the rounding of [RatePerSecond].
func Annual(rate *uint256.Int) (uint256.Int, error) {
	var annual uint256.Int

	_, overflow := annual.MulOverflow(rate, uint256.NewInt(SecondsPerYear))

	return annual, overflowError(overflow)
}

// ImpliedRate is the emission rate, in VVV wei a second, that one reward update shows:
// floor((toTreasury + toStakers + 2) / elapsed), elapsed being the seconds since the
// update before. It is the contract's rate to the wei when three seconds or more have
// passed, and when both locked and unlocked stake were paid; else it may be 2 wei off.
// [ErrRewardState] says that no time has passed.
func ImpliedRate(toTreasury, toStakers *uint256.Int, elapsed uint64) (uint256.Int, error) {
	if elapsed == 0 {
		return uint256.Int{}, fmt.Errorf("%w: a reward update after 0 seconds", ErrRewardState)
	}

	var sum uint256.Int

	_, overflow := sum.AddOverflow(toTreasury, toStakers)
	_, carry := sum.AddOverflow(&sum, uint256.NewInt(updateLoss))
	sum.Div(&sum, uint256.NewInt(elapsed))

	return sum, overflowError(overflow || carry)
}

// ImpliedLockedShare is the part of all stake that is locked, 0 to 1, as one reward
// update shows it. With p the percentage of all emissions that goes to Venice and l
// that of the emissions of locked stake (1e18 is all), the treasury's part t of an
// update is p + (1 - p)·share·l. [ErrRewardState] says that the update tells nothing:
// it emitted nothing, or l is 0, or p is all.
func ImpliedLockedShare(toTreasury, toStakers, percentage, percentageWhenLocked *uint256.Int) (float64, error) {
	sum := tokens(toTreasury) + tokens(toStakers)
	p, l := tokens(percentage), tokens(percentageWhenLocked)

	if sum == 0 || l == 0 || p >= 1 {
		return 0, fmt.Errorf("%w: an update of %v VVV with percentages %v and %v shows no locked share",
			ErrRewardState, sum, p, l)
	}

	t := tokens(toTreasury) / sum

	return float64(t-p) / float64(float64(1-p)*l), nil
}
