// Package schema holds the warehouse's tables and views as numbered SQL files,
// which pkg/store applies in order. A file that was released never changes; each
// statement is safe to repeat, because ClickHouse has no transactional DDL.
package schema

import "embed"

// FS holds the files, NNNN_name.sql, in goose's format.
//
//go:embed *.sql
var FS embed.FS
