package devnet_test

import (
	"math/big"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/rpc"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/devnet"
	"diemhouse/pkg/venice"
)

const patience = 30 * time.Second

func TestIsBaseToItsReaders(t *testing.T) {
	t.Parallel()
	d := start(t, devnet.Config{Seed: 1})
	c := client(t, d)
	id, err := c.ChainID(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 8453, id.Uint64())
	base := venice.Base()
	for _, at := range []common.Address{base.VVV, base.Staking, base.DIEM, base.Airdrop, base.Treasury, base.BuybackSafe, base.Pools[0], base.Pools[1]} {
		code, err := c.CodeAt(t.Context(), at, nil)
		require.NoError(t, err)
		require.NotEmpty(t, code, at)
	}
	receipts, err := c.BlockReceipts(t.Context(), rpc.BlockNumberOrHashWithNumber(1))
	require.NoError(t, err)
	require.NotEmpty(t, receipts)
	require.Equal(t, d.Header(1).ReceiptHash, types.DeriveSha(types.Receipts(receipts), newHasher()))
}

func TestRefusesAsGoEthereumDoes(t *testing.T) {
	t.Parallel()
	d := start(t, devnet.Config{Seed: 1, RangeLimit: 5})
	c := client(t, d)
	query := func(from, to uint64) error {
		_, err := c.FilterLogs(t.Context(), ethereum.FilterQuery{
			FromBlock: new(big.Int).SetUint64(from), ToBlock: new(big.Int).SetUint64(to),
		})
		return err
	}
	head := d.Head().Number.Uint64()
	require.NoError(t, query(head-5, head))
	require.ErrorContains(t, query(head-6, head), "exceed maximum block range 5")
	require.ErrorContains(t, query(head, head+1), "block range extends beyond current head block")
}

// One log query may see removed logs and the new ones over WebSocket, and the head
// over it says where the chain went.
func TestWebSocketTellsOfAReorg(t *testing.T) {
	t.Parallel()
	d := start(t, devnet.Config{Seed: 1})
	do(t, d, devnet.BurnFromPool(vvv(1)))
	c, err := ethclient.Dial(d.WSURL())
	require.NoError(t, err)
	t.Cleanup(c.Close)
	const many = 100
	logs, heads := make(chan types.Log, many), make(chan *types.Header, many)
	logFeed, err := c.SubscribeFilterLogs(t.Context(), ethereum.FilterQuery{Addresses: []common.Address{venice.Base().VVV}}, logs)
	require.NoError(t, err)
	defer logFeed.Unsubscribe()
	headFeed, err := c.SubscribeNewHead(t.Context(), heads)
	require.NoError(t, err)
	defer headFeed.Unsubscribe()

	branch, err := d.Replace(1, []devnet.Action{devnet.BurnFromPool(vvv(2))}, nil)
	require.NoError(t, err)
	removed, added := await(t, logs), await(t, logs)
	require.True(t, removed.Removed)
	require.Equal(t, branch.OldHead.Hash(), removed.BlockHash)
	require.False(t, added.Removed)
	require.Equal(t, vvv(2).Bytes32(), [32]byte(added.Data))
	for {
		if await(t, heads).Hash() == branch.NewHead.Hash() {
			return
		}
	}
}

func await[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		require.Fail(t, "nothing came")
		panic("unreachable")
	}
}

func TestOrphanedBlocksAreStillServedByHash(t *testing.T) {
	t.Parallel()
	d := start(t, devnet.Config{Seed: 1})
	do(t, d, devnet.BurnFromPool(vvv(1)))
	orphan := d.Head().Hash()
	_, err := d.Reorg(1)
	require.NoError(t, err)
	logs, err := client(t, d).FilterLogs(t.Context(), ethereum.FilterQuery{BlockHash: &orphan})
	require.NoError(t, err)
	require.Len(t, logs, 1)
	require.Equal(t, orphan, logs[0].BlockHash)
}

func TestBlocksComeAlive(t *testing.T) {
	t.Parallel()
	d := start(t, devnet.Config{Seed: 1, BlockTime: 20 * time.Millisecond, Now: time.Now()})
	first := d.Head().Number.Uint64()
	require.Eventually(t, func() bool { return d.Head().Number.Uint64() >= first+5 }, patience, 10*time.Millisecond)
	require.NoError(t, d.Err())
	select {
	case <-d.Stopped():
		require.Fail(t, "live blocks stopped")
	default:
	}
}

// A user's own transaction, sent over JSON-RPC, is in the next block.
func TestUsersMaySendTransactions(t *testing.T) {
	t.Parallel()
	d := start(t, devnet.Config{Seed: 1})
	c := client(t, d)
	a := d.Actors()[0]
	nonce, err := c.NonceAt(t.Context(), a.Sender(), nil)
	require.NoError(t, err)
	tx, err := types.SignNewTx(a.Key, types.LatestSignerForChainID(big.NewInt(devnet.ChainID)), &types.DynamicFeeTx{
		ChainID: big.NewInt(devnet.ChainID), Nonce: nonce, GasTipCap: big.NewInt(1e9), GasFeeCap: big.NewInt(1e11),
		Gas: 21_000, To: &common.Address{1}, Value: big.NewInt(7),
	})
	require.NoError(t, err)
	require.NoError(t, c.SendTransaction(t.Context(), tx))
	_, err = d.Mine(1)
	require.NoError(t, err)
	receipt, err := c.TransactionReceipt(t.Context(), tx.Hash())
	require.NoError(t, err)
	require.Equal(t, d.Head().Hash(), receipt.BlockHash)
}

func TestTwoChainsDoNotShareAnything(t *testing.T) {
	t.Parallel()
	a, b := start(t, devnet.Config{Seed: 1}), start(t, devnet.Config{Seed: 1})
	require.NotEqual(t, a.HTTPURL(), b.HTTPURL())
	_, err := a.Mine(1)
	require.NoError(t, err)
	require.Equal(t, a.Header(b.Head().Number.Uint64()).Hash(), b.Head().Hash())
	require.Equal(t, b.Head().Number.Uint64()+1, a.Head().Number.Uint64())
}
