package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/ethereum/go-ethereum/common"

	"diemhouse/pkg/decode"
)

const (
	metaVerifiedBlock = "verified_block"
	metaVerifiedMark  = "verified_mark"
)

// Verified is how far the warehouse was proved complete: the verifier's watermark.
type Verified struct {
	// Block is the last block of the proved part, Hash its hash: the parent of what is
	// proved next.
	Block uint64
	Hash  common.Hash
	// Level says how: bloom or receipts.
	Level string
}

// Verified gives the watermark; ok is false where nothing is proved.
func (s *Store) Verified(ctx context.Context) (v Verified, ok bool, err error) {
	have, err := s.meta(ctx)
	if err != nil {
		return Verified{}, false, err
	}

	values := have[metaVerifiedMark]
	if len(values) == 0 || values[0] == "" {
		return Verified{}, false, nil
	}

	const parts = 3

	mark := strings.Fields(values[0])
	if len(mark) != parts {
		return Verified{}, false, fmt.Errorf("read the verifier's mark: %q is not block, hash and level", values[0])
	}

	v.Block, err = strconv.ParseUint(mark[0], 10, 64)
	if err != nil {
		return Verified{}, false, fmt.Errorf("read the verifier's mark: %w", err)
	}

	v.Hash, v.Level = common.HexToHash(mark[1]), mark[2]

	return v, true, nil
}

// SetVerified moves the watermark.
func (s *Store) SetVerified(ctx context.Context, v Verified) error {
	mark := fmt.Sprintf("%d %s %s", v.Block, v.Hash.Hex(), v.Level)
	if err := s.putMeta(ctx, metaVerifiedMark, mark); err != nil {
		return err
	}

	return s.putMeta(ctx, metaVerifiedBlock, strconv.FormatUint(v.Block, 10))
}

// HeldBlock is what the warehouse holds of one block.
type HeldBlock struct {
	Number uint64
	Hash   common.Hash
	// Indexes are the log indexes of its events, ascending.
	Indexes []uint32
}

// Held gives the blocks of a range that have events of the filter, in order.
func (s *Store) Held(ctx context.Context, filter string, r Range) ([]HeldBlock, error) {
	var held []HeldBlock

	err := s.each(ctx, func(read func(...any) error) error {
		var (
			block HeldBlock
			hash  string
		)

		if err := read(&block.Number, &hash, &block.Indexes); err != nil {
			return err
		}

		block.Hash = common.BytesToHash([]byte(hash))
		held = append(held, block)

		return nil
	}, `SELECT block_number, any(block_hash), arraySort(groupArray(log_index)) FROM events FINAL
		WHERE block_number BETWEEN ? AND ? AND (? OR kind != ?)
		GROUP BY block_number ORDER BY block_number`,
		r.From, r.To, filter == FilterAll, string(decode.KindVVVTransfer))
	if err != nil {
		return nil, fmt.Errorf("read which logs blocks %s hold: %w", r, err)
	}

	return held, nil
}
