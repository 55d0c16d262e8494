package e2e_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// guardianABI is the event of the devnet that Diemhouse does not know.
const guardianABI = `[{"type":"event","name":"GuardianNoticed","inputs":[
	{"name":"guardian","type":"address","indexed":true},{"name":"reason","type":"bytes32","indexed":true},
	{"name":"level","type":"uint256","indexed":false},{"name":"note","type":"string","indexed":false}]}]`

func TestRedecodeWithAnABIOfTheUsers(t *testing.T) {
	t.Parallel()

	h := newHouse(t)
	node := h.start(t, "devnet", "run", "--history=10m", "--actors=20", "--block-time=0", "--http-port=0", "--ws-port=0", "--admin-port=0")
	node.says(t, "head")

	// The settings come from a config file this time.
	require.NoError(t, os.WriteFile(filepath.Join(h.dir, "c.yaml"), []byte(
		"rpc: ["+word(node.stdout.String(), "http")+"]\ndata-dir: data\nhttp-port: 0\ntcp-port: 0\n"), 0o600))

	h.ok(t, "backfill", "--config=c.yaml")
	require.Len(t, h.sql(t, "SELECT * FROM unknown_logs"), 1)
	require.Contains(t, h.ok(t, "indexer", "redecode", "--config=c.yaml"), "1 unknown logs", "nothing knows it yet")

	require.NoError(t, os.WriteFile(filepath.Join(h.dir, "abi.json"), []byte(guardianABI), 0o600))
	require.Contains(t, h.ok(t, "indexer", "redecode", "--config=c.yaml", "--abi=staking=abi.json"), "1 of them decoded now")
	require.Empty(t, h.sql(t, "SELECT * FROM unknown_logs"))

	rows := h.sql(t, "SELECT event, kind, args FROM all_events WHERE kind = 'custom'")
	require.Len(t, rows, 1)
	require.Equal(t, "GuardianNoticed", rows[0]["event"])
	require.Contains(t, rows[0]["args"], "a drill, nothing else")
}

func TestDashboardsForAGrafanaOfTheUsers(t *testing.T) {
	t.Parallel()

	h := newHouse(t)
	said := h.ok(t, "indexer", "dashboards", "--out=grafana", "--host=db.example", "--protocol=http")
	require.Contains(t, said, "GF_PATHS_PROVISIONING=grafana/provisioning")

	source, err := os.ReadFile(filepath.Join(h.dir, "grafana", "provisioning", "datasources", "diemhouse.yaml"))
	require.NoError(t, err)
	require.Contains(t, string(source), "host: db.example")
	require.Contains(t, string(source), "port: 8123")
	require.FileExists(t, filepath.Join(h.dir, "grafana", "json", "diemhouse-supply.json"))
}
