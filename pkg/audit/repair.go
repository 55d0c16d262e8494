package audit

import (
	"context"
	"errors"
	"fmt"

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
	// their changes, and says how many it learned.
	Sample func(ctx context.Context, block uint64) (learned int, err error)
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

	if err := r.repair(ctx, block.Number.Uint64(), &done); err != nil {
		return done, fmt.Errorf("repair what the audit of block %d found: %w", block.Number, err)
	}

	after, err := r.Auditor.Audit(ctx, block)
	if err != nil {
		return done, err
	}

	done.After = after

	return done, nil
}

func (r *Repairer) repair(ctx context.Context, block uint64, done *Repair) error {
	whole := false

	for _, failed := range done.Before.Failed() {
		d, ok := r.Auditor.differenceOf(failed)
		if !ok { // the data against itself: what it comes from fails beside it
			continue
		}

		found, err := narrow(ctx, d, r.Auditor.First, block, failed.Difference())

		switch {
		case chain.IsNoState(err):
			whole = true
		case err != nil:
			return err
		default:
			done.Ranges = append(done.Ranges, found...)
		}
	}

	if done.Whole = whole || len(done.Ranges) == 0; done.Whole {
		done.Ranges = []chain.Range{{From: r.Auditor.First, To: block}}
	}

	done.Ranges = join(done.Ranges)

	for _, wrong := range done.Ranges {
		if err := r.readAgain(ctx, wrong, &done.Replaced); err != nil {
			return err
		}
	}

	// A change that no event told of is read from the contracts.
	learned, err := r.Sample(ctx, block)
	done.Sampled = learned

	return err
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
