package audit

import (
	"context"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/core/types"
	"golang.org/x/sync/errgroup"

	"diemhouse/pkg/chain"
)

const (
	// proverWorkers is how many blocks are proved side by side.
	proverWorkers = 8
	// mostReceipts is up to how many transactions a block's receipts are read one by
	// one, where no endpoint gives them all at once.
	mostReceipts = 500
)

// Blocks reads single blocks. [*chain.Pool] is one.
type Blocks interface {
	HeaderByNumber(ctx context.Context, number uint64) (chain.Header, error)
	ProvenLogs(ctx context.Context, h chain.Header, f chain.FilterSet, atMost int) ([]types.Log, error)
}

// Prover is a [Source] that takes nobody's word: a block whose bloom has room for a
// log of the filter is read by its receipts, whose root must be the header's.
type Prover struct{ Blocks Blocks }

// VerifiedLogs reads the range. The error says which block could not be proved: an
// endpoint that serves receipts is needed.
func (p Prover) VerifiedLogs(ctx context.Context, r chain.Range, f chain.FilterSet) ([]types.Log, error) {
	blocks := make([][]types.Log, r.Len())

	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(proverWorkers)

	for i := range blocks {
		number := r.From + uint64(i)

		g.Go(func() error {
			header, err := p.Blocks.HeaderByNumber(ctx, number)
			if err != nil {
				return fmt.Errorf("read header %d: %w", number, err)
			}

			if !f.InBloom(header.Bloom) {
				return nil
			}

			blocks[i], err = p.Blocks.ProvenLogs(ctx, header, f, mostReceipts)
			if err != nil {
				return fmt.Errorf("prove the logs of block %s: %w", header.Ref(), err)
			}

			return nil
		})
	}

	if err := g.Wait(); err != nil {
		return nil, err
	}

	return slices.Concat(blocks...), nil
}
