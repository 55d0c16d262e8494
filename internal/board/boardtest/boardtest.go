// Package boardtest serves boards to tests, and looks at one that shows a whole Venice
// with a real browser.
package boardtest

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"diemhouse/dashboards"
	"diemhouse/internal/board"
	"diemhouse/internal/testenv"
	"diemhouse/pkg/store"
	"diemhouse/pkg/store/embedded"
)

const (
	// Patience is how long a test waits for what must come.
	Patience = 120 * time.Second
	// Poll is how often a test looks.
	Poll = 20 * time.Millisecond
)

// Nowhere is the address of a warehouse that is away.
const Nowhere = "clickhouse://someone:secret@127.0.0.1:1/none" //nolint:gosec // Nothing listens there.

// Reader is the address for the read-only user.
func Reader(dsn string) string {
	return strings.Replace(dsn, "default@", embedded.GrafanaUser+"@", 1)
}

// ReaderOf is the address of a warehouse's database for the read-only user.
func ReaderOf(tb testing.TB, s *store.Store) string {
	tb.Helper()

	dsn := Reader(testenv.DSN(tb))

	return dsn[:strings.LastIndex(dsn, "/")+1] + s.Database()
}

// Start serves the board on a free port until the test ends.
func Start(tb testing.TB, dsn string, limits board.Limits) *board.Board {
	tb.Helper()

	return serve(tb, dsn, limits, prometheus.NewRegistry())
}

// StartCounted is a board whose queries are counted.
func StartCounted(tb testing.TB, dsn string) (*board.Board, *prometheus.Registry) {
	tb.Helper()

	registry := prometheus.NewRegistry()

	return serve(tb, dsn, board.Limits{Rate: 1000, Burst: 1000}, registry), registry
}

func serve(tb testing.TB, dsn string, limits board.Limits, registry *prometheus.Registry) *board.Board {
	tb.Helper()

	b, err := board.Start(tb.Context(), board.Config{
		Addr: "127.0.0.1:0", DSN: dsn, Dashboards: dashboards.All(), Annotations: dashboards.Annotations(),
		Wallet: dashboards.WalletUID, Poll: 20 * time.Millisecond, Limits: limits,
		Log: zerolog.New(zerolog.NewTestWriter(tb)), Metrics: registry,
	})
	require.NoError(tb, err)
	tb.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()

		ctx, cancel := context.WithTimeout(context.Background(), Patience)
		defer cancel()

		require.NoError(tb, b.Close(ctx))
	})

	return b
}

// Fetch gives an answer's status and text.
func Fetch(tb testing.TB, b *board.Board, path string) (int, string) {
	tb.Helper()

	r, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, strings.TrimSuffix(b.URL(), "/")+path, nil)
	require.NoError(tb, err)

	answer, err := http.DefaultClient.Do(r)
	require.NoError(tb, err)

	defer func() { require.NoError(tb, answer.Body.Close()) }()

	text, err := io.ReadAll(answer.Body)
	require.NoError(tb, err)

	return answer.StatusCode, string(text)
}

// Get reads JSON into what into points to; anything but 200 fails.
func Get(tb testing.TB, b *board.Board, path string, into any) {
	tb.Helper()

	status, text := Fetch(tb, b, path)
	require.Equal(tb, http.StatusOK, status, "%s: %s", path, text)
	require.NoError(tb, json.Unmarshal([]byte(text), into), path)
}
