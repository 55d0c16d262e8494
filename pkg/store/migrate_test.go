package store_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"diemhouse/internal/testenv"
	"diemhouse/pkg/store"
	"diemhouse/schema"
)

func newest(t *testing.T) int64 {
	t.Helper()

	names, err := fs.Glob(schema.FS, "*.sql")
	require.NoError(t, err)
	require.NotEmpty(t, names)

	var version int64

	for _, name := range names {
		var n int64

		_, err := fmt.Sscanf(name, "%04d_", &n)
		require.NoError(t, err, name)

		version = max(version, n)
	}

	return version
}

func TestMigrateIsSafeToRepeat(t *testing.T) {
	t.Parallel()

	s := open(t, testenv.DSN(t))

	version, err := s.Version(t.Context())
	require.NoError(t, err)
	require.Zero(t, version)

	for range 3 {
		require.NoError(t, s.Migrate(t.Context()))

		version, err = s.Version(t.Context())
		require.NoError(t, err)
		require.Equal(t, newest(t), version)
	}

	c := newChain(40)
	c.grow(10)
	require.NoError(t, s.Write(t.Context(), c.history(store.Range{From: 1, To: 10})))

	// The record is lost, the tables are not: every statement runs again.
	require.NoError(t, s.Conn().Exec(t.Context(), "DROP TABLE schema_versions SYNC"))
	require.NoError(t, s.Migrate(t.Context()))
	requireHolds(t, s, c.between(store.Range{From: 1, To: 10}))

	require.NoError(t, s.Rewind(t.Context(), 3))
	require.NoError(t, s.Write(t.Context(), c.history(store.Range{From: 1, To: 10})))
	requireHolds(t, s, c.between(store.Range{From: 1, To: 10}))
}

// statements are a migration's, one by one. The files hold no semicolon elsewhere.
func statements(t *testing.T, name string) []string {
	t.Helper()

	text, err := fs.ReadFile(schema.FS, name)
	require.NoError(t, err)

	var out []string

	for statement := range strings.SplitSeq(string(text), ";\n") {
		if strings.TrimSpace(statement) != "" {
			out = append(out, statement)
		}
	}

	return out
}

// TestInterruptedMigration stops after every statement of every file; the next start
// goes on. One warehouse is interrupted over and over.
func TestInterruptedMigration(t *testing.T) {
	t.Parallel()

	s := open(t, testenv.DSN(t))

	names, err := fs.Glob(schema.FS, "*.sql")
	require.NoError(t, err)

	done := fstest.MapFS{}

	for _, name := range names {
		for n, statement := range statements(t, name) {
			require.NoError(t, s.Conn().Exec(t.Context(), statement), "%s, statement %d", name, n)
		}

		text, err := fs.ReadFile(schema.FS, name)
		require.NoError(t, err)

		// Up to here, and then all of the file again, whose version was not noted.
		done[name] = &fstest.MapFile{Data: text}
		require.NoError(t, s.MigrateFiles(t.Context(), done), name)
	}

	for n := range statements(t, names[0]) {
		cut := open(t, testenv.DSN(t))
		for _, statement := range statements(t, names[0])[:n] {
			require.NoError(t, cut.Conn().Exec(t.Context(), statement))
		}

		require.NoError(t, cut.Migrate(t.Context()), "after %d statements", n)
	}

	c := newChain(41)
	c.grow(10)
	require.NoError(t, s.Write(t.Context(), c.history(store.Range{From: 1, To: 10})))
	requireHolds(t, s, c.between(store.Range{From: 1, To: 10}))
}

// A process that is killed right after it made the table of versions leaves it empty.
func TestKilledBeforeTheFirstVersion(t *testing.T) {
	t.Parallel()

	s := open(t, testenv.DSN(t))
	require.NoError(t, s.Migrate(t.Context()))
	require.NoError(t, s.Conn().Exec(t.Context(), "TRUNCATE TABLE schema_versions SYNC"))

	require.NoError(t, s.Migrate(t.Context()))

	version, err := s.Version(t.Context())
	require.NoError(t, err)
	require.Equal(t, newest(t), version)
}

func TestManyMigrateAtOnce(t *testing.T) {
	t.Parallel()

	dsn := testenv.DSN(t)
	failed := make(chan error)

	const processes = 4

	for range processes {
		go func() {
			s, err := store.Open(t.Context(), store.Config{DSN: dsn})
			if err == nil {
				err = s.Migrate(t.Context())
				_ = s.Close()
			}

			failed <- err
		}()
	}

	for range processes {
		require.NoError(t, <-failed)
	}

	s := open(t, dsn)
	require.Equal(t, uint64(newest(t)), number(t, s, "SELECT toUInt64(max(version_id)) FROM schema_versions"))

	c := newChain(42)
	c.grow(10)
	require.NoError(t, s.Write(t.Context(), c.history(store.Range{From: 1, To: 10})))
	requireHolds(t, s, c.between(store.Range{From: 1, To: 10}))
}

func TestNewerSchemaIsRefused(t *testing.T) {
	t.Parallel()

	s := testenv.Open(t)
	require.NoError(t, s.Conn().Exec(t.Context(), "INSERT INTO schema_versions (version_id) SELECT 9999"))

	err := s.Migrate(t.Context())
	require.ErrorIs(t, err, store.ErrNewerSchema)

	var newer *store.NewerSchemaError

	require.ErrorAs(t, err, &newer)
	require.Equal(t, int64(9999), newer.Warehouse)
	require.Equal(t, newest(t), newer.Program)
	require.ErrorContains(t, err, "use the newer program")
}

func TestBrokenMigrationNamesItself(t *testing.T) {
	t.Parallel()

	s := open(t, testenv.DSN(t))
	err := s.MigrateFiles(t.Context(), fstest.MapFS{
		"0001_broken.sql": {Data: []byte("-- +goose NO TRANSACTION\n-- +goose Up\nCREATE TABEL nothing;\n")},
	})
	require.ErrorContains(t, err, "from version 0 to 1")
	require.ErrorContains(t, err, "Syntax error")
}

// TestEverythingHasAComment holds the user's data dictionary complete. The views that
// fill tables have their tables' columns.
func TestEverythingHasAComment(t *testing.T) {
	t.Parallel()

	s := testenv.Open(t)

	require.Empty(t, query(t, s, func(r *string) []any { return []any{r} }, `
		SELECT concat(c.table, '.', c.name) FROM system.columns AS c
		INNER JOIN system.tables AS t ON t.database = c.database AND t.name = c.table
		WHERE c.database = currentDatabase() AND c.comment = '' AND t.engine != 'MaterializedView' AND NOT startsWith(c.table, '.')
		ORDER BY ALL`), "columns without a comment")
	require.Empty(t, query(t, s, func(r *string) []any { return []any{r} }, `
		SELECT name FROM system.tables
		WHERE database = currentDatabase() AND comment = '' AND engine != 'MaterializedView' AND NOT startsWith(name, '.')
		ORDER BY ALL`), "tables and views without a comment")
}
