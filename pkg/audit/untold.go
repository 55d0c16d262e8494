package audit

import (
	"context"

	"diemhouse/pkg/chain"
	"diemhouse/pkg/store"
)

// UntoldWarehouse knows where the contracts changed without an event.
// [*store.Store] is one.
type UntoldWarehouse interface {
	Untold(ctx context.Context, final uint64) (blocks []uint64, err error)
}

// Untold reads again the blocks in which the curve or a setting changed and no event
// tells of it. Mostly there was none; but a lost one leaves the same trace, and no
// figure that could tell: it agrees with the contract, which it was read from.
type Untold struct {
	Warehouse UntoldWarehouse
	Rereader  *Rereader

	read map[uint64]bool // those that hold no such event, as proved
}

// Read reads what was not read before by this Untold, up to a final block. ranges are
// the blocks read now, found is what was wrong with them. It is safe to repeat.
func (u *Untold) Read(ctx context.Context, final uint64) (ranges []chain.Range, found store.Replaced, err error) {
	blocks, err := u.Warehouse.Untold(ctx, final)
	if err != nil {
		return nil, found, err
	}

	for _, block := range blocks {
		if !u.read[block] {
			ranges = append(ranges, chain.Range{From: block, To: block})
		}
	}

	if found, err = u.Rereader.ReadAgain(ctx, ranges...); err != nil {
		return nil, found, err
	}

	if u.read == nil {
		u.read = make(map[uint64]bool)
	}

	for _, block := range blocks {
		u.read[block] = true
	}

	return ranges, found, nil
}
