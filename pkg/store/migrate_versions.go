package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/pressly/goose/v3/database"
)

const versionTableName = "schema_versions"

// versionTable keeps goose's record of applied migrations. It is not goose's own
// table, a plain MergeTree in which two processes that migrate at once leave every
// version twice: here a version is a key, and writing it again changes nothing.
type versionTable struct{}

// Tablename implements [database.Store].
func (versionTable) Tablename() string { return versionTableName }

// TableExists implements [database.StoreExtender]. A table without its first row is what
// a process left that was killed then: goose makes it once more, and gives it the row.
func (versionTable) TableExists(ctx context.Context, db database.DBTxConn) (bool, error) {
	var n uint64

	err := db.QueryRowContext(ctx,
		"SELECT count() FROM system.tables WHERE database = currentDatabase() AND name = '"+versionTableName+"'").Scan(&n)
	if err != nil || n == 0 {
		return false, err
	}

	err = db.QueryRowContext(ctx, "SELECT count() FROM "+versionTableName+" WHERE version_id = 0").Scan(&n)

	return n > 0, err
}

// CreateVersionTable implements [database.Store].
func (versionTable) CreateVersionTable(ctx context.Context, db database.DBTxConn) error {
	_, err := db.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS `+versionTableName+`
(
    version_id Int64 COMMENT 'number of the migration',
    applied_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'when it was applied, by the server''s clock'
)
ENGINE = ReplacingMergeTree
ORDER BY version_id
COMMENT 'Migrations that were applied'`)

	return err
}

// Insert implements [database.Store].
func (versionTable) Insert(ctx context.Context, db database.DBTxConn, req database.InsertRequest) error {
	_, err := db.ExecContext(ctx, fmt.Sprintf("INSERT INTO "+versionTableName+" (version_id) SELECT %d", req.Version))

	return err
}

// Delete implements [database.Store]. Migrations are not undone: there is no way
// back from a schema that holds data.
func (versionTable) Delete(context.Context, database.DBTxConn, int64) error {
	return errors.New("migrations cannot be undone")
}

// GetMigration implements [database.Store].
func (versionTable) GetMigration(ctx context.Context, db database.DBTxConn, version int64) (*database.GetMigrationResult, error) {
	found := database.GetMigrationResult{IsApplied: true}

	err := db.QueryRowContext(ctx, fmt.Sprintf(
		"SELECT applied_at FROM "+versionTableName+" WHERE version_id = %d LIMIT 1", version)).Scan(&found.Timestamp)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, database.ErrVersionNotFound
	}

	return &found, err
}

// GetLatestVersion implements [database.Store].
func (versionTable) GetLatestVersion(ctx context.Context, db database.DBTxConn) (int64, error) {
	var (
		rows    uint64
		version int64
	)

	err := db.QueryRowContext(ctx, "SELECT count(), max(version_id) FROM "+versionTableName).Scan(&rows, &version)
	if err == nil && rows == 0 {
		return 0, database.ErrVersionNotFound
	}

	return version, err
}

// ListMigrations implements [database.Store].
func (versionTable) ListMigrations(ctx context.Context, db database.DBTxConn) (found []*database.ListMigrationsResult, err error) {
	rows, err := db.QueryContext(ctx, "SELECT DISTINCT version_id FROM "+versionTableName+" ORDER BY version_id DESC")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()

	for rows.Next() {
		m := database.ListMigrationsResult{IsApplied: true}
		if err := rows.Scan(&m.Version); err != nil {
			return nil, err
		}

		found = append(found, &m)
	}

	return found, rows.Err()
}
