package audit

import (
	"context"
	"fmt"
	"slices"

	"diemhouse/pkg/chain"
	"diemhouse/pkg/store"
)

// UntoldWarehouse knows where the contracts changed without an event.
// [*store.Store] is one.
type UntoldWarehouse interface {
	Untold(ctx context.Context, final uint64) (blocks []uint64, err error)
	Gaps(ctx context.Context, filter string, from, to uint64) ([]store.Range, error)
}

// Untold reads again the blocks in which the curve or a setting changed and no event
// tells of it. Mostly there was none; but a lost one leaves the same trace, and no
// figure that could tell: it agrees with the contract, which it was read from.
type Untold struct {
	Warehouse UntoldWarehouse
	Rereader  *Rereader

	read []chain.Range // which hold what they are proved to hold
}

// Read reads what was not read before, up to a final block. ranges are the blocks read
// now, found is what was wrong with them. Blocks that history has not come to are left to
// it. One that cannot be proved does not keep the others from being read; err tells of
// it, and the next Read tries it again.
func (u *Untold) Read(ctx context.Context, final uint64) (ranges []chain.Range, found store.Replaced, err error) {
	blocks, err := u.Warehouse.Untold(ctx, final)
	if err != nil {
		return nil, found, err
	}

	var failed []error

	for _, block := range blocks {
		r := chain.Range{From: block, To: block}

		again, read, err := u.readOnce(ctx, r)
		found.Add(again)

		switch {
		case ctx.Err() != nil:
			return ranges, found, ctx.Err()
		case err != nil:
			failed = append(failed, err)
		case read:
			ranges = append(ranges, r)
		}
	}

	if len(failed) > 0 {
		err = fmt.Errorf("%d of %d blocks in which the contracts changed without an event: %w", len(failed), len(blocks), failed[0])
	}

	return ranges, found, err
}

func (u *Untold) readOnce(ctx context.Context, r chain.Range) (found store.Replaced, read bool, err error) {
	if slices.ContainsFunc(u.read, func(have chain.Range) bool { return have.From <= r.From && r.To <= have.To }) {
		return found, false, nil
	}

	gaps, err := u.Warehouse.Gaps(ctx, u.Rereader.Filter.Name(), r.From, r.To)
	if err != nil || len(gaps) > 0 {
		return found, false, err
	}

	if found, err = u.Rereader.ReadAgain(ctx, r); err != nil {
		return found, false, err
	}

	u.know(r)

	return found, true, nil
}

// know notes ranges that were read again.
func (u *Untold) know(ranges ...chain.Range) { u.read = join(append(u.read, ranges...)) }
