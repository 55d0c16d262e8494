package chain

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// spend sends n requests as fast as the throttle lets it, and gives the time it took.
func spend(t *testing.T, th *throttle, n int) time.Duration {
	t.Helper()

	started := time.Now()

	for range n {
		require.NoError(t, th.wait(t.Context()))
	}

	return time.Since(started)
}

func TestThrottleKeepsTheConfiguredRate(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		th := newThrottle(20)
		require.InDelta(t, 5, spend(t, th, 100).Seconds(), 0.1)

		for range 100 {
			th.answered()
			time.Sleep(time.Second)
		}

		require.InDelta(t, 20, float64(th.limiter.Limit()), 0, "it never goes above")
		require.Zero(t, spend(t, newThrottle(0), 10_000))
	})
}

func TestThrottleHalvesAndComesBack(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		th := newThrottle(100)
		spend(t, th, 300)

		// Many complaints at once are one.
		for range 10 {
			th.complained(0)
		}

		require.InDelta(t, 50, float64(th.limiter.Limit()), 2)

		started := time.Now()
		require.NoError(t, th.wait(t.Context()))
		require.Equal(t, firstPause, time.Since(started))

		for range 30 {
			th.answered()
			time.Sleep(time.Second)
		}

		require.InDelta(t, 65, float64(th.limiter.Limit()), 2)

		for range 200 {
			th.answered()
			time.Sleep(time.Second)
		}

		require.InDelta(t, 100, float64(th.limiter.Limit()), 0)
	})
}

// An endpoint without a configured rate is slowed down from what it was asked for.
func TestThrottleFindsARate(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		th := newThrottle(0)

		for range 50 {
			require.NoError(t, th.wait(t.Context()))
			time.Sleep(100 * time.Millisecond)
		}

		th.complained(0)
		require.InDelta(t, 5, float64(th.limiter.Limit()), 1)

		for range 20 {
			time.Sleep(2 * time.Second)
			th.complained(0)
		}

		require.InDelta(t, float64(slowestRate), float64(th.limiter.Limit()), 0)
	})
}

func TestThrottleWaitsAsLongAsItIsTold(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		th := newThrottle(0)
		th.complained(7 * time.Second)
		th.complained(time.Second) // A shorter one does not shorten it.

		started := time.Now()
		require.NoError(t, th.wait(t.Context()))
		require.Equal(t, 7*time.Second, time.Since(started))

		for range 20 {
			time.Sleep(time.Minute)
			th.complained(0)
		}

		require.LessOrEqual(t, time.Until(th.paused()), longestPause)

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()

		require.ErrorIs(t, th.wait(ctx), context.DeadlineExceeded)
	})
}

func TestRetryAfterIsReadInBothForms(t *testing.T) {
	t.Parallel()

	now := time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)

	for value, want := range map[string]time.Duration{
		"": 0, "2": 2 * time.Second, " 0.5 ": 500 * time.Millisecond, "-1": 0, "soon": 0, "1e9": maxRetryAfter, "NaN": 0,
		"Tue, 01 Sep 2026 12:00:09 GMT": 9 * time.Second,
		"Tue, 01 Sep 2026 11:00:09 GMT": 0,
		"Tue, 01 Sep 2037 11:00:09 GMT": maxRetryAfter,
	} {
		require.Equal(t, want, parseRetryAfter(value, now), value)
	}
}

func TestHealthPausesLongerEachTime(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		h := newHealth()
		last := time.Duration(0)

		for range 12 {
			h.refused(&Refusal{Kind: Outage})
			h.refused(&Refusal{Kind: Outage}) // Failing together is failing once.

			until, dropped, _ := h.down()
			require.False(t, dropped)
			require.Positive(t, time.Until(until))
			require.Less(t, time.Until(until), time.Minute)

			last = time.Until(until)

			time.Sleep(last + time.Millisecond)
		}

		require.Greater(t, last, 10*time.Second)

		h.answered()

		until, _, refusal := h.down()
		require.True(t, until.IsZero())
		require.Nil(t, refusal)
	})
}

func TestHealthKnowsWhatSaysNothingAboutIt(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		for kind := range kindNames {
			h := newHealth()
			h.refused(&Refusal{Kind: kind})

			until, dropped, last := h.down()
			require.Equal(t, kind, last.Kind)

			switch kind { //nolint:exhaustive // all others below
			case Timeout, Outage, Unknown, Malformed, BeyondHead, Untrue:
				require.True(t, until.After(time.Now()), kind)
				require.False(t, dropped)
			case Unauthorized, WrongChain:
				require.True(t, dropped, kind)
			default:
				require.False(t, until.After(time.Now()), kind)
			}

			require.Equal(t, kind == Untrue, h.lies() == 1)
		}
	})

	synctest.Test(t, func(t *testing.T) {
		h := newHealth()
		h.refused(&Refusal{Kind: Unauthorized})
		time.Sleep(dropFor + time.Second)

		_, dropped, _ := h.down()
		require.False(t, dropped, "keys get fixed")
	})
}
