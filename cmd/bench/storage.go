package main

import (
	"context"
	"errors"
	"fmt"

	"diemhouse/pkg/store"
)

// stored is how much disk a table or a column takes.
type stored struct {
	Name string
	Rows uint64
	// Bytes on disk.
	Bytes uint64
}

// storage looks at the warehouse that history has filled.
func (r *run) storage(ctx context.Context) (err error) {
	s, err := store.Open(ctx, store.Config{DSN: r.full})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()

	// As a warehouse is that has been left alone for a while.
	for _, table := range []string{"events", "ledger", "rollup_hourly", "rollup_queue"} {
		if err := s.Conn().Exec(ctx, "OPTIMIZE TABLE "+table+" FINAL"); err != nil {
			return fmt.Errorf("merge %s: %w", table, err)
		}
	}

	r.report.Tables, err = sizes(ctx, s, `SELECT table AS name, sum(rows) AS rows, sum(bytes_on_disk) AS bytes FROM system.parts
		WHERE active AND database = currentDatabase() GROUP BY table ORDER BY bytes DESC`)
	if err != nil {
		return err
	}

	r.report.Columns, err = sizes(ctx, s, `SELECT concat(table, '.', column) AS name, sum(rows) AS rows, sum(column_bytes_on_disk) AS bytes
		FROM system.parts_columns WHERE active AND database = currentDatabase() AND table IN ('events', 'ledger')
		GROUP BY table, column ORDER BY bytes DESC LIMIT 14`)
	r.sayf("storage: %.1f bytes an event", r.report.PerEvent(r.report.Stored()))

	return err
}

func sizes(ctx context.Context, s *store.Store, query string) (all []stored, err error) {
	rows, err := s.Conn().Query(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("read how much is stored: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()

	for rows.Next() {
		var one stored
		if err := rows.Scan(&one.Name, &one.Rows, &one.Bytes); err != nil {
			return nil, fmt.Errorf("read how much is stored: %w", err)
		}

		all = append(all, one)
	}

	return all, rows.Err()
}
