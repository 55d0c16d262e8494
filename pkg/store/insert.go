package store

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// insert sends rows, given by columns, in one statement. Each column is a slice that
// clickhouse-go takes whole, all of one length.
func (s *Store) insert(ctx context.Context, table string, names []string, columns ...any) error {
	return s.insertParts(ctx, table, names, slices.Values([][]any{columns}))
}

// insertParts sends rows in one statement that are too many to be held at once as
// columns, as they come; it says nothing to the server when none come. The server puts
// the parts together again, and so makes one insert of them; over HTTP clickhouse-go
// does, and holds them all.
func (s *Store) insertParts(ctx context.Context, table string, names []string, parts iter.Seq[[]any]) error {
	next, stop := iter.Pull(parts)
	defer stop()

	columns, more := next()
	if !more {
		return ctx.Err()
	}

	batch, err := s.conn.PrepareBatch(ctx, "INSERT INTO "+table+" ("+strings.Join(names, ", ")+")")
	if err != nil {
		return s.secret.redact(err)
	}
	defer func() { _ = batch.Close() }() // the error of Send says more

	for {
		for i, values := range columns {
			if err := batch.Column(i).Append(values); err != nil {
				return fmt.Errorf("column %s of %s: %w", names[i], table, err)
			}
		}

		if columns, more = next(); !more {
			break
		}

		// What is there is sent before more is added, so that Send has the last part.
		if err := batch.Flush(); err != nil {
			return s.secret.redact(err)
		}
	}

	// What gave the parts may have given up. To close the batch would end the insert with
	// what was sent, and wait for it.
	if err := ctx.Err(); err != nil {
		_ = batch.Abort()

		return err
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
