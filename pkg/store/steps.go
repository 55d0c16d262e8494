package store

import "context"

// step names a point of an operation at which a kill must do no harm. The kill matrix
// of the tests stops at each.
type step string

// The steps, in the order in which they are done.
const (
	afterWriteVersion  step = "write: version taken"
	afterWriteEvents   step = "write: events"
	afterWriteBlocks   step = "write: blocks"
	afterWriteHours    step = "write: hours queued"
	afterWriteCoverage step = "write: coverage"

	afterRewindBegin  step = "rewind: begun"
	afterRewindEvents step = "rewind: events"
	afterRewindLedger step = "rewind: ledger"
	afterRewindCurve  step = "rewind: curve"
	afterRewindParams step = "rewind: params"
	afterRewindBlocks step = "rewind: blocks"
	afterRewindHours  step = "rewind: hours queued"

	afterRedecodeEvents step = "redecode: events"

	afterReplaceEvents step = "replace: events written"
	afterReplace       step = "replace: buried in " // a table

	afterMergeCoverage step = "start: coverage merged"
)

// done tells of a step.
func (s *Store) done(ctx context.Context, at step) error {
	if s.steps == nil {
		return nil
	}

	return s.steps(ctx, at)
}
