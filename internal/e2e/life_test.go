package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"diemhouse/pkg/store"
)

// live is a house with a devnet of a few hundred blocks, and more every moment.
func live(t *testing.T, args ...string) (h *house, rpc string) {
	t.Helper()

	h = newHouse(t)
	n := h.start(t, "devnet", append([]string{
		"run", "--history=10m", "--actors=20", "--block-time=200ms", "--finalized-lag=20", "--safe-lag=5",
		"--http-port=0", "--ws-port=0", "--admin-port=0",
	}, args...)...)
	n.says(t, "head")

	return h, word(n.stdout.String(), "http")
}

func TestDemoStopsByItselfAndLeavesNothingRunning(t *testing.T) {
	t.Parallel()

	h := newHouse(t)
	out, stderr, code := h.run(t, "demo", "--for=3s", "--json", "--history=10m")
	require.Zero(t, code, stderr)

	var status store.Status

	require.NoError(t, json.Unmarshal([]byte(out), &status), "nothing but JSON on standard output: %s", out)
	require.NotZero(t, status.Cursor)
	require.Zero(t, status.MissingBlocks)
	require.True(t, status.Figures.VVVLocked.Known())
	require.Positive(t, status.Figures.VVVLocked.Tokens())
	require.Positive(t, status.Figures.MintRate.Tokens())
	require.Contains(t, stderr, "mint rate")
	require.Contains(t, stderr, "indexer sql")

	require.Empty(t, h.runningHere(t), "no program is left")

	// The data is left to be asked.
	rows := h.ok(t, "indexer", "sql", "--data-dir=data/demo", "--http-port=0", "--tcp-port=0", "--format=tsv", "SELECT count() > 0 AS some FROM diem_mints")
	require.Equal(t, "some\n1\n", rows)

	// A second demo takes its own folder anew, and nobody else's.
	require.NoError(t, os.WriteFile(filepath.Join(h.dir, "mine"), nil, 0o600))

	_, stderr, code = h.run(t, "demo", "--data-dir=.", "--for=1s")
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "holds something that no demo put there")
}

// runningHere are the command lines of processes whose folder is the house.
func (h *house) runningHere(t *testing.T) []string {
	t.Helper()

	processes, err := filepath.Glob("/proc/[0-9]*/cwd")
	require.NoError(t, err)

	var found []string

	for _, link := range processes {
		// Others' processes, and those that end meanwhile, cannot be read.
		dir, err := os.Readlink(link)
		if err != nil || !strings.HasPrefix(dir, h.dir) {
			continue
		}

		line, err := os.ReadFile(filepath.Join(filepath.Dir(link), "cmdline"))
		if err == nil {
			found = append(found, string(line))
		}
	}

	return found
}

func TestSeveralProgramsShareOneWarehouse(t *testing.T) {
	t.Parallel()

	h, rpc := live(t)
	first := h.start(t, "indexer", embedded("run", "--rpc", rpc, "--listen=127.0.0.1:0", "--no-backfill")...)
	first.says(t, `"message":"following the chain"`)

	// What is missing is said, and closed by another process beside the first.
	require.Eventually(t, func() bool {
		return strings.Contains(h.ok(t, "indexer", embedded("status")...), "are missing: totals are not right until they are filled")
	}, patience, poll)
	h.ok(t, "backfill", embedded("--rpc", rpc)...)
	require.Contains(t, h.ok(t, "indexer", embedded("status")...), "complete from block 1 on")

	// A second daemon waits for the first to end.
	shared := h.start(t, "indexer", embedded("run", "--rpc", rpc, "--listen=127.0.0.1:0")...)
	shared.says(t, "another indexer follows the head into this warehouse")

	byAddress := h.start(t, "indexer", "run", "--rpc", rpc, "--listen=127.0.0.1:0", "--clickhouse", h.dsn(t))
	byAddress.says(t, "another indexer follows the head into this warehouse")

	// The server is the first's, and goes with it. Who shares the data directory says
	// so; who was given an address waits for something to answer there again.
	require.Zero(t, first.stop(t), first.stderr.String())
	require.Equal(t, 1, shared.wait(t))
	require.Contains(t, shared.stderr.String(), "start again to run one here")
	byAddress.says(t, "waiting for it")
	require.Zero(t, byAddress.stop(t))
}

// dsn is the address of the house's embedded ClickHouse.
func (h *house) dsn(t *testing.T) string {
	t.Helper()

	text, err := os.ReadFile(filepath.Join(h.dir, "data", "endpoint.json"))
	require.NoError(t, err)

	var endpoint struct {
		TCPPort int `json:"tcp_port"`
	}

	require.NoError(t, json.Unmarshal(text, &endpoint))

	return fmt.Sprintf("clickhouse://default@127.0.0.1:%d/diemhouse", endpoint.TCPPort)
}

func TestStopsFromAnyState(t *testing.T) {
	t.Parallel()

	h, rpc := live(t)

	for _, text := range []string{
		"",                                // while ClickHouse starts
		`"message":"warehouse open"`,      // while the chain is looked at
		`"message":"following the chain"`, // while history fills
		`"message":"parameters learned`,   // at the head
	} {
		p := h.start(t, "indexer", embedded("run", "--rpc", rpc, "--listen=127.0.0.1:0")...)
		if text != "" {
			p.says(t, text)
		}

		require.NoError(t, p.cmd.Process.Signal(os.Interrupt))
		p.wait(t)
		require.NotContains(t, p.stderr.String(), "panic", "stopped after %q", text)
	}

	// ClickHouse is gone with its owner, and the next program finds its data well.
	require.Contains(t, h.ok(t, "indexer", embedded("status")...), "warehouse")
}

func TestSecondSignalForcesTheEnd(t *testing.T) {
	t.Parallel()

	h, rpc := live(t)
	p := h.start(t, "indexer", embedded("run", "--rpc", rpc, "--listen=127.0.0.1:0")...)
	p.says(t, `"message":"following the chain"`)

	engine := h.enginePID(t)
	// A ClickHouse that hangs would hold the first signal's shutdown up.
	require.NoError(t, syscall.Kill(engine, syscall.SIGSTOP))
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	require.Eventually(t, func() bool {
		_ = p.cmd.Process.Signal(syscall.SIGTERM)

		select {
		case <-p.done:
			return true
		default:
			return false
		}
	}, patience, poll)
	require.NoError(t, syscall.Kill(engine, syscall.SIGCONT))
	require.Eventually(t, func() bool { return !alive(engine) }, patience, poll, "the engine ends with its owner")
}

func TestOutlivesAClickHouseThatHangs(t *testing.T) {
	t.Parallel()

	h, rpc := live(t)
	p := h.start(t, "indexer", embedded("run", "--rpc", rpc, "--listen=127.0.0.1:0")...)
	p.says(t, `"message":"following the chain"`)

	engine := h.enginePID(t)
	require.NoError(t, syscall.Kill(engine, syscall.SIGSTOP))
	p.says(t, "the warehouse did not answer for too long")
	require.NoError(t, syscall.Kill(engine, syscall.SIGCONT))

	require.Eventually(t, func() bool {
		return strings.Count(p.stderr.String(), `"message":"following the chain"`) == 2
	}, patience, poll)

	// The engine may die of the connections that were given up while it hung; its owner
	// starts it again, and who asks meanwhile is refused.
	cursor := func() (block float64, answered bool) {
		out, _, code := h.run(t, "indexer", embedded("sql", "--format=json", "SELECT cursor FROM status")...)
		if code != 0 {
			return 0, false
		}

		var rows []struct {
			Cursor float64 `json:"cursor"`
		}

		require.NoError(t, json.Unmarshal([]byte(out), &rows), out)

		return rows[0].Cursor, true
	}

	var before float64

	require.Eventually(t, func() (answered bool) {
		before, answered = cursor()

		return answered
	}, patience, poll)
	require.Eventually(t, func() bool {
		now, answered := cursor()

		return answered && now > before
	}, patience, poll)
	require.Zero(t, p.stop(t), p.stderr.String())
}

func TestReadyWhenTheFiguresAreRight(t *testing.T) {
	t.Parallel()

	h, rpc := live(t)
	p := h.start(t, "indexer", embedded("run", "--rpc", rpc, "--listen=127.0.0.1:0")...)
	p.says(t, `"message":"warehouse open"`)

	_, rest, _ := strings.Cut(p.stderr.String(), `"metrics":"`)
	address, _, _ := strings.Cut(rest, `"`)

	require.Eventually(t, func() bool {
		response, err := http.Get(address + "/readyz")
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())

		return response.StatusCode == http.StatusOK
	}, patience, poll)

	rows := h.sql(t, "SELECT missing_blocks, cursor > 0 AS some FROM status")
	require.Equal(t, []map[string]any{{"missing_blocks": 0.0, "some": 1.0}}, rows)
	require.Zero(t, p.stop(t))
}
