package store

import (
	"context"
	"fmt"
	"time"
)

// Status is how new, how complete and how proved the warehouse is. Blocks are 0, and
// times the epoch, where nothing is known yet.
type Status struct {
	// Cursor is the newest covered block, CursorTime its time.
	Cursor     uint64    `ch:"cursor"      json:"cursor"`
	CursorTime time.Time `ch:"cursor_time" json:"cursor_time"`
	// Head, Safe and Finalized are what the endpoint named when it was looked at.
	Head      uint64    `ch:"head"      json:"head"`
	HeadTime  time.Time `ch:"head_time" json:"head_time"`
	Safe      uint64    `ch:"safe"      json:"safe"`
	Finalized uint64    `ch:"finalized" json:"finalized"`
	SeenAt    time.Time `ch:"seen_at"   json:"seen_at"`
	// LagBlocks and LagSeconds lie between Cursor and Head.
	LagBlocks  uint64 `ch:"lag_blocks"  json:"lag_blocks"`
	LagSeconds uint64 `ch:"lag_seconds" json:"lag_seconds"`
	// FirstBlock is where the warehouse is meant to begin. Of the blocks from there to
	// Cursor so many are covered and so many are missing, in Gaps.
	FirstBlock    uint64 `ch:"first_block"    json:"first_block"`
	CoveredBlocks uint64 `ch:"covered_blocks" json:"covered_blocks"`
	MissingBlocks uint64 `ch:"missing_blocks" json:"missing_blocks"`
	// Events counts unknown logs too.
	Events        uint64 `ch:"events"         json:"events"`
	UnknownLogs   uint64 `ch:"unknown_logs"   json:"unknown_logs"`
	Reorgs        uint64 `ch:"reorgs"         json:"reorgs"`
	DeepestReorg  uint64 `ch:"deepest_reorg"  json:"deepest_reorg"`
	VerifiedBlock uint64 `ch:"verified_block" json:"verified_block"`
	AuditBlock    uint64 `ch:"audit_block"    json:"audit_block"`
	AuditFailures uint64 `ch:"audit_failures" json:"audit_failures"`

	// Coverage and Gaps are in order.
	Coverage []StatusRange `json:"coverage"`
	Gaps     []StatusRange `json:"gaps"`
	// Tables are the largest first.
	Tables []TableSize `json:"tables"`
	// Figures is nil while nothing is covered.
	Figures *Figures `json:"figures"`
}

// StatusRange is blocks From to To, both included.
type StatusRange struct {
	Filter string `ch:"filter"     json:"filter"`
	From   uint64 `ch:"from_block" json:"from_block"`
	To     uint64 `ch:"to_block"   json:"to_block"`
	Blocks uint64 `ch:"blocks"     json:"blocks"`
}

// TableSize is what a table takes. Rows counts replaced rows and tombstones until they
// are merged away.
type TableSize struct {
	Table string `ch:"table"         json:"table"`
	Rows  uint64 `ch:"rows"          json:"rows"`
	Bytes uint64 `ch:"bytes_on_disk" json:"bytes_on_disk"`
}

// Status reads it, each part at its own moment.
func (s *Store) Status(ctx context.Context) (Status, error) {
	out := Status{Coverage: []StatusRange{}, Gaps: []StatusRange{}}

	err := s.conn.QueryRow(ctx, `SELECT cursor, cursor_time, head, head_time, safe, finalized, seen_at, lag_blocks, lag_seconds,
		first_block, covered_blocks, missing_blocks, events, unknown_logs, reorgs, deepest_reorg, verified_block,
		audit_block, audit_failures FROM status`).ScanStruct(&out)
	if err != nil {
		return Status{}, fmt.Errorf("read the status: %w", s.secret.redact(err))
	}

	for _, part := range []struct {
		into any
		sql  string
	}{
		{&out.Coverage, "SELECT filter, from_block, to_block, blocks FROM coverage_ranges ORDER BY filter, from_block"},
		{&out.Gaps, "SELECT filter, from_block, to_block, blocks FROM coverage_gaps ORDER BY from_block"},
		{&out.Tables, "SELECT table, rows, bytes_on_disk FROM table_sizes ORDER BY bytes_on_disk DESC, table"},
	} {
		if err := s.conn.Select(ctx, part.into, part.sql); err != nil {
			return Status{}, fmt.Errorf("read the status: %w", s.secret.redact(err))
		}
	}

	figures, ok, err := s.Figures(ctx)
	if err != nil {
		return Status{}, fmt.Errorf("read the status: %w", err)
	}

	if ok {
		out.Figures = &figures
	}

	return out, nil
}
