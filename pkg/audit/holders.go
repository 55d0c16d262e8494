package audit

import (
	"context"
	"math/big"

	"github.com/ethereum/go-ethereum/common"

	"diemhouse/pkg/chain"
)

const (
	// DefaultHolders is up to how many holders of DIEM an audit compares: all of them,
	// as long as they are not more.
	DefaultHolders = 5000
	// namedHolders is how many that differ are named. The others differ for the same
	// reasons: each lost Transfer has two ends.
	namedHolders = 32
)

// holders compares what everybody holds of DIEM. A Transfer that is missing changes no
// sum of the contracts, only what its two ends hold.
func (a *Auditor) holders(ctx context.Context, block uint64) ([]Check, error) {
	n := a.Holders
	if n <= 0 {
		n = DefaultHolders
	}

	ours, err := a.Warehouse.DIEMHoldersAt(ctx, block, n)
	if err != nil {
		return nil, err
	}

	accounts := make([]common.Address, len(ours))
	for i := range ours {
		accounts[i] = ours[i].Account
	}

	theirs, err := a.Contracts.DIEMBalances(ctx, chain.AtBlock(block), accounts)
	if err != nil {
		return nil, err
	}

	var (
		checks []Check
		off    int64
	)

	for i, h := range ours {
		check := Check{Figure: FigureHolderDIEM, Account: h.Account, Warehouse: h.DIEM, Contract: toBig(theirs[i])}
		if check.Passed() {
			continue
		}

		if off++; off <= namedHolders {
			checks = append(checks, check)
		}
	}

	return append(checks, Check{Figure: FigureHoldersOff, Warehouse: big.NewInt(off), Contract: new(big.Int)}), nil
}
