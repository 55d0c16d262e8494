package follow

import (
	"context"
	"errors"
	"fmt"

	"diemhouse/pkg/chain"
)

// SettledError says that a block which the chain called final has changed, or that
// the warehouse's newest blocks are none of this chain's. Nothing was undone.
type SettledError struct {
	// Floor is the settled block below which nothing is undone.
	Floor uint64
	Err   error
}

// Error implements error.
func (e *SettledError) Error() string {
	return fmt.Sprintf("the chain disagrees with the warehouse at or below block %d, which it had called final: "+
		"the endpoint serves another chain, or history was rewritten; nothing was undone. "+
		"Check --rpc; to rebuild, use an empty --data-dir or database: %v", e.Floor, e.Err)
}

// Unwrap gives the cause.
func (e *SettledError) Unwrap() error { return e.Err }

// ErrMoved says that a reorg took a block away meanwhile.
var ErrMoved = errors.New("the block is not in the warehouse's chain any more")

// reorganize rewinds to the newest stored block, at or below from, that is in the
// chain. Where that is the last block, nothing is undone.
func (h *Head) reorganize(ctx context.Context, from uint64) error {
	ancestor, err := chain.CommonAncestor(ctx, h.Source, h.Warehouse.BlockHash, from, h.final)
	if err != nil {
		if deep, ok := errors.AsType[*chain.DeepReorgError](err); ok {
			return &SettledError{Floor: deep.Floor, Err: err}
		}

		return fmt.Errorf("find the common ancestor below block %d: %w", from, err)
	}

	if ancestor == h.last {
		return nil
	}

	return h.rewind(ctx, ancestor)
}

// rewind undoes everything above a block. When it fails it is done again before
// anything else: a rewind that was done in part leaves coverage cut.
func (h *Head) rewind(ctx context.Context, to chain.Ref) error {
	h.mu.Lock()
	defer h.mu.Unlock()

	h.undo = &to

	err := persist(ctx, fmt.Sprintf("rewind to block %s", to), func() error { return h.Warehouse.Rewind(ctx, to.Number) })
	if err != nil {
		return err
	}

	depth := h.last.Number - to.Number
	h.last, h.since, h.shrunk, h.undo = to, min(h.since, to.Number+1), 0, nil

	if depth > 0 {
		h.observer().Reorganized(to.Number, depth)
		h.notice()
	}

	return nil
}

// shrink deals with a head below the last block: a lagging backend, or a chain that
// was cut back.
func (h *Head) shrink(ctx context.Context, heads chain.Heads) error {
	if heads.Head.Number.Uint64() < h.final {
		return h.belowFinal(ctx, heads.Head)
	}

	standing, err := h.Source.Standing(ctx, h.last)
	if err != nil {
		return fmt.Errorf("ask where block %s stands: %w", h.last, err)
	}

	switch standing {
	case chain.Canonical:
		h.shrunk = 0

		return nil
	case chain.Missing:
		if h.shrunk++; h.shrunk < ShrinkLooks {
			return nil
		}
	case chain.Replaced:
	}

	return h.reorganize(ctx, min(h.last.Number, heads.Head.Number.Uint64()))
}

// belowFinal deals with a head below what was final: the endpoints are behind, unless
// they have another block there than the warehouse.
func (h *Head) belowFinal(ctx context.Context, head chain.Header) error {
	hash, known, err := h.Warehouse.BlockHash(ctx, head.Number.Uint64())
	if err != nil {
		return fmt.Errorf("read block %s of the warehouse: %w", head.Number, err)
	}

	if known && hash != head.Hash {
		return &SettledError{Floor: h.final, Err: fmt.Errorf("block %s is %s in the warehouse", head.Ref(), hash)}
	}

	return fmt.Errorf("the chain's head is block %s, below block %d that was final: every endpoint is behind, or serves another chain",
		head.Number, h.final)
}

// newest is the newest block in the warehouse.
func (h *Head) newest() chain.Ref {
	h.mu.Lock()
	defer h.mu.Unlock()

	return h.last
}

// keep runs write while nothing is rewound, provided that the block is still in the
// warehouse's chain; otherwise it gives ErrMoved.
func (h *Head) keep(ctx context.Context, ref chain.Ref, write func() error) error {
	h.mu.Lock()
	defer h.mu.Unlock()

	if ref.Number > h.last.Number || h.undo != nil {
		return fmt.Errorf("block %s: %w", ref, ErrMoved)
	}

	hash, known, err := h.Warehouse.BlockHash(ctx, ref.Number)
	if err != nil {
		return fmt.Errorf("read block %d of the warehouse: %w", ref.Number, err)
	}

	if known && hash != ref.Hash {
		return fmt.Errorf("block %s: %w", ref, ErrMoved)
	}

	return write()
}
