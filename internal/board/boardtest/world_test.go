package boardtest_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"diemhouse/internal/board/boardtest"
	"diemhouse/internal/devnet"
	"diemhouse/internal/testenv"
	"diemhouse/pkg/audit"
	"diemhouse/pkg/chain"
	"diemhouse/pkg/contract"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/follow"
	"diemhouse/pkg/store"
	"diemhouse/pkg/store/embedded"
	"diemhouse/pkg/venice"
)

func TestMain(m *testing.M) { os.Exit(testenv.Main(m)) }

// world is a local Venice, followed by the real pipeline into a warehouse of its own.
type world struct {
	chain *devnet.Devnet
	store *store.Store
	pool  *chain.Pool
	// reader is the warehouse's address for the read-only user.
	reader string
}

// base is the deployment that the local Venice copies.
var base = venice.Base()

// newWorld makes a chain with 400 days of history and waits until all of it is in
// the warehouse.
func newWorld(tb testing.TB) *world {
	tb.Helper()

	node, err := devnet.Start(tb.Context(), devnet.Config{Seed: 1, History: 400 * 24 * time.Hour, Blocks: 1200, Actors: 120})
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, node.Close()) })

	w := &world{chain: node, reader: boardtest.Reader(testenv.DSN(tb))}
	w.store, err = store.Open(tb.Context(), store.Config{DSN: strings.Replace(w.reader, embedded.GrafanaUser, "default", 1)})
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, w.store.Close()) })
	require.NoError(tb, w.store.Migrate(tb.Context()))

	w.follow(tb)
	w.await(tb, node.Head().Number.Uint64())

	return w
}

// follow runs the indexer's loops until the test ends.
func (w *world) follow(tb testing.TB) {
	tb.Helper()

	pool, err := chain.NewPool(chain.Config{URLs: []string{w.chain.HTTPURL()}, ChainID: base.ChainID, PollInterval: 50 * time.Millisecond})
	require.NoError(tb, err)

	w.pool = pool

	decoder, err := decode.New(decode.Config{Deployment: base})
	require.NoError(tb, err)

	filter, err := chain.NewFilterSet(chain.FilterCore, chain.Contracts{VVV: base.VVV, Staking: base.Staking, DIEM: base.DIEM, Airdrop: base.Airdrop})
	require.NoError(tb, err)
	require.NoError(tb, w.store.Bind(tb.Context(), base))
	require.NoError(tb, w.store.SetFirstBlock(tb.Context(), 0))

	history := &follow.History{Source: pool, Decoder: decoder, Warehouse: w.store, Filter: filter}
	daemon := &follow.Daemon{
		Head:       &follow.Head{Source: pool, Decoder: decoder, Warehouse: w.store, Filter: filter, History: history},
		History:    history,
		Parameters: &follow.Parameters{Reader: contract.New(base, pool), Warehouse: w.store, First: 0},
	}

	ctx, stop := context.WithCancel(tb.Context())
	ended := make(chan error, 1)

	go func() { ended <- daemon.Run(ctx) }()

	tb.Cleanup(func() {
		stop()

		if err := <-ended; !errors.Is(err, context.Canceled) {
			tb.Errorf("the indexer ended: %v", err)
		}

		pool.Close()
	})
}

// await waits until the warehouse holds the block and everything before it.
func (w *world) await(tb testing.TB, block uint64) {
	tb.Helper()
	require.Eventually(tb, func() bool {
		cursor, ok, err := w.store.Cursor(tb.Context())
		if err != nil || !ok || cursor < block {
			return false
		}

		gaps, err := w.store.Gaps(tb.Context(), chain.FilterCore, 0, block)

		return err == nil && len(gaps) == 0
	}, boardtest.Patience, boardtest.Poll, "block %d did not reach the warehouse", block)
}

// mine makes a block and waits for it.
func (w *world) mine(tb testing.TB) uint64 {
	tb.Helper()

	headers, err := w.chain.Mine(1)
	require.NoError(tb, err)

	block := headers[0].Number.Uint64()
	w.await(tb, block)

	return block
}

// catchUp makes a block of this second and waits for it.
func (w *world) catchUp(tb testing.TB) uint64 {
	tb.Helper()
	w.chain.Wait(max(time.Since(time.Unix(int64(w.chain.Head().Time), 0))-2*time.Second, 0))

	return w.mine(tb)
}

// audit compares the warehouse with the contracts at the newest final block.
func (w *world) audit(tb testing.TB) uint64 {
	tb.Helper()

	seen, err := w.pool.Heads(tb.Context())
	require.NoError(tb, err)

	auditor := audit.Auditor{Contracts: contract.New(base, w.pool), Warehouse: w.store, Filter: chain.FilterCore}

	_, err = auditor.Audit(tb.Context(), *seen.Finalized)
	require.NoError(tb, err)

	return seen.Finalized.Number.Uint64()
}
