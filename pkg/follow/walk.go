package follow

import (
	"context"
	"errors"
	"fmt"

	"diemhouse/pkg/chain"
	"diemhouse/pkg/store"
)

// blocks are whole blocks on their way to the warehouse.
type blocks struct {
	store.Batch

	unknown int
	notable bool
}

// walk writes the blocks above last up to the head. What was read before an error
// is written first.
func (h *Head) walk(ctx context.Context, heads chain.Heads) error {
	next := blocks{Batch: store.Batch{Filter: h.Filter.Name()}}
	ahead := newAhead(ctx, h.Source, h.Filter, h.last.Number+1, heads.Head.Number.Uint64())

	defer ahead.stop()

	err := chain.Walk(ctx, ahead, h.last, heads.Head.Number.Uint64(), func(header chain.Header) error {
		logs, err := ahead.logs(header)
		if err != nil {
			return fmt.Errorf("read the logs of block %s: %w", header.Ref(), err)
		}

		decoded, err := decodeLogs(h.Decoder, next.Events, logs.Logs)
		if err != nil {
			return fmt.Errorf("decode block %s: %w", header.Ref(), err)
		}

		next.Events = decoded.events
		next.Blocks = append(next.Blocks, blockOf(header))
		next.unknown += decoded.unknown
		next.notable = next.notable || decoded.notable

		if len(next.Blocks) < h.batch() {
			return nil
		}

		full := next
		next = blocks{Batch: store.Batch{Filter: h.Filter.Name()}}

		return h.write(ctx, full)
	})

	return errors.Join(err, h.write(ctx, next))
}

// write puts the blocks into the warehouse. After an error it may hold them in part,
// and so it is rewound before anything else is written.
func (h *Head) write(ctx context.Context, b blocks) error {
	if len(b.Blocks) == 0 || h.undo != nil {
		return nil
	}

	tip := b.Blocks[len(b.Blocks)-1]
	b.Covered = []store.Range{{From: h.since, To: tip.Number}}

	what := fmt.Sprintf("write blocks %d to %d", b.Blocks[0].Number, tip.Number)
	if err := persist(ctx, what, func() error { return h.Warehouse.Write(ctx, b.Batch) }); err != nil {
		h.mu.Lock()
		defer h.mu.Unlock()

		to := h.last
		h.undo = &to

		return err
	}

	h.moveTo(chain.Ref{Number: tip.Number, Hash: tip.Hash})
	h.observer().Advanced(tip.Number, tip.Time, len(b.Events), b.unknown)

	if b.notable {
		h.notice()
	}

	return nil
}
