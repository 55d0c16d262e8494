package chain

import (
	"context"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"golang.org/x/sync/errgroup"
)

const (
	// provenAtOnce is the number of headers that Prove reads in one go, and holds.
	provenAtOnce = 100
	// DefaultProvers is how many blocks' receipts Prove reads at the same time.
	DefaultProvers = 4
)

// ProveConfig says what Prove proves.
type ProveConfig struct {
	// Filter is what counts.
	Filter FilterSet
	// Range is what to prove, from the lowest block up.
	Range Range
	// Level is VerifyBloom or VerifyReceipts; the latter reads receipts.
	Level Verification
	// Parent is the hash of the block before the range, as the last Prove ended. The
	// zero value: it is not known, and the range begins a chain of its own.
	Parent common.Hash
	// Anchor is a block whose hash is known, best a finalized one: the chain of headers
	// must hold it where it lies in the range. The zero value: none.
	Anchor Ref
	// Settle says of which blocks receipts are read, among those whose bloom may have
	// ours, at VerifyReceipts. Nil: of all.
	Settle func(h Header) bool
	// SingleReceipts is as in [ScanConfig].
	SingleReceipts int
	// Provers is how many blocks' receipts are read at the same time. Zero:
	// DefaultProvers.
	Provers int
}

// Proof says what is proven about a block.
type Proof uint8

// The proofs.
const (
	// ProofOpen: the bloom may have ours, and receipts were not read.
	ProofOpen Proof = iota
	// ProofEmpty: the bloom has none of ours.
	ProofEmpty
	// ProofLogs: the receipts were read and hash to the header's root. The logs are
	// all of ours, and no other.
	ProofLogs
)

// BlockProof is what is proven about one block.
type BlockProof struct {
	Header Header
	Proof  Proof
	// Logs are the wanted logs, with ProofLogs.
	Logs []types.Log
	// Err is why receipts could not be read, with ProofOpen; nil when they were not
	// asked for.
	Err error
}

// Prove follows the headers of a range from parent to child, each hash recomputed,
// and gives what they prove of each block to yield, in order. It holds a few hundred
// blocks at a time, whatever the length of the range, and returns the last block.
//
// It proves the headers to be one chain. That this is the chain follows from where it
// starts and ends: from Parent, which an earlier Prove reached, and at a finalized
// Anchor. What no endpoint can prove is ProofOpen, and no error.
func (p *Pool) Prove(ctx context.Context, cfg ProveConfig, yield func(BlockProof) error) (Ref, error) {
	if cfg.Provers <= 0 {
		cfg.Provers = DefaultProvers
	}

	var last Ref

	if cfg.Range.From > cfg.Range.To {
		return last, fmt.Errorf("%s are none", cfg.Range)
	}

	batches := make(chan []Header, 1)
	g, gctx := errgroup.WithContext(ctx)

	g.Go(func() error {
		defer close(batches)

		return p.readChain(gctx, cfg, batches)
	})
	g.Go(func() error {
		for headers := range batches {
			proofs, err := p.proveBlocks(gctx, cfg, headers)
			if err != nil {
				return err
			}

			for i := range proofs {
				if err := yield(proofs[i]); err != nil {
					return err
				}

				last = proofs[i].Header.Ref()
			}
		}

		return nil
	})

	err := g.Wait()

	return last, err
}

// readChain reads the headers of the range, in batches.
func (p *Pool) readChain(ctx context.Context, cfg ProveConfig, batches chan<- []Header) error {
	var (
		before *Header
		prefer string
	)

	for r := (Range{From: cfg.Range.From}); ; r.From = r.To + 1 {
		r.To = min(cfg.Range.To, r.From+provenAtOnce-1)

		var headers []Header

		err := p.do(ctx, fmt.Sprintf("read the headers of %s", r), prefer, func(ctx context.Context, e *endpoint) error {
			var err error
			if headers, err = e.chainOf(ctx, r, before); err != nil {
				return err
			}

			return e.fits(headers, before == nil, cfg)
		})
		if err != nil {
			return err
		}

		before = &headers[len(headers)-1]
		prefer = before.Endpoint

		select {
		case batches <- headers:
		case <-ctx.Done():
			return ctx.Err()
		}

		if r.To == cfg.Range.To {
			return nil
		}
	}
}

// fits checks a part of the chain against what is known of it beforehand.
func (e *endpoint) fits(headers []Header, first bool, cfg ProveConfig) error {
	if known := cfg.Parent; first && known != (common.Hash{}) && headers[0].ParentHash != known {
		return e.refusal(Untrue, methodHeader, fmt.Errorf("block %s has parent %s, known is %s",
			headers[0].Ref(), headers[0].ParentHash, known))
	}

	for i := range headers {
		h := &headers[i]
		if h.Number.Uint64() == cfg.Anchor.Number && cfg.Anchor.Hash != (common.Hash{}) && h.Hash != cfg.Anchor.Hash {
			return e.refusal(Untrue, methodHeader, fmt.Errorf("has block %s, known is %s", h.Ref(), cfg.Anchor.Hash))
		}
	}

	return nil
}

// proveBlocks gives what is proven of each of the blocks.
func (p *Pool) proveBlocks(ctx context.Context, cfg ProveConfig, headers []Header) ([]BlockProof, error) {
	proofs := make([]BlockProof, len(headers))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(cfg.Provers)

	for i, h := range headers {
		proof := &proofs[i]
		proof.Header = h

		switch {
		case !cfg.Filter.InBloom(h.Bloom):
			proof.Proof = ProofEmpty
		case cfg.Level < VerifyReceipts || cfg.Settle != nil && !cfg.Settle(h):
		default:
			g.Go(func() error {
				logs, err := p.ProvenLogs(gctx, h, cfg.Filter, cfg.SingleReceipts)
				if gctx.Err() != nil {
					return gctx.Err()
				}

				if proof.Logs, proof.Err = logs, err; err == nil {
					proof.Proof = ProofLogs
				}

				return nil
			})
		}
	}

	if err := g.Wait(); err != nil {
		return nil, err
	}

	return proofs, ctx.Err()
}
