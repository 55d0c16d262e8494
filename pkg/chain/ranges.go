package chain

import (
	"cmp"
	"fmt"
	"slices"
)

// Range is a range of blocks, both ends included.
type Range struct {
	From, To uint64
}

// Len gives the number of blocks.
func (r Range) Len() uint64 { return r.To - r.From + 1 }

// String gives "blocks from to to".
func (r Range) String() string { return fmt.Sprintf("blocks %d to %d", r.From, r.To) }

// rangeSet is a set of blocks: sorted ranges that neither touch nor overlap.
type rangeSet []Range

// newRangeSet builds the set of all blocks of the ranges.
func newRangeSet(ranges []Range) rangeSet {
	var s rangeSet
	for _, r := range ranges {
		s = s.add(r)
	}

	return s
}

// add gives the set with r's blocks in it.
func (s rangeSet) add(r Range) rangeSet {
	out := make(rangeSet, 0, len(s)+1)

	for _, have := range s {
		switch {
		case have.To != ^uint64(0) && have.To+1 < r.From, r.To != ^uint64(0) && r.To+1 < have.From:
			out = append(out, have)
		default:
			r = Range{From: min(r.From, have.From), To: max(r.To, have.To)}
		}
	}

	out = append(out, r)
	slices.SortFunc(out, func(a, b Range) int { return cmp.Compare(a.From, b.From) })

	return out
}

// remove gives the set without r's blocks.
func (s rangeSet) remove(r Range) rangeSet {
	out := make(rangeSet, 0, len(s)+1)

	for _, have := range s {
		if have.To < r.From || r.To < have.From {
			out = append(out, have)

			continue
		}

		if have.From < r.From {
			out = append(out, Range{From: have.From, To: r.From - 1})
		}

		if r.To < have.To {
			out = append(out, Range{From: r.To + 1, To: have.To})
		}
	}

	return out
}

// within gives the part of the set that lies in r.
func (s rangeSet) within(r Range) rangeSet {
	var out rangeSet

	for _, have := range s {
		if have.To < r.From || r.To < have.From {
			continue
		}

		out = append(out, Range{From: max(have.From, r.From), To: min(have.To, r.To)})
	}

	return out
}
