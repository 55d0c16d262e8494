package chain

import (
	"context"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
)

// HeaderSource gives canonical headers by number. [*Pool] is one.
type HeaderSource interface {
	HeaderByNumber(ctx context.Context, number uint64) (Header, error)
}

var _ HeaderSource = (*Pool)(nil)

// ReorgError says that a known block is no longer in the chain.
type ReorgError struct {
	// Known is the block that was thought canonical.
	Known Ref
	// Found is the canonical block that contradicts it: at Known's height, or right
	// above it with another parent.
	Found Header
}

// Error implements error.
func (e *ReorgError) Error() string {
	return fmt.Sprintf("reorg: block %s is replaced: %s has parent %s", e.Known, e.Found.Ref(), e.Found.ParentHash)
}

// BehindError says that the source's head is below the last known block: it lags,
// or the chain was cut back. [Pool.Standing] of Known tells which.
type BehindError struct {
	Known Ref
	// Head is the number of the source's head.
	Head uint64
}

// Error implements error.
func (e *BehindError) Error() string {
	return fmt.Sprintf("head %d is below the known block %s", e.Head, e.Known)
}

// Walk gives the headers above last up to head to yield, in order, each the child of
// the one before. It returns
//
//   - a *ReorgError when a header does not follow the one before (with Known the
//     greatest header that was yielded, or last), or when head is last's height and
//     its block is another,
//   - a *BehindError when head is below last,
//   - yield's error as it is,
//   - an error for which IsUnknownBlock is true when the chain got shorter meanwhile.
func Walk(ctx context.Context, src HeaderSource, last Ref, head uint64, yield func(Header) error) error {
	if head < last.Number {
		return &BehindError{Known: last, Head: head}
	}

	if head == last.Number {
		h, err := src.HeaderByNumber(ctx, head)
		if err != nil {
			return err
		}

		if h.Hash != last.Hash {
			return &ReorgError{Known: last, Found: h}
		}

		return nil
	}

	for n := last.Number + 1; n <= head; n++ {
		h, err := src.HeaderByNumber(ctx, n)
		if err != nil {
			return err
		}

		if h.ParentHash != last.Hash {
			return &ReorgError{Known: last, Found: h}
		}

		if err := yield(h); err != nil {
			return err
		}

		last = h.Ref()
	}

	return nil
}

// StoredHash gives the hash that is stored for a height; ok is false when none is.
type StoredHash func(ctx context.Context, number uint64) (hash common.Hash, ok bool, err error)

// DeepReorgError says that no stored block at or above Floor is canonical: the lowest
// of them too has been replaced by another.
type DeepReorgError struct{ Floor uint64 }

// Error implements error.
func (e *DeepReorgError) Error() string {
	return fmt.Sprintf("reorg below block %d: no stored block at or above it is in the chain", e.Floor)
}

// CommonAncestor goes down from height from to the greatest block whose stored hash
// is canonical, at or above floor (the finalized block). Heights without a stored
// hash are passed over, and so are heights that the source does not have (the chain
// may have got shorter). Nothing found is a *DeepReorgError, unless the source does not
// have the lowest stored height either: that contradicts nothing, it is behind, and
// IsUnknownBlock tells so.
func CommonAncestor(ctx context.Context, src HeaderSource, stored StoredHash, from, floor uint64) (Ref, error) {
	var lowest error

	for n := from; n >= floor; n-- {
		hash, ok, err := stored(ctx, n)
		if err != nil {
			return Ref{}, fmt.Errorf("stored hash of block %d: %w", n, err)
		}

		if ok {
			h, err := src.HeaderByNumber(ctx, n)
			if err != nil && !IsUnknownBlock(err) {
				return Ref{}, err
			}

			if err == nil && h.Hash == hash {
				return h.Ref(), nil
			}

			lowest = err
		}

		if n == 0 {
			break
		}
	}

	if lowest != nil {
		return Ref{}, fmt.Errorf("no endpoint has the blocks down to %d, which was final: all are behind: %w", floor, lowest)
	}

	return Ref{}, &DeepReorgError{Floor: floor}
}

// Standing is what the endpoints say of a block.
type Standing uint8

// The standings.
const (
	// Canonical: at least one endpoint has it in its chain.
	Canonical Standing = iota
	// Replaced: an endpoint has another block at its height, none has it.
	Replaced
	// Missing: every endpoint answered and none has a block at its height.
	Missing
)

// Standing asks every endpoint for the block at ref's height. It fails when an
// endpoint did not answer and no other has the block.
func (p *Pool) Standing(ctx context.Context, ref Ref) (Standing, error) {
	standing := Missing

	var unanswered []*Refusal

	for _, e := range p.order("") {
		h, err := e.headerByNumber(ctx, ref.Number)
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}

		var r *Refusal

		switch {
		case err == nil && h.Hash == ref.Hash:
			return Canonical, nil
		case err == nil:
			standing = Replaced
		case errors.As(err, &r) && r.Kind != UnknownBlock:
			unanswered = append(unanswered, r)
		}
	}

	if len(unanswered) > 0 {
		return 0, &UnavailableError{What: fmt.Sprintf("standing of block %s", ref), Refusals: unanswered}
	}

	return standing, nil
}
