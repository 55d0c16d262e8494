package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Heads is where the chain was last seen. HeadTime is unix seconds; Safe and
// Finalized are 0 where the endpoint names none.
type Heads struct{ Head, HeadTime, Safe, Finalized uint64 }

// SetHeads stores where the chain was last seen.
func (s *Store) SetHeads(ctx context.Context, h Heads) error {
	version, err := s.tick(ctx)
	if err == nil {
		err = s.insert(ctx, "heads", []string{"id", "head", "head_time", "safe", "finalized", "version"},
			[]uint8{0}, []uint64{h.Head}, []int64{int64(h.HeadTime)}, []uint64{h.Safe}, []uint64{h.Finalized}, []uint64{version})
	}

	if err != nil {
		return fmt.Errorf("store the chain's head, block %d: %w", h.Head, err)
	}

	return nil
}

// Heads reads what [Store.SetHeads] stored; ok is false before the first time.
func (s *Store) Heads(ctx context.Context) (h Heads, ok bool, err error) {
	var at time.Time

	err = s.one(ctx, []any{&h.Head, &at, &h.Safe, &h.Finalized}, "SELECT head, head_time, safe, finalized FROM heads FINAL WHERE id = 0")
	if errors.Is(err, sql.ErrNoRows) {
		return Heads{}, false, nil
	}

	if err != nil {
		return Heads{}, false, fmt.Errorf("read the chain's heads: %w", err)
	}

	h.HeadTime = uint64(at.Unix())

	return h, true, nil
}
