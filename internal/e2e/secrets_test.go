package e2e_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What must never be seen again, wherever it was given.
const (
	rpcKey      = "k3y-of-the-endpoint-0123456789"
	rpcPassword = "passw0rd-of-the-endpoint"
	dbPassword  = "passw0rd-of-the-database"
)

// TestSecretsNeverShow gives secrets to the programs in every place that takes them,
// makes them fail and work, and reads everything they printed, served and wrote.
func TestSecretsNeverShow(t *testing.T) {
	t.Parallel()

	h := newHouse(t)
	node := h.start(t, "devnet", "run", "--history=5m", "--actors=20", "--block-time=100ms", "--http-port=0", "--ws-port=0", "--admin-port=0")
	node.says(t, "head")

	// A provider that wants key and password, and blurts them out when it refuses.
	target, err := url.Parse(word(node.stdout.String(), "http"))
	require.NoError(t, err)

	forward := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.URL.Path = "/" }}
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, password, _ := r.BasicAuth()
		if !strings.HasPrefix(r.URL.Path, "/v2/"+rpcKey) || password != rpcPassword {
			http.Error(w, "no such key: "+rpcKey+", "+rpcPassword, http.StatusUnauthorized)

			return
		}

		if strings.HasSuffix(r.URL.Path, "/broken") {
			http.Error(w, `{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"upstream `+r.URL.String()+` is down"}}`, http.StatusInternalServerError)

			return
		}

		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(provider.Close)

	good := strings.Replace(provider.URL, "http://", "http://user:"+rpcPassword+"@", 1) + "/v2/" + rpcKey
	refused := "http://user:" + rpcPassword + "@" + strings.TrimPrefix(provider.URL, "http://") + "/wrong/" + rpcKey
	nowhere := "http://user:" + rpcPassword + "@127.0.0.1:1/v2/" + rpcKey + "?apikey=" + rpcKey
	database := "clickhouse://writer:" + dbPassword + "@127.0.0.1:1/db"
	overHTTP := "http://writer:" + dbPassword + "@127.0.0.1:1/db?password=" + dbPassword

	daemon := h.start(t, "indexer", embedded("run", "--rpc", good, "--rpc", good+"/broken", "--log-level=trace", "--listen=127.0.0.1:0")...)
	daemon.says(t, `"message":"following the chain"`)
	daemon.says(t, "endpoint refused")

	served := h.metrics(t, daemon)
	require.Contains(t, served, "diemhouse_rpc_requests_total")

	h.ok(t, "backfill", embedded("--rpc", good)...)
	require.Zero(t, daemon.stop(t), daemon.stderr.String())
	require.Contains(t, h.ok(t, "indexer", embedded("sql", "SELECT * FROM endpoint_stats")...), "127.0.0.1")
	h.ok(t, "indexer", embedded("status")...)

	config := filepath.Join(h.dir, "c.yaml")
	require.NoError(t, os.WriteFile(config, []byte("rpc: ["+nowhere+"]\nclickhouse: "+database+"\nworkers: "+rpcKey+"\n"), 0o600))

	for _, args := range [][]string{
		{"run", "--rpc", nowhere, "--listen="},
		{"run", "--rpc", refused, "--listen="},
		{"run", "--rpc", "not a url " + nowhere},
		{"run", nowhere},
		{"run", "--rpc", good, "--clickhouse", database, "--listen="},
		{"status", "--clickhouse", database},
		{"status", "--clickhouse", overHTTP},
		{"status", "--clickhouse", strings.Replace(database, "clickhouse", "mysql", 1)},
		{"status", "--clickhouse", "clickhouse://writer:" + dbPassword + "%zz@127.0.0.1:1/db"},
		{"status", "--clickhouse", database + "?dial_timeout=" + dbPassword},
		{"sql", "--clickhouse", database, "SELECT 1"},
		{"run", "--config", config},
		{"--rpc=" + nowhere},
		{"status", "--cickhouse=" + database},
	} {
		_, _, code := h.run(t, "indexer", args...)
		require.NotZero(t, code, args)
	}

	for _, args := range [][]string{{"--rpc", nowhere}, {"--rpc", good, "--clickhouse", database}, {"--to", nowhere, "--rpc", good}} {
		_, _, code := h.run(t, "backfill", args...)
		require.NotZero(t, code, args)
	}

	everything := h.said.String() + served + h.written(t)
	require.Greater(t, len(everything), 10_000)

	for _, secret := range []string{rpcKey, rpcPassword, dbPassword} {
		if at := strings.Index(everything, secret); at >= 0 {
			require.Fail(t, "a secret shows", "%s", everything[max(0, at-300):min(len(everything), at+100)])
		}
	}
}

// metrics is what the daemon serves.
func (h *house) metrics(t *testing.T, daemon *process) string {
	t.Helper()

	_, rest, found := strings.Cut(daemon.stderr.String(), `"metrics":"`)
	require.True(t, found)

	address, _, _ := strings.Cut(rest, `"`)

	var all strings.Builder

	for _, path := range []string{"/metrics", "/healthz", "/readyz"} {
		response, err := http.Get(address + path)
		require.NoError(t, err)

		body, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())

		all.Write(body)
	}

	return all.String()
}

// written is what the programs wrote into text files.
func (h *house) written(t *testing.T) string {
	t.Helper()

	var all strings.Builder

	for _, pattern := range []string{"data/*.log", "data/*.xml", "data/*.json"} {
		paths, err := filepath.Glob(filepath.Join(h.dir, pattern))
		require.NoError(t, err)

		for _, path := range paths {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			all.Write(text)
		}
	}

	return all.String()
}
