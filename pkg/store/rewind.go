package store

import (
	"context"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/google/uuid"
)

const (
	reasonReorg = "reorg"
	reasonStart = "start"
)

// Rewind undoes every block above the given one, after a reorg. It is safe to repeat,
// and to go on with after it was interrupted. Only the process that writes blocks
// above the finalized one may rewind.
func (s *Store) Rewind(ctx context.Context, block uint64) error {
	if err := s.rewind(ctx, block, reasonReorg); err != nil {
		return fmt.Errorf("rewind to block %d: %w", block, advise(err))
	}

	return nil
}

// RewindAboveCursor undoes what a crash left above the greatest covered block. It
// comes first at every start of the process that follows the head.
func (s *Store) RewindAboveCursor(ctx context.Context) error {
	// Nothing is covered: no block has logs of the contracts, block 0 included.
	cursor, _, err := s.Cursor(ctx)
	if err != nil {
		return err
	}

	if err := s.rewind(ctx, cursor, reasonStart); err != nil {
		return fmt.Errorf("rewind to the cursor, block %d: %w", cursor, advise(err))
	}

	if err := s.queueUncovered(ctx, cursor); err != nil {
		return err
	}

	if err := s.mergeCoverage(ctx); err != nil {
		return err
	}

	if _, err := s.requeueRewritten(ctx); err != nil {
		return err
	}

	return s.done(ctx, afterMergeCoverage)
}

// rewind does the steps in the order that docs/ARCHITECTURE.md gives.
func (s *Store) rewind(ctx context.Context, block uint64, reason string) error {
	if err := s.held(); err != nil {
		return err
	}

	if err := s.endHeadQueries(ctx); err != nil {
		return err
	}

	rows, greatest, err := s.above(ctx, block)
	if err != nil {
		return err
	}

	if rows == 0 {
		return nil
	}

	version, err := s.version(ctx)
	if err != nil {
		return err
	}

	version = s.clock.next(max(version, greatest))

	if err := s.beginRewind(ctx, block, reason, version); err != nil {
		return err
	}

	if err := s.done(ctx, afterRewindBegin); err != nil {
		return err
	}

	for _, t := range []struct {
		table string
		at    step
	}{
		{"events", afterRewindEvents},
		{"ledger", afterRewindLedger},
		{"curve", afterRewindCurve},
		{"params", afterRewindParams},
		{"blocks", afterRewindBlocks},
	} {
		if err := s.bury(ctx, t.table, block, version); err != nil {
			return err
		}

		if err := s.done(ctx, t.at); err != nil {
			return err
		}
	}

	err = s.exec(ctx, `INSERT INTO rollup_queue (hour)
		SELECT toStartOfHour(block_time) AS hour FROM events WHERE block_number > ? GROUP BY hour
		UNION DISTINCT
		SELECT toStartOfHour(block_time) AS hour FROM ledger WHERE block_number > ? GROUP BY hour`, block, block)
	if err != nil {
		return fmt.Errorf("queue the hours for the rollups: %w", err)
	}

	return s.done(ctx, afterRewindHours)
}

// bury writes a tombstone for every row above the block that is alive. Rows that a
// tombstone's view touches as well are buried twice, which changes nothing. A place
// that has rows in two months, because its block was mined again, gets a tombstone in
// each, so that it does not matter whether a query merges across partitions.
func (s *Store) bury(ctx context.Context, table string, block, version uint64) error {
	replaced := "? AS version, 1 AS is_deleted"
	if table == "blocks" {
		// A tombstone must not expire before the row it buries.
		replaced += ", now() AS written_at"
	}

	err := s.exec(ctx, "INSERT INTO "+table+" SELECT * REPLACE("+replaced+") FROM "+table+
		" FINAL WHERE block_number > ? SETTINGS do_not_merge_across_partitions_select_final = 1", version, block)
	if err != nil {
		return fmt.Errorf("write tombstones into %s: %w", table, err)
	}

	return nil
}

// above counts the rows above the block, alive or dead, and finds their greatest
// version, which the tombstones must beat.
func (s *Store) above(ctx context.Context, block uint64) (rows, version uint64, err error) {
	for _, table := range []string{"events", "ledger", "curve", "params", "blocks"} {
		var n, v uint64

		err := s.one(ctx, []any{&n, &v}, "SELECT count(), max(version) FROM "+table+" WHERE block_number > ?", block)
		if err != nil {
			return 0, 0, fmt.Errorf("look into %s above block %d: %w", table, block, err)
		}

		rows, version = rows+n, max(version, v)
	}

	var n, v uint64

	err = s.one(ctx, []any{&n, &v}, "SELECT count(), max(version) FROM coverage WHERE to_block > ?", block)
	if err != nil {
		return 0, 0, fmt.Errorf("look into coverage above block %d: %w", block, err)
	}

	return rows + n, max(version, v), nil
}

func (s *Store) beginRewind(ctx context.Context, block uint64, reason string, version uint64) error {
	cursor, _, err := s.Cursor(ctx)
	if err != nil {
		return err
	}

	err = s.insert(ctx, "rewinds", []string{"block_number", "from_block", "reason", "version"},
		[]uint64{block}, []uint64{max(cursor, block)}, []string{reason}, []uint64{version})
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}

	return nil
}

// named gives an insert of blocks near the head a query id, so that a rewind can end
// it if it is still running.
func (s *Store) named(ctx context.Context, nearHead bool) context.Context {
	if !nearHead {
		return ctx
	}

	return clickhouse.Context(ctx, clickhouse.WithQueryID(s.headQueryPrefix()+uuid.NewString()))
}

func (s *Store) headQueryPrefix() string { return "diemhouse/head/" + s.database + "/" }

// endHeadQueries ends inserts near the head that a client gave up on or died over:
// the server may still be at work on them, and rows that land after the tombstones
// were written would stay.
func (s *Store) endHeadQueries(ctx context.Context) error {
	err := s.exec(ctx, "KILL QUERY WHERE startsWith(query_id, ?) SYNC", s.headQueryPrefix())
	if err != nil {
		return fmt.Errorf("end the inserts that are still running: %w", err)
	}

	return nil
}
