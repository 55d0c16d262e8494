package audit

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"diemhouse/pkg/chain"
	"diemhouse/pkg/contract"
	"diemhouse/pkg/store"
)

// repairWidth is how narrow bisection makes a range before its blocks are read again:
// below it, reading is cheaper than asking for more old states.
const repairWidth = 64

// difference is how far off a figure is after a block.
type difference func(ctx context.Context, block uint64) (*big.Int, error)

// differenceOf gives the difference of a failed check at any block; ok is false for
// a check that is not a sum of events.
func (a *Auditor) differenceOf(failed Check) (d difference, ok bool) {
	for _, f := range totals() {
		if f.name == failed.Figure {
			return a.totalDifference(f), true
		}
	}

	switch failed.Figure {
	case FigureWalletLocked, FigureWalletMinted, FigureWalletStaked, FigureWalletDIEMHeld:
		return a.walletDifference(failed.Figure, failed.Account), true
	case FigureHolderDIEM:
		return a.walletDifference(FigureWalletDIEMHeld, failed.Account), true
	case FigureEmissionRate, FigureVenicePercent, FigureLockedPercent, FigureCooldown, FigureDIEMCooldown, FigureTreasury:
		return settingDifference(failed.Figure, a.settings), true
	case FigureCurve:
		return settingDifference(failed.Figure, a.curve), true
	}

	return a.insideDifference(failed.Figure)
}

// settingDifference is that of a setting, 0 where either side does not know it.
func settingDifference(figure string, compare func(context.Context, uint64) ([]Check, error)) difference {
	return func(ctx context.Context, block uint64) (*big.Int, error) {
		checks, err := compare(ctx, block)
		if err != nil {
			return nil, fmt.Errorf("compare %s at block %d: %w", figure, block, err)
		}

		for _, c := range checks {
			if c.Figure == figure {
				return c.Difference(), nil
			}
		}

		return new(big.Int), nil
	}
}

func (a *Auditor) totalDifference(f total) difference {
	return func(ctx context.Context, block uint64) (*big.Int, error) {
		theirs, err := a.Contracts.Figures(ctx, chain.AtBlock(block))
		if err != nil {
			return nil, fmt.Errorf("read %s at block %d: %w", f.name, block, err)
		}

		ours, err := a.Warehouse.MetricsAt(ctx, block)
		if err != nil {
			return nil, err
		}

		// What is not there yet is 0: this is a sum from the first block on.
		d := sum(ours, f.metrics...)
		if v := f.contract(theirs); v != nil {
			d.Sub(d, v.ToBig())
		}

		return d, nil
	}
}

func (a *Auditor) walletDifference(figure string, account common.Address) difference {
	return func(ctx context.Context, block uint64) (*big.Int, error) {
		theirs, err := a.Contracts.Wallets(ctx, chain.AtBlock(block), []common.Address{account})
		if err != nil {
			return nil, fmt.Errorf("read %s of %s at block %d: %w", figure, account, block, err)
		}

		ours, err := a.Warehouse.WalletAt(ctx, block, account)
		if err != nil {
			return nil, err
		}

		for _, c := range walletChecks(account, ours, theirs[0]) {
			if c.Figure == figure && c.Contract != nil {
				return c.Difference(), nil
			} else if c.Figure == figure {
				return c.Warehouse, nil
			}
		}

		return nil, fmt.Errorf("%s is no figure of a wallet", figure)
	}
}

// narrow finds the parts of blocks (lo, hi], at most repairWidth long, in which the
// difference changes. Two errors that cancel out inside one half are not seen, and
// do not show in the figure either.
func narrow(ctx context.Context, d difference, lo, hi uint64, atHi *big.Int) ([]chain.Range, error) {
	atLo, err := d(ctx, lo)
	if err != nil {
		return nil, err
	}

	var found []chain.Range

	if atLo.Sign() != 0 {
		found = append(found, chain.Range{From: lo, To: lo})
	}

	return split(ctx, d, lo, hi, atLo, atHi, found)
}

func split(ctx context.Context, d difference, lo, hi uint64, atLo, atHi *big.Int, found []chain.Range) ([]chain.Range, error) {
	if atLo.Cmp(atHi) == 0 {
		return found, nil
	}

	if hi-lo <= repairWidth {
		return append(found, chain.Range{From: lo + 1, To: hi}), nil
	}

	mid := lo + (hi-lo)/2

	atMid, err := d(ctx, mid)
	if err != nil {
		return nil, err
	}

	found, err = split(ctx, d, lo, mid, atLo, atMid, found)
	if err != nil {
		return nil, err
	}

	return split(ctx, d, mid, hi, atMid, atHi, found)
}

// join sorts ranges and puts those together that overlap or touch.
func join(ranges []chain.Range) []chain.Range {
	slices.SortFunc(ranges, func(x, y chain.Range) int { return cmp.Compare(x.From, y.From) })

	var out []chain.Range

	for _, r := range ranges {
		if n := len(out); n > 0 && r.From <= out[n-1].To+1 {
			out[n-1].To = max(out[n-1].To, r.To)
		} else {
			out = append(out, r)
		}
	}

	return out
}

// walletChecks compares one wallet.
func walletChecks(account common.Address, ours store.WalletFigures, theirs contract.Wallet) []Check {
	return []Check{
		{FigureWalletLocked, account, ours.Locked, toBig(theirs.Locked)},
		{FigureWalletMinted, account, ours.Minted, toBig(theirs.Minted)},
		{FigureWalletStaked, account, ours.Staked, toBig(theirs.Staked)},
		{FigureWalletDIEMHeld, account, ours.DIEM, toBig(theirs.DIEM)},
	}
}
