package store

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"sync"
	"time"
)

// endpointMemory is how long counts that could not be written are kept.
const endpointMemory = time.Hour

// EndpointStats counts requests to endpoints by minute and writes the counts to the
// table endpoint_stats. The zero value is not usable; see [NewEndpointStats]. Its
// methods may be called from any goroutine.
type EndpointStats struct {
	store  *Store
	writer uint64

	mu      sync.Mutex
	buckets map[endpointKey]endpointBucket
}

// endpointKey is what is counted together.
type endpointKey struct {
	minute                    time.Time
	endpoint, method, outcome string
}

// endpointBucket is a row of endpoint_stats: it only grows.
type endpointBucket struct {
	requests         uint64
	seconds, longest float64
	written          uint64 // requests that the warehouse knows of
}

// NewEndpointStats counts for one process.
func NewEndpointStats(s *Store) *EndpointStats {
	return &EndpointStats{
		store: s, writer: rand.Uint64(), //nolint:gosec // tells processes apart, guards nothing
		buckets: make(map[endpointKey]endpointBucket),
	}
}

// Observe counts a request that ended at that time. The endpoint's name holds no
// secret; outcome is ok or the kind of refusal. It returns at once.
func (e *EndpointStats) Observe(endpoint, method, outcome string, took time.Duration, ended time.Time) {
	key := endpointKey{ended.UTC().Truncate(time.Minute), endpoint, method, outcome}

	e.mu.Lock()
	defer e.mu.Unlock()

	b := e.buckets[key]
	b.requests++
	b.seconds += took.Seconds()
	b.longest = max(b.longest, took.Seconds())
	e.buckets[key] = b
}

// Flush writes what was counted since the last call, in one insert. After an error
// the same counts are written by the next call; it is safe to repeat.
func (e *EndpointStats) Flush(ctx context.Context, now time.Time) error {
	changed := e.changed()
	if len(changed) > 0 {
		if err := e.write(ctx, changed); err != nil {
			e.forget(now)

			return fmt.Errorf("write %d counts of requests to endpoints: %w", len(changed), err)
		}
	}

	e.mu.Lock()

	for key, b := range changed {
		kept := e.buckets[key]
		kept.written = b.requests
		e.buckets[key] = kept
	}
	e.mu.Unlock()
	e.forget(now)

	return nil
}

// Run flushes until ctx ends, and once more then. failed hears of each error: counts
// are not worth stopping for.
func (e *EndpointStats) Run(ctx context.Context, every time.Duration, failed func(error)) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()

	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), every)
			defer cancel()

			if err := e.Flush(last, time.Now()); err != nil {
				failed(err)
			}

			return
		case now := <-ticker.C:
			if err := e.Flush(ctx, now); err != nil && ctx.Err() == nil {
				failed(err)
			}
		}
	}
}

// changed are the buckets that the warehouse does not know as they are.
func (e *EndpointStats) changed() map[endpointKey]endpointBucket {
	e.mu.Lock()
	defer e.mu.Unlock()

	changed := maps.Clone(e.buckets)
	maps.DeleteFunc(changed, func(_ endpointKey, b endpointBucket) bool { return b.written == b.requests })

	return changed
}

// forget drops what cannot grow any more and is written, and what is too old.
func (e *EndpointStats) forget(now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()

	maps.DeleteFunc(e.buckets, func(key endpointKey, b endpointBucket) bool {
		age := now.Sub(key.minute)

		return age > endpointMemory || age > 2*time.Minute && b.written == b.requests
	})
}

func (e *EndpointStats) write(ctx context.Context, rows map[endpointKey]endpointBucket) error {
	var (
		n                            = len(rows)
		minutes                      = make([]time.Time, 0, n)
		endpoints, methods, outcomes = make([]string, 0, n), make([]string, 0, n), make([]string, 0, n)
		requests                     = make([]uint64, 0, n)
		seconds, longest             = make([]float64, 0, n), make([]float64, 0, n)
	)

	for key, b := range rows {
		minutes = append(minutes, key.minute)
		endpoints, methods, outcomes = append(endpoints, key.endpoint), append(methods, key.method), append(outcomes, key.outcome)
		requests = append(requests, b.requests)
		seconds, longest = append(seconds, b.seconds), append(longest, b.longest)
	}

	return e.store.insert(ctx, "endpoint_stats",
		[]string{"minute", "endpoint", "method", "outcome", "writer", "requests", "seconds", "seconds_max"},
		minutes, endpoints, methods, outcomes, repeated(e.writer, n), requests, seconds, longest)
}
