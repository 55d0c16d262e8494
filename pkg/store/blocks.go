package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
)

// Block is a block near the head. Time is unix seconds.
type Block struct {
	Number           uint64
	Hash, ParentHash common.Hash
	Time             uint64
}

func (s *Store) insertBlocks(ctx context.Context, version uint64, blocks []Block) error {
	n := len(blocks)
	if n == 0 {
		return nil
	}

	var (
		number = make([]uint64, n)
		hash   = make([][]byte, n)
		parent = make([][]byte, n)
		time   = make([]int64, n)
	)

	for i := range blocks {
		b := &blocks[i]
		number[i], time[i] = b.Number, int64(b.Time)
		hash[i], parent[i] = b.Hash[:], b.ParentHash[:]
	}

	err := s.insert(ctx, "blocks", []string{"block_number", "block_hash", "parent_hash", "block_time", "version"},
		number, hash, parent, time, repeated(version, n))
	if err != nil {
		return fmt.Errorf("insert blocks %d to %d: %w", blocks[0].Number, blocks[n-1].Number, err)
	}

	return nil
}

// BlockHash is the stored hash of a block near the head; ok is false where none is
// kept.
func (s *Store) BlockHash(ctx context.Context, number uint64) (hash common.Hash, ok bool, err error) {
	var raw string

	err = s.one(ctx, []any{&raw}, "SELECT block_hash FROM blocks FINAL WHERE block_number = ?", number)
	if errors.Is(err, sql.ErrNoRows) {
		return common.Hash{}, false, nil
	}

	if err != nil {
		return common.Hash{}, false, fmt.Errorf("read the hash of block %d: %w", number, err)
	}

	return common.BytesToHash([]byte(raw)), true, nil
}
