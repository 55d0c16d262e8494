package chain

import (
	"context"
	"encoding/json"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"
)

const (
	// slowPoll is how many poll intervals pass between two firings while a subscription
	// speaks.
	slowPoll = 10
	// silentPolls is how many of them it may say nothing before it counts as dead: one
	// that died without a word must not slow the polling for long.
	silentPolls = 5
)

// Wake gives a channel that fires when it is worth looking at the head: on newHeads
// of any WebSocket endpoint, and at the poll interval (ten times slower while a
// subscription speaks). It fires at once for the first time. Firings that are not
// taken merge into one. What a subscription says is never used, only that it says
// something. The channel is closed when ctx ends and everything behind it is gone.
func (p *Pool) Wake(ctx context.Context) <-chan struct{} {
	w := &waker{fire: make(chan struct{}, 1)}
	w.wake()

	var workers sync.WaitGroup

	for _, e := range p.endpoints {
		if e.socket != nil {
			workers.Go(func() { w.subscribe(ctx, e) })
		}
	}

	workers.Go(func() { w.poll(ctx, p.cfg.PollInterval) })

	go func() {
		workers.Wait()
		close(w.fire)
	}()

	return w.fire
}

type waker struct {
	fire chan struct{}

	// heard is when a subscription last said something, in Unix nanoseconds.
	heard atomic.Int64
}

func (w *waker) wake() {
	select {
	case w.fire <- struct{}{}:
	default:
	}
}

func (w *waker) poll(ctx context.Context, interval time.Duration) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()

	for skipped := 0; ; {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			silent := time.Since(time.Unix(0, w.heard.Load())) > silentPolls*interval
			if skipped++; skipped >= slowPoll || silent {
				skipped = 0

				w.wake()
			}
		}
	}
}

// subscribe keeps a newHeads subscription alive until ctx ends.
func (w *waker) subscribe(ctx context.Context, e *endpoint) {
	pauses := backoff.NewExponentialBackOff()
	pauses.MaxInterval = 30 * time.Second

	for ctx.Err() == nil {
		heard := w.listen(ctx, e)
		if heard {
			pauses.Reset()
		}

		// What came while nobody listened is found by looking once.
		w.wake()

		if sleepUntil(ctx, time.Now().Add(pauses.NextBackOff())) != nil {
			return
		}
	}
}

// listen subscribes and fires until the subscription ends. It reports whether
// anything was heard.
func (w *waker) listen(ctx context.Context, e *endpoint) (heard bool) {
	callCtx, cancel := context.WithTimeout(ctx, e.cfg.CallTimeout)
	defer cancel()

	client, err := e.socket.client(callCtx)
	if err != nil {
		e.note(e.refuse(err, &exchange{}, "eth_subscribe"))

		return false
	}

	news := make(chan json.RawMessage, 16)

	sub, err := client.EthSubscribe(callCtx, news, "newHeads")
	if err != nil {
		if ctx.Err() == nil {
			e.note(e.refuse(err, &exchange{}, "eth_subscribe"))
		}

		return false
	}
	defer sub.Unsubscribe()

	for {
		select {
		case <-news:
			heard = true

			w.heard.Store(time.Now().UnixNano())
			w.wake()
		case <-sub.Err(): //nolint:errcheck // why it ended changes nothing: it is made again
			return heard
		case <-ctx.Done():
			return heard
		}
	}
}
