package follow

import (
	"context"
	"fmt"

	"diemhouse/pkg/chain"
)

// longestUnnamed is how far below the newest block an ancestor is looked for at the
// start, where the chain has never named a finalized block.
const longestUnnamed = 4096

// Start undoes what a crash left above the cursor, and what a reorg abandoned while
// nobody looked, and finds the block to follow from. It returns the settled block up
// to which history is to be filled.
func (h *Head) Start(ctx context.Context) (settled uint64, err error) {
	err = persist(ctx, "rewind above the cursor", func() error { return h.Warehouse.RewindAboveCursor(ctx) })
	if err != nil {
		return 0, err
	}

	heads, err := h.Source.Heads(ctx)
	if err != nil {
		return 0, fmt.Errorf("read the chain's heads: %w", err)
	}

	base, err := Settled(ctx, h.Source, heads)
	if err != nil {
		return 0, err
	}

	if err := h.resume(ctx, heads, base); err != nil {
		return 0, err
	}

	// What the warehouse holds up to here is final, or above the settled block.
	if h.last.Number <= base.Number.Uint64() {
		if err := h.anchor(ctx, base); err != nil {
			return 0, err
		}
	}

	return base.Number.Uint64(), nil
}

// Settled is the newest block that nothing can change any more: the finalized one, or
// the one AssumedDepth below the head on a chain that names none.
func Settled(ctx context.Context, source chain.HeaderSource, heads chain.Heads) (chain.Header, error) {
	if heads.Finalized != nil {
		return *heads.Finalized, nil
	}

	number := heads.Head.Number.Uint64()
	number -= min(number, AssumedDepth)

	header, err := source.HeaderByNumber(ctx, number)
	if err != nil {
		return chain.Header{}, fmt.Errorf("read block %d, taken as settled where none is finalized: %w", number, err)
	}

	return header, nil
}

// resume makes the warehouse's newest block the last one, where it is above base and
// still in the chain. What is not in the chain any more is undone.
func (h *Head) resume(ctx context.Context, heads chain.Heads, base chain.Header) error {
	cursor, ok, err := h.Warehouse.Cursor(ctx)
	if err != nil {
		return fmt.Errorf("read the cursor: %w", err)
	}

	if !ok {
		return nil
	}

	hash, followed, err := h.Warehouse.BlockHash(ctx, cursor)
	if err != nil {
		return fmt.Errorf("read block %d of the warehouse: %w", cursor, err)
	}

	h.moveTo(chain.Ref{Number: cursor, Hash: hash})
	h.since = cursor + 1

	if !followed {
		// History covered it and keeps no hashes. At or below base it is as final as
		// base; above, it is read again.
		if cursor <= base.Number.Uint64() {
			return nil
		}

		return h.rewind(ctx, base.Ref())
	}

	if h.final, err = h.floor(ctx, cursor, base.Number.Uint64()); err != nil {
		return err
	}

	// A head below the cursor may be a lagging backend: Advance finds out.
	if cursor <= heads.Head.Number.Uint64() {
		if err := h.reorganize(ctx, cursor); err != nil {
			return err
		}
	}

	return h.closeGap(ctx, base)
}

// floor is the newest block that was final when the warehouse was last written.
func (h *Head) floor(ctx context.Context, cursor, base uint64) (uint64, error) {
	seen, ok, err := h.Warehouse.Heads(ctx)
	if err != nil {
		return 0, fmt.Errorf("read the heads that were stored last: %w", err)
	}

	if !ok || seen.Finalized == 0 {
		return min(base, cursor-min(cursor, longestUnnamed)), nil
	}

	return min(seen.Finalized, cursor), nil
}

// closeGap makes sure that everything from the settled block to the last one is
// covered, since the loop goes on above it: where it is not, it is read again. An
// endpoint that is behind may call an older block settled than the warehouse has.
func (h *Head) closeGap(ctx context.Context, base chain.Header) error {
	floor := max(base.Number.Uint64(), h.final)
	if h.last.Number <= floor {
		return nil
	}

	gaps, err := h.Warehouse.Gaps(ctx, h.Filter.Name(), floor+1, h.last.Number)
	if err != nil {
		return fmt.Errorf("find gaps above block %d: %w", floor, err)
	}

	if len(gaps) == 0 {
		return nil
	}

	settled, err := h.Source.HeaderByNumber(ctx, floor)
	if err != nil {
		return fmt.Errorf("read block %d, above which something is missing: %w", floor, err)
	}

	return h.rewind(ctx, settled.Ref())
}
