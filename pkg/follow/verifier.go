package follow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ethereum/go-ethereum/core/types"

	"diemhouse/pkg/chain"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
)

const (
	// verifyStep is how many blocks are proved before the watermark moves.
	verifyStep = 2000
	// verifyAgain is how soon the verifier looks for more to prove, or tries again what
	// no endpoint could prove.
	verifyAgain = 15 * time.Second
)

// VerifierSource proves ranges. [*chain.Pool] is one.
type VerifierSource interface {
	Heads(ctx context.Context) (chain.Heads, error)
	VerifyRange(ctx context.Context, cfg chain.ProveConfig, held []chain.HeldBlock) (chain.Verdict, error)
}

// VerifierWarehouse is what is proved, and mended. [*store.Store] is one.
type VerifierWarehouse interface {
	Gaps(ctx context.Context, filter string, from, to uint64) ([]store.Range, error)
	Held(ctx context.Context, filter string, r store.Range) ([]store.HeldBlock, error)
	Replace(ctx context.Context, filter string, r store.Range, events []decode.Event) (store.Replaced, error)
	Verified(ctx context.Context) (store.Verified, bool, error)
	SetVerified(ctx context.Context, v store.Verified) error
}

// Verifier proves behind the other loops that final blocks are in the warehouse with
// all their logs and no other: headers from parent to child up to a finalized block,
// a bloom that has no room for ours, receipts that hash to the header's root. What is
// proved wrong is mended on the spot. Its watermark survives restarts.
type Verifier struct {
	Source    VerifierSource
	Warehouse VerifierWarehouse
	Decoder   *decode.Decoder
	Filter    chain.FilterSet
	// Level is VerifyBloom or VerifyReceipts. A bloom proves blocks empty and logs
	// possible; that a log is missing only receipts can tell.
	Level chain.Verification
	// From is the first block of the warehouse.
	From uint64
	// Observer hears of progress.
	Observer VerifierObserver
}

// VerifierObserver hears what the verifier finds.
type VerifierObserver interface {
	// Verified is called when the watermark moved, with what was mended on the way.
	Verified(block uint64, mended store.Replaced)
	// Unverified is called when something could not be proved; it is tried again.
	Unverified(err error)
}

// Run proves until ctx ends.
func (v *Verifier) Run(ctx context.Context) error {
	for {
		more, err := v.Step(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}

		if err != nil {
			v.Observer.Unverified(err)
		}

		if more && err == nil {
			continue
		}

		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(verifyAgain):
		}
	}
}

// Step proves the next range and moves the watermark. more is false when everything
// final and covered is proved.
func (v *Verifier) Step(ctx context.Context) (more bool, err error) {
	heads, err := v.Source.Heads(ctx)
	if err != nil {
		return false, fmt.Errorf("read the chain's heads: %w", err)
	}

	mark, ok, err := v.Warehouse.Verified(ctx)
	if err != nil {
		return false, err
	}

	next := chain.ProveConfig{Filter: v.Filter, Level: v.Level, Range: chain.Range{From: v.From}}
	if ok && (mark.Level == v.Level.String() || mark.Level == chain.VerifyReceipts.String()) {
		next.Range.From, next.Parent = mark.Block+1, mark.Hash
	}

	if heads.Finalized == nil || heads.Finalized.Number.Uint64() < next.Range.From {
		return false, nil
	}

	next.Range.To = min(next.Range.From+verifyStep-1, heads.Finalized.Number.Uint64())
	if next.Range.To == heads.Finalized.Number.Uint64() {
		next.Anchor = heads.Finalized.Ref()
	}

	gaps, err := v.Warehouse.Gaps(ctx, v.Filter.Name(), next.Range.From, next.Range.To)
	if err != nil || len(gaps) > 0 {
		return false, err // history is still being filled here
	}

	return next.Range.To < heads.Finalized.Number.Uint64(), v.prove(ctx, next)
}

var errNotProved = errors.New("no endpoint gave receipts that prove the logs")

func (v *Verifier) prove(ctx context.Context, next chain.ProveConfig) error {
	kept, err := v.Warehouse.Held(ctx, v.Filter.Name(), storeRange(next.Range))
	if err != nil {
		return err
	}

	verdict, err := v.Source.VerifyRange(ctx, next, v.heldBlocks(kept))
	if err != nil {
		return fmt.Errorf("verify %s: %w", next.Range, err)
	}

	if v.Level == chain.VerifyReceipts && verdict.Open > 0 {
		return fmt.Errorf("verify %s: %d blocks: %w: %w", next.Range, verdict.Open, errNotProved, errors.Join(verdict.Why))
	}

	mended, err := v.mend(ctx, verdict.Wrong)
	if err != nil {
		return err
	}

	err = v.Warehouse.SetVerified(ctx, store.Verified{
		Block: verdict.Last.Number, Hash: verdict.Last.Hash, Level: v.Level.String(),
	})
	if err != nil {
		return err
	}

	v.Observer.Verified(verdict.Last.Number, mended)

	return nil
}

// mend writes what the wrong blocks are proved to hold.
func (v *Verifier) mend(ctx context.Context, wrong []chain.WrongBlock) (store.Replaced, error) {
	var mended store.Replaced

	for _, block := range wrong {
		number := block.Header.Number.Uint64()
		if block.Proof == chain.ProofOpen {
			return mended, fmt.Errorf("block %s: the warehouse has it under hash %s: %w", block.Header.Ref(), block.Held, errNotProved)
		}

		events, err := v.Decoder.Decode(nil, block.Logs)
		if err != nil {
			return mended, fmt.Errorf("decode block %d: %w", number, err)
		}

		replaced, err := v.Warehouse.Replace(ctx, v.Filter.Name(), store.Range{From: number, To: number}, events)
		if err != nil {
			return mended, err
		}

		mended.Add(replaced)
	}

	return mended, nil
}

func (v *Verifier) heldBlocks(kept []store.HeldBlock) []chain.HeldBlock {
	held := make([]chain.HeldBlock, len(kept))
	for i := range kept {
		held[i] = chain.HeldBlock{Number: kept[i].Number, Hash: kept[i].Hash, Indexes: wide(kept[i].Indexes), Changed: v.changed(&kept[i])}
	}

	return held
}

// changed compares what a block holds with its logs, decoded again.
func (v *Verifier) changed(kept *store.HeldBlock) func([]types.Log) ([]uint, error) {
	return func(logs []types.Log) ([]uint, error) {
		events, err := v.Decoder.Decode(nil, logs)
		if err != nil {
			return nil, err
		}

		return wide(kept.Changed(events)), nil
	}
}

func wide(indexes []uint32) []uint {
	out := make([]uint, len(indexes))
	for i, index := range indexes {
		out[i] = uint(index)
	}

	return out
}
