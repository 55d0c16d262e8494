package store

import (
	"context"
	"fmt"
	"slices"

	"diemhouse/pkg/decode"
)

// Place is where a log is on the chain: the identity of a row.
type Place struct {
	Block    uint64
	LogIndex uint32
}

// Replaced tells what was wrong with a range.
type Replaced struct {
	// Missing are logs that the warehouse lacked, Extra those that it had and the
	// chain has not, Changed those whose contents differed.
	Missing, Extra, Changed []Place
}

// Len is how many logs were wrong.
func (r *Replaced) Len() int { return len(r.Missing) + len(r.Extra) + len(r.Changed) }

// String tells it, with the first few places as block/index.
func (r *Replaced) String() string {
	const shown = 3

	places := slices.Concat(r.Missing, r.Extra, r.Changed)
	first := make([]string, min(shown, len(places)))

	for i := range first {
		first[i] = fmt.Sprintf("%d/%d", places[i].Block, places[i].LogIndex)
	}

	return fmt.Sprintf("missing %d, extra %d, changed %d, from %v on", len(r.Missing), len(r.Extra), len(r.Changed), first)
}

// Add notes what was wrong with more ranges.
func (r *Replaced) Add(more Replaced) {
	r.Missing = append(r.Missing, more.Missing...)
	r.Extra = append(r.Extra, more.Extra...)
	r.Changed = append(r.Changed, more.Changed...)
}

// Replace makes the range hold exactly the given events, which are all of the filter
// that the chain has there. All its blocks must be final. Every event is written
// again, not just the differing ones, so that what views derive from them is mended
// too. It is safe to repeat, and to be repeated after it was interrupted: the range
// is never worse than it was.
func (s *Store) Replace(ctx context.Context, filter string, r Range, events []decode.Event) (Replaced, error) {
	s.rewrite.Lock()
	defer s.rewrite.Unlock()

	done, err := s.replace(ctx, filter, r, events)
	if err != nil {
		return Replaced{}, fmt.Errorf("replace the events of blocks %s: %w", r, err)
	}

	return done, nil
}

func (s *Store) replace(ctx context.Context, filter string, r Range, events []decode.Event) (Replaced, error) {
	have, err := s.contents(ctx, filter, r)
	if err != nil {
		return Replaced{}, err
	}

	done := compare(have, events)

	greatest, err := s.greatestVersion(ctx, r)
	if err != nil {
		return Replaced{}, err
	}

	version, err := s.version(ctx)
	if err != nil {
		return Replaced{}, err
	}

	if err := s.beginRewrite(ctx); err != nil {
		return Replaced{}, err
	}

	// The new rows come first, so that no place is empty in between. Then what is older
	// is buried: extra events, changed ones that were in another month, and what views
	// have of either. An event's tombstone is older than the new rows, which it may meet.
	buried := s.clock.next(max(version, greatest))
	written := s.clock.next(buried)

	if err := s.insertEvents(ctx, written, slices.Values([][]decode.Event{events})); err != nil {
		return Replaced{}, err
	}

	if err := s.done(ctx, afterReplaceEvents); err != nil {
		return Replaced{}, err
	}

	ofFilter := "1"
	if filter != FilterAll {
		ofFilter = "kind != '" + string(decode.KindVVVTransfer) + "'"
	}

	// What was read from the contracts has no event and stays.
	const announced = "learned = '" + LearnedEvent + "'"

	for _, t := range []struct {
		table, which string
		version      uint64
	}{
		{"events", ofFilter, buried}, {"ledger", "1", written}, {"curve", announced, written}, {"params", announced, written},
	} {
		if err := s.buryOlder(ctx, t.table, r, written, t.version, t.which); err != nil {
			return Replaced{}, err
		}

		if err := s.done(ctx, afterReplace+step(t.table)); err != nil {
			return Replaced{}, err
		}
	}

	err = s.exec(ctx, `INSERT INTO rollup_queue (hour)
		SELECT DISTINCT toStartOfHour(block_time) FROM events WHERE block_number BETWEEN ? AND ?`, r.From, r.To)
	if err != nil {
		return Replaced{}, fmt.Errorf("queue the hours for the rollups: %w", err)
	}

	return done, s.endRewrite(ctx)
}

// greatestVersion is that of any row in a range.
func (s *Store) greatestVersion(ctx context.Context, r Range) (greatest uint64, err error) {
	err = s.one(ctx, []any{&greatest}, `SELECT greatest(
		(SELECT max(version) FROM events WHERE block_number BETWEEN ? AND ?),
		(SELECT max(version) FROM ledger WHERE block_number BETWEEN ? AND ?))`, r.From, r.To, r.From, r.To)
	if err != nil {
		return 0, fmt.Errorf("read the versions: %w", err)
	}

	return greatest, nil
}

// buryOlder writes tombstones for the rows of a range that are older than a version,
// into the partitions they are in.
func (s *Store) buryOlder(ctx context.Context, table string, r Range, than, version uint64, which string) error {
	// Without its table's name, version would be the tombstones' own.
	err := s.exec(ctx, "INSERT INTO "+table+" SELECT * REPLACE(? AS version, 1 AS is_deleted) FROM "+table+
		" FINAL WHERE block_number BETWEEN ? AND ? AND "+table+".version < ? AND "+which+
		" SETTINGS do_not_merge_across_partitions_select_final = 1", version, r.From, r.To, than)
	if err != nil {
		return fmt.Errorf("write tombstones into %s: %w", table, err)
	}

	return nil
}
