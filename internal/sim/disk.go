package sim

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
)

// filled are the tables that the disk can be full for: of each step of a write.
func filled() []string {
	return []string{"events", "ledger", "blocks", "rollup_queue", "rollup_hourly", "coverage", "rewinds", "heads"}
}

// FillDisk makes every insert into the table fail as on a full disk: ClickHouse wants
// more space free than there is, and refuses the insert with NOT_ENOUGH_SPACE.
func (w *World) FillDisk(ctx context.Context, table string) error {
	return w.alter(ctx, table, "MODIFY SETTING min_free_disk_bytes_to_perform_insert = 1000000000000000000")
}

// FreeDisk takes that back.
func (w *World) FreeDisk(ctx context.Context, table string) error {
	return w.alter(ctx, table, "RESET SETTING min_free_disk_bytes_to_perform_insert")
}

func (w *World) alter(ctx context.Context, table, how string) error {
	return w.again(ctx, func() error {
		s, err := w.warehouse(ctx)
		if err != nil {
			return err
		}

		if err := s.Conn().Exec(ctx, "ALTER TABLE "+table+" "+how); err != nil {
			return fmt.Errorf("alter %s: %w", table, err)
		}

		return nil
	})
}

// diskFull fills the disk for a table while the daemon works, and frees it.
func diskFull(ctx context.Context, w *World, r *rand.Rand) (string, error) {
	table := pick(r, filled())

	if !w.migrated(ctx) {
		return "not yet", nil
	}

	if err := w.FillDisk(ctx, table); err != nil {
		return table, err
	}

	_, mined := mine(ctx, w, r)
	span, err := work(ctx, w, r)

	return table + " for " + span, errors.Join(mined, err, w.FreeDisk(ctx, table))
}

// migrated reports whether the warehouse has its tables.
func (w *World) migrated(ctx context.Context) bool {
	s, err := w.warehouse(ctx)
	if err != nil {
		return false
	}

	version, err := s.Version(ctx)

	return err == nil && version > 0 && w.missingTables(ctx) == nil
}

func (w *World) missingTables(ctx context.Context) error {
	for _, table := range filled() {
		if err := w.direct.Conn().Exec(ctx, "SELECT 1 FROM "+table+" LIMIT 0"); err != nil {
			return err
		}
	}

	return nil
}
