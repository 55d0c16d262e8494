package e2e_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/anvil"
	"diemhouse/pkg/store"
)

// TestEverythingOnAnvil runs the programs as a user would, against the second
// implementation of a node, on an OP chain with a deposit in every block: history by
// backfill, the head by the indexer, reorgs, kills of both processes. After each the
// warehouse says what the contracts say, to the wei.
func TestEverythingOnAnvil(t *testing.T) {
	t.Parallel()

	const (
		final = 64 // how far finalized is behind the head on anvil
		quiet = 60
		life  = 12
	)

	ctx := t.Context()
	node := anvil.Start(t, anvil.Config{Seed: 5})
	require.NoError(t, node.Launch(ctx))
	require.NoError(t, node.Live(ctx, life))
	require.NoError(t, node.Empty(ctx, quiet))

	w := &world{house: newHouse(t), node: node}
	first := strconv.Itoa(anvil.DefaultNumber)

	// History, and that a second run reads nothing again.
	head, err := node.Head(ctx)
	require.NoError(t, err)

	said := w.ok(t, "backfill", embedded("--rpc", node.HTTPURL(), "--from", first)...)
	require.Contains(t, said, fmt.Sprintf("blocks %s to %d are covered; %d blocks", first, head.Number-final, head.Number-final-anvil.DefaultNumber+1))
	said = w.ok(t, "backfill", embedded("--rpc", node.HTTPURL(), "--from", first)...)
	require.Contains(t, said, "are covered; 0 blocks")

	w.compare(t, head.Number-final)

	// The head.
	w.indexer(t, first)
	w.agrees(t)

	for name, trouble := range map[string]func(){
		"blocks come": func() {
			require.NoError(t, node.Live(ctx, 4))
		},
		"a reorg, and the branch grows": func() {
			require.NoError(t, node.Reorg(ctx, 3))
			require.NoError(t, node.Live(ctx, 3))
		},
		"the head falls without a word": func() {
			require.NoError(t, node.Rollback(ctx, 3))
			require.NoError(t, node.Live(ctx, 1))
		},
		"the indexer is killed, and a reorg comes while it is away": func() {
			w.running.kill(t)
			require.NoError(t, node.Reorg(ctx, 5))
			require.NoError(t, node.Live(ctx, 2))
			w.indexer(t, first)
		},
		"ClickHouse is killed while blocks come": func() {
			require.NoError(t, syscall.Kill(w.enginePID(t), syscall.SIGKILL))
			require.NoError(t, node.Live(ctx, 3))
		},
	} {
		t.Log(name)
		trouble()
		w.agrees(t)
	}

	require.Zero(t, w.running.stop(t), w.running.stderr.String())
	w.compare(t, head.Number)
}

// world is a house with an indexer on a node.
type world struct {
	*house

	node    *anvil.Node
	running *process
}

func (w *world) indexer(t *testing.T, from string) {
	t.Helper()

	w.running = w.start(t, "indexer", embedded("run", "--rpc", w.node.WSURL(), "--rpc", w.node.HTTPURL(), "--from", from, "--listen=127.0.0.1:0")...)
	w.running.says(t, `"message":"following the chain"`)
}

// agrees waits until the warehouse has the node's head, and compares at several
// blocks.
func (w *world) agrees(t *testing.T) {
	t.Helper()

	head, err := w.node.Head(t.Context())
	require.NoError(t, err)

	query := fmt.Sprintf("SELECT concat('0x', lower(hex(block_hash))) AS hash FROM blocks FINAL WHERE block_number = %d", head.Number)

	require.Eventually(t, func() bool {
		out, _, code := w.run(t, "indexer", embedded("sql", "--format=tsv", query)...)

		return code == 0 && strings.Contains(out, head.Hash.Hex()) && w.status(t).Cursor == head.Number
	}, patience, poll)

	status := w.status(t)
	require.Zero(t, status.MissingBlocks)
	require.Equal(t, head.Number, status.Figures.Block)

	w.compare(t, head.Number, head.Number-1, head.Number-7, head.Number-66, anvil.DefaultNumber+6)
}

func (w *world) status(t *testing.T) store.Status {
	t.Helper()

	var status store.Status

	require.NoError(t, json.Unmarshal([]byte(w.ok(t, "indexer", embedded("status", "--json")...)), &status))

	return status
}

// compare holds the view supply_at against the contracts' own views.
func (w *world) compare(t *testing.T, blocks ...uint64) {
	t.Helper()

	for _, block := range blocks {
		want, err := w.node.Oracle().Figures(t.Context(), block)
		require.NoError(t, err)

		rows := w.sql(t, fmt.Sprintf("SELECT * FROM supply_at(block = %d)", block))
		require.Len(t, rows, 1)

		for column, figure := range map[string]*uint256.Int{
			"vvv_supply_wei":       want.VVVTotalSupply,
			"vvv_burned_wei":       want.VVVBurned,
			"svvv_supply_wei":      want.SVVVTotalSupply,
			"vvv_locked_wei":       want.Locked,
			"diem_supply_wei":      want.DiemTotalSupply,
			"diem_outstanding_wei": want.DiemTotalSupply,
			"diem_staked_wei":      want.DiemTotalStaked,
			"emission_rate_wei":    want.EmissionRatePerSecond,
		} {
			require.Equal(t, figure.Dec(), rows[0][column], "%s at block %d", column, block)
		}
	}
}
