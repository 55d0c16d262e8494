package follow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"
	"golang.org/x/sync/errgroup"

	"diemhouse/pkg/chain"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
)

// Defaults of [History].
const (
	// DefaultBatchEvents is how many events are put into one insert. Of 50,000 the server
	// takes a seventh less time each, but two such batches are 40 MB; of 10,000 it takes a
	// third more.
	DefaultBatchEvents = 20_000
	// DefaultFlushAfter is how long events of history wait for a fuller batch.
	DefaultFlushAfter = time.Second
	// coverAfter is how long written batches wait until they count, all at once: each of
	// its own would cost a fifth of the time of history. A kill has that much read again.
	coverAfter = 2 * time.Second
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
	// BatchEvents is the size of an insert. Zero: DefaultBatchEvents.
	BatchEvents int
	// FlushAfter bounds the time before fewer events are inserted all the same. Zero:
	// DefaultFlushAfter.
	FlushAfter time.Duration
	// Observer hears of progress. Nil: nobody.
	Observer Observer
}

// fill is one batch on its way to the warehouse.
type fill struct {
	store.Batch

	blocks  uint64
	unknown int
}

// written are batches that do not count yet.
type written struct {
	staged  []store.Staged
	blocks  uint64
	events  int
	unknown int
}

// Fill makes the range covered. When some of it cannot be read, the rest is covered
// before the [*chain.ScanError] that names it is returned; calling again goes on
// where this call stopped.
func (h *History) Fill(ctx context.Context, r chain.Range) error {
	for {
		err := h.fill(ctx, r)

		// A rewind has undone some of it, which is now a gap again.
		if overtaken, ok := errors.AsType[*store.OvertakenError](err); ok && ctx.Err() == nil {
			h.observer().Stumbled(overtaken)

			continue
		}

		if err != nil {
			return fmt.Errorf("fill history of %s: %w", r, err)
		}

		return nil
	}
}

// fill reads and writes what is missing.
func (h *History) fill(ctx context.Context, r chain.Range) error {
	gaps, err := h.Warehouse.Gaps(ctx, h.Filter.Name(), r.From, r.To)
	if err != nil {
		return fmt.Errorf("find what is missing: %w", err)
	}

	var left uint64
	for _, gap := range gaps {
		left += gap.To - gap.From + 1
	}

	h.observer().Filled(0, left, 0, 0)

	if left == 0 {
		return nil
	}

	var (
		batches    = make(chan fill)
		spare      = make(chan []decode.Event, 2) // the memory of written batches
		incomplete error
	)

	g, gctx := errgroup.WithContext(ctx)

	g.Go(func() error {
		defer close(batches)

		var err error
		incomplete, err = h.read(gctx, chainRanges(gaps), batches, spare)

		return err
	})
	g.Go(func() error { return h.write(gctx, batches, spare, left) })

	if err := g.Wait(); err != nil {
		return err
	}

	return incomplete
}

// read scans and decodes. What the scan could not get is returned apart, so that the
// batches it did get are still written.
func (h *History) read(ctx context.Context, gaps []chain.Range, batches chan<- fill, spare <-chan []decode.Event) (incomplete, err error) {
	var (
		next  = fill{Batch: store.Batch{Filter: h.Filter.Name()}}
		since = time.Now()
	)

	send := func() error {
		if next.blocks == 0 {
			return nil
		}

		select {
		case batches <- next:
		case <-ctx.Done():
			return ctx.Err()
		}

		next = fill{Batch: store.Batch{Filter: h.Filter.Name()}}
		since = time.Now()

		select {
		case next.Events = <-spare:
		default:
		}

		return nil
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

			if len(next.Events) >= h.batchEvents() || time.Since(since) >= h.flushAfter() {
				failed = send()
			}

			return failed
		})
	if failed != nil {
		return nil, failed
	}

	if ctx.Err() != nil {
		return nil, ctx.Err()
	}

	return incomplete, send()
}

func (h *History) write(ctx context.Context, batches <-chan fill, spare chan<- []decode.Event, left uint64) error {
	var (
		waiting written
		due     <-chan time.Time // nil: nothing waits
	)

	for {
		select {
		case b, more := <-batches:
			if !more {
				return h.cover(ctx, waiting, left-waiting.blocks)
			}

			if err := h.stage(ctx, b, &waiting); err != nil {
				return err
			}

			clear(b.Events) // lets go of what they refer to

			select {
			case spare <- b.Events[:0]:
			default:
			}

			if due == nil {
				due = time.After(coverAfter)
			}
		case <-due:
			left -= waiting.blocks

			if err := h.cover(ctx, waiting, left); err != nil {
				return err
			}

			waiting, due = written{}, nil
		}
	}
}

func (h *History) stage(ctx context.Context, b fill, onto *written) error {
	return persist(ctx, fmt.Sprintf("write %d events of %d blocks", len(b.Events), b.blocks), func() error {
		staged, err := h.Warehouse.Stage(ctx, b.Batch)
		if err == nil {
			onto.staged = append(onto.staged, staged)
			onto.blocks += b.blocks
			onto.events += len(b.Events)
			onto.unknown += b.unknown
		}

		return err
	})
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

func (h *History) batchEvents() int {
	if h.BatchEvents <= 0 {
		return DefaultBatchEvents
	}

	return h.BatchEvents
}

func (h *History) flushAfter() time.Duration {
	if h.FlushAfter <= 0 {
		return DefaultFlushAfter
	}

	return h.FlushAfter
}
