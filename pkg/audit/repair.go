package audit

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/core/types"

	"diemhouse/pkg/chain"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
)

// repairStep is how many blocks are read and replaced at once.
const repairStep = 2000

// Source reads logs again. Every block's logs must be proved: its receipts hashed
// and compared with its header wherever the header's bloom leaves a doubt.
type Source interface {
	VerifiedLogs(ctx context.Context, r chain.Range, f chain.FilterSet) ([]types.Log, error)
}

// Replacer makes a range of the warehouse hold exactly the given events.
// [*store.Store] is one.
type Replacer interface {
	Replace(ctx context.Context, filter string, r store.Range, events []decode.Event) (store.Replaced, error)
}

// Repairer mends what an audit found.
type Repairer struct {
	Auditor  *Auditor
	Source   Source
	Replacer Replacer
	Decoder  *decode.Decoder
	Filter   chain.FilterSet
	// Sample reads the curve and the settings again at a block, finds the blocks of
	// their changes, and gives those of the changes that it learned.
	Sample func(ctx context.Context, block uint64) (learned []uint64, err error)
	// Progress is told of every range that was read again, when not nil.
	Progress func(r chain.Range, found store.Replaced)
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

// pass reads ranges again and audits.
func (r *Repairer) pass(ctx context.Context, block chain.Header, ranges []chain.Range, done *Repair) error {
	if err := r.readAllAgain(ctx, ranges, &done.Replaced); err != nil {
		return failedRepair(block, err)
	}

	// A change that no event told of is read from the contracts. One that was lost may
	// have told of it: the change's block is read again too.
	learned, err := r.Sample(ctx, block.Number.Uint64())
	if done.Sampled += len(learned); err != nil {
		return failedRepair(block, err)
	}

	changed := make([]chain.Range, len(learned))
	for i, number := range learned {
		changed[i] = chain.Range{From: number, To: number}
	}

	if err := r.readAllAgain(ctx, join(changed), &done.Replaced); err != nil {
		return failedRepair(block, err)
	}

	done.Ranges = join(slices.Concat(ranges, changed))
	done.After, err = r.Auditor.Audit(ctx, block)

	return err
}

func (r *Repairer) readAllAgain(ctx context.Context, ranges []chain.Range, found *store.Replaced) error {
	for _, wrong := range ranges {
		if err := r.readAgain(ctx, wrong, found); err != nil {
			return err
		}
	}

	return nil
}

// readAgain replaces a range step by step.
func (r *Repairer) readAgain(ctx context.Context, wrong chain.Range, found *store.Replaced) error {
	for from := wrong.From; from <= wrong.To; from += repairStep {
		step := chain.Range{From: from, To: min(from+repairStep-1, wrong.To)}

		logs, err := r.Source.VerifiedLogs(ctx, step, r.Filter)
		if err != nil {
			return fmt.Errorf("read %s again: %w", step, err)
		}

		events, err := r.Decoder.Decode(nil, logs)
		if err != nil {
			return fmt.Errorf("decode %s again: %w", step, err)
		}

		replaced, err := r.Replacer.Replace(ctx, r.Filter.Name(), store.Range{From: step.From, To: step.To}, events)
		if err != nil {
			return err
		}

		found.Missing = append(found.Missing, replaced.Missing...)
		found.Extra = append(found.Extra, replaced.Extra...)
		found.Changed = append(found.Changed, replaced.Changed...)

		if r.Progress != nil {
			r.Progress(step, replaced)
		}
	}

	return nil
}

// ErrFailed says that an audit found a difference.
var ErrFailed = errors.New("the warehouse differs from the contracts")
