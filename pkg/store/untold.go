package store

import (
	"context"
	"fmt"
)

// Untold gives the blocks up to and including a final one in which the curve or a
// setting changed, as the contract says, and the block's last event of it, if there is
// one, tells another value or none: there was none (what a contract begins with, what an
// upgrade sets), or it was lost.
func (s *Store) Untold(ctx context.Context, final uint64) (blocks []uint64, err error) {
	var block uint64

	err = s.each(ctx, func(read func(...any) error) error {
		if err := read(&block); err != nil {
			return err
		}

		blocks = append(blocks, block)

		return nil
	}, `SELECT DISTINCT block_number FROM (
			SELECT name::String AS name, block_number, log_index, learned, sipHash128(value) AS value FROM params FINAL
			UNION ALL SELECT 'curve' AS name, block_number, log_index, learned, sipHash128(bounds, rates) AS value FROM curve FINAL)
		WHERE block_number <= ? GROUP BY name, block_number
		HAVING countIf(learned = ?) > 0
			AND (countIf(learned = ?) = 0 OR argMaxIf(value, log_index, learned = ?) != anyIf(value, learned = ?))
		ORDER BY block_number`,
		final, LearnedBisected, LearnedEvent, LearnedEvent, LearnedBisected)
	if err != nil {
		return nil, fmt.Errorf("read the changes up to block %d that no event tells of: %w", final, err)
	}

	return blocks, nil
}
