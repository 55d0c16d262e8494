package chain

import (
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// dropFor is how long an endpoint that refuses us altogether is left alone. Not
// for ever: keys and plans get fixed while a daemon runs.
const dropFor = 10 * time.Minute

// health remembers how an endpoint did lately.
type health struct {
	mu        sync.Mutex
	pauses    *backoff.ExponentialBackOff
	downUntil time.Time
	dropped   bool
	last      *Refusal
	untrue    uint64
}

func newHealth() *health {
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval = 250 * time.Millisecond
	pauses.Multiplier = 2
	pauses.MaxInterval = 30 * time.Second
	pauses.Reset()

	return &health{pauses: pauses}
}

// answered takes note of an answer.
func (h *health) answered() {
	h.mu.Lock()
	defer h.mu.Unlock()

	h.pauses.Reset()
	h.downUntil, h.dropped, h.last = time.Time{}, false, nil
}

// refused takes note of a refusal.
func (h *health) refused(r *Refusal) {
	h.mu.Lock()
	defer h.mu.Unlock()

	h.last = r

	if r.Kind == Untrue {
		h.untrue++
	}

	switch r.Kind { //nolint:exhaustive // the other kinds say nothing about health
	case Timeout, Outage, Unknown, Malformed, BeyondHead, Untrue:
		// Requests that were under way together fail together: that is one failure.
		if !time.Now().Before(h.downUntil) {
			h.downUntil = time.Now().Add(h.pauses.NextBackOff())
		}
	case Unauthorized:
		h.dropped, h.downUntil = true, time.Now().Add(dropFor)
	case WrongChain:
		h.dropped, h.downUntil = true, time.Now().Add(100*365*24*time.Hour)
	}
}

// down gives the time until which the endpoint had better not be asked, whether it
// is dropped till then, and its last refusal.
func (h *health) down() (until time.Time, dropped bool, last *Refusal) {
	h.mu.Lock()
	defer h.mu.Unlock()

	return h.downUntil, h.dropped && time.Now().Before(h.downUntil), h.last
}

// lies gives how many of its answers turned out untrue.
func (h *health) lies() uint64 {
	h.mu.Lock()
	defer h.mu.Unlock()

	return h.untrue
}
