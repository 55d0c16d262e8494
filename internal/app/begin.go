package app

import (
	"context"

	"diemhouse/pkg/chain"
	"diemhouse/pkg/store"
)

// Begin notes what a bounded job is about, so that status can say it where no daemon
// ever ran: the first block, unless an earlier one is known, and where the chain is.
// Where a daemon has followed the head, heads are the daemon's to tell: its finalized
// block is one that it compared with its own.
func (w *Warehouse) Begin(ctx context.Context, from uint64, heads chain.Heads) error {
	first, ok, err := w.FirstBlock(ctx)
	if err != nil {
		return err
	}

	if !ok || from < first {
		if err := w.SetFirstBlock(ctx, from); err != nil {
			return err
		}
	}

	followed, err := w.followed(ctx)
	if err != nil || followed {
		return err
	}

	seen := store.Heads{Head: heads.Head.Number.Uint64(), HeadTime: heads.Head.Time}

	if heads.Safe != nil {
		seen.Safe = heads.Safe.Number.Uint64()
	}

	if heads.Finalized != nil {
		seen.Finalized = heads.Finalized.Number.Uint64()
	}

	return w.SetHeads(ctx, seen)
}

// followed reports whether the newest covered block came from the head loop.
func (w *Warehouse) followed(ctx context.Context) (bool, error) {
	cursor, ok, err := w.Cursor(ctx)
	if err != nil || !ok {
		return false, err
	}

	_, followed, err := w.BlockHash(ctx, cursor)

	return followed, err
}
