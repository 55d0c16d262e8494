package audit

import (
	"context"
	"fmt"

	"github.com/ethereum/go-ethereum/core/types"

	"diemhouse/pkg/chain"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
)

// rereadStep is how many blocks are read and replaced at once.
const rereadStep = 2000

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

// Rereader reads final blocks again and makes the warehouse hold what they are proved
// to hold.
type Rereader struct {
	Source   Source
	Replacer Replacer
	Decoder  *decode.Decoder
	Filter   chain.FilterSet
	// Progress is told of every range that was read again, when not nil.
	Progress func(r chain.Range, found store.Replaced)
}

// ReadAgain replaces the ranges. found is what was wrong with them, also beside an
// error: with what was replaced before it.
func (r *Rereader) ReadAgain(ctx context.Context, ranges ...chain.Range) (found store.Replaced, err error) {
	for _, wrong := range ranges {
		for from := wrong.From; from <= wrong.To; from += rereadStep {
			step := chain.Range{From: from, To: min(from+rereadStep-1, wrong.To)}

			replaced, err := r.readAgain(ctx, step)
			if err != nil {
				return found, fmt.Errorf("read %s again: %w", step, err)
			}

			found.Add(replaced)

			if r.Progress != nil {
				r.Progress(step, replaced)
			}
		}
	}

	return found, nil
}

func (r *Rereader) readAgain(ctx context.Context, step chain.Range) (store.Replaced, error) {
	logs, err := r.Source.VerifiedLogs(ctx, step, r.Filter)
	if err != nil {
		return store.Replaced{}, err
	}

	events, err := r.Decoder.Decode(nil, logs)
	if err != nil {
		return store.Replaced{}, fmt.Errorf("decode: %w", err)
	}

	return r.Replacer.Replace(ctx, r.Filter.Name(), store.Range{From: step.From, To: step.To}, events)
}
