package follow

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/ethereum/go-ethereum/common"

	"diemhouse/pkg/chain"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
)

// Defaults of [Head].
const (
	// DefaultHeadBatch is how many blocks one write of the head loop may hold while it
	// catches up. At the head itself every block is written alone.
	DefaultHeadBatch = 200
	// AssumedDepth is how far below the head a block is taken as settled on a chain
	// that names no finalized block. Base always names one.
	AssumedDepth = 64
	// ShrinkLooks is how many looks in a row must find the chain shorter, at every
	// endpoint, before blocks are undone for it: one look may be a lagging backend.
	ShrinkLooks = 3
)

// HeadSource reads the newest blocks. [*chain.Pool] is one.
type HeadSource interface {
	chain.HeaderSource
	Heads(ctx context.Context) (chain.Heads, error)
	LogsByBlock(ctx context.Context, h chain.Header, f chain.FilterSet) (chain.BlockLogs, error)
	Standing(ctx context.Context, ref chain.Ref) (chain.Standing, error)
	Wake(ctx context.Context) <-chan struct{}
}

// HeadWarehouse is what the head loop needs beyond writing. [*store.Store] is one.
type HeadWarehouse interface {
	Writer
	// Write is Stage and Cover in one. It is safe to repeat.
	Write(ctx context.Context, b store.Batch) error
	// Rewind undoes every block above the given one. It is safe to repeat.
	Rewind(ctx context.Context, block uint64) error
	// RewindAboveCursor undoes what a crash left above the greatest covered block.
	RewindAboveCursor(ctx context.Context) error
	// Cursor is the greatest covered block; ok is false in an empty warehouse.
	Cursor(ctx context.Context) (block uint64, ok bool, err error)
	// BlockHash is the stored hash of a block that was followed.
	BlockHash(ctx context.Context, number uint64) (hash common.Hash, ok bool, err error)
	// Heads is what SetHeads stored last; ok is false before that.
	Heads(ctx context.Context) (h store.Heads, ok bool, err error)
	// SetHeads stores where the chain was last seen.
	SetHeads(ctx context.Context, h store.Heads) error
}

// Head follows the newest blocks. One warehouse has one head loop.
type Head struct {
	Source    HeadSource
	Decoder   *decode.Decoder
	Warehouse HeadWarehouse
	Filter    chain.FilterSet
	// History fills the settled blocks between the cursor and where the loop starts.
	History *History
	// Batch bounds the blocks of one write. Zero: DefaultHeadBatch.
	Batch int
	// Observer hears of progress. Nil: nobody.
	Observer Observer

	// noticed is called when something in the logs, or a reorg, makes it worth to
	// read the contracts' parameters. It must return at once. May be nil.
	noticed func()

	since  uint64 // the first block of the coverage row this run extends
	shrunk int    // looks in a row that found the chain shorter than last
	// final is the newest block known to be both final and the warehouse's own, or
	// the settled one that the loop began with. Nothing at or below it is undone.
	final uint64

	mu   sync.Mutex // guards what follows, and holds rewinds off while [Head.keep] writes
	last chain.Ref  // the newest block in the warehouse
	// undo is where to rewind to before anything else: a write or a rewind failed and
	// may have been done in part. Nil: nothing failed.
	undo *chain.Ref
}

// Run follows the head until ctx ends or something happens that no retry mends.
// Start must have succeeded.
func (h *Head) Run(ctx context.Context) error {
	wake := h.Source.Wake(ctx)
	pause := backoff.NewExponentialBackOff()

	for {
		var waiting <-chan time.Time

		switch err := h.Advance(ctx); {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
			pause.Reset()
		case permanent(err):
			return err
		default:
			h.observer().Stumbled(err)

			waiting = time.After(pause.NextBackOff())
		}

		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-waiting:
		case _, ok := <-wake:
			if !ok {
				return ctx.Err()
			}
		}
	}
}

// permanent reports whether going on could only repeat the error or do harm. An
// endpoint that refuses us for now is neither: keys and plans get mended.
func permanent(err error) bool {
	var settled *SettledError

	return errors.As(err, &settled) || errors.Is(err, decode.ErrOrder) ||
		errors.Is(err, store.ErrLeaseLost) || chain.OnlyKinds(err, chain.WrongChain)
}

// Advance looks once and brings the warehouse to the chain's head: it undoes what a
// reorg abandoned and writes the new blocks.
func (h *Head) Advance(ctx context.Context) error {
	if h.undo != nil {
		if err := h.rewind(ctx, *h.undo); err != nil {
			return err
		}
	}

	heads, err := h.Source.Heads(ctx)
	if err != nil {
		return fmt.Errorf("read the chain's heads: %w", err)
	}

	h.observer().Saw(heads, h.last.Number)

	// A long way to go: say so before it is gone.
	if heads.Head.Number.Uint64() > h.last.Number+uint64(h.batch()) {
		if err := h.note(ctx, heads); err != nil {
			return err
		}
	}

	err = h.reach(ctx, heads)

	return errors.Join(err, h.note(ctx, heads))
}

// note stores where the chain is. The finalized block that it names is one that the
// warehouse was found to agree with.
func (h *Head) note(ctx context.Context, heads chain.Heads) error {
	out := store.Heads{Head: heads.Head.Number.Uint64(), HeadTime: heads.Head.Time}

	if heads.Safe != nil {
		out.Safe = heads.Safe.Number.Uint64()
	}

	if heads.Finalized != nil {
		out.Finalized = h.final
	}

	if err := h.Warehouse.SetHeads(ctx, out); err != nil {
		return fmt.Errorf("store the chain's heads: %w", err)
	}

	return nil
}

// reach brings the warehouse to the given head. A reorg is undone and the new branch
// read in the same call.
func (h *Head) reach(ctx context.Context, heads chain.Heads) error {
	const branches = 3 // more reorgs than that within one look wait for the next

	for range branches {
		if err := h.skipSettled(ctx, heads); err != nil {
			return err
		}

		err := h.walk(ctx, heads)

		var (
			reorg  *chain.ReorgError
			behind *chain.BehindError
		)

		switch {
		case errors.As(err, &reorg):
			if err := h.reorganize(ctx, h.last.Number); err != nil {
				return err
			}

			continue
		case errors.As(err, &behind):
			return h.shrink(ctx, heads)
		case err != nil:
			return err
		}

		h.shrunk = 0

		return h.finalize(ctx, heads)
	}

	return nil
}

// finalize raises the floor of rewinds to the finalized block, once the warehouse is
// seen to hold just that block.
func (h *Head) finalize(ctx context.Context, heads chain.Heads) error {
	if heads.Finalized == nil {
		return nil
	}

	final := heads.Finalized.Ref()
	if final.Number <= h.final || final.Number > h.last.Number {
		return nil
	}

	hash, known, err := h.Warehouse.BlockHash(ctx, final.Number)
	if err != nil {
		return fmt.Errorf("read block %d of the warehouse: %w", final.Number, err)
	}

	if known && hash != final.Hash {
		return h.reorganize(ctx, h.last.Number)
	}

	h.final = final.Number

	return nil
}

// skipSettled fills by ranges what became settled while the loop was away, since
// reading thousands of blocks one by one is slow. History does it with more care
// for the endpoint, and the loop goes on above.
func (h *Head) skipSettled(ctx context.Context, heads chain.Heads) error {
	if heads.Finalized == nil || heads.Finalized.Number.Uint64() <= h.last.Number+uint64(h.batch()) {
		return nil
	}

	final := heads.Finalized.Ref()

	// Are the blocks that were followed still part of the chain?
	known, err := h.Source.HeaderByNumber(ctx, h.last.Number)
	if err != nil {
		return fmt.Errorf("read block %d again: %w", h.last.Number, err)
	}

	if known.Hash != h.last.Hash {
		if err := h.reorganize(ctx, h.last.Number); err != nil {
			return err
		}
	}

	if err := h.History.Fill(ctx, chain.Range{From: h.last.Number + 1, To: final.Number}); err != nil {
		return err
	}

	return h.anchor(ctx, *heads.Finalized)
}

// anchor makes a settled block the one that the loop goes on from.
func (h *Head) anchor(ctx context.Context, base chain.Header) error {
	batch := store.Batch{Filter: h.Filter.Name(), Blocks: []store.Block{blockOf(base)}}

	err := persist(ctx, fmt.Sprintf("write block %s to follow from", base.Ref()), func() error {
		return h.Warehouse.Write(ctx, batch)
	})
	if err != nil {
		return err
	}

	h.moveTo(base.Ref())
	h.since, h.final = h.last.Number+1, h.last.Number

	return nil
}

func (h *Head) observer() Observer {
	if h.Observer == nil {
		return Silent{}
	}

	return h.Observer
}

func (h *Head) batch() int {
	if h.Batch <= 0 {
		return DefaultHeadBatch
	}

	return h.Batch
}

func (h *Head) notice() {
	if h.noticed != nil {
		h.noticed()
	}
}

func (h *Head) moveTo(ref chain.Ref) {
	h.mu.Lock()
	defer h.mu.Unlock()

	h.last = ref
}
