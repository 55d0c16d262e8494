package store

import "context"

// step names a point of an operation at which a kill must do no harm. The kill matrix
// of the tests stops at each.
type step string

// The steps, in the order in which they are done.
const (
	stepWriteVersion  step = "write: version taken"
	stepWriteEvents   step = "write: events"
	stepWriteBlocks   step = "write: blocks"
	stepWriteQueue    step = "write: rollup queue"
	stepWriteCoverage step = "write: coverage"

	stepRewindBegin  step = "rewind: begun"
	stepRewindEvents step = "rewind: events"
	stepRewindLedger step = "rewind: ledger"
	stepRewindCurve  step = "rewind: curve"
	stepRewindParams step = "rewind: params"
	stepRewindBlocks step = "rewind: blocks"
	stepRewindQueue  step = "rewind: rollup queue"

	stepRedecodeEvents step = "redecode: events"

	stepMergeCoverage step = "start: coverage merged"
)

// done tells of a step.
func (s *Store) done(ctx context.Context, at step) error {
	if s.steps == nil {
		return nil
	}

	return s.steps(ctx, at)
}
