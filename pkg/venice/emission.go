package venice

import (
	"fmt"

	"github.com/holiman/uint256"
)

// shareUnit is 1e36, the unit of rewards a wei of stake.
var shareUnit = new(uint256.Int).Mul(wad, wad)

// RewardState is what the staking contract knows just before a reward update.
type RewardState struct {
	// Rate is emissionRatePerSecond, in VVV wei a second.
	Rate uint256.Int
	// Staked is totalSupply, Locked is totalLockedStakedVVV: sVVV wei. Locked is 0
	// before the upgrade to V2.
	Staked, Locked uint256.Int
	// Percentage is veniceEmissionsPercentage, of all emissions; PercentageWhenLocked
	// is veniceEmissionsPercentageWhenLocked, of those of locked stake. 1e18 is all.
	Percentage, PercentageWhenLocked uint256.Int
}

// Emission is what one reward update mints, in VVV wei.
type Emission struct {
	// Due is elapsed seconds times rate. Rounding keeps at most 2 wei of it back.
	Due uint256.Int
	// ToTreasury is minted first, then ToStakers to the staking contract.
	ToTreasury, ToStakers uint256.Int
	// ShareUnlocked and ShareLocked are what a wei of stake of either sort earns,
	// times 1e36.
	ShareUnlocked, ShareLocked uint256.Int
}

// Emit is the arithmetic of one reward update after the elapsed seconds, to the wei:
//
//	due       = elapsed · rate
//	venice0   = due · percentage / 1e18
//	raw       = due - venice0
//	lockedRaw = raw · locked / staked
//	dU        = (raw - lockedRaw) · 1e36 / (staked - locked)
//	veniceL   = lockedRaw · percentageWhenLocked / 1e18
//	dL        = (lockedRaw - veniceL) · 1e36 / locked
//
// The treasury gets venice0 + veniceL, staking dU · (staked - locked) / 1e36 +
// dL · locked / 1e36. Nothing is due while nobody stakes. An error wraps
// [ErrRewardState] when more is locked than staked or a percentage is above 1e18, and
// [ErrOverflow] where the contract would revert.
func (s *RewardState) Emit(elapsed uint64) (Emission, error) {
	if s.Locked.Gt(&s.Staked) {
		return Emission{}, fmt.Errorf("%w: %s wei locked of %s staked", ErrRewardState, s.Locked.Dec(), s.Staked.Dec())
	}

	if s.Percentage.Gt(wad) || s.PercentageWhenLocked.Gt(wad) {
		return Emission{}, fmt.Errorf("%w: percentages %s and %s, of 1e18",
			ErrRewardState, s.Percentage.Dec(), s.PercentageWhenLocked.Dec())
	}

	e, err := s.emit(elapsed)
	if err != nil {
		return Emission{}, fmt.Errorf("emission of %d seconds at %s wei a second: %w", elapsed, s.Rate.Dec(), err)
	}

	return e, nil
}

func (s *RewardState) emit(elapsed uint64) (Emission, error) {
	var e Emission

	if s.Staked.IsZero() {
		return e, nil
	}

	if _, overflow := e.Due.MulOverflow(uint256.NewInt(elapsed), &s.Rate); overflow {
		return e, ErrOverflow
	}

	venice, err := mulDiv(&e.Due, &s.Percentage, wad)
	if err != nil {
		return e, err
	}

	raw := new(uint256.Int).Sub(&e.Due, &venice)

	lockedRaw, err := mulDiv(raw, &s.Locked, &s.Staked)
	if err != nil {
		return e, err
	}

	veniceLocked, err := mulDiv(&lockedRaw, &s.PercentageWhenLocked, wad)
	if err != nil {
		return e, err
	}

	unlocked := new(uint256.Int).Sub(&s.Staked, &s.Locked)

	var paidUnlocked, paidLocked uint256.Int

	e.ShareUnlocked, paidUnlocked, err = share(raw.Sub(raw, &lockedRaw), unlocked)
	if err != nil {
		return e, err
	}

	e.ShareLocked, paidLocked, err = share(lockedRaw.Sub(&lockedRaw, &veniceLocked), &s.Locked)
	if err != nil {
		return e, err
	}

	e.ToTreasury.Add(&venice, &veniceLocked)
	e.ToStakers.Add(&paidUnlocked, &paidLocked)

	return e, nil
}

// share splits an amount over a stake: what a wei of it earns, times 1e36, and what
// all of it is therefore paid. An empty stake earns nothing.
func share(amount, stake *uint256.Int) (each, paid uint256.Int, err error) {
	if stake.IsZero() {
		return each, paid, nil
	}

	each, err = mulDiv(amount, shareUnit, stake)
	if err != nil {
		return each, paid, err
	}

	paid, err = mulDiv(&each, stake, shareUnit)

	return each, paid, err
}
