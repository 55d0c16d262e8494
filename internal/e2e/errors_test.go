package e2e_test

import (
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// node is a JSON-RPC endpoint that gives fixed answers, for mistakes that no real
// node makes.
func node(t *testing.T, answers map[string]string) string {
	t.Helper()

	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var call struct {
			ID     json.RawMessage `json:"id"`
			Method string          `json:"method"`
		}

		w.Header().Set("Content-Type", "application/json")

		if err := json.NewDecoder(r.Body).Decode(&call); err != nil || answers[call.Method] == "" {
			_, _ = w.Write([]byte(`{"jsonrpc":"2.0","id":null,"error":{"code":-32601,"message":"not offered"}}`))

			return
		}

		_, _ = w.Write([]byte(`{"jsonrpc":"2.0","id":` + string(call.ID) + `,"result":` + answers[call.Method] + `}`))
	}))
	t.Cleanup(server.Close)

	return server.URL
}

// TestMistakesAreExplained makes the mistakes that users make. Each ends with an exit
// code and a message that says what to do.
func TestMistakesAreExplained(t *testing.T) {
	t.Parallel()

	h := newHouse(t)

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, listener.Close()) })

	chain := h.start(t, "devnet", "run", "--history=5m", "--actors=20", "--block-time=0", "--http-port=0", "--ws-port=0", "--admin-port=0")
	chain.says(t, "head")
	good := word(chain.stdout.String(), "http")

	elsewhere := filepath.Join(h.dir, "deployment.json")
	require.NoError(t, os.WriteFile(elsewhere, []byte(`{"vvv":"0x0000000000000000000000000000000000000001"}`), 0o600))

	unknown := filepath.Join(h.dir, "unknown.yaml")
	require.NoError(t, os.WriteFile(unknown, []byte("data_dir: x\n"), 0o600))

	for name, c := range map[string]struct {
		program string
		args    []string
		code    int
		want    string
	}{
		"no endpoint":            {"indexer", embedded("run", "--listen="), 1, "--rpc https://mainnet.base.org"},
		"unreachable endpoint":   {"indexer", embedded("run", "--listen=", "--rpc=http://127.0.0.1:1"), 1, "connection refused"},
		"another chain":          {"backfill", embedded("--rpc", node(t, map[string]string{"eth_chainId": `"0x1"`})), 1, "want 8453"},
		"no contract there":      {"backfill", embedded("--rpc", node(t, map[string]string{"eth_chainId": `"0x2105"`, "eth_getCode": `"0x"`})), 1, "there is no contract at 0x"},
		"no contract, by file":   {"indexer", embedded("run", "--listen=", "--rpc", good, "--deployment", elsewhere), 1, "the address of VVV"},
		"reversed range":         {"backfill", embedded("--rpc", good, "--from=20", "--to=10"), 1, "the range is reversed: --from 20 is above --to 10"},
		"above the head":         {"backfill", embedded("--rpc", good, "--from=2000000"), 1, "above the chain's head"},
		"not final yet":          {"backfill", embedded("--rpc", good, "--to=145"), 1, "--to 145 is not final yet"},
		"no number":              {"backfill", embedded("--rpc", good, "--to=soon"), 1, "want a block number or 'finalized'"},
		"unreachable database":   {"indexer", []string{"status", "--clickhouse=clickhouse://127.0.0.1:1/db"}, 1, "is the server up"},
		"no such scheme":         {"indexer", []string{"status", "--clickhouse=postgres://127.0.0.1/db"}, 1, `scheme "postgres"`},
		"port in use":            {"indexer", embedded("run", "--rpc", good, "--listen", listener.Addr().String()), 1, "--listen; empty for none"},
		"unknown flag":           {"indexer", []string{"run", "--rcp=x"}, 2, "unknown flag --rcp"},
		"unknown command":        {"indexer", []string{"start"}, 2, "unexpected argument start"},
		"unknown key in a file":  {"indexer", []string{"run", "--config", unknown}, 2, `unknown key "data_dir"`},
		"missing file":           {"indexer", []string{"run", "--config=none.yaml"}, 2, "no such file"},
		"missing ABI":            {"indexer", embedded("redecode", "--abi=staking=none.json"), 1, "--abi staking"},
		"query that is wrong":    {"indexer", embedded("sql", "SELECT nothing FROM nowhere"), 1, "nowhere"},
		"query that would write": {"indexer", embedded("sql", "CREATE TABLE x (y UInt8) ENGINE = Memory"), 1, "readonly"},
		"no folder to write to":  {"indexer", []string{"dashboards"}, 2, "--out"},
	} {
		_, stderr, code := h.run(t, c.program, c.args...)
		require.Equal(t, c.code, code, "%s: %s", name, stderr)
		require.Contains(t, stderr, c.want, name)
	}
}

// TestMissingLibraryNamesTheCommand runs where no ClickHouse is to be found.
func TestMissingLibraryNamesTheCommand(t *testing.T) {
	t.Parallel()

	h := newHouse(t)
	h.env = append(h.env, "DIEMHOUSE_LIBCHDB=", "PATH="+h.dir)

	_, stderr, code := h.run(t, "indexer", embedded("status")...)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "make clickhouse")
}
