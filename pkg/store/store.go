package store

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Store is a connection to one warehouse. Its methods may be called from any
// goroutine.
type Store struct {
	options  *clickhouse.Options
	conn     driver.Conn
	database string
	secret   secret
	clock    clock
	lease    atomic.Pointer[Lease]
	rewrite  *rewriter
	// steps hears of every step of an operation after it is done; an error ends the
	// operation there. Only tests set it.
	steps func(ctx context.Context, s step) error
}

// Config says where the warehouse is.
type Config struct {
	// DSN is clickhouse://user:password@host:9000/database, or the same with http or
	// https. Parameters are those of clickhouse-go; unknown ones are settings. Without
	// a database it is [DefaultDatabase].
	DSN string
}

// Open connects, and creates the database where it is missing. It does not migrate.
// Errors say what to do and never hold the password.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	options, err := parseDSN(cfg.DSN)
	if err != nil {
		return nil, err
	}

	s := &Store{options: options, database: options.Auth.Database, secret: secretOf(options), rewrite: newRewriter()}

	s.conn, err = connect(ctx, options)
	if err != nil {
		return nil, s.secret.redact(explain(options, err))
	}

	return s, nil
}

// Close gives the connections back.
func (s *Store) Close() error {
	if err := s.conn.Close(); err != nil {
		return s.secret.redact(fmt.Errorf("close the connections to ClickHouse: %w", err))
	}

	return nil
}

// Conn is the connection, for queries of the caller's own.
func (s *Store) Conn() driver.Conn { return s.conn }

// Database is the name of the warehouse's database.
func (s *Store) Database() string { return s.database }

// exec runs a statement.
func (s *Store) exec(ctx context.Context, query string, args ...any) error {
	return s.secret.redact(s.conn.Exec(ctx, query, args...))
}

// one reads the only row of a query that always gives one.
func (s *Store) one(ctx context.Context, dest []any, query string, args ...any) error {
	return s.secret.redact(s.conn.QueryRow(ctx, query, args...).Scan(dest...))
}

// each reads all rows: scan is called once a row and reads it with the given function.
func (s *Store) each(ctx context.Context, scan func(read func(dest ...any) error) error, query string, args ...any) (err error) {
	rows, err := s.conn.Query(ctx, query, args...)
	if err != nil {
		return s.secret.redact(err)
	}

	defer func() {
		if closed := rows.Close(); err == nil {
			err = s.secret.redact(closed)
		}
	}()

	for rows.Next() {
		if err := scan(rows.Scan); err != nil {
			return err
		}
	}

	return s.secret.redact(rows.Err())
}
