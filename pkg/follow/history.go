package follow

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/cenkalti/backoff/v5"
	"golang.org/x/sync/errgroup"

	"diemhouse/pkg/chain"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
)

const (
	// DefaultFlushAfter is how long an insert of history stays open for more events.
	DefaultFlushAfter = time.Second
	// partEvents is how many events are given to an insert at a time, when it does not
	// wait for fewer.
	partEvents = 2048
	// inserts is how many are under way: one takes events in while the server sorts and
	// writes those of the other.
	inserts = 2
	// coverAfter is how long written events wait at least until they count, all at once:
	// each insert of its own would cost a fifth of the time of history. A kill has what
	// waits read again.
	coverAfter = 2 * time.Second
	// coverShare: events wait this many times as long as covering took the last time, where
	// that is longer, but no longer than coverAtLast.
	coverShare  = 10
	coverAtLast = 10 * time.Second
)

// Scanner reads block ranges. [*chain.Pool] is one.
type Scanner interface {
	Scan(ctx context.Context, cfg chain.ScanConfig, yield func(chain.Chunk) error) error
}

// History fills ranges of settled blocks: fetch, decode and insert overlap, and only
// what no earlier run has covered is read.
type History struct {
	Source    Scanner
	Decoder   *decode.Decoder
	Warehouse Writer
	Filter    chain.FilterSet
	// Workers is the number of requests in flight per endpoint; zero is the scanner's.
	Workers int
	// Verify is how far answers are checked against the chain's headers.
	Verify chain.Verification
	// InsertEvents is how many events end an insert. Zero: what the warehouse advises.
	InsertEvents int
	// FlushAfter ends it with fewer. Zero: DefaultFlushAfter.
	FlushAfter time.Duration
	// Observer hears of progress. Nil: nobody.
	Observer Observer
}

// part is what one or several answers tell, on its way to the warehouse.
type part struct {
	store.Part

	blocks  uint64
	unknown int
}

// written is what was written and does not count yet.
type written struct {
	staged  []store.Staged
	blocks  uint64
	events  int
	unknown int
}

// add counts what another insert wrote.
func (w *written) add(more written) {
	w.staged = append(w.staged, more.staged...)
	w.blocks += more.blocks
	w.events += more.events
	w.unknown += more.unknown
}

// unwrittenError says that the warehouse did not take what was read. It is held by
// nobody: it must be read again.
type unwrittenError struct{ err error }

func (e *unwrittenError) Error() string { return e.err.Error() }
func (e *unwrittenError) Unwrap() error { return e.err }

// Fill makes the range covered. When some of it cannot be read, the rest is covered
// before the [*chain.ScanError] that names it is returned; calling again goes on
// where this call stopped.
func (h *History) Fill(ctx context.Context, r chain.Range) error {
	var (
		pause = backoff.NewExponentialBackOff()
		least = uint64(math.MaxUint64)
		since time.Time // nothing got further
	)

	for {
		left, err := h.fill(ctx, r)
		if err == nil {
			return nil
		}

		if left < least {
			least, since = left, time.Now()
			pause.Reset()
		}

		// A rewind has undone some of it, which is now a gap again.
		_, overtaken := errors.AsType[*store.OvertakenError](err)
		_, unwritten := errors.AsType[*unwrittenError](err)

		switch {
		case ctx.Err() == nil && overtaken:
			h.observer().Stumbled(err)
		case ctx.Err() == nil && unwritten && store.Retryable(err) && time.Since(since) < patience:
			h.observer().Stumbled(err)

			if err := sleep(ctx, pause.NextBackOff()); err != nil {
				return err
			}
		default:
			return fmt.Errorf("fill history of %s: %w", r, err)
		}
	}
}

// fill reads and writes what is missing. With an error it says how many blocks were
// missing when it began.
func (h *History) fill(ctx context.Context, r chain.Range) (left uint64, err error) {
	var gaps []store.Range

	err = persist(ctx, "find what is missing", func() (err error) {
		gaps, err = h.Warehouse.Gaps(ctx, h.Filter.Name(), r.From, r.To)

		return err
	})
	if err != nil {
		return math.MaxUint64, err
	}

	for _, gap := range gaps {
		left += gap.To - gap.From + 1
	}

	h.observer().Filled(0, left, 0, 0)

	if left == 0 {
		return 0, nil
	}

	var (
		parts      = make(chan part)
		spare      = make(chan []decode.Event, 2) // the memory of what was written
		done       = make(chan written, inserts)
		incomplete error
	)

	g, gctx := errgroup.WithContext(ctx)

	g.Go(func() error {
		defer close(parts)

		var err error
		incomplete, err = h.read(gctx, chainRanges(gaps), parts, spare)

		return err
	})
	g.Go(func() error {
		defer close(done)

		return h.insertAll(gctx, parts, spare, done)
	})
	g.Go(func() error { return h.coverAll(gctx, done, left) })

	if err := g.Wait(); err != nil {
		return left, err
	}

	return left, incomplete
}

// read scans and decodes. What the scan could not get is returned apart, so that what
// it did get is still written.
func (h *History) read(ctx context.Context, gaps []chain.Range, parts chan<- part, spare <-chan []decode.Event) (incomplete, err error) {
	var next part

	sent := func() {
		next = part{}

		select {
		case next.Events = <-spare:
		default:
		}
	}

	send := func() error {
		select {
		case parts <- next:
			sent()

			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}

	var failed error // of decoding or sending: not the scan's

	incomplete = h.Source.Scan(ctx, chain.ScanConfig{Filter: h.Filter, Ranges: gaps, Workers: h.Workers, Verify: h.Verify},
		func(c chain.Chunk) error {
			decoded, err := decodeLogs(h.Decoder, next.Events, c.Logs)
			if err != nil {
				failed = fmt.Errorf("decode %s from %s: %w", c.Range, c.Endpoint, err)

				return failed
			}

			next.Events = decoded.events
			next.Covered = append(next.Covered, storeRange(c.Range))
			next.blocks += c.Len()
			next.unknown += decoded.unknown

			if len(next.Events) >= min(partEvents, h.insertEvents()) {
				failed = send()

				return failed
			}

			select {
			case parts <- next:
				sent()
			default:
			}

			return nil
		})
	if failed != nil {
		return nil, failed
	}

	if ctx.Err() != nil {
		return nil, ctx.Err()
	}

	if next.blocks > 0 {
		err = send()
	}

	return incomplete, err
}

// coverPause is how long written events wait to be covered when that took so long the last
// time.
func coverPause(took time.Duration) time.Duration {
	return min(max(coverAfter, coverShare*took), coverAtLast)
}

// coverAll makes what comes count, now and then. left is how many blocks there are to
// cover.
func (h *History) coverAll(ctx context.Context, done <-chan written, left uint64) error {
	var (
		waiting written
		due     <-chan time.Time // nil: nothing waits
		took    time.Duration    // the last time
	)

	for {
		select {
		case more, open := <-done:
			if !open {
				return h.cover(ctx, waiting, left-waiting.blocks)
			}

			waiting.add(more)

			if due == nil {
				due = time.After(coverPause(took))
			}
		case <-due:
			left -= waiting.blocks
			began := time.Now()

			if err := h.cover(ctx, waiting, left); err != nil {
				return err
			}

			waiting, due, took = written{}, nil, time.Since(began)
		}
	}
}

// cover makes what was written count; left is how many blocks there are to cover after it.
func (h *History) cover(ctx context.Context, w written, left uint64) error {
	if len(w.staged) == 0 {
		return nil
	}

	err := persist(ctx, fmt.Sprintf("cover %d blocks with %d events", w.blocks, w.events), func() error {
		err := h.Warehouse.Cover(ctx, w.staged...)

		if _, overtaken := errors.AsType[*store.OvertakenError](err); overtaken {
			return backoff.Permanent(err) // It is to be written again.
		}

		return err
	})
	if err != nil {
		return err
	}

	h.observer().Filled(w.blocks, left, w.events, w.unknown)

	return nil
}

func (h *History) observer() Observer {
	if h.Observer == nil {
		return Silent{}
	}

	return h.Observer
}

func (h *History) insertEvents() int {
	if h.InsertEvents <= 0 {
		return h.Warehouse.InsertSize()
	}

	return h.InsertEvents
}

func (h *History) flushAfter() time.Duration {
	if h.FlushAfter <= 0 {
		return DefaultFlushAfter
	}

	return h.FlushAfter
}
