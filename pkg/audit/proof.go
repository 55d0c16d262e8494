package audit

import (
	"context"
	"fmt"
	"math/big"

	"diemhouse/pkg/chain"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
)

// Proof makes an audit read every block again and take nobody's word: it finds what no
// figure shows, an approval as well as a claim, and takes as long as proving them all.
type Proof struct {
	Source  Source
	Decoder *decode.Decoder
	Filter  chain.FilterSet
	// Progress is told of every range that was proved, when not nil.
	Progress func(chain.Range)
}

// proved compares every event with the proved logs. wrong are the blocks that differ.
func (a *Auditor) proved(ctx context.Context, block uint64) (checks []Check, wrong []chain.Range, err error) {
	if a.Proof == nil {
		return nil, nil, nil
	}

	for from := a.First; from <= block; from += rereadStep {
		step := chain.Range{From: from, To: min(from+rereadStep-1, block)}

		logs, err := a.Proof.Source.VerifiedLogs(ctx, step, a.Proof.Filter)
		if err != nil {
			return nil, nil, fmt.Errorf("prove %s: %w", step, err)
		}

		events, err := a.Proof.Decoder.Decode(nil, logs)
		if err != nil {
			return nil, nil, fmt.Errorf("decode %s: %w", step, err)
		}

		found, err := a.Warehouse.Compare(ctx, a.Filter, store.Range{From: step.From, To: step.To}, events)
		if err != nil {
			return nil, nil, err
		}

		for _, places := range [][]store.Place{found.Missing, found.Extra, found.Changed} {
			for _, p := range places {
				wrong = append(wrong, chain.Range{From: p.Block, To: p.Block})
			}
		}

		if a.Proof.Progress != nil {
			a.Proof.Progress(step)
		}
	}

	return []Check{{Figure: FigureLogs, Warehouse: big.NewInt(int64(len(wrong))), Contract: new(big.Int)}}, wrong, nil
}
