package store

import (
	"context"
	"fmt"
	"strings"
)

// insert sends one block of rows, given by columns, in one statement. Each column is
// a slice that clickhouse-go takes whole, all of one length.
func (s *Store) insert(ctx context.Context, table string, names []string, columns ...any) error {
	batch, err := s.conn.PrepareBatch(ctx, "INSERT INTO "+table+" ("+strings.Join(names, ", ")+")")
	if err != nil {
		return s.secret.redact(err)
	}

	defer func() { _ = batch.Close() }() // the error of Send says more

	for i, values := range columns {
		if err := batch.Column(i).Append(values); err != nil {
			return fmt.Errorf("column %s of %s: %w", names[i], table, err)
		}
	}

	return s.secret.redact(batch.Send())
}

// repeated is a column of one value.
func repeated[T any](value T, n int) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = value
	}

	return out
}
