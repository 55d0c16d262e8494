package follow

import (
	"fmt"

	"diemhouse/pkg/chain"
	"diemhouse/pkg/store"
)

// sampler compares one value of the contracts with what the warehouse knows of it.
type sampler[T comparable] struct {
	// read gives the contracts' value after a block.
	read func(block uint64) (T, error)
	// known gives the value that the warehouse takes to be in force after a block.
	known func(block uint64) (k known[T], ok bool, err error)
	// first is the first block at which there can be a value.
	first uint64
	// compared is the block up to which reading between all that is known finds nothing.
	compared uint64
}

// known is a value and the first block it is known to hold at.
type known[T any] struct {
	block uint64
	value T
	// sampled says that it may have held longer.
	sampled bool
}

// change is a value that the warehouse does not know to hold from a block on.
type change[T any] struct {
	block   uint64
	value   T
	sampled bool // it may have held longer
}

func (c change[T]) learned() string {
	if c.sampled {
		return store.LearnedSampled
	}

	return store.LearnedBisected
}

// sample gives the changes that lead to the value now, which the contracts have
// after the block. With reach it also finds what lies between all that is known; whole
// says that nothing there is unknown.
func (s *sampler[T]) sample(block uint64, now T, reach bool) (changes []change[T], whole bool, err error) {
	have, ok, err := s.known(block)
	if err != nil {
		return nil, false, fmt.Errorf("read what is known: %w", err)
	}

	switch {
	case !ok && reach:
		changes, err = s.locate(nil, s.first, block, now)

		return changes, false, err
	case !ok:
		return []change[T]{{block, now, true}}, false, nil
	}

	if have.value != now {
		if changes, err = s.locate(&have, have.block, block, now); err != nil {
			return nil, false, err
		}
	}

	whole = reach && len(changes) == 0

	for reach && ok && have.block > max(s.first, s.compared) {
		var prior known[T]

		prior, ok, err = s.known(have.block - 1)
		if err != nil {
			return nil, false, fmt.Errorf("read what is known: %w", err)
		}

		earlier, more, err := s.before(have, prior, ok)
		if err != nil {
			return nil, false, err
		}

		whole = whole && more && len(earlier) == 0
		changes, have, ok = append(changes, earlier...), prior, ok && more
	}

	return changes, whole, nil
}

// before finds what lies between a known value and the one known to have come before it,
// where there is one: since when a sampled value holds, and what an event ended, which
// tells only what it sets. What the contracts began with is told by none, nor is what an
// upgrade sets. more is false when no endpoint keeps states that old.
func (s *sampler[T]) before(have, prior known[T], ok bool) (changes []change[T], more bool, err error) {
	hi, at := have.block, have.value

	if !have.sampled {
		hi--

		at, err = s.read(hi)
		if chain.IsNoState(err) {
			return nil, false, nil
		} else if err != nil {
			return nil, false, err
		}

		var none T
		if at == none || ok && at == prior.value {
			return nil, true, nil
		}
	}

	if ok {
		changes, err = s.locate(&prior, prior.block, hi, at)
	} else {
		changes, err = s.locate(nil, s.first, hi, at)
	}

	if have.sampled && len(changes) == 1 && changes[0].sampled {
		return nil, false, err // nothing new
	}

	return changes, true, err
}

// locate finds the changes in (lo, hi] that lead to the value at hi, and the value at
// lo where the warehouse does not have it. Where no endpoint keeps states that old,
// the value counts from hi on.
func (s *sampler[T]) locate(have *known[T], lo, hi uint64, at T) ([]change[T], error) {
	unlocated := []change[T]{{hi, at, true}}

	if lo >= hi {
		return unlocated, nil
	}

	first, err := s.read(lo)
	if chain.IsNoState(err) {
		return unlocated, nil
	} else if err != nil {
		return nil, err
	}

	var found []change[T]
	if have == nil || have.value != first {
		found = append(found, change[T]{block: lo, value: first})
	}

	err = s.search(span[T]{lo: lo, hi: hi, atLo: first, atHi: at}, &found)
	if chain.IsNoState(err) {
		return unlocated, nil
	} else if err != nil {
		return nil, err
	}

	return found, nil
}

// probes is into how many parts a range is cut before each is bisected.
const probes = 16

// search bisects the range in parts, so that a value that came and went again is
// found where it lasted for a part of the range.
func (s *sampler[T]) search(r span[T], found *[]change[T]) error {
	at := r.atLo

	for lo := r.lo; lo < r.hi; {
		part := span[T]{lo: lo, hi: min(r.hi, lo+max(1, (r.hi-r.lo)/probes)), atLo: at, atHi: r.atHi}

		if part.hi < r.hi {
			var err error
			if part.atHi, err = s.read(part.hi); err != nil {
				return err
			}
		}

		if err := s.bisect(part, found); err != nil {
			return err
		}

		lo, at = part.hi, part.atHi
	}

	return nil
}

// span is a range of blocks whose two ends are read.
type span[T any] struct {
	lo, hi     uint64
	atLo, atHi T
}

// bisect finds the blocks in (lo, hi] at which the value changed, in about
// log2(hi-lo) reads a change. Changes between two reads that undo each other are not
// seen.
func (s *sampler[T]) bisect(r span[T], found *[]change[T]) error {
	if r.atLo == r.atHi {
		return nil
	}

	if r.lo+1 == r.hi {
		*found = append(*found, change[T]{block: r.hi, value: r.atHi})

		return nil
	}

	mid := r.lo + (r.hi-r.lo)/2

	atMid, err := s.read(mid)
	if err != nil {
		return err
	}

	if err := s.bisect(span[T]{r.lo, mid, r.atLo, atMid}, found); err != nil {
		return err
	}

	return s.bisect(span[T]{mid, r.hi, atMid, r.atHi}, found)
}
