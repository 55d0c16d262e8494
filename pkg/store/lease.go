package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"sync"
	"time"
)

const (
	// DefaultLease is how long a lease lasts that is not renewed: how long a daemon
	// waits after another was killed.
	DefaultLease = 10 * time.Second

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
// it, because each writes its claim first and then gives way to every other claim
// that it can see. A holder knows by its own monotonic clock when its right has ended,
// and stops writing then; the next holder ends the inserts that are still running.
// What it needs: one ClickHouse server (or replicas that are read after a write), and
// clocks of server and holder that run at the same rate while the lease lasts.
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
		err := l.claim(ctx)
		if err == nil {
			break
		}

		var held *HeldError
		if !errors.As(err, &held) || cfg.Waiting == nil {
			return nil, fmt.Errorf("take the lease on the warehouse: %w", err)
		}

		cfg.Waiting(held)

		// At random, so that two that gave way to each other do not do it again.
		pause := min(held.For, cfg.TTL/renewals)

		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause/2 + mathrand.N(pause/2+time.Millisecond)): //nolint:gosec // spreads, hides nothing
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

	if err := l.write(ctx, 0); err != nil {
		return fmt.Errorf("give the lease on the warehouse back: %w", err)
	}

	return nil
}

// claim takes the lease if nobody has it or asks for it.
func (l *Lease) claim(ctx context.Context) error {
	if err := l.others(ctx); err != nil {
		return err
	}

	asked := time.Now()
	if err := l.write(ctx, l.cfg.TTL); err != nil {
		return err
	}

	if err := l.others(ctx); err != nil {
		return errors.Join(err, l.write(ctx, 0))
	}

	l.mu.Lock()
	defer l.mu.Unlock()

	l.deadline = asked.Add(l.cfg.TTL)

	return nil
}

// others gives an error when another's claim has not ended.
func (l *Lease) others(ctx context.Context) error {
	var held *HeldError

	err := l.store.each(ctx, func(read func(...any) error) error {
		var (
			by   string
			left int64
		)
		if err := read(&by, &left); err != nil {
			return err
		}

		held = &HeldError{By: by, For: time.Duration(left) * time.Microsecond}

		return nil
	}, `SELECT described, dateDiff('microsecond', now64(6), expires_at) AS left FROM lease FINAL
		WHERE name = ? AND holder != ? AND left > 0 ORDER BY left`, leaseName, l.holder)
	if err != nil {
		return fmt.Errorf("read the lease: %w", err)
	}

	if held != nil {
		return held
	}

	return nil
}

// write puts down until when the holder has the lease, by the server's clock; 0 gives
// it back.
func (l *Lease) write(ctx context.Context, ttl time.Duration) error {
	l.mu.Lock()
	l.writes++
	version := l.writes
	l.mu.Unlock()

	until := "toDateTime64(0, 6)"
	if ttl > 0 {
		until = fmt.Sprintf("now64(6) + toIntervalMicrosecond(%d)", ttl.Microseconds())
	}

	err := l.store.exec(ctx, "INSERT INTO lease (name, holder, described, expires_at, version) SELECT ?, ?, ?, "+until+", ?",
		leaseName, l.holder, l.cfg.Holder, version)
	if err != nil {
		return fmt.Errorf("write the lease: %w", err)
	}

	return nil
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

		l.mu.Lock()
		deadline := l.deadline
		l.mu.Unlock()

		asked := time.Now()
		trying, cancel := context.WithDeadline(ctx, deadline)
		err := l.write(trying, l.cfg.TTL)

		cancel()

		switch {
		case ctx.Err() != nil:
			return
		case !time.Now().Before(deadline):
			close(l.lost)

			return
		case err == nil:
			l.mu.Lock()
			l.deadline = asked.Add(l.cfg.TTL)
			l.mu.Unlock()
		}
	}
}

// held gives ErrLeaseLost when the store had a lease that has ended.
func (s *Store) held() error {
	l := s.lease.Load()
	if l == nil {
		return nil
	}

	l.mu.Lock()
	defer l.mu.Unlock()

	if !time.Now().Before(l.deadline) {
		return ErrLeaseLost
	}

	return nil
}
