package store

import (
	"context"
	"errors"
	"fmt"
	"math"
)

// Range is the blocks From to To, both included.
type Range struct{ From, To uint64 }

// String is from-to.
func (r Range) String() string { return fmt.Sprintf("%d-%d", r.From, r.To) }

// includes reports whether all of o is in r.
func (r Range) includes(o Range) bool { return r.From <= o.From && o.To <= r.To }

// Coverage gives what is covered under the filter, in order, apart from each other.
// What the all filter covers, core covers too.
func (s *Store) Coverage(ctx context.Context, filter string) ([]Range, error) {
	return s.coverage(ctx, filter, Range{0, math.MaxUint64})
}

// coverage is Coverage of the ranges that overlap or touch within.
func (s *Store) coverage(ctx context.Context, filter string, within Range) ([]Range, error) {
	var found []Range

	err := s.each(ctx, func(read func(...any) error) error {
		var r Range
		if err := read(&r.From, &r.To); err != nil {
			return err
		}

		found = append(found, r)

		return nil
	}, "SELECT from_block, to_block FROM covered WHERE filter IN (?, ?) AND from_block <= ? AND to_block >= ? ORDER BY from_block",
		filter, FilterAll, within.To, within.From)
	if err != nil {
		return nil, fmt.Errorf("read the coverage of filter %s: %w", filter, err)
	}

	return joined(found), nil
}

// Gaps gives the parts of [from, to] that are not covered under the filter, in order.
func (s *Store) Gaps(ctx context.Context, filter string, from, to uint64) ([]Range, error) {
	if from > to {
		return nil, fmt.Errorf("find gaps: range %d-%d is reversed", from, to)
	}

	covered, err := s.coverage(ctx, filter, Range{from, to})
	if err != nil {
		return nil, err
	}

	return gaps(Range{from, to}, covered), nil
}

// gaps is what of r none of the covered ranges includes. They are in order and apart.
func gaps(r Range, covered []Range) []Range {
	var out []Range

	next := r.From

	for _, c := range covered {
		if c.From > r.To {
			break
		}

		if c.From > next {
			out = append(out, Range{next, c.From - 1})
		}

		if c.To >= r.To {
			return out
		}

		if c.To >= next {
			next = c.To + 1
		}
	}

	return append(out, Range{next, r.To})
}

// Cursor is the greatest covered block, under any filter; ok is false when nothing is
// covered.
func (s *Store) Cursor(ctx context.Context) (block uint64, ok bool, err error) {
	var ranges uint64

	if err := s.one(ctx, []any{&ranges, &block}, "SELECT count(), max(to_block) FROM covered"); err != nil {
		return 0, false, fmt.Errorf("read the cursor: %w", err)
	}

	return block, ranges > 0, nil
}

// cover makes ranges count as done, unless a rewind has overtaken the write of the
// version. Ranges that are covered already are left alone: a repeated write must not
// put a shorter range in the place of a longer one with the same start.
func (s *Store) cover(ctx context.Context, version uint64, filter string, ranges []Range) error {
	ranges = joined(ranges)
	if len(ranges) == 0 {
		return nil
	}

	within := Range{ranges[0].From, ranges[len(ranges)-1].To}

	have, err := s.coverage(ctx, filter, within)
	if err != nil {
		return err
	}

	var from, to []uint64

	for _, r := range ranges {
		if !includedIn(have, r) {
			from, to = append(from, r.From), append(to, r.To)
		}
	}

	if len(from) > 0 {
		err := s.insert(ctx, "coverage", []string{"filter", "from_block", "to_block", "version"},
			repeated(filter, len(from)), from, to, repeated(version, len(from)))
		if err != nil {
			return fmt.Errorf("insert coverage of %v: %w", ranges, err)
		}
	}

	return s.notOvertaken(ctx, version, within.To)
}

func includedIn(ranges []Range, r Range) bool {
	for _, have := range ranges {
		if have.includes(r) {
			return true
		}
	}

	return false
}

// notOvertaken gives an error when a rewind that began after the version reaches
// below the block. The coverage that was written does not count then: the view
// covered sees to that, whatever happens to this process.
func (s *Store) notOvertaken(ctx context.Context, version, block uint64) error {
	var rewinds, lowest uint64

	err := s.one(ctx, []any{&rewinds, &lowest},
		"SELECT count(), min(block_number) FROM rewinds WHERE version >= ? AND block_number < ?", version, block)
	if err != nil {
		return fmt.Errorf("look for a rewind that overtook the write: %w", err)
	}

	if rewinds > 0 {
		return &OvertakenError{Block: lowest}
	}

	return nil
}

// mergeCoverage puts ranges together that overlap or touch, so that the table does
// not grow without bound. Only the process that rewinds may do it: a merged range
// has a new version, which a rewind that began in between would not cut.
func (s *Store) mergeCoverage(ctx context.Context) error {
	var errs []error

	for _, filter := range []string{FilterCore, FilterAll} {
		if err := s.mergeFilter(ctx, filter); err != nil {
			errs = append(errs, fmt.Errorf("merge the coverage of filter %s: %w", filter, err))
		}
	}

	return errors.Join(errs...)
}

func (s *Store) mergeFilter(ctx context.Context, filter string) error {
	var (
		found   []Range
		version uint64
	)

	err := s.each(ctx, func(read func(...any) error) error {
		var (
			r Range
			v uint64
		)
		if err := read(&r.From, &r.To, &v); err != nil {
			return err
		}

		found, version = append(found, r), max(version, v)

		return nil
	}, "SELECT from_block, to_block, version FROM covered WHERE filter = ? ORDER BY from_block", filter)
	if err != nil {
		return err
	}

	merged := joined(found)
	if len(merged) == len(found) {
		return nil
	}

	floor, err := s.version(ctx)
	if err != nil {
		return err
	}

	var (
		from, to []uint64
		deleted  []uint8
		kept     = make(map[uint64]bool, len(merged))
	)

	for _, r := range merged {
		from, to, deleted = append(from, r.From), append(to, r.To), append(deleted, 0)
		kept[r.From] = true
	}

	for _, r := range found {
		if !kept[r.From] {
			from, to, deleted = append(from, r.From), append(to, r.To), append(deleted, 1)
		}
	}

	// One insert of one block into one partition: all of it or nothing.
	return s.insert(ctx, "coverage", []string{"filter", "from_block", "to_block", "version", "is_deleted"},
		repeated(filter, len(from)), from, to, repeated(s.clock.next(max(floor, version)), len(from)), deleted)
}
