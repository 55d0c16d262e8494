package anvil_test

import (
	"testing"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"diemhouse/internal/anvil"
	"diemhouse/internal/devnet"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/venice"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// launched is a node on which Venice lives.
func launched(t *testing.T, config anvil.Config) *anvil.Node {
	t.Helper()
	node := anvil.Start(t, config)
	require.NoError(t, node.Launch(t.Context()))
	return node
}

func head(t *testing.T, node *anvil.Node) anvil.Head {
	t.Helper()
	h, err := node.Head(t.Context())
	require.NoError(t, err)
	return h
}

func figures(t *testing.T, node *anvil.Node) devnet.Figures {
	t.Helper()
	f, err := node.Oracle().Figures(t.Context(), head(t, node).Number)
	require.NoError(t, err)
	return f
}

// events decodes everything of Venice's contracts above a block.
func events(t *testing.T, node *anvil.Node, above uint64) []decode.Event {
	t.Helper()
	base := venice.Base()
	client, err := ethclient.Dial(node.HTTPURL())
	require.NoError(t, err)
	defer client.Close()
	logs, err := client.FilterLogs(t.Context(), ethereum.FilterQuery{
		FromBlock: uint256.NewInt(above + 1).ToBig(), ToBlock: uint256.NewInt(head(t, node).Number).ToBig(),
		Addresses: []common.Address{base.VVV, base.Staking, base.DIEM, base.Airdrop},
	})
	require.NoError(t, err)
	decoder, err := decode.New(decode.Config{Deployment: base})
	require.NoError(t, err)
	out, err := decoder.Decode(nil, logs)
	require.NoError(t, err)
	return out
}

func TestStartsAtBasesHeight(t *testing.T) {
	t.Parallel()
	require.EqualValues(t, anvil.DefaultNumber, head(t, anvil.Start(t, anvil.Config{})).Number)
	node := anvil.Start(t, anvil.Config{Number: 7, Time: 1_700_000_000})
	require.EqualValues(t, 7, head(t, node).Number)
	require.EqualValues(t, 1_700_000_000, head(t, node).Time)
	var id hexutil.Uint64
	require.NoError(t, node.Client().CallContext(t.Context(), &id, "eth_chainId"))
	require.EqualValues(t, 8453, id)
}

// Everything that people do with Venice happens within a few dozen blocks.
func TestLife(t *testing.T) {
	t.Parallel()
	node := launched(t, anvil.Config{Seed: 1})
	require.NoError(t, node.Live(t.Context(), 60))
	seen := make(map[decode.Kind]int)
	for _, e := range events(t, node, anvil.DefaultNumber) {
		seen[e.Kind]++
		require.Empty(t, e.Problem, "%+v", e)
	}
	for _, kind := range []decode.Kind{
		decode.KindVVVGenesis, decode.KindVVVEmissionTreasury, decode.KindVVVEmissionStakers, decode.KindVVVBurnProgrammatic,
		decode.KindStake, decode.KindClaim, decode.KindUnstakeInitiated, decode.KindUnstakeFinalized, decode.KindSVVVMint, decode.KindSVVVBurn,
		decode.KindDIEMMint, decode.KindDIEMBurn, decode.KindDIEMStake, decode.KindDIEMUnstakeInitiated, decode.KindDIEMUnstake,
		decode.KindDIEMTransfer, decode.KindUpgraded, decode.KindCurveUpdated, decode.KindEmissionRateUpdated,
	} {
		require.NotZero(t, seen[kind], "%s of %v", kind, seen)
	}
	f := figures(t, node)
	require.True(t, f.Upgraded)
	require.False(t, f.Locked.IsZero())
	require.False(t, f.DiemTotalStaked.IsZero())
}

func TestSeedDecidesTheLife(t *testing.T) {
	t.Parallel()
	live := func(seed uint64) devnet.Figures {
		node := launched(t, anvil.Config{Seed: seed})
		require.NoError(t, node.Live(t.Context(), 5))
		return figures(t, node)
	}
	one := live(1)
	require.Equal(t, one, live(1))
	require.NotEqual(t, one, live(2))
}

func TestOracleReadsThePast(t *testing.T) {
	t.Parallel()
	node := launched(t, anvil.Config{Seed: 3})
	then := figures(t, node)
	require.NoError(t, node.Live(t.Context(), 5))
	again, err := node.Oracle().Figures(t.Context(), then.Block)
	require.NoError(t, err)
	require.Equal(t, then, again)
	require.NotEqual(t, then.VVVInStaking, figures(t, node).VVVInStaking)
	want, err := venice.Generate(38_000, 475)
	require.NoError(t, err)
	curve, err := node.Oracle().Curve(t.Context(), then.Block)
	require.NoError(t, err)
	require.Equal(t, want, curve)
}

// Each block begins with a deposit, whose receipt has the fields of an OP chain.
func TestBlocksBeginWithADeposit(t *testing.T) {
	t.Parallel()
	node := launched(t, anvil.Config{Seed: 1})
	require.NoError(t, node.Empty(t.Context(), 1))
	for number := uint64(anvil.DefaultNumber + 1); number <= head(t, node).Number; number++ {
		var receipts []map[string]any
		require.NoError(t, node.Client().CallContext(t.Context(), &receipts, "eth_getBlockReceipts", hexutil.Uint64(number)))
		require.NotEmpty(t, receipts)
		require.Equal(t, "0x7E", receipts[0]["type"], "anvil writes it so")
		require.NotEmpty(t, receipts[0]["depositNonce"])
		for _, receipt := range receipts[1:] {
			require.NotEqual(t, "0x7E", receipt["type"])
		}
	}
}

func TestDoTellsOfARevert(t *testing.T) {
	t.Parallel()
	node := launched(t, anvil.Config{Seed: 1})
	before := head(t, node)
	err := node.Do(t.Context(), devnet.SetEmissionRate(uint256.NewInt(5)), devnet.BurnDiem(node.Actors()[0], new(uint256.Int).SetAllOne()))
	require.ErrorIs(t, err, anvil.ErrReverted)
	require.ErrorContains(t, err, "transaction 2 of 2")
	require.Equal(t, before.Number+1, head(t, node).Number, "the block is mined anyway")
	require.Equal(t, before.Time+2, head(t, node).Time)
	require.EqualValues(t, 5, figures(t, node).EmissionRatePerSecond.Uint64())
}
