package decode

import (
	"encoding/json"
	"testing"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"

	"diemhouse/pkg/venice"
)

var (
	base  = venice.Base()
	zero  common.Address
	alice = common.HexToAddress("0xa11ce00000000000000000000000000000000001")
	bob   = common.HexToAddress("0xb0b0000000000000000000000000000000000002")
)

func newDecoder(tb testing.TB, abis map[Contract][]abi.ABI) *Decoder {
	tb.Helper()

	d, err := New(Config{Deployment: base, ABIs: abis})
	require.NoError(tb, err)

	return d
}

// addressOf is where the contract is on Base.
func addressOf(c Contract) common.Address {
	return map[Contract]common.Address{
		ContractVVV: base.VVV, ContractStaking: base.Staking, ContractDIEM: base.DIEM, ContractAirdrop: base.Airdrop,
	}[c]
}

// decodeOne decodes a log that has no neighbours.
func decodeOne(tb testing.TB, d *Decoder, l types.Log) Event {
	tb.Helper()

	events, err := d.Decode(nil, []types.Log{l})
	require.NoError(tb, err)
	require.Len(tb, events, 1)

	return events[0]
}

// logOf puts words into a log: the topics after topic 0, then the data.
func logOf(c Contract, signature string, topics, data []common.Hash) types.Log {
	l := types.Log{
		Address: addressOf(c), Topics: append([]common.Hash{topicOf(signature)}, topics...), Data: []byte{},
		BlockNumber: 51_120_636, BlockTimestamp: 1_789_030_619, BlockHash: common.HexToHash("0xb1"),
		TxHash: common.HexToHash("0x7a"), TxIndex: 128, Index: 810,
	}
	for _, word := range data {
		l.Data = append(l.Data, word[:]...)
	}

	return l
}

// inOrder gives the logs consecutive indexes.
func inOrder(logs ...types.Log) []types.Log {
	for i := range logs {
		logs[i].Index = logs[0].Index + uint(i)
	}

	return logs
}

func words(values ...any) []common.Hash {
	out := make([]common.Hash, len(values))

	for i, v := range values {
		switch v := v.(type) {
		case common.Address:
			out[i] = addressTopic(v)
		case *uint256.Int:
			out[i] = v.Bytes32()
		case int:
			out[i] = uint256.NewInt(uint64(v)).Bytes32()
		case common.Hash:
			out[i] = v
		}
	}

	return out
}

func transferLog(c Contract, from, to common.Address, amount *uint256.Int) types.Log {
	return logOf(c, "Transfer(address,address,uint256)", words(from, to), words(amount))
}

// token is a whole number of tokens in wei.
func token(n uint64) *uint256.Int {
	return new(uint256.Int).Mul(uint256.NewInt(n), uint256.NewInt(1e18))
}

func largest() *uint256.Int { return new(uint256.Int).SetAllOne() }

// requirePlace checks that the event is at the log's place.
func requirePlace(tb testing.TB, l *types.Log, e *Event) {
	tb.Helper()

	require.Equal(tb, l.BlockNumber, e.BlockNumber)
	require.Equal(tb, l.BlockTimestamp, e.BlockTime)
	require.Equal(tb, l.BlockHash, e.BlockHash)
	require.Equal(tb, l.TxHash, e.TxHash)
	require.Equal(tb, l.TxIndex, uint(e.TxIndex))
	require.Equal(tb, l.Index, uint(e.LogIndex))
	require.Equal(tb, l.Address, e.Address)
}

// requireSound checks what holds of the event of any log: its place, args that are a
// JSON object, and the raw log where and only where nothing decoded it.
func requireSound(tb testing.TB, l *types.Log, e *Event) {
	tb.Helper()

	requirePlace(tb, l, e)
	require.NotEmpty(tb, e.Kind)

	if e.Args != "" {
		var args map[string]any
		require.NoError(tb, json.Unmarshal([]byte(e.Args), &args), e.Args)
	}

	if e.Kind != KindUnknown {
		require.Empty(tb, e.Topics)
		require.Empty(tb, e.Data)

		return
	}

	require.NotEmpty(tb, e.Problem)
	require.Empty(tb, e.Name)
	require.Empty(tb, e.Args)
	require.Equal(tb, zero, e.Account)
	require.True(tb, e.VVVWei.IsZero() && e.DIEMWei.IsZero())
	require.Len(tb, e.Topics, len(l.Topics))

	for i := range l.Topics {
		require.Equal(tb, l.Topics[i], e.Topics[i])
	}

	require.Equal(tb, string(l.Data), string(e.Data))
}

// args is the event's Args.
func args(tb testing.TB, e *Event) map[string]any {
	tb.Helper()

	out := map[string]any{}
	if e.Args != "" {
		require.NoError(tb, json.Unmarshal([]byte(e.Args), &out))
	}

	return out
}
