package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"diemhouse/internal/testenv"
	"diemhouse/pkg/store"
)

// endpointMinute is a row of the view endpoint_minutes.
type endpointMinute struct {
	Minute   time.Time `ch:"minute"`
	Endpoint string    `ch:"endpoint"`
	Method   string    `ch:"method"`
	Outcome  string    `ch:"outcome"`
	Failed   uint8     `ch:"failed"`
	Requests uint64    `ch:"requests"`
	Seconds  float64   `ch:"seconds"`
	Longest  float64   `ch:"seconds_max"`
}

func endpointMinutes(t *testing.T, s *store.Store) []endpointMinute {
	t.Helper()

	var rows []endpointMinute

	require.NoError(t, s.Conn().Select(t.Context(), &rows, `
		SELECT minute, endpoint, method, outcome, failed, requests, seconds, seconds_max
		FROM endpoint_minutes ORDER BY minute, endpoint, outcome`))

	return rows
}

func TestEndpointStatsCountOnceHoweverOftenTheyAreWritten(t *testing.T) {
	s := testenv.Open(t)
	minute := time.Now().UTC().Truncate(time.Minute)
	one, other := store.NewEndpointStats(s), store.NewEndpointStats(s)

	one.Observe("node.example", "eth_getLogs", "ok", time.Second, minute.Add(time.Second))
	one.Observe("node.example", "eth_getLogs", "ok", 3*time.Second, minute.Add(2*time.Second))
	one.Observe("node.example", "eth_getLogs", "timeout", 30*time.Second, minute.Add(59*time.Second))
	require.NoError(t, one.Flush(t.Context(), minute))
	require.NoError(t, one.Flush(t.Context(), minute), "nothing is new")
	one.Observe("node.example", "eth_getLogs", "ok", 2*time.Second, minute.Add(58*time.Second))
	one.Observe("node.example", "eth_getLogs", "range_too_wide", time.Second, minute.Add(time.Minute))
	require.NoError(t, one.Flush(t.Context(), minute.Add(time.Hour)))

	other.Observe("node.example", "eth_getLogs", "ok", 4*time.Second, minute)
	require.NoError(t, other.Flush(t.Context(), minute))

	require.Equal(t, []endpointMinute{
		{minute, "node.example", "eth_getLogs", "ok", 0, 4, 10, 4},
		{minute, "node.example", "eth_getLogs", "timeout", 1, 1, 30, 30},
		{minute.Add(time.Minute), "node.example", "eth_getLogs", "range_too_wide", 0, 1, 1, 1},
	}, endpointMinutes(t, s))
}

func TestEndpointStatsSurviveAFailedWrite(t *testing.T) {
	s := testenv.Open(t)
	now := time.Now().UTC().Truncate(time.Minute)
	stats := store.NewEndpointStats(s)
	stats.Observe("node.example", "eth_call", "ok", time.Second, now)
	stats.Observe("node.example", "eth_call", "ok", time.Second, now.Add(-2*time.Hour))

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorContains(t, stats.Flush(ended, now), "counts of requests to endpoints")

	require.NoError(t, stats.Flush(t.Context(), now))
	require.Equal(t, []endpointMinute{{now, "node.example", "eth_call", "ok", 0, 1, 1, 1}}, endpointMinutes(t, s),
		"the one of two hours ago is not kept")
}

func TestEndpointStatsWriteWhatIsLeftAtTheEnd(t *testing.T) {
	s := testenv.Open(t)
	stats := store.NewEndpointStats(s)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})

	go func() {
		defer close(done)

		stats.Run(ctx, time.Hour, func(err error) { t.Error(err) })
	}()

	now := time.Now().UTC()
	stats.Observe("node.example", "batch", "ok", time.Second, now)
	cancel()
	<-done

	require.Len(t, endpointMinutes(t, s), 1)
}
