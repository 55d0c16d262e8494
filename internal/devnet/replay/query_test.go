package replay_test

import (
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rpc"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/devnet/replay"
	"diemhouse/pkg/venice"
)

var transfer = common.HexToHash("0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef")

func TestQueryFilters(t *testing.T) {
	t.Parallel()
	client, server := serveBase(t)
	d := venice.Base()
	zero := common.Hash{}
	pool := common.BytesToHash(d.Pools[0].Bytes())
	whole := func(q ethereum.FilterQuery) ethereum.FilterQuery {
		q.FromBlock, q.ToBlock = new(big.Int), new(big.Int).SetUint64(server.Head())
		return q
	}
	tests := map[string]struct {
		query ethereum.FilterQuery
		want  int
	}{
		"all":                        {whole(ethereum.FilterQuery{}), 40},
		"one address":                {whole(ethereum.FilterQuery{Addresses: []common.Address{d.DIEM}}), 1},
		"several addresses":          {whole(ethereum.FilterQuery{Addresses: []common.Address{d.DIEM, d.Airdrop}}), 2},
		"an address without logs":    {whole(ethereum.FilterQuery{Addresses: []common.Address{{1}}}), 0},
		"first topic":                {whole(ethereum.FilterQuery{Topics: [][]common.Hash{{transfer}}}), 25 + 4 + 5 + 1},
		"any first, second":          {whole(ethereum.FilterQuery{Topics: [][]common.Hash{{}, {pool}}}), 25},
		"two of the second":          {whole(ethereum.FilterQuery{Topics: [][]common.Hash{{transfer}, {pool, zero}}}), 25 + 3 + 3},
		"third, VVV burns":           {whole(ethereum.FilterQuery{Addresses: []common.Address{d.VVV}, Topics: [][]common.Hash{{transfer}, {}, {zero}}}), 25},
		"more topics than logs have": {whole(ethereum.FilterQuery{Topics: [][]common.Hash{{}, {}, {}, {}}}), 0},
		"a block by number":          {ethereum.FilterQuery{FromBlock: big.NewInt(mintBlock), ToBlock: big.NewInt(mintBlock)}, 6},
		"a block by hash":            {ethereum.FilterQuery{BlockHash: &mintHash}, 6},
		"a block by hash, filtered":  {ethereum.FilterQuery{BlockHash: &mintHash, Addresses: []common.Address{d.Staking}}, 2},
		"to the head":                {ethereum.FilterQuery{FromBlock: big.NewInt(mintBlock - 1)}, 6},
		"by tags":                    {ethereum.FilterQuery{FromBlock: big.NewInt(rpc.EarliestBlockNumber.Int64()), ToBlock: big.NewInt(rpc.FinalizedBlockNumber.Int64())}, 40},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			logs, err := client.FilterLogs(t.Context(), test.query)
			require.NoError(t, err)
			require.Len(t, logs, test.want)
		})
	}
}

func TestQueryWithoutBoundsIsOfTheHead(t *testing.T) {
	t.Parallel()
	client, _ := serveBase(t)
	for name, query := range map[string]map[string]any{
		"none": {}, "from": {"fromBlock": "latest"}, "to": {"toBlock": "latest"}, "nothing asked": {"address": []any{}, "topics": []any{}},
	} {
		var logs []types.Log
		require.NoError(t, client.Client().CallContext(t.Context(), &logs, "eth_getLogs", query), name)
		require.NotNil(t, logs, "%s: an answer without logs is a list", name)
		require.Empty(t, logs, name)
	}
}

func TestQueryRefusals(t *testing.T) {
	t.Parallel()
	client, server := serve(t, replay.Config{File: "testdata/base.json", RangeLimit: 2000})
	from := func(from, to uint64) ethereum.FilterQuery {
		return ethereum.FilterQuery{FromBlock: new(big.Int).SetUint64(from), ToBlock: new(big.Int).SetUint64(to)}
	}
	tests := map[string]struct {
		query ethereum.FilterQuery
		code  int
		says  string
	}{
		"too wide":       {from(mintBlock-2001, mintBlock), -32602, "exceed maximum block range 2000"},
		"reversed":       {from(10, 9), -32602, "invalid block range params"},
		"above the head": {from(mintBlock, server.Head()+1), -32602, "block range extends beyond current head block"},
		"pending":        {ethereum.FilterQuery{ToBlock: big.NewInt(rpc.PendingBlockNumber.Int64())}, -32602, "pending logs are not supported"},
		"unknown hash":   {ethereum.FilterQuery{BlockHash: &common.Hash{1}}, -32000, "unknown block"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := client.FilterLogs(t.Context(), test.query)
			require.ErrorContains(t, err, test.says)
			var coded rpc.Error
			require.ErrorAs(t, err, &coded)
			require.Equal(t, test.code, coded.ErrorCode())
		})
	}
	logs, err := client.FilterLogs(t.Context(), from(mintBlock-2000, mintBlock))
	require.NoError(t, err, "the limit itself is allowed")
	require.Len(t, logs, 6)
}
