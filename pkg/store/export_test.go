package store

import (
	"context"
	"io/fs"
	"time"
)

// Steps of the operations, for the kill matrix.
var (
	WriteSteps    = []string{string(stepWriteVersion), string(stepWriteEvents), string(stepWriteBlocks), string(stepWriteQueue), string(stepWriteCoverage)}
	RewindSteps   = []string{string(stepRewindBegin), string(stepRewindEvents), string(stepRewindLedger), string(stepRewindCurve), string(stepRewindParams), string(stepRewindBlocks), string(stepRewindQueue)}
	RecoverySteps = append(append([]string(nil), RewindSteps...), string(stepMergeCoverage))

	StepWriteEvents    = string(stepWriteEvents)
	StepWriteQueue     = string(stepWriteQueue)
	StepRewindBegin    = string(stepRewindBegin)
	StepRedecodeEvents = string(stepRedecodeEvents)
)

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

var GapsIn, Joined, EventBlock = gaps, joined, eventBlock
