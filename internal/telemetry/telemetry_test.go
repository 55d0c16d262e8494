package telemetry_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/telemetry"
	"diemhouse/pkg/chain"
	"diemhouse/pkg/store"
)

func heads(number int64) chain.Heads {
	return chain.Heads{Head: chain.Header{Header: &types.Header{Number: big.NewInt(number)}}}
}

func TestReadinessFollowsTheWork(t *testing.T) {
	t.Parallel()

	m := telemetry.NewMetrics(zerolog.Nop())
	ready := func() string {
		if err := m.Ready(t.Context()); err != nil {
			return err.Error()
		}

		return ""
	}

	require.Contains(t, ready(), "has not been seen yet")

	m.Saw(heads(1000), 900)
	require.Contains(t, ready(), "100 blocks behind the head")

	m.Advanced(1000, 0, 0, 0)
	require.Contains(t, ready(), "not known yet")

	m.Filled(10, 500, 0, 0)
	require.Contains(t, ready(), "500 blocks are left")

	m.Filled(500, 0, 0, 0)
	require.Empty(t, ready())

	m.Reorganized(950, 50)
	require.Contains(t, ready(), "50 blocks behind")
}

func TestReadinessWithoutHistory(t *testing.T) {
	t.Parallel()

	m := telemetry.NewMetrics(zerolog.Nop())
	m.NoHistory()
	m.Saw(heads(10), 10)
	require.NoError(t, m.Ready(t.Context()))
}

func TestWhatIsCounted(t *testing.T) {
	t.Parallel()

	var log bytes.Buffer

	m := telemetry.NewMetrics(zerolog.New(&log))
	m.Filled(100, 20, 7, 2)
	m.Advanced(5, 1000, 3, 0)
	m.Reorganized(4, 1)
	m.Sampled(5, 2, nil)
	m.Sampled(5, 0, errors.New("no state"))
	m.Mended(store.Replaced{Missing: []store.Place{{Block: 136, LogIndex: 2}}})
	m.Verified(9, store.Replaced{Missing: []store.Place{{Block: 7}}, Changed: []store.Place{{Block: 8}}})
	m.Request(chain.Request{Endpoint: "http://a", Method: "eth_call", Took: time.Second})
	m.Request(chain.Request{Endpoint: "http://a", Method: "eth_call", Refusal: &chain.Refusal{Kind: chain.RateLimited}})

	served := scrape(t, m)
	for _, line := range []string{
		`diemhouse_events_total{loop="head"} 3`,
		`diemhouse_events_total{loop="history"} 7`,
		`diemhouse_history_blocks_left 20`,
		`diemhouse_reorgs_total 1`,
		`diemhouse_reorg_depth_blocks_count 1`,
		`diemhouse_rpc_requests_total{endpoint="http://a",method="eth_call",outcome="ok"} 1`,
		`diemhouse_rpc_requests_total{endpoint="http://a",method="eth_call",outcome="rate_limited"} 1`,
		`diemhouse_parameter_samples_total{result="changed"} 1`,
		`diemhouse_parameter_samples_total{result="failed"} 1`,
		`diemhouse_mended_logs_total{what="missing"} 2`,
		`diemhouse_mended_logs_total{what="changed"} 1`,
		`diemhouse_verified_block 9`,
		`diemhouse_unknown_logs_total 2`,
		`diemhouse_cursor_timestamp_seconds 1000`,
	} {
		require.Contains(t, served, line+"\n")
	}

	require.Contains(t, log.String(), "no state")
	require.Contains(t, log.String(), "missing 1, extra 0, changed 0, from [136/2] on")
}

func TestTroubleThatLastsIsSaidOnce(t *testing.T) {
	t.Parallel()

	var log bytes.Buffer

	m := telemetry.NewMetrics(zerolog.New(&log).Level(zerolog.WarnLevel))

	for range 50 {
		m.Stumbled(errors.New("the same"))
	}

	m.Stumbled(errors.New("another"))
	require.Equal(t, 1, strings.Count(log.String(), "the same"))
	require.Equal(t, 1, strings.Count(log.String(), "another"))
	require.Contains(t, scrape(t, m), "diemhouse_follow_errors_total 51\n")
}

// scrape is what Prometheus would read.
func scrape(t *testing.T, m *telemetry.Metrics) string {
	t.Helper()

	s, err := telemetry.Serve(t.Context(), "127.0.0.1:0", m.Registry, m.Ready)
	require.NoError(t, err)

	response, err := http.Get("http://" + s.Addr() + "/metrics")
	require.NoError(t, err)

	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.NoError(t, s.Close(t.Context()))

	return string(body)
}

func TestServer(t *testing.T) {
	t.Parallel()

	notReady := errors.New("history is not complete")
	m := telemetry.NewMetrics(zerolog.Nop())

	s, err := telemetry.Serve(t.Context(), "127.0.0.1:0", m.Registry, func(context.Context) error { return notReady })
	require.NoError(t, err)

	get := func(path string) (int, string) {
		response, err := http.Get("http://" + s.Addr() + path)
		require.NoError(t, err)

		body, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())

		return response.StatusCode, string(body)
	}

	code, body := get("/healthz")
	require.Equal(t, http.StatusOK, code)
	require.Equal(t, "ok\n", body)

	code, body = get("/readyz")
	require.Equal(t, http.StatusServiceUnavailable, code)
	require.Contains(t, body, "history is not complete")

	code, body = get("/metrics")
	require.Equal(t, http.StatusOK, code)
	require.Contains(t, body, "diemhouse_cursor_block")
	require.Contains(t, body, "go_goroutines")

	_, err = telemetry.Serve(t.Context(), s.Addr(), m.Registry, m.Ready)
	require.ErrorContains(t, err, "--listen; empty for none")
	require.NoError(t, s.Close(t.Context()))

	none, err := telemetry.Serve(t.Context(), "", m.Registry, m.Ready)
	require.NoError(t, err)
	require.Empty(t, none.Addr())
	require.NoError(t, none.Close(t.Context()))
}
