package chain

import (
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// An endpoint that refuses every eth_getLogs as asked too often, and answers filters:
// what Base's public one has been doing.
func TestLogsAreReadThroughFiltersWhereNothingElseIsAnswered(t *testing.T) {
	t.Parallel()

	f := filterSet(t, FilterCore)
	refusal := capturedNamed(t, "base-429")

	for node, all := range chains(t) {
		var refused, filters atomic.Int64

		server := newFront(t, node, func(calls []frontCall, _ bool) *reply {
			switch calls[0].Method {
			case methodLogs:
				refused.Add(1)

				return &reply{status: refusal.Status, body: refusal.Body, header: map[string]string{"Retry-After": "0.01"}}
			case methodNewFilter:
				filters.Add(int64(len(calls)))
			case methodDropFilter:
				filters.Add(-int64(len(calls)))
			}

			return nil
		})
		p := newPool(t, quick(server.URL))

		var got collector

		require.NoError(t, p.Scan(t.Context(), ScanConfig{Filter: f, Ranges: []Range{all}, FirstRange: 60, Workers: 1}, got.take))
		got.requireTruth(t, all, truth(t, node, f, all))
		require.Equal(t, int64(deniedLogs), refused.Load())
		require.Zero(t, filters.Load(), "each is dropped")

		h, err := p.HeaderByNumber(t.Context(), got.logs[0].BlockNumber)
		require.NoError(t, err)
		logs, err := p.LogsByBlock(t.Context(), h, f)
		require.NoError(t, err)
		require.NotEmpty(t, logs.Logs)
		require.False(t, logs.Settled)
	}
}

// A rate limit that passes does not change the way.
func TestARateLimitThatPassesChangesNothing(t *testing.T) {
	t.Parallel()

	var r logsRoute

	limited := []rpcResult{{err: &Refusal{Kind: RateLimited}}}

	r.learn([]rpcResult{{}}, nil)

	for range 10 {
		r.learn(limited, nil)
	}

	require.False(t, r.byFilter())

	var never logsRoute

	for range deniedLogs {
		require.False(t, never.byFilter())
		never.learn(limited, nil)
		never.learn(nil, &Refusal{Kind: RangeTooWide})
	}

	require.True(t, never.byFilter())

	e := &endpoint{}
	e.route.denied.Store(deniedLogs)
	require.True(t, e.route.byFilter())
	require.Error(t, e.withoutFilters(&Refusal{Kind: NotOffered}))
	require.False(t, e.route.byFilter(), "refused filters are left alone")
}
