package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"

	"diemhouse/schema"
)

// ErrNewerSchema says that the warehouse was migrated by a newer version of this
// program. See [NewerSchemaError].
var ErrNewerSchema = errors.New("the warehouse is newer than this program")

// NewerSchemaError says by how much.
type NewerSchemaError struct {
	// Warehouse and Program are the numbers of the last migration that each knows.
	Warehouse, Program int64
}

// Error implements error.
func (e *NewerSchemaError) Error() string {
	return fmt.Sprintf("%v: its schema is version %d, this program knows versions up to %d; "+
		"use the newer program, or another database", ErrNewerSchema, e.Warehouse, e.Program)
}

// Unwrap gives [ErrNewerSchema].
func (e *NewerSchemaError) Unwrap() error { return ErrNewerSchema }

// Migrate brings the schema up to this program's version. ClickHouse has no
// transactional DDL: a migration that was interrupted is run again from its first
// statement, and several processes may migrate at once, because every statement is
// safe to repeat. The error wraps [ErrNewerSchema] where the warehouse is newer.
func (s *Store) Migrate(ctx context.Context) error {
	return s.migrate(ctx, schema.FS)
}

func (s *Store) migrate(ctx context.Context, files fs.FS) error {
	provider, err := s.provider(files)
	if err != nil {
		return err
	}

	defer func() { _ = provider.Close() }() // what matters was answered before

	sources := provider.ListSources()
	newest := sources[len(sources)-1].Version

	have, err := s.Version(ctx)
	if err != nil {
		return err
	}

	if have > newest {
		return &NewerSchemaError{Warehouse: have, Program: newest}
	}

	if have == newest {
		return nil
	}

	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate database %s from version %d to %d: %w", s.database, have, newest, s.secret.redact(err))
	}

	return nil
}

func (s *Store) provider(files fs.FS) (*goose.Provider, error) {
	options := *s.options
	// OpenDB wants them left to database/sql.
	options.MaxOpenConns, options.MaxIdleConns, options.ConnMaxLifetime = 0, 0, 0

	provider, err := goose.NewProvider("", clickhouse.OpenDB(&options), files,
		goose.WithStore(versionTable{}), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", s.secret.redact(err))
	}

	return provider, nil
}

// Version is the number of the last migration that was applied, 0 when none was.
func (s *Store) Version(ctx context.Context) (int64, error) {
	var version int64

	err := s.one(ctx, []any{&version}, "SELECT max(version_id) FROM "+versionTableName)
	if codeOf(err) == codeUnknownTable {
		return 0, nil
	}

	if err != nil {
		return 0, fmt.Errorf("read the schema's version: %w", err)
	}

	return version, nil
}

var _ database.StoreExtender = versionTable{}
