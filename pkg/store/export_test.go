package store

import (
	"context"
	"io/fs"
	"time"

	"diemhouse/pkg/decode"
)

// Steps of the operations, for the kill matrix.
var (
	WriteSteps    = []string{string(afterWriteVersion), string(afterWriteEvents), string(afterWriteBlocks), string(afterWriteHours), string(afterWriteCoverage)}
	RewindSteps   = []string{string(afterRewindBegin), string(afterRewindEvents), string(afterRewindLedger), string(afterRewindCurve), string(afterRewindParams), string(afterRewindBlocks), string(afterRewindHours)}
	RecoverySteps = append(append([]string(nil), RewindSteps...), string(afterMergeCoverage))
	ReplaceSteps  = []string{
		string(afterReplaceEvents), string(afterReplace + "events"), string(afterReplace + "ledger"),
		string(afterReplace + "curve"), string(afterReplace + "params"),
	}

	StepWriteEvents    = string(afterWriteEvents)
	StepRewindBegin    = string(afterRewindBegin)
	StepRedecodeEvents = string(afterRedecodeEvents)
)

// ParseDSN reads an address.
var ParseDSN = parseDSN

// OnStep calls f after every step; its error ends the operation there.
func (s *Store) OnStep(f func(ctx context.Context, at string) error) {
	s.steps = func(ctx context.Context, at step) error { return f(ctx, string(at)) }
}

// SetClock makes the store read this clock.
func (s *Store) SetClock(now func() time.Time) { s.clock.now = now }

// MigrateFiles is Migrate with other files than the program's.
func (s *Store) MigrateFiles(ctx context.Context, files fs.FS) error { return s.migrate(ctx, files) }

// HeadQueryPrefix begins the query ids of inserts near the head.
func (s *Store) HeadQueryPrefix() string { return s.headQueryPrefix() }

var GapsIn, Joined, Advise = gaps, joined, advise

// PartRows is how many events are turned into columns at a time.
const PartRows = partRows

// EventBlock is what turns events into columns.
type EventBlock struct{ block eventBlock }

// Columns turns events into columns.
func (b *EventBlock) Columns(version uint64, events []decode.Event) []any {
	return b.block.columns(version, events)
}
