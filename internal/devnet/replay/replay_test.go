package replay_test

import (
	"encoding/json"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/rpc"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/devnet/replay"
	"diemhouse/pkg/venice"
)

const (
	mintBlock  = 0x30c09fc // mintDiem of 2026-09-10: hash known, header not whole
	burnBlock  = 0x2c32782 // the first programmatic burn: no hash known
	claimBlock = 0x1a34f26 // the first block of the capture
)

var mintHash = common.HexToHash("0x33af7f620054b2636d51211b0878c22f8bdd738ce68bb6d4e85a6e3393f5245b")

func serve(t *testing.T, config replay.Config) (*ethclient.Client, *replay.Server) {
	t.Helper()
	server, err := replay.Start(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	client, err := ethclient.Dial(server.HTTPURL())
	require.NoError(t, err)
	t.Cleanup(client.Close)
	return client, server
}

func serveBase(t *testing.T) (*ethclient.Client, *replay.Server) {
	t.Helper()
	return serve(t, replay.Config{File: "testdata/base.json"})
}

// write puts a capture into a file.
func write(t *testing.T, capture any) string {
	t.Helper()
	raw, ok := capture.(string)
	if !ok {
		encoded, err := json.Marshal(capture)
		require.NoError(t, err)
		raw = string(encoded)
	}
	path := filepath.Join(t.TempDir(), "capture.json")
	require.NoError(t, os.WriteFile(path, []byte(raw), 0o600))
	return path
}

// allLogs reads everything that a server has.
func allLogs(t *testing.T, client *ethclient.Client) []types.Log {
	t.Helper()
	head, err := client.BlockNumber(t.Context())
	require.NoError(t, err)
	logs, err := client.FilterLogs(t.Context(), ethereum.FilterQuery{
		FromBlock: new(big.Int), ToBlock: new(big.Int).SetUint64(head),
	})
	require.NoError(t, err)
	return logs
}

func TestServesCapturedLogs(t *testing.T) {
	t.Parallel()
	client, server := serveBase(t)
	logs := allLogs(t, client)
	require.Len(t, logs, 6+7+2+25)
	total, blocks := server.Capture().Logs()
	require.Equal(t, len(logs), total)
	require.Equal(t, 3+25, blocks)
	require.EqualValues(t, claimBlock, server.Capture().First())

	var minted types.Log
	for i, l := range logs {
		if i > 0 {
			require.LessOrEqual(t, logs[i-1].BlockNumber, l.BlockNumber)
		}
		require.NotZero(t, l.BlockHash)
		require.Equal(t, 1_686_789_347+2*l.BlockNumber, l.BlockTimestamp, "time of block %d", l.BlockNumber)
		require.LessOrEqual(t, len(l.Topics), 4)
		if l.BlockNumber == mintBlock {
			minted = l // the last one: DiemMinted
		}
	}
	require.Equal(t, mintHash, minted.BlockHash)
	require.Equal(t, uint64(0x32a+5), uint64(minted.Index))
	require.Equal(t, "0xd081a649ef2f9530490e16b4ff4d6e1f46460e01107d1ecf7c576cca3cf9d357", minted.Topics[0].Hex())
	require.Equal(t, "26624005413704394332", new(big.Int).SetBytes(minted.Data[:32]).String())
}

func TestHead(t *testing.T) {
	t.Parallel()
	client, server := serveBase(t)
	ctx := t.Context()
	require.EqualValues(t, mintBlock+1, server.Head())
	for _, tag := range []rpc.BlockNumber{rpc.LatestBlockNumber, rpc.SafeBlockNumber, rpc.FinalizedBlockNumber} {
		header, err := client.HeaderByNumber(ctx, big.NewInt(tag.Int64()))
		require.NoError(t, err)
		require.Equal(t, server.Head(), header.Number.Uint64())
		require.Equal(t, mintHash, header.ParentHash)
		again, err := client.HeaderByHash(ctx, header.Hash())
		require.NoError(t, err, "the head's header hashes to what it states")
		require.Equal(t, header, again)
		logs, err := client.FilterLogs(ctx, ethereum.FilterQuery{BlockHash: new(header.Hash())})
		require.NoError(t, err)
		require.Empty(t, logs)
	}
	_, err := client.HeaderByNumber(ctx, new(big.Int).SetUint64(server.Head()+1))
	require.ErrorIs(t, err, ethereum.NotFound)
}

func TestHeaderOfUnknownHashIsMadeUp(t *testing.T) {
	t.Parallel()
	client, _ := serveBase(t)
	header, err := client.HeaderByNumber(t.Context(), big.NewInt(burnBlock))
	require.NoError(t, err)
	logs, err := client.FilterLogs(t.Context(), ethereum.FilterQuery{BlockHash: new(header.Hash())})
	require.NoError(t, err)
	require.Len(t, logs, 1)
	require.Equal(t, header.Hash(), logs[0].BlockHash)
	require.Equal(t, header.Time, logs[0].BlockTimestamp)
	require.Equal(t, header.Bloom, types.CreateBloom(&types.Receipt{Logs: []*types.Log{&logs[0]}}))
}

func TestHeaderThatWasNotCapturedIsRefused(t *testing.T) {
	t.Parallel()
	client, _ := serveBase(t)
	for _, number := range []int64{mintBlock, mintBlock - 1} {
		_, err := client.HeaderByNumber(t.Context(), big.NewInt(number))
		require.ErrorContains(t, err, "not found")
	}
	_, err := client.HeaderByHash(t.Context(), mintHash)
	require.ErrorContains(t, err, "--verify none")
}

func TestServesCapturedHeaders(t *testing.T) {
	t.Parallel()
	client, server := serve(t, replay.Config{File: "testdata/blocks.jsonl"})
	for number, hash := range map[int64]string{
		0x48c778:  "0xb2d5e0d21195e19ff888929c6a2a5955a3054079cf6fe6581664fb7e13e39573",
		0x2e625aa: "0x5dcb83d5e724e89ee8b6885a399d8fa84b4e6c245dd0bfd9bc645b9ac0b57fec",
	} {
		header, err := client.HeaderByNumber(t.Context(), big.NewInt(number))
		require.NoError(t, err)
		require.Equal(t, common.HexToHash(hash), header.Hash())
	}
	require.EqualValues(t, 0x2e625ab, server.Head())
}

func TestReceipts(t *testing.T) {
	t.Parallel()
	client, _ := serveBase(t)
	ctx := t.Context()
	logs, err := client.FilterLogs(ctx, ethereum.FilterQuery{BlockHash: &mintHash})
	require.NoError(t, err)
	receipt, err := client.TransactionReceipt(ctx, logs[0].TxHash)
	require.NoError(t, err)
	require.Len(t, receipt.Logs, 6)
	_, err = client.TransactionReceipt(ctx, common.Hash{1})
	require.ErrorIs(t, err, ethereum.NotFound)
	_, err = client.BlockReceipts(ctx, rpc.BlockNumberOrHashWithHash(mintHash, false))
	require.ErrorContains(t, err, "not all of them were captured")
}

func TestWholeBlockOfReceipts(t *testing.T) {
	t.Parallel()
	header := &types.Header{
		Number: big.NewInt(7), Difficulty: new(big.Int), GasUsed: 50_000, Time: 99,
		UncleHash: types.EmptyUncleHash, TxHash: types.EmptyTxsHash,
	}
	receipt := func(index, cumulative string) map[string]any {
		return map[string]any{
			"blockNumber": "0x7", "blockHash": header.Hash(), "transactionIndex": index, "logs": []any{},
			"transactionHash": common.HexToHash(index), "cumulativeGasUsed": cumulative, "status": "0x1",
		}
	}
	block := func(receipts ...any) string { return write(t, map[string]any{"block": header, "receipts": receipts}) }
	whole := rpc.BlockNumberOrHashWithNumber(7)

	get := func(file string) ([]json.RawMessage, error) {
		client, _ := serve(t, replay.Config{File: file})
		var receipts []json.RawMessage
		return receipts, client.Client().CallContext(t.Context(), &receipts, "eth_getBlockReceipts", whole)
	}
	_, err := get(block(receipt("0x1", "0xc350"), receipt("0x0", "0x5208")))
	require.NoError(t, err)
	_, err = get(block(receipt("0x0", "0x5208")))
	require.ErrorContains(t, err, "not all of them were captured", "the last is missing")
	_, err = get(block(receipt("0x1", "0xc350")))
	require.ErrorContains(t, err, "not all of them were captured", "the first is missing")
}

func TestCode(t *testing.T) {
	t.Parallel()
	client, _ := serveBase(t)
	d := venice.Base()
	for _, address := range []common.Address{d.VVV, d.Staking, d.DIEM, d.Airdrop} {
		code, err := client.CodeAt(t.Context(), address, nil)
		require.NoError(t, err)
		require.NotEmpty(t, code, address)
	}
	code, err := client.CodeAt(t.Context(), common.Address{1}, nil)
	require.NoError(t, err)
	require.Empty(t, code)
}

func TestCallIsRefused(t *testing.T) {
	t.Parallel()
	client, _ := serveBase(t)
	_, err := client.CallContract(t.Context(), ethereum.CallMsg{To: &common.Address{1}}, nil)
	require.ErrorContains(t, err, "eth_call is not supported")
	var coded rpc.Error
	require.ErrorAs(t, err, &coded)
	require.Equal(t, -32601, coded.ErrorCode())
}

func TestIdentity(t *testing.T) {
	t.Parallel()
	client, _ := serveBase(t)
	id, err := client.ChainID(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 8453, id.Uint64())
	network, err := client.NetworkID(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 8453, network.Uint64())
	var version string
	require.NoError(t, client.Client().CallContext(t.Context(), &version, "web3_clientVersion"))
	require.True(t, strings.HasPrefix(version, "diemhouse"))
}

func TestWebSocket(t *testing.T) {
	t.Parallel()
	_, server := serveBase(t)
	client, err := ethclient.Dial(server.WSURL())
	require.NoError(t, err)
	defer client.Close()
	require.Len(t, allLogs(t, client), 40)
	heads := make(chan *types.Header)
	subscription, err := client.SubscribeNewHead(t.Context(), heads)
	require.NoError(t, err)
	subscription.Unsubscribe()
	require.Empty(t, heads)
}
