package store

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// clock gives versions: microseconds since 1970 that never run backwards, whatever
// the machine's clock does.
type clock struct {
	mu   sync.Mutex
	last uint64
	met  bool             // last counts the warehouse's own versions
	now  func() time.Time // nil: time.Now
}

// next is a version greater than every one given before and than floor.
func (c *clock) next(floor uint64) uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()

	c.last = max(c.wall(), c.last+1, floor+1)

	return c.last
}

// wall is what the machine's clock says, in microseconds since 1970.
func (c *clock) wall() uint64 {
	now := time.Now
	if c.now != nil {
		now = c.now
	}

	return uint64(max(now().UnixMicro(), 0))
}

// versioned are the tables with versions.
var versioned = []string{"events", "ledger", "curve", "params", "blocks", "coverage", "rewinds", "heads", "meta"}

// meet makes the clock's versions greater than all that the warehouse holds, once:
// the machine's clock may have been set back since, or another machine's be ahead.
func (s *Store) meet(ctx context.Context) error {
	s.clock.mu.Lock()
	met := s.clock.met
	s.clock.mu.Unlock()

	if met {
		return nil
	}

	var greatest uint64

	for _, table := range versioned {
		var version uint64
		if err := s.one(ctx, []any{&version}, "SELECT max(version) FROM "+table); err != nil {
			return fmt.Errorf("read the greatest version of %s: %w", table, err)
		}

		greatest = max(greatest, version)
	}

	s.clock.mu.Lock()
	defer s.clock.mu.Unlock()

	s.clock.last, s.clock.met = max(s.clock.last, greatest), true

	return nil
}

// tick is a version greater than all that this process knows of.
func (s *Store) tick(ctx context.Context) (uint64, error) {
	if err := s.meet(ctx); err != nil {
		return 0, err
	}

	return s.clock.next(0), nil
}

// version is the one of the next batch. Its rows must win over the tombstones of
// every rewind that has begun, whichever process began it.
func (s *Store) version(ctx context.Context) (uint64, error) {
	if err := s.meet(ctx); err != nil {
		return 0, err
	}

	var rewound uint64
	if err := s.one(ctx, []any{&rewound}, "SELECT max(version) FROM rewinds"); err != nil {
		return 0, fmt.Errorf("read the version of the last rewind: %w", err)
	}

	return s.clock.next(rewound), nil
}
