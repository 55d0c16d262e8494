package store

import (
	"context"
	"fmt"
	"strconv"
)

// beginRewrite notes the version from which on rows of blocks that count as covered
// are written again. Were the process killed before it has told the rollups, nothing
// else would: what is not covered is read again, but this is.
func (s *Store) beginRewrite(ctx context.Context) error {
	left, err := s.requeueRewritten(ctx)
	if err != nil || left {
		return err
	}

	version, err := s.tick(ctx)
	if err != nil {
		return err
	}

	return s.putMeta(ctx, metaRewriting, strconv.FormatUint(version, 10))
}

// endRewrite says that the rollups know all.
func (s *Store) endRewrite(ctx context.Context) error { return s.putMeta(ctx, metaRewriting, "") }

// requeueRewritten gives the rollups the hours of what a rewrite has written that did
// not come to its end. The next rewrite and every start of the daemon do.
func (s *Store) requeueRewritten(ctx context.Context) (left bool, err error) {
	have, err := s.meta(ctx)
	if err != nil {
		return false, err
	}

	values := have[metaRewriting]
	if len(values) == 0 || values[0] == "" {
		return false, nil
	}

	since, err := strconv.ParseUint(values[0], 10, 64)
	if err != nil {
		return false, fmt.Errorf("read the mark of an unfinished rewrite: %w", err)
	}

	err = s.exec(ctx, `INSERT INTO rollup_queue (hour)
		SELECT DISTINCT toStartOfHour(block_time) FROM events WHERE version >= ?`, since)
	if err != nil {
		return false, fmt.Errorf("queue the hours of an unfinished rewrite: %w", err)
	}

	return true, nil
}
