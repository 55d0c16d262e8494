package store

import (
	"context"
	"fmt"
)

// queueUncovered sums up the hours of what lies in blocks that are not covered. A
// process that was killed after it wrote the events of a range, and before it named
// their hours, left them out of the rollups.
func (s *Store) queueUncovered(ctx context.Context, cursor uint64) error {
	missing, err := s.Gaps(ctx, FilterCore, 0, cursor)
	if err != nil {
		return err
	}

	for _, r := range missing {
		err := s.exec(ctx, `INSERT INTO rollup_queue (hour)
			SELECT toStartOfHour(block_time) AS hour FROM events WHERE block_number BETWEEN ? AND ? GROUP BY hour`, r.From, r.To)
		if err != nil {
			return fmt.Errorf("queue the hours of the uncovered blocks %s for the rollups: %w", r, err)
		}
	}

	return nil
}
