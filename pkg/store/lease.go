package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"sync"
	"time"
)

const (
	// DefaultLease is how long a lease lasts that is not renewed: how long a daemon
	// waits after another was killed.
	DefaultLease = 10 * time.Second

	// leasePause is at most how long one who waits for a holder looks away, rivalPause
	// the same for another that asks.
	leasePause = 500 * time.Millisecond
	rivalPause = 50 * time.Millisecond

	leaseName = "head"
	// renewals is how often a lease is renewed while it lasts.
	renewals = 4
)

// ErrLeaseLost says that this process no longer has the right to follow the head: it
// could not renew its lease in time, and another may have taken it.
var ErrLeaseLost = errors.New("the lease on the warehouse was lost: another process may follow the head now")

// HeldError says that another process follows the head of this warehouse.
type HeldError struct {
	// By is who, for people.
	By string
	// For is how long its lease lasts if it is not renewed.
	For time.Duration
}

// Error implements error.
func (e *HeldError) Error() string {
	return fmt.Sprintf("another process follows the head into this warehouse: %s (its lease ends in %s unless renewed); "+
		"stop it, or use another database", e.By, e.For.Round(time.Second))
}

// LeaseConfig says who asks for a lease.
type LeaseConfig struct {
	// Holder tells people who holds it, such as host and process id.
	Holder string
	// TTL is how long it lasts without renewal. Zero: [DefaultLease].
	TTL time.Duration
	// Waiting is called each time the lease is found taken; then it is tried again
	// until ctx ends. Nil: it is not waited for, and the [*HeldError] is returned.
	Waiting func(*HeldError)
}

// Lease is the right to follow the head and to rewind: one process at a time. It is
// renewed in the background until [Lease.Release].
//
// What it guarantees: of several processes that ask at the same time at most one gets
// it. Each writes its claim first, and has the lease only once it reads no other claim
// that has not ended; of those that see each other the one with the smaller name stays
// and the others give way. A holder knows by its own monotonic clock when its right has
// ended, and stops writing then; the next holder ends the inserts that are still
// running. What it needs: one ClickHouse server (or replicas that are read after a
// write), and clocks of server and holder that run at the same rate while the lease
// lasts.
type Lease struct {
	store  *Store
	holder string
	cfg    LeaseConfig

	mu       sync.Mutex
	writes   uint64
	deadline time.Time // by the monotonic clock

	stop context.CancelFunc
	over chan struct{} // the renewals have ended
	lost chan struct{}
}

// Lease takes the warehouse's lease. While it is held, writes near the head and
// rewinds of this store fail with [ErrLeaseLost] as soon as it is lost.
func (s *Store) Lease(ctx context.Context, cfg LeaseConfig) (*Lease, error) {
	if cfg.TTL == 0 {
		cfg.TTL = DefaultLease
	}

	l := &Lease{store: s, holder: rand.Text(), cfg: cfg, over: make(chan struct{}), lost: make(chan struct{})}

	for {
		held, err := l.claim(ctx)
		if err != nil {
			return nil, fmt.Errorf("take the lease on the warehouse: %w", err)
		}

		if held == nil {
			break
		}

		if cfg.Waiting == nil {
			return nil, held
		}

		cfg.Waiting(held)

		if err := pause(ctx, leasePause); err != nil {
			return nil, fmt.Errorf("wait for the lease on the warehouse: %w", err)
		}
	}

	renewing, stop := context.WithCancel(context.WithoutCancel(ctx))
	l.stop = stop

	go l.renew(renewing)
	s.lease.Store(l)

	return l, nil
}

// Lost is closed when the lease could not be renewed in time.
func (l *Lease) Lost() <-chan struct{} { return l.lost }

// Release gives the lease back. Another process can have it at once.
func (l *Lease) Release(ctx context.Context) error {
	l.stop()
	<-l.over
	l.store.lease.CompareAndSwap(l, nil)

	if err := l.write(ctx, 0, false); err != nil {
		return fmt.Errorf("give the lease on the warehouse back: %w", err)
	}

	return nil
}

// claim takes the lease unless another holds it. Others that ask are waited for, or
// given way to.
func (l *Lease) claim(ctx context.Context) (*HeldError, error) {
	var asked time.Time // when the claim was written; zero: there is none

	for {
		held, rivals, err := l.others(ctx)

		switch {
		case err != nil:
			return nil, err
		case asked.IsZero() && held == nil && !slices.ContainsFunc(rivals, l.before):
			asked = time.Now()
			if err := l.write(ctx, l.cfg.TTL, false); err != nil {
				return nil, err
			}

			continue // and look again: who wrote at the same moment?
		case !asked.IsZero() && held == nil && len(rivals) == 0 && time.Since(asked) < l.cfg.TTL/2:
			l.extend(asked)

			return nil, l.write(ctx, l.cfg.TTL, true)
		case !asked.IsZero() && (held != nil || slices.ContainsFunc(rivals, l.before) || time.Since(asked) >= l.cfg.TTL/2):
			asked = time.Time{}
			if err := l.write(ctx, 0, false); err != nil {
				return nil, err
			}
		}

		if held != nil {
			return held, nil
		}

		if err := pause(ctx, rivalPause); err != nil {
			return nil, err
		}
	}
}

// before reports whether another that asks goes first.
func (l *Lease) before(rival string) bool { return rival < l.holder }

// others are the process that holds the lease, if it is not this one, and those that
// ask for it.
func (l *Lease) others(ctx context.Context) (held *HeldError, rivals []string, err error) {
	err = l.store.each(ctx, func(read func(...any) error) error {
		var (
			rival, described string
			has              uint8
			left             int64
		)
		if err := read(&rival, &described, &has, &left); err != nil {
			return err
		}

		if has != 0 {
			held = &HeldError{By: described, For: time.Duration(left) * time.Microsecond}
		} else {
			rivals = append(rivals, rival)
		}

		return nil
	}, `SELECT holder, described, held, dateDiff('microsecond', now64(6), expires_at) AS left FROM lease FINAL
		WHERE name = ? AND holder != ? AND left > 0`, leaseName, l.holder)
	if err != nil {
		return nil, nil, fmt.Errorf("read the lease: %w", err)
	}

	return held, rivals, nil
}

// write puts down until when the holder has the lease or asks for it, by the server's
// clock; 0 gives it back.
func (l *Lease) write(ctx context.Context, ttl time.Duration, held bool) error {
	l.mu.Lock()
	l.writes++
	version := l.writes
	l.mu.Unlock()

	err := l.store.exec(ctx, `INSERT INTO lease (name, holder, described, held, expires_at, version)
		SELECT ?, ?, ?, ?, now64(6) + toIntervalMicrosecond(?), ?`,
		leaseName, l.holder, l.cfg.Holder, held, ttl.Microseconds(), version)
	if err != nil {
		return fmt.Errorf("write the lease: %w", err)
	}

	return nil
}

// extend moves the end of the lease to its length after it was asked for.
func (l *Lease) extend(asked time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()

	l.deadline = asked.Add(l.cfg.TTL)
}

// end is when the lease ends unless it is renewed.
func (l *Lease) end() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()

	return l.deadline
}

// renew extends the lease until ctx ends or the lease does. Only a renewal that was
// acknowledged before the end counts: no other process can have taken it in between.
func (l *Lease) renew(ctx context.Context) {
	defer close(l.over)

	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(l.cfg.TTL / renewals):
		}

		deadline, asked := l.end(), time.Now()
		trying, cancel := context.WithDeadline(ctx, deadline)
		err := l.write(trying, l.cfg.TTL, true)

		cancel()

		switch {
		case ctx.Err() != nil:
			return
		case !time.Now().Before(deadline):
			close(l.lost)

			return
		case err == nil:
			l.extend(asked)
		}
	}
}

// held gives ErrLeaseLost when the store had a lease that has ended.
func (s *Store) held() error {
	if l := s.lease.Load(); l != nil && !time.Now().Before(l.end()) {
		return ErrLeaseLost
	}

	return nil
}

// pause waits at random, up to a time, so that two that wait for each other part.
func pause(ctx context.Context, most time.Duration) error {
	t := time.NewTimer(mathrand.N(most)) //nolint:gosec // spreads, hides nothing
	defer t.Stop()

	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
