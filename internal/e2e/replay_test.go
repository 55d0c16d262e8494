package e2e_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRealLogsOfBase runs real captures through the whole pipeline: devnet serves
// them, backfill reads them, and the views say what block explorers said of them.
func TestRealLogsOfBase(t *testing.T) {
	t.Parallel()

	capture := filepath.Join(root(t), "internal", "devnet", "replay", "testdata", "base.json")

	h := newHouse(t)
	node := h.start(t, "devnet", "run", "--replay="+capture, "--http-port=0", "--ws-port=0")
	node.says(t, "head")

	url := word(node.stdout.String(), "http")
	said := h.ok(t, "backfill", embedded("--rpc", url)...)
	require.Contains(t, said, "blocks 25000000 to 51120637 are covered; 26,120,638 blocks with 36 events")

	require.Equal(t, []map[string]any{{
		"block_number": 51120636.0, "log_index": 815.0, "account": "0x2e0940a7934a11a2ba03a8297a0e72b047196235",
		"tx_hash":  "0xafbc27d2fcdd1c7f1ece4acecd04676a1c6f09fa74cdefd6e64127768bf0f994",
		"svvv_wei": "26624005413704394332", "diem_wei": "49852270557218694", "problem": "",
	}}, h.sql(t, "SELECT block_number, log_index, account, tx_hash, svvv_wei, diem_wei, problem FROM diem_mints"))

	require.Equal(t, []map[string]any{{
		"block_time": "2026-09-09 14:29:05", "account": "0x6e02d838572f0b0a9a0160b6f55348ad4c087734", "vvv_wei": "915604390377228329",
	}}, h.sql(t, "SELECT block_time, account, vvv_wei FROM stakes"))

	require.Equal(t, []map[string]any{{
		"block_number": 27479846.0, "account": "0xf382a508c7a56ef764cfece6317b5bf81424fa4f", "vvv_wei": "10000000000000000000",
	}}, h.sql(t, "SELECT block_number, account, vvv_wei FROM airdrop_claims"))

	require.Equal(t, []map[string]any{
		{"block_number": 51087399.0, "vvv_treasury_wei": "67237159266820198", "vvv_stakers_wei": "1201154520083763256"},
		{"block_number": 51120636.0, "vvv_treasury_wei": "91555538962075148", "vvv_stakers_wei": "1652483020144977102"},
	}, h.sql(t, "SELECT block_number, vvv_treasury_wei, vvv_stakers_wei FROM emissions ORDER BY block_number"))

	require.Equal(t, []map[string]any{{"kind": "programmatic", "n": 25.0, "sum": "3479911638603303282"}},
		h.sql(t, "SELECT kind, count() AS n, sum(vvv_wei) AS sum FROM vvv_burns WHERE account = '0x01784ef301d79e4b2df3a21ad9a536d4cf09a5ce' GROUP BY kind"))

	require.Zero(t, node.stop(t))
}

// word is what stands behind a name at the beginning of a line.
func word(text, name string) string {
	for line := range strings.Lines(text) {
		if rest, found := strings.CutPrefix(line, name+" "); found {
			return strings.TrimSpace(rest)
		}
	}

	return ""
}
