package canned_test

import (
	"context"
	"math/big"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/trie"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/canned"
	"diemhouse/pkg/chain"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/venice"
)

func serve(tb testing.TB, cfg canned.Config, limits canned.Limits) (*canned.Server, string) {
	tb.Helper()

	cfg.Deployment = venice.Base()
	c, err := canned.New(cfg)
	require.NoError(tb, err)

	s := &canned.Server{Chain: c, Limits: limits}
	server := httptest.NewServer(s)
	tb.Cleanup(server.Close)

	return s, server.URL
}

func scan(tb testing.TB, url, filter string, verify chain.Verification, blocks uint64) (logs []types.Log, unproven uint64) {
	tb.Helper()

	base := venice.Base()
	set, err := chain.NewFilterSet(filter, chain.Contracts{VVV: base.VVV, Staking: base.Staking, DIEM: base.DIEM, Airdrop: base.Airdrop})
	require.NoError(tb, err)

	pool, err := chain.NewPool(chain.Config{URLs: []string{url}, ChainID: base.ChainID})
	require.NoError(tb, err)
	tb.Cleanup(pool.Close)

	require.NoError(tb, pool.Scan(tb.Context(), chain.ScanConfig{
		Filter: set, Verify: verify, Workers: 1, Ranges: []chain.Range{{From: base.FirstBlock, To: base.FirstBlock + blocks - 1}},
	}, func(c chain.Chunk) error {
		logs = append(logs, c.Logs...)
		unproven += c.Unproven

		return nil
	}))

	return logs, unproven
}

// TestEverythingProves scans the chain as the indexer does, with all headers and
// receipts recomputed: blooms, roots, hashes and parents are right, and no log is
// missing.
func TestEverythingProves(t *testing.T) {
	t.Parallel()

	s, url := serve(t, canned.Config{Seed: 1, Blocks: 300, Every: 2}, canned.Limits{Range: 100, Results: 900})
	core, all := s.Chain.Logs()

	for filter, want := range map[string]int{chain.FilterCore: core, chain.FilterAll: all} {
		logs, unproven := scan(t, url, filter, chain.VerifyReceipts, 300)
		require.Len(t, logs, want, filter)
		require.Zero(t, unproven, filter)
	}
}

// TestBlocksAreWhole reads blocks as go-ethereum's own client does: transactions have the
// root that the header states, their senders, and the hashes that the logs name.
func TestBlocksAreWhole(t *testing.T) {
	t.Parallel()

	_, url := serve(t, canned.Config{Seed: 3, Blocks: 40, Every: 2}, canned.Limits{})
	client, err := ethclient.DialContext(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(client.Close)

	base := venice.Base()
	signer := types.LatestSignerForChainID(new(big.Int).SetUint64(base.ChainID))
	named, carried := make(map[common.Hash]bool), make(map[common.Hash]bool)

	logs, err := client.FilterLogs(t.Context(), ethereum.FilterQuery{FromBlock: new(big.Int).SetUint64(base.FirstBlock)})
	require.NoError(t, err)

	for i := range logs {
		named[logs[i].TxHash] = true
	}

	for number := base.FirstBlock; number < base.FirstBlock+40; number++ {
		block, err := client.BlockByNumber(t.Context(), new(big.Int).SetUint64(number))
		require.NoError(t, err)
		require.Equal(t, block.TxHash(), types.DeriveSha(block.Transactions(), trie.NewStackTrie(nil)))

		var light struct{ Transactions []common.Hash }
		require.NoError(t, client.Client().CallContext(t.Context(), &light, "eth_getBlockByHash", block.Hash(), false))
		require.Len(t, light.Transactions, len(block.Transactions()))

		for i, tx := range block.Transactions() {
			carried[tx.Hash()] = true
			require.Equal(t, tx.Hash(), light.Transactions[i])

			stated, err := client.TransactionSender(t.Context(), tx, block.Hash(), uint(i)) // what the answer said
			require.NoError(t, err)

			signed, err := types.Sender(signer, tx)
			require.NoError(t, err)
			require.Equal(t, signed, stated)
		}
	}

	require.Equal(t, named, carried)
}

// TestFiltersByEvent asks as indexers do that name each event, and expects what is left
// of all logs.
func TestFiltersByEvent(t *testing.T) {
	t.Parallel()

	_, url := serve(t, canned.Config{Seed: 4, Blocks: 50}, canned.Limits{})
	client, err := ethclient.DialContext(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(client.Close)

	base := venice.Base()
	transfer := crypto.Keccak256Hash([]byte("Transfer(address,address,uint256)"))
	first := new(big.Int).SetUint64(base.FirstBlock)

	all, err := client.FilterLogs(t.Context(), ethereum.FilterQuery{FromBlock: first})
	require.NoError(t, err)

	for name, c := range map[string]struct {
		query ethereum.FilterQuery
		wants func(l *types.Log) bool
	}{
		"contract":         {ethereum.FilterQuery{Addresses: []common.Address{base.DIEM}}, func(l *types.Log) bool { return l.Address == base.DIEM }},
		"event":            {ethereum.FilterQuery{Topics: [][]common.Hash{{transfer}}}, func(l *types.Log) bool { return l.Topics[0] == transfer }},
		"number of topics": {ethereum.FilterQuery{Topics: [][]common.Hash{nil, nil}}, func(l *types.Log) bool { return len(l.Topics) > 1 }},
		"mints of DIEM": {
			ethereum.FilterQuery{Addresses: []common.Address{base.DIEM, base.Airdrop}, Topics: [][]common.Hash{{transfer}, {{}}}},
			func(l *types.Log) bool {
				return l.Address == base.DIEM && l.Topics[0] == transfer && l.Topics[1] == common.Hash{}
			},
		},
	} {
		c.query.FromBlock = first
		got, err := client.FilterLogs(t.Context(), c.query)
		require.NoError(t, err, name)

		want := slices.DeleteFunc(slices.Clone(all), func(l types.Log) bool { return !c.wants(&l) })
		require.NotEmpty(t, want, name)
		require.Less(t, len(want), len(all), name)
		require.Equal(t, want, got, name)
	}

	_, err = client.FilterLogs(t.Context(), ethereum.FilterQuery{FromBlock: first, Topics: [][]common.Hash{nil, {{1}}}})
	require.ErrorContains(t, err, "no answer is canned")
}

func TestEveryLogDecodes(t *testing.T) {
	t.Parallel()

	s, url := serve(t, canned.Config{Seed: 2, Blocks: 500}, canned.Limits{})
	logs, _ := scan(t, url, chain.FilterAll, chain.VerifyNone, 500)

	d, err := decode.New(decode.Config{Deployment: venice.Base()})
	require.NoError(t, err)

	events, err := d.Decode(nil, logs)
	require.NoError(t, err)

	kinds := make(map[decode.Kind]int)

	for i := range events {
		require.Empty(t, events[i].Problem, "%s", events[i].Kind)
		kinds[events[i].Kind]++
	}

	_, all := s.Chain.Logs()
	require.Len(t, events, all)
	require.Zero(t, kinds[decode.KindUnknown])
	require.Greater(t, len(kinds), 15, "%v", kinds)
	require.NotZero(t, kinds[decode.KindCurveUpdated])
}

func TestSameSeedSameChain(t *testing.T) {
	t.Parallel()

	_, one := serve(t, canned.Config{Seed: 7, Blocks: 20}, canned.Limits{})
	_, two := serve(t, canned.Config{Seed: 7, Blocks: 20}, canned.Limits{})
	_, other := serve(t, canned.Config{Seed: 8, Blocks: 20}, canned.Limits{})

	logs, _ := scan(t, one, chain.FilterCore, chain.VerifyNone, 20)
	same, _ := scan(t, two, chain.FilterCore, chain.VerifyNone, 20)
	different, _ := scan(t, other, chain.FilterCore, chain.VerifyNone, 20)

	require.Equal(t, logs, same)
	require.NotEqual(t, logs, different)
}

// TestHeadIsAnnounced reads it as go-ethereum's own client does.
func TestHeadIsAnnounced(t *testing.T) {
	t.Parallel()

	s, url := serve(t, canned.Config{Seed: 1, Blocks: 5}, canned.Limits{})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)

	client, err := ethclient.DialContext(ctx, "ws"+strings.TrimPrefix(url, "http"))
	require.NoError(t, err)
	t.Cleanup(client.Close)

	heads := make(chan *types.Header, 1)
	subscription, err := client.SubscribeNewHead(ctx, heads)
	require.NoError(t, err)
	t.Cleanup(subscription.Unsubscribe)

	number := s.Chain.Append()

	select {
	case h := <-heads:
		require.Equal(t, number, h.Number.Uint64())

		logs, err := client.FilterLogs(ctx, ethereum.FilterQuery{
			BlockHash: new(h.Hash()), Addresses: []common.Address{venice.Base().VVV, venice.Base().Staking},
		})
		require.NoError(t, err)

		for i := range logs {
			require.Equal(t, h.Hash(), logs[i].BlockHash)
		}
	case <-ctx.Done():
		require.NoError(t, ctx.Err())
	}
}
