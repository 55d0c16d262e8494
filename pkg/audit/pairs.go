package audit

import (
	"context"
	"fmt"
	"math/big"

	"diemhouse/pkg/chain"
	"diemhouse/pkg/store"
)

// pair is a figure that two kinds of events give, each for itself: what a contract
// says happened, and what its token moved.
type pair struct {
	name        string
	said, moved func(*store.PairSums) *big.Int
}

func pairs() []pair {
	return []pair{
		{FigureStakes, func(s *store.PairSums) *big.Int { return s.Staked }, func(s *store.PairSums) *big.Int { return s.Minted }},
		{FigureUnstakes, func(s *store.PairSums) *big.Int { return s.Unstaked }, func(s *store.PairSums) *big.Int { return s.Burned }},
		{FigureDIEMUnstakes, func(s *store.PairSums) *big.Int { return s.DIEMUnstaked }, func(s *store.PairSums) *big.Int {
			if s.DIEMMoves == 0 {
				return nil // a token that never sends does not hold what is staked: there is no pair
			}

			return s.DIEMLeft
		}},
	}
}

// pairs compares events of which no contract keeps a sum with the Transfers that come
// with them. Two events would have to be lost together to hide each other.
func (a *Auditor) pairs(ctx context.Context, block uint64) ([]Check, error) {
	sums, err := a.Warehouse.PairSumsAt(ctx, block)
	if err != nil {
		return nil, err
	}

	var checks []Check
	for _, p := range pairs() {
		checks = append(checks, Check{Figure: p.name, Warehouse: p.said(&sums), Contract: p.moved(&sums)})
	}

	return checks, nil
}

// holdings compares what two contracts must hold of VVV, by the events, with what they
// do hold. Anybody can send them more, so that only a lack is a failure: the figure is
// the lack, and the contract's side 0.
func (a *Auditor) holdings(ctx context.Context, block uint64) ([]Check, error) {
	var checks []Check

	for _, h := range a.held() {
		lack, known, err := h.lack(ctx, block)

		switch {
		case chain.IsNoState(err): // of a block long before: this one's were read
			known = false
		case err != nil:
			return nil, err
		}

		check := Check{Figure: h.name, Contract: new(big.Int)}

		if known {
			check.Warehouse = lack
			if lack.Sign() < 0 {
				check.Warehouse = new(big.Int)
			}
		}

		checks = append(checks, check)
	}

	return checks, nil
}

// holding is a figure of what a contract lacks, in wei; below 0 where it holds more
// than the events say.
type holding struct {
	name string
	lack func(ctx context.Context, block uint64) (lack *big.Int, known bool, err error)
}

func (a *Auditor) held() []holding {
	return []holding{{FigureStakingLack, a.stakingLack}, {FigureAirdropLack, a.airdropLack}}
}

// stakingLack: the staking contract owes the stake, what cools down, and what was
// emitted to stakers and not yet claimed. A claim that becomes stake leaves it where
// it is.
func (a *Auditor) stakingLack(ctx context.Context, block uint64) (lack *big.Int, known bool, err error) {
	theirs, err := a.Contracts.Holdings(ctx, chain.AtBlock(block))
	if err != nil || theirs.Staking == nil {
		return nil, false, err
	}

	ours, err := a.Warehouse.MetricsAt(ctx, block)
	if err != nil {
		return nil, false, err
	}

	owed := sum(ours, "svvv_supply", "vvv_cooling", "vvv_emitted_stakers")
	owed.Sub(owed, sum(ours, "vvv_claimed"))

	return owed.Sub(owed, theirs.Staking.ToBig()), true, nil
}

// airdropLack: what the airdrop holds and what left it are together all that it was
// given, which never falls. It is compared with that around the first claim, since
// nothing is known of when it was given.
func (a *Auditor) airdropLack(ctx context.Context, block uint64) (lack *big.Int, known bool, err error) {
	given, first, err := a.airdropGiven(ctx, block)
	if err != nil || first == 0 || given == nil {
		return nil, false, err
	}

	most := new(big.Int)

	for _, at := range []uint64{first - 1, first} {
		before, _, err := a.airdropGiven(ctx, at)
		if err != nil || before == nil {
			return nil, false, err
		}

		if before.Cmp(most) > 0 {
			most = before
		}
	}

	return new(big.Int).Sub(most, given), true, nil
}

// airdropGiven is all that the airdrop was given up to a block, nil where it cannot be
// known, and the block of the first claim, 0 where there is none so far.
func (a *Auditor) airdropGiven(ctx context.Context, block uint64) (given *big.Int, first uint64, err error) {
	sums, err := a.Warehouse.AirdropSumsAt(ctx, block)
	if err != nil {
		return nil, 0, err
	}

	theirs, err := a.Contracts.Holdings(ctx, chain.AtBlock(block))
	if err != nil {
		return nil, 0, fmt.Errorf("read what the airdrop holds at block %d: %w", block, err)
	}

	if theirs.Airdrop == nil {
		return nil, sums.First, nil
	}

	return sums.Left.Add(sums.Left, theirs.Airdrop.ToBig()), sums.First, nil
}

// insideDifference gives the difference of a figure of this file at any block; ok is
// false for another one. A gift to a contract shows in it as a step like any other:
// its blocks are read again in vain.
func (a *Auditor) insideDifference(figure string) (d difference, ok bool) {
	for _, p := range pairs() {
		if p.name == figure {
			return func(ctx context.Context, block uint64) (*big.Int, error) {
				sums, err := a.Warehouse.PairSumsAt(ctx, block)
				if err != nil {
					return nil, err
				}

				return Check{Warehouse: p.said(&sums), Contract: p.moved(&sums)}.Difference(), nil
			}, true
		}
	}

	for _, h := range a.held() {
		if h.name == figure {
			return func(ctx context.Context, block uint64) (*big.Int, error) {
				lack, known, err := h.lack(ctx, block)
				if err != nil || !known {
					return new(big.Int), err
				}

				return lack, nil
			}, true
		}
	}

	return nil, false
}
