package store

import (
	"context"
	"fmt"
	"strconv"
)

// FirstBlock is the block from which on the warehouse is meant to be complete; ok is
// false where nobody has said.
func (s *Store) FirstBlock(ctx context.Context) (block uint64, ok bool, err error) {
	have, err := s.meta(ctx)
	if err != nil {
		return 0, false, err
	}

	values := have[metaFirstBlock]
	if len(values) == 0 {
		return 0, false, nil
	}

	block, err = strconv.ParseUint(values[0], 10, 64)
	if err != nil {
		return 0, false, fmt.Errorf("read the first block of the warehouse: %w", err)
	}

	return block, true, nil
}
