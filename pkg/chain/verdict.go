package chain

import (
	"context"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// HeldBlock is what a warehouse holds of one block.
type HeldBlock struct {
	Number uint64
	// Hash is the block's hash in the warehouse, zero when it keeps none.
	Hash common.Hash
	// Indexes are the log indexes of the wanted logs it holds, ascending.
	Indexes []uint
	// Changed gives the indexes of those among them whose contents are not those of the
	// logs, which are all that the chain has of the block. Nil: contents are not compared.
	Changed func(logs []types.Log) ([]uint, error)
}

// WrongBlock is a block of which a warehouse is proven to hold something else than
// the chain.
type WrongBlock struct {
	// Header is the block's.
	Header Header
	// Held is the hash that the warehouse has for it, where that is another.
	Held common.Hash
	// Missing and Extra are log indexes that the warehouse lacks, and has too many;
	// Changed those that it has with other contents.
	Missing, Extra, Changed []uint
	// Proof says whether Logs are what should be there, which they are unless ProofOpen.
	Proof Proof
	Logs  []types.Log
}

// Verdict is what VerifyRange found.
type Verdict struct {
	// Last is the last block: the Parent of the next range.
	Last Ref
	// Empty, Proven and Open count the blocks by [Proof].
	Empty, Proven, Open uint64
	// Why is one reason why receipts could not be read, nil when all that were asked for
	// were.
	Why error
	// Wrong are the blocks that are proven wrong, in order.
	Wrong []WrongBlock
}

// VerifyRange proves a range and compares it with what a warehouse holds of it: the
// blocks with wanted logs, ascending. It holds all wrong blocks' logs, so ranges of
// some thousand blocks fit it.
func (p *Pool) VerifyRange(ctx context.Context, cfg ProveConfig, held []HeldBlock) (Verdict, error) {
	var v Verdict

	if err := checkHeld(cfg.Range, held); err != nil {
		return v, err
	}

	last, err := p.Prove(ctx, cfg, func(proof BlockProof) error {
		block := HeldBlock{Number: proof.Header.Number.Uint64()}
		if len(held) > 0 && held[0].Number == block.Number {
			block, held = held[0], held[1:]
		}

		v.count(proof)

		wrong, found, err := compare(block, proof)
		if err != nil {
			return fmt.Errorf("compare block %s: %w", proof.Header.Ref(), err)
		}

		if found {
			v.Wrong = append(v.Wrong, wrong)
		}

		return nil
	})
	v.Last = last

	return v, err
}

func checkHeld(r Range, held []HeldBlock) error {
	for i := range held {
		if n := held[i].Number; n < r.From || n > r.To || i > 0 && n <= held[i-1].Number {
			return fmt.Errorf("held block %d is outside of %s or out of order", n, r)
		}
	}

	return nil
}

func (v *Verdict) count(proof BlockProof) {
	switch proof.Proof {
	case ProofEmpty:
		v.Empty++
	case ProofLogs:
		v.Proven++
	case ProofOpen:
		v.Open++

		if proof.Err != nil {
			v.Why = proof.Err // The last one explains as well as all.
		}
	}
}

// compare finds what is proven wrong in what is held of a block.
func compare(held HeldBlock, proof BlockProof) (wrong WrongBlock, found bool, err error) {
	wrong = WrongBlock{Header: proof.Header, Proof: proof.Proof, Logs: proof.Logs}

	if held.Hash != (common.Hash{}) && held.Hash != proof.Header.Hash {
		wrong.Held = held.Hash
	}

	if proof.Proof != ProofOpen {
		wrong.Missing, wrong.Extra = differ(held.Indexes, proof.Logs)
	}

	if proof.Proof == ProofLogs && held.Changed != nil {
		if wrong.Changed, err = held.Changed(proof.Logs); err != nil {
			return wrong, false, err
		}
	}

	return wrong, wrong.Held != (common.Hash{}) || len(wrong.Missing)+len(wrong.Extra)+len(wrong.Changed) > 0, nil
}

// differ gives the indexes that are not held and those that are held without a log.
func differ(held []uint, logs []types.Log) (missing, extra []uint) {
	for _, l := range logs {
		for len(held) > 0 && held[0] < l.Index {
			extra, held = append(extra, held[0]), held[1:]
		}

		if len(held) > 0 && held[0] == l.Index {
			held = held[1:]
		} else {
			missing = append(missing, l.Index)
		}
	}

	return missing, append(extra, held...)
}
