package chain

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/anvil"
	"diemhouse/internal/devnet"
)

// chainNow ends the history of every test's chain, so that chains repeat.
var chainNow = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// shared is a go-ethereum node with 300 blocks of Venice's history. Tests read it
// and change nothing.
var shared = sync.OnceValues(func() (*devnet.Devnet, error) {
	return devnet.Start(context.Background(), devnet.Config{
		Seed: 7, Actors: 60, History: 10 * time.Minute, Blocks: 300, Now: chainNow, AdminPort: -1,
	})
})

func sharedNode(tb testing.TB) *devnet.Devnet {
	tb.Helper()

	d, err := shared()
	require.NoError(tb, err)

	return d
}

// ownNode is a go-ethereum node with thirty blocks of history for one test alone.
func ownNode(tb testing.TB, cfg devnet.Config) *devnet.Devnet {
	tb.Helper()

	cfg.Now, cfg.Actors, cfg.AdminPort = chainNow, 30, -1

	d, err := devnet.Start(tb.Context(), cfg)
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, d.Close()) })

	return d
}

// ownAnvil is an anvil in OP mode with n blocks of life.
func ownAnvil(tb testing.TB, n int) *anvil.Node {
	tb.Helper()

	node := anvil.Start(tb, anvil.Config{Actors: 10})
	require.NoError(tb, node.Launch(tb.Context()))
	require.NoError(tb, node.Live(tb.Context(), n))

	return node
}

// truth gives the wanted logs of a range as the node's own client reads them.
func truth(tb testing.TB, url string, f FilterSet, r Range) []types.Log {
	tb.Helper()

	client, err := ethclient.DialContext(tb.Context(), url)
	require.NoError(tb, err)

	defer client.Close()

	logs, err := client.FilterLogs(tb.Context(), ethereum.FilterQuery{
		FromBlock: new(big.Int).SetUint64(r.From), ToBlock: new(big.Int).SetUint64(r.To), Addresses: f.Addresses(),
	})
	require.NoError(tb, err)

	var wanted []types.Log

	for i := range logs {
		if f.Wanted(&logs[i]) {
			wanted = append(wanted, logs[i])
		}
	}

	require.NotEmpty(tb, wanted, "a test over nothing shows nothing")

	return wanted
}

// collector takes the chunks of a scan and checks that they cover each block once.
type collector struct {
	covered rangeSet
	blocks  uint64
	chunks  int
	logs    []types.Log
	by      map[string]int
}

func (c *collector) take(chunk Chunk) error {
	c.chunks++
	c.blocks += chunk.Len()
	c.covered = c.covered.add(chunk.Range)
	c.logs = append(c.logs, chunk.Logs...)

	if c.by == nil {
		c.by = make(map[string]int)
	}

	c.by[chunk.Endpoint]++

	var n uint64
	for _, r := range c.covered {
		n += r.Len()
	}

	if n != c.blocks {
		return fmt.Errorf("%s was given twice", chunk.Range)
	}

	for i := range chunk.Logs {
		if n := chunk.Logs[i].BlockNumber; n < chunk.From || n > chunk.To {
			return fmt.Errorf("log of block %d in the chunk of %s", n, chunk.Range)
		}
	}

	return nil
}

// requireTruth checks that exactly the range was covered, with exactly those logs.
func (c *collector) requireTruth(tb testing.TB, r Range, want []types.Log) {
	tb.Helper()

	require.Equal(tb, rangeSet{r}, c.covered)
	slices.SortFunc(c.logs, func(a, b types.Log) int { return comparePlace(&a, &b) })
	require.Equal(tb, want, c.logs)
}
