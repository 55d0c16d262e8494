package follow

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
)

// insertion is history on its way into the warehouse.
type insertion struct {
	*History

	parts <-chan part
	spare chan<- []decode.Event
	done  chan<- written

	// turn is of the insert that takes parts in.
	turn sync.Mutex
}

// insertAll writes parts until there are no more, and hands over what is written.
func (h *History) insertAll(ctx context.Context, parts <-chan part, spare chan<- []decode.Event, done chan<- written) error {
	i := &insertion{History: h, parts: parts, spare: spare, done: done}

	g, ctx := errgroup.WithContext(ctx)
	for range inserts {
		g.Go(func() error { return i.run(ctx) })
	}

	return g.Wait()
}

// run does one insert after the other, in turn with others.
func (i *insertion) run(ctx context.Context) error {
	for {
		w, more, err := i.one(ctx)
		if err != nil || !more {
			return err
		}

		select {
		case i.done <- w:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// one does one insert when its turn has come, if there is something for it.
func (i *insertion) one(ctx context.Context) (w written, more bool, err error) {
	i.turn.Lock()

	over := sync.OnceFunc(i.turn.Unlock)
	defer over()

	select {
	case first, more := <-i.parts:
		if !more {
			return w, false, nil
		}

		staged, err := i.Warehouse.Stage(ctx, i.Filter.Name(), i.taking(ctx, first, &w, over))
		if err != nil {
			return w, false, &unwrittenError{fmt.Errorf("write %d events of %d blocks: %w", w.events, w.blocks, err)}
		}

		w.staged = []store.Staged{staged}

		return w, true, nil
	case <-ctx.Done():
		return w, false, ctx.Err()
	}
}

// taking gives parts to an insert until it is large enough or has been open for long
// enough, counts them, and says when its turn is over.
func (i *insertion) taking(ctx context.Context, first part, w *written, over func()) iter.Seq[store.Part] {
	return func(yield func(store.Part) bool) {
		defer over()

		due := time.After(i.flushAfter())

		for next, more := first, true; more; {
			wanted := yield(next.Part)
			w.add(written{blocks: next.blocks, events: len(next.Events), unknown: next.unknown})
			i.giveBack(next.Events)

			if !wanted || w.events >= i.insertEvents() {
				return
			}

			select {
			case next, more = <-i.parts:
			case <-due:
				return
			case <-ctx.Done():
				return
			}
		}
	}
}

// giveBack lets memory be used again.
func (i *insertion) giveBack(events []decode.Event) {
	clear(events) // lets go of what they refer to

	select {
	case i.spare <- events[:0]:
	default:
	}
}
