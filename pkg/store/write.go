package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"diemhouse/pkg/decode"
)

// The filters: what was read of a range.
const (
	// FilterCore is all logs of staking, DIEM and airdrop, and VVV transfers from or
	// to 0x0.
	FilterCore = "core"
	// FilterAll is core and every other VVV transfer.
	FilterAll = "all"
)

// Batch is what one write adds.
type Batch struct {
	// Filter names what was read: [FilterCore] or [FilterAll].
	Filter string
	// Events are all events of the covered blocks, at least.
	Events []decode.Event
	// Blocks are blocks near the head, kept to find a reorg's common ancestor. Only
	// the head loop writes them.
	Blocks []Block
	// Covered are the ranges that are done with this batch.
	Covered []Range
}

// OvertakenError says that a rewind began after the write did and reaches below it:
// the rows may be undone again, and the ranges do not count as covered. Writing the
// batch again is right where its blocks are still canonical.
type OvertakenError struct {
	// Block is the last block that the rewind left.
	Block uint64
}

// Error implements error.
func (e *OvertakenError) Error() string {
	return fmt.Sprintf("a rewind to block %d overtook the write; it does not count and is to be repeated", e.Block)
}

// Write makes the batch's events, then its coverage, part of the warehouse. Until it
// returns nil nothing of the batch counts as covered; it is safe to repeat after any
// error. [Retryable] says whether that makes sense.
//
// Blocks above the finalized one are written only by the process that rewinds: the
// one that holds the [Lease].
func (s *Store) Write(ctx context.Context, b Batch) error {
	if err := b.check(); err != nil {
		return err
	}

	if err := s.write(ctx, b); err != nil {
		return fmt.Errorf("write %d events, %d blocks, coverage of %v: %w", len(b.Events), len(b.Blocks), joined(b.Covered), advise(err))
	}

	return nil
}

func (b Batch) check() error {
	if b.Filter != FilterCore && b.Filter != FilterAll {
		return fmt.Errorf("write: filter %q is neither %s nor %s", b.Filter, FilterCore, FilterAll)
	}

	for _, r := range b.Covered {
		if r.From > r.To {
			return fmt.Errorf("write: covered range %s is reversed", r)
		}
	}

	return nil
}

// write does the steps in the order that docs/ARCHITECTURE.md gives.
func (s *Store) write(ctx context.Context, b Batch) error {
	version, err := s.version(ctx)
	if err != nil {
		return err
	}

	if err := s.done(ctx, afterWriteVersion); err != nil {
		return err
	}

	nearHead := len(b.Blocks) > 0
	if nearHead {
		if err := s.held(); err != nil {
			return err
		}
	}

	if err := s.insertEvents(s.named(ctx, nearHead), version, b.Events); err != nil {
		return err
	}

	if err := s.done(ctx, afterWriteEvents); err != nil {
		return err
	}

	if err := s.insertBlocks(s.named(ctx, nearHead), version, b.Blocks); err != nil {
		return err
	}

	if err := s.done(ctx, afterWriteBlocks); err != nil {
		return err
	}

	if err := s.queueHours(ctx, hoursOf(b.Events)); err != nil {
		return err
	}

	if err := s.done(ctx, afterWriteHours); err != nil {
		return err
	}

	if err := s.cover(ctx, version, b.Filter, b.Covered); err != nil {
		return err
	}

	return s.done(ctx, afterWriteCoverage)
}

// hoursOf are the hours of the events, as unix seconds, each once.
func hoursOf(events []decode.Event) []int64 {
	const hour = 3600

	var hours []int64

	for i := range events {
		h := int64(events[i].BlockTime / hour * hour)
		if len(hours) == 0 || hours[len(hours)-1] != h {
			hours = append(hours, h)
		}
	}

	slices.Sort(hours)

	return slices.Compact(hours)
}

// queueHours asks the rollups to compute hours again. It comes after the rows, so
// that the time the server puts down is later than theirs.
func (s *Store) queueHours(ctx context.Context, hours []int64) error {
	if len(hours) == 0 {
		return nil
	}

	err := s.insert(ctx, "rollup_queue", []string{"hour"}, hours)
	if err != nil {
		return fmt.Errorf("queue %d hours for the rollups: %w", len(hours), err)
	}

	return nil
}

// joined sorts ranges and puts those together that overlap or touch.
func joined(ranges []Range) []Range {
	sorted := slices.Clone(ranges)
	slices.SortFunc(sorted, func(a, b Range) int { return cmp.Compare(a.From, b.From) })

	out := sorted[:0]

	for _, r := range sorted {
		if n := len(out); n > 0 && (r.From <= out[n-1].To || r.From-1 == out[n-1].To) {
			out[n-1].To = max(out[n-1].To, r.To)
		} else {
			out = append(out, r)
		}
	}

	return out
}
