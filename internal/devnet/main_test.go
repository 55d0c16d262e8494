package devnet_test

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/trie"
	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"diemhouse/internal/devnet"
)

// now ends every test's history, so that chains repeat.
func now() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }

const day = 24 * time.Hour

// long is a chain with the default history of 400 days, made when the first test
// asks for it. Tests may read it and nothing else. It has longBlocks blocks, fewer
// where the race detector makes each ten times as dear.
var long struct {
	once  sync.Once
	chain *devnet.Devnet
	err   error
}

func longHistory(t *testing.T) *devnet.Devnet {
	t.Helper()
	long.once.Do(func() {
		// It outlives the test that happens to be first.
		long.chain, long.err = devnet.Start(context.WithoutCancel(t.Context()),
			devnet.Config{Seed: 1, History: 400 * day, Blocks: longBlocks, Now: now(), AdminPort: -1})
	})
	require.NoError(t, long.err)
	return long.chain
}

func TestMain(m *testing.M) {
	code := m.Run()
	var err error
	if long.chain != nil {
		err = long.chain.Close()
	}
	if err == nil {
		err = goleak.Find(
			// One for all chains of the process, and it never ends.
			goleak.IgnoreAnyFunction("github.com/ethereum/go-ethereum/core.(*txSenderCacher).cache"),
			// Outlives its closed database by a second.
			goleak.IgnoreAnyFunction("github.com/syndtr/goleveldb/leveldb.(*DB).mpoolDrain"))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// start runs a small chain of the test's own: the whole story in a minute.
func start(t *testing.T, config devnet.Config) *devnet.Devnet {
	t.Helper()
	if config.Now.IsZero() {
		config.Now = now()
	}
	if config.Actors == 0 {
		config.Actors = 60
	}
	d, err := devnet.Start(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	return d
}

// client speaks to the chain over HTTP.
func client(t *testing.T, d *devnet.Devnet) *ethclient.Client {
	t.Helper()
	c, err := ethclient.Dial(d.HTTPURL())
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// do makes one block of the actions and returns its logs.
func do(t *testing.T, d *devnet.Devnet, actions ...devnet.Action) []*types.Log {
	t.Helper()
	_, receipts, err := d.Do(actions...)
	require.NoError(t, err)
	var logs []*types.Log
	for _, receipt := range receipts {
		logs = append(logs, receipt.Logs...)
	}
	return logs
}

func figures(t *testing.T, d *devnet.Devnet) devnet.Figures {
	t.Helper()
	f, err := d.Oracle().Figures(t.Context(), d.Head().Number.Uint64())
	require.NoError(t, err)
	return f
}

func wallet(t *testing.T, d *devnet.Devnet, a devnet.Account) devnet.Wallet {
	t.Helper()
	w, err := d.Oracle().Wallet(t.Context(), a.Address, d.Head().Number.Uint64())
	require.NoError(t, err)
	return w
}

// vvv is whole tokens in wei.
func vvv(n uint64) *uint256.Int {
	return new(uint256.Int).Mul(uint256.NewInt(n), uint256.NewInt(1e18))
}

func tokens(wei *uint256.Int) float64 { return wei.Float64() / 1e18 }

// contextAfter is a context that ends when a history has so many blocks.
func contextAfter(t *testing.T, blocks int) (context.Context, func(done, total int)) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	return ctx, func(done, _ int) {
		if done == blocks {
			cancel()
		}
	}
}

// newHasher derives the root of a list.
func newHasher() types.ListHasher { return trie.NewListHasher() }
