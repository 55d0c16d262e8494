package store

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/ClickHouse/clickhouse-go/v2"

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
// batch again is right where its blocks are still canonical; covering it again is not.
type OvertakenError struct {
	// Block is the last block that the rewind left.
	Block uint64
}

// Error implements error.
func (e *OvertakenError) Error() string {
	return fmt.Sprintf("a rewind to block %d overtook the write; it does not count and is to be repeated", e.Block)
}

// Part is some of what one insert adds.
type Part struct {
	// Events are all events of the covered blocks, at least.
	Events []decode.Event
	// Covered are the ranges that are done with this part.
	Covered []Range
}

// Staged is what is written and does not count yet.
type Staged struct {
	version uint64
	filter  string
	covered []Range
	hours   []int64
}

// InsertSize is how many events of history one insert should take. The server writes
// parts of them, one a table and month, and merges those later: of 20,000 it takes a
// quarter more processor time for all than of 100,000, of 200,000 no less. Over HTTP
// clickhouse-go holds all of an insert, 0.7 kB an event, and there it is the smaller.
func (s *Store) InsertSize() int {
	if s.options.Protocol == clickhouse.HTTP {
		return 20_000
	}

	return 100_000
}

// Write makes the batch's events, then its coverage, part of the warehouse. Until it
// returns nil nothing of the batch counts as covered; it is safe to repeat after any
// error. [Retryable] says whether that makes sense.
//
// Blocks above the finalized one are written only by the process that rewinds: the
// one that holds the [Lease].
func (s *Store) Write(ctx context.Context, b Batch) error {
	staged, err := s.stage(ctx, b.Filter, slices.Values([]Part{{b.Events, b.Covered}}), b.Blocks)
	if err != nil {
		return fmt.Errorf("write %d events, %d blocks of %v: %w", len(b.Events), len(b.Blocks), joined(b.Covered), advise(err))
	}

	return s.Cover(ctx, staged)
}

// Stage writes the events of all parts in one insert, which stays open until the last
// has come: each is sent when the next is asked for, and its memory is the caller's
// again then. They do not count until [Store.Cover] is given what it returns. After an
// error some of them may be there, and all can be written again.
func (s *Store) Stage(ctx context.Context, filter string, parts iter.Seq[Part]) (Staged, error) {
	staged, err := s.stage(ctx, filter, parts, nil)
	if err != nil {
		return Staged{}, fmt.Errorf("write the events of blocks %v: %w", joined(staged.covered), advise(err))
	}

	return staged, nil
}

// Cover makes staged batches of one filter count, all at once: summing up the hours of
// several costs little more than those of one. It is safe to repeat after any error but
// an [*OvertakenError], after which the batches are to be staged again.
func (s *Store) Cover(ctx context.Context, staged ...Staged) error {
	if len(staged) == 0 {
		return nil
	}

	all := Staged{version: staged[0].version, filter: staged[0].filter}

	for _, next := range staged {
		if next.filter != all.filter {
			return fmt.Errorf("cover: filters %s and %s in one", all.filter, next.filter)
		}

		// A rewind that came between two of them cuts both.
		all.version = min(all.version, next.version)
		all.covered = append(all.covered, next.covered...)
		all.hours = append(all.hours, next.hours...)
	}

	if err := s.count(ctx, all); err != nil {
		return fmt.Errorf("cover %v: %w", joined(all.covered), advise(err))
	}

	return nil
}

// take notes what is covered with a part, and when.
func (s *Staged) take(p Part) error {
	for _, r := range p.Covered {
		if r.From > r.To {
			return fmt.Errorf("covered range %s is reversed", r)
		}
	}

	s.covered = append(s.covered, p.Covered...)
	s.hours = append(s.hours, hoursOf(p.Events)...)

	return nil
}

// stage does the first steps in the order that docs/ARCHITECTURE.md gives, count the
// others. With an error it returns what was taken up to there.
func (s *Store) stage(ctx context.Context, filter string, parts iter.Seq[Part], blocks []Block) (staged Staged, err error) {
	if filter != FilterCore && filter != FilterAll {
		return staged, fmt.Errorf("filter %q is neither %s nor %s", filter, FilterCore, FilterAll)
	}

	staged.filter = filter

	staged.version, err = s.version(ctx)
	if err != nil {
		return staged, err
	}

	if err := s.done(ctx, afterWriteVersion); err != nil {
		return staged, err
	}

	nearHead := len(blocks) > 0
	if nearHead {
		if err := s.held(); err != nil {
			return staged, err
		}
	}

	var wrong error

	events := func(yield func([]decode.Event) bool) {
		for p := range parts {
			if wrong = staged.take(p); wrong != nil || !yield(p.Events) {
				return
			}
		}
	}

	if err := s.insertEvents(s.named(ctx, nearHead), staged.version, events); err != nil || wrong != nil {
		return staged, cmp.Or(wrong, err)
	}

	if err := s.done(ctx, afterWriteEvents); err != nil {
		return staged, err
	}

	if err := s.insertBlocks(s.named(ctx, nearHead), staged.version, blocks); err != nil {
		return staged, err
	}

	return staged, s.done(ctx, afterWriteBlocks)
}

func (s *Store) count(ctx context.Context, staged Staged) error {
	if err := s.queueHours(ctx, staged.hours); err != nil {
		return err
	}

	if err := s.done(ctx, afterWriteHours); err != nil {
		return err
	}

	if err := s.cover(ctx, staged.version, staged.filter, staged.covered); err != nil {
		return err
	}

	return s.done(ctx, afterWriteCoverage)
}

// hoursOf are the hours of the events, as unix seconds; of events in order each once.
func hoursOf(events []decode.Event) []int64 {
	const hour = 3600

	var hours []int64

	for i := range events {
		h := int64(events[i].BlockTime / hour * hour)
		if len(hours) == 0 || hours[len(hours)-1] != h {
			hours = append(hours, h)
		}
	}

	return hours
}

// queueHours asks the rollups to compute hours again. It comes after the rows, so
// that the time the server puts down is later than theirs.
func (s *Store) queueHours(ctx context.Context, hours []int64) error {
	if len(hours) == 0 {
		return nil
	}

	hours = slices.Compact(slices.Sorted(slices.Values(hours)))

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
