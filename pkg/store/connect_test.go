package store_test

import (
	"net"
	"strings"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/testenv"
	"diemhouse/pkg/store"
)

// secretWord is a password that must not show. It needs escaping in an address.
const (
	secretWord    = "hunter2/&x y"
	secretEscaped = "hunter2%2F%26x%20y"
)

func requireHidden(t *testing.T, err error) {
	t.Helper()
	require.Error(t, err)

	for _, form := range []string{secretWord, secretEscaped, "hunter2"} {
		require.NotContains(t, err.Error(), form)
	}
}

// httpDSN is the HTTP address of a database that does not exist yet.
func httpDSN(t *testing.T) string {
	t.Helper()

	native := testenv.DSN(t)

	return strings.Replace(testenv.HTTPURL(t), "http://", "http://default@", 1) + native[strings.LastIndex(native, "/"):]
}

func TestDatabaseIsMade(t *testing.T) {
	t.Parallel()

	for name, dsn := range map[string]string{"Native": testenv.DSN(t), "HTTP": httpDSN(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			s := open(t, dsn)
			require.Equal(t, uint64(1), number(t, s, "SELECT count() FROM system.databases WHERE name = ?", s.Database()))
			require.Equal(t, "Atomic", query(t, s, func(r *string) []any { return []any{r} },
				"SELECT engine FROM system.databases WHERE name = ?", s.Database())[0], "tables are kept on disk")

			again := open(t, dsn)
			require.Equal(t, s.Database(), again.Database())
		})
	}
}

// TestSameOverHTTP is I9: the same code over the other protocol.
func TestSameOverHTTP(t *testing.T) {
	t.Parallel()

	s, c := open(t, httpDSN(t)), newChain(30)
	require.NoError(t, s.Migrate(t.Context()))
	require.NoError(t, s.Bind(t.Context(), deployment()))
	c.grow(60)

	require.NoError(t, s.Write(t.Context(), c.history(store.Range{From: 1, To: 40})))
	follow(t, s, c, 41, 41)
	requireHolds(t, s, c.between(store.Range{From: 1, To: 60}))
	requireCovered(t, s, store.Range{From: 1, To: 60})

	require.NoError(t, s.Rewind(t.Context(), 50))
	c.abandon(50)
	c.grow(5)
	follow(t, s, c, 41, 51)
	require.NoError(t, s.RewindAboveCursor(t.Context()))
	requireHolds(t, s, c.between(store.Range{From: 1, To: 55}))

	hash, ok, err := s.BlockHash(t.Context(), 55)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, c.blocks[55].Hash, hash)

	curve := store.CurveEpoch{FirstBlock: 56, Learned: store.LearnedSampled, Curve: c.curve()}
	require.NoError(t, s.PutCurve(t.Context(), curve))

	have, ok, err := s.CurveAt(t.Context(), 60)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, curve, have)

	lease, err := s.Lease(t.Context(), store.LeaseConfig{Holder: "over http"})
	require.NoError(t, err)
	require.NoError(t, lease.Release(t.Context()))
}

func TestSettingsHoldWhateverTheAddressSays(t *testing.T) {
	t.Parallel()

	s := open(t, testenv.DSN(t)+"?async_insert=1&insert_deduplicate=1&optimize_on_insert=1&max_threads=1")

	for setting, want := range map[string]string{"async_insert": "0", "insert_deduplicate": "0", "optimize_on_insert": "0", "max_threads": "1"} {
		have := query(t, s, func(r *string) []any { return []any{r} }, "SELECT value FROM system.settings WHERE name = ?", setting)
		require.Equal(t, []string{want}, have, setting)
	}
}

// TestOnlyWhatTravelsIsPacked is about what clickhouse-go is told.
func TestOnlyWhatTravelsIsPacked(t *testing.T) {
	t.Parallel()

	const packed, plain = clickhouse.CompressionLZ4, clickhouse.CompressionNone

	for dsn, want := range map[string]clickhouse.CompressionMethod{
		"clickhouse://127.0.0.1:9000/db":                      plain,
		"http://localhost:8123":                               plain,
		"clickhouse://[::1]:9000":                             plain,
		"clickhouse://warehouse:9000/db":                      packed,
		"https://203.0.113.7:8443/db":                         packed,
		"clickhouse://127.0.0.1:9000,warehouse:9000/db":       packed,
		"clickhouse://127.0.0.1:9000/db?compress=lz4":         packed,
		"clickhouse://warehouse:9000/db?compress=none":        plain,
		"clickhouse://localhost.example.org:9000/db?secure=1": packed,
	} {
		options, err := store.ParseDSN(dsn)
		require.NoError(t, err, dsn)
		require.Equal(t, want, options.Compression.Method, dsn)
	}
}

func TestAddressErrorsSayWhatToDo(t *testing.T) {
	t.Parallel()

	host := strings.TrimPrefix(testenv.HTTPURL(t), "http://")

	for name, tc := range map[string]struct{ dsn, says string }{
		"NoScheme":      {"localhost:9000", "clickhouse://user:password@host:9000/database"},
		"OtherScheme":   {"postgres://u:" + secretEscaped + "@h/db", "http(s)://"},
		"NotAURL":       {"clickhouse://u:" + secretWord + "@h:9000/db", "written %40"},
		"BadParameter":  {"clickhouse://u:" + secretEscaped + "@h:9000/db?dial_timeout=soon", "dial timeout"},
		"Unreachable":   {"clickhouse://u:" + secretEscaped + "@" + closedPort(t) + "/db", "is the server up"},
		"UnreachableBy": {"http://u:" + secretEscaped + "@" + closedPort(t) + "/db", "8123"},
		"Refused":       {"http://nobody:" + secretEscaped + "@" + host + "/db", "refuses the user or the password"},
		"MayNotCreate":  {"http://grafana@" + host + "/not_there", "grant"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			_, err := store.Open(t.Context(), store.Config{DSN: tc.dsn})
			requireHidden(t, err)
			require.ErrorContains(t, err, tc.says)
		})
	}
}

// closedPort is an address at which nothing listens.
func closedPort(t *testing.T) string {
	t.Helper()

	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())

	return l.Addr().String()
}
