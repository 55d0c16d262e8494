package audit

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"diemhouse/pkg/chain"
	"diemhouse/pkg/store"
)

// Repairer mends what an audit found.
type Repairer struct {
	Auditor *Auditor
	// Sample reads the curve and the settings again at a block, dates their changes, and
	// gives how many it learned.
	Sample func(ctx context.Context, block uint64) (learned int, err error)
	// Untold reads then the blocks of those that no event tells of. Its Rereader reads what
	// is wrong too.
	Untold *Untold
}

// Repair is what a repair did.
type Repair struct {
	// Before is the audit that called for it, After the one that followed.
	Before, After Report
	// Ranges are the blocks that were read again.
	Ranges []chain.Range
	// Whole is set where everything was read again instead of the blocks that bisection
	// found: no endpoint keeps old states, or only the data contradicts itself.
	Whole bool
	// Replaced is what was wrong with them.
	Replaced store.Replaced
	// Sampled is how many changes of the curve or the settings were learned.
	Sampled int
	// Unread says which blocks of changes without an event could not be read again. It is
	// no failure of the repair: the audit tells what is wrong still.
	Unread error
}

// Repair mends the failures of a report and audits again. Whether that passes is in
// After: what is left is not an error here.
func (r *Repairer) Repair(ctx context.Context, block chain.Header, before Report) (Repair, error) {
	done := Repair{Before: before}

	found, located, err := r.locate(ctx, block.Number.Uint64(), before)
	if err != nil {
		return done, failedRepair(block, err)
	}

	if located {
		if err := r.pass(ctx, block, found, &done); err != nil || !r.contradicts(done.After) {
			return done, err
		}
	}

	// No endpoint keeps old states, or only the data contradicts itself, which does not
	// say where: nothing is left but all blocks.
	done.Whole = true

	return done, r.pass(ctx, block, []chain.Range{{From: r.Auditor.First, To: block.Number.Uint64()}}, &done)
}

// contradicts reports that a check failed whose blocks cannot be found by bisection.
func (r *Repairer) contradicts(report Report) bool {
	return slices.ContainsFunc(report.Failed(), func(c Check) bool {
		_, ok := r.Auditor.differenceOf(c)

		return !ok
	})
}

func failedRepair(block chain.Header, err error) error {
	return fmt.Errorf("repair what the audit of block %d found: %w", block.Number, err)
}

// locate finds the blocks that the differences come from. located is false where no
// endpoint keeps the states that it takes.
func (r *Repairer) locate(ctx context.Context, block uint64, before Report) (found []chain.Range, located bool, err error) {
	located, found = true, slices.Clone(before.Wrong)

	for _, failed := range before.Failed() {
		d, ok := r.Auditor.differenceOf(failed)
		if !ok { // the data against itself: what it comes from mostly fails beside it
			continue
		}

		ranges, err := narrow(ctx, d, r.Auditor.First, block, failed.Difference())

		switch {
		case chain.IsNoState(err):
			located = false
		case err != nil:
			return nil, false, err
		default:
			found = append(found, ranges...)
		}
	}

	return join(found), located, nil
}

// pass reads ranges again, then what the contracts say beside the events, and audits.
func (r *Repairer) pass(ctx context.Context, block chain.Header, ranges []chain.Range, done *Repair) error {
	found, err := r.Untold.Rereader.ReadAgain(ctx, ranges...)
	done.add(ranges, found)

	if err != nil {
		return failedRepair(block, err)
	}

	r.Untold.know(ranges...)

	learned, err := r.Sample(ctx, block.Number.Uint64())
	if done.Sampled += learned; err != nil {
		return failedRepair(block, err)
	}

	changed, found, err := r.Untold.Read(ctx, block.Number.Uint64())
	done.add(changed, found)
	done.Unread = err

	done.After, err = r.Auditor.Audit(ctx, block)

	return err
}

// add notes what was read again.
func (d *Repair) add(ranges []chain.Range, found store.Replaced) {
	d.Ranges = join(append(d.Ranges, ranges...))
	d.Replaced.Add(found)
}

// ErrFailed says that an audit found a difference.
var ErrFailed = errors.New("the warehouse differs from the contracts")
