package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
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

	events map[Place]decode.Event
}

// Changed gives the log indexes of events that the block holds with other contents
// than the given ones, which are all that the chain has there.
func (b *HeldBlock) Changed(events []decode.Event) []uint32 {
	places := compare(b.events, events).Changed
	changed := make([]uint32, len(places))

	for i, place := range places {
		changed[i] = place.LogIndex
	}

	return changed
}

// Held gives the blocks of a range that have events of the filter, in order. It holds
// all their events.
func (s *Store) Held(ctx context.Context, filter string, r Range) ([]HeldBlock, error) {
	have, err := s.contents(ctx, filter, r)
	if err != nil {
		return nil, fmt.Errorf("read which logs blocks %s hold: %w", r, err)
	}

	var held []HeldBlock

	for _, place := range slices.SortedFunc(maps.Keys(have), comparePlaces) {
		e := have[place]

		if len(held) == 0 || held[len(held)-1].Number != place.Block {
			held = append(held, HeldBlock{Number: place.Block, Hash: e.BlockHash, events: make(map[Place]decode.Event)})
		}

		block := &held[len(held)-1]
		block.Indexes = append(block.Indexes, place.LogIndex)
		block.events[place] = e
	}

	return held, nil
}
