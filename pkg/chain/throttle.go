package chain

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// The rate of one endpoint: what the configuration allows until it complains, then
// halved at each complaint and raised step by step while it does not.
const (
	slowestRate    = rate.Limit(0.2)
	raisePerSecond = 0.5
	unboundedFrom  = rate.Limit(1000)
	firstPause     = time.Second
	longestPause   = 30 * time.Second
)

// throttle keeps the request rate of one endpoint below what it refuses.
type throttle struct {
	limiter *rate.Limiter
	// most is the rate that the configuration allows, rate.Inf when it sets none.
	most rate.Limit

	mu          sync.Mutex
	windowStart time.Time
	windowCount int
	lastRate    float64
	lastCut     time.Time
	lastRaise   time.Time
	pausedUntil time.Time
	complaints  int
}

// newThrottle allows maxRate requests a second; zero sets no bound.
func newThrottle(maxRate float64) *throttle {
	most := rate.Inf
	if maxRate > 0 {
		most = rate.Limit(maxRate)
	}

	return &throttle{limiter: rate.NewLimiter(most, 1), most: most}
}

// wait returns when the next request may be sent.
func (t *throttle) wait(ctx context.Context) error {
	if err := sleepUntil(ctx, t.paused()); err != nil {
		return err
	}

	if err := t.limiter.Wait(ctx); err != nil {
		// The limiter also fails early when the deadline is too near to be met.
		if ctx.Err() != nil {
			return ctx.Err()
		}

		return context.DeadlineExceeded
	}

	t.mu.Lock()
	defer t.mu.Unlock()

	now := time.Now()
	if elapsed := now.Sub(t.windowStart); elapsed >= time.Second {
		t.lastRate = float64(t.windowCount) / elapsed.Seconds()
		t.windowStart, t.windowCount = now, 0
	}

	t.windowCount++

	return nil
}

// paused gives the time until which the endpoint asked to be left alone.
func (t *throttle) paused() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()

	return t.pausedUntil
}

// complained takes note of a rate refusal; after is what the endpoint asked for,
// zero when it did not say.
func (t *throttle) complained(after time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()

	now := time.Now()

	// Requests that were under way together complain together: that is one complaint.
	if now.Sub(t.lastCut) >= time.Second {
		t.lastCut = now
		t.complaints++

		// What it was asked for lately is what it found too much.
		current := min(t.limiter.Limit(), rate.Limit(max(t.lastRate, float64(t.windowCount))))

		t.limiter.SetLimit(max(slowestRate, current/2))
	}

	if after == 0 {
		after = min(longestPause, firstPause<<min(t.complaints-1, 5))
	}

	if until := now.Add(after); until.After(t.pausedUntil) {
		t.pausedUntil = until
	}

	t.lastRaise = now
}

// answered takes note of an answer.
func (t *throttle) answered() {
	t.mu.Lock()
	defer t.mu.Unlock()

	t.complaints = 0

	current := t.limiter.Limit()
	if current >= t.most {
		return
	}

	now := time.Now()

	elapsed := now.Sub(t.lastRaise).Seconds()
	if elapsed < 1 {
		return
	}

	t.lastRaise = now
	// A raise takes answers, so a pause in the work does not lift the limit by itself.
	raised := current + rate.Limit(raisePerSecond*min(elapsed, 2))
	if raised >= unboundedFrom {
		raised = rate.Inf
	}

	t.limiter.SetLimit(min(raised, t.most))
}

// sleepUntil waits for a time or the end of the context.
func sleepUntil(ctx context.Context, at time.Time) error {
	wait := time.Until(at)
	if wait <= 0 {
		return ctx.Err()
	}

	timer := time.NewTimer(wait)
	defer timer.Stop()

	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
