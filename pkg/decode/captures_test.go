package decode

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"
)

// capture is a transaction of Base mainnet and the events that it is.
type capture struct {
	Name        string      `json:"name"`
	BlockNumber uint64      `json:"block_number"`
	BlockTime   uint64      `json:"block_time"`
	BlockHash   common.Hash `json:"block_hash"`
	TxHash      common.Hash `json:"tx_hash"`
	TxIndex     uint32      `json:"tx_index"`
	Logs        []struct {
		Index   uint32         `json:"log_index"`
		Address common.Address `json:"address"`
		Topics  []common.Hash  `json:"topics"`
		Data    hexutil.Bytes  `json:"data"`
	} `json:"logs"`
	Events []struct {
		Kind         Kind           `json:"kind"`
		Name         string         `json:"event"`
		Account      common.Address `json:"account"`
		Counterparty common.Address `json:"counterparty"`
		VVVWei       uint256.Int    `json:"vvv_wei"`
		DIEMWei      uint256.Int    `json:"diem_wei"`
		Args         string         `json:"args"`
	} `json:"events"`
}

func readCaptures(tb testing.TB) []capture {
	tb.Helper()

	text, err := os.ReadFile(filepath.Join("testdata", "captures.json"))
	require.NoError(tb, err)

	var file struct {
		Transactions []capture `json:"transactions"`
	}
	require.NoError(tb, json.Unmarshal(text, &file))
	require.NotEmpty(tb, file.Transactions)

	return file.Transactions
}

func (c *capture) logs() []types.Log {
	logs := make([]types.Log, len(c.Logs))
	for i, l := range c.Logs {
		logs[i] = types.Log{
			Address: l.Address, Topics: l.Topics, Data: l.Data, BlockNumber: c.BlockNumber, BlockHash: c.BlockHash,
			BlockTimestamp: c.BlockTime, TxHash: c.TxHash, TxIndex: uint(c.TxIndex), Index: uint(l.Index),
		}
	}

	return logs
}

// want is the event that the i-th log is.
func (c *capture) want(i int) Event {
	l, e := c.Logs[i], c.Events[i]

	return Event{
		BlockNumber: c.BlockNumber, LogIndex: l.Index, BlockTime: c.BlockTime, BlockHash: c.BlockHash,
		TxHash: c.TxHash, TxIndex: c.TxIndex, Address: l.Address,
		Contract: map[common.Address]Contract{
			base.VVV: ContractVVV, base.Staking: ContractStaking, base.DIEM: ContractDIEM, base.Airdrop: ContractAirdrop,
		}[l.Address],
		Name: e.Name, Kind: e.Kind, Account: e.Account, Counterparty: e.Counterparty,
		VVVWei: e.VVVWei, DIEMWei: e.DIEMWei, Args: e.Args,
	}
}

func TestCapturesDecodeToWhatTheyAre(t *testing.T) {
	t.Parallel()

	d := newDecoder(t, nil)

	for _, c := range readCaptures(t) {
		events, err := d.Decode(nil, c.logs())
		require.NoError(t, err)
		require.Len(t, events, len(c.Events))

		for i := range events {
			require.Equal(t, c.want(i), events[i], "%s, log %d", c.Name, c.Logs[i].Index)

			one, err := d.DecodeAt(c.logs(), i)
			require.NoError(t, err)
			require.Equal(t, events[i], one)
		}
	}
}

// TestCapturesDecodeTheSameWithoutPlainTransfers leaves out the logs that only the
// index of all VVV transfers reads.
func TestCapturesDecodeTheSameWithoutPlainTransfers(t *testing.T) {
	t.Parallel()

	d := newDecoder(t, nil)

	for _, c := range readCaptures(t) {
		var (
			logs []types.Log
			want []Event
		)

		for i, l := range c.logs() {
			if c.Events[i].Kind != KindVVVTransfer {
				logs, want = append(logs, l), append(want, c.want(i))
			}
		}

		events, err := d.Decode(nil, logs)
		require.NoError(t, err)
		require.Equal(t, want, events, c.Name)
	}
}

func TestDecodeAppends(t *testing.T) {
	t.Parallel()

	d := newDecoder(t, nil)
	logs := readCaptures(t)[0].logs()

	all, err := d.Decode(nil, logs)
	require.NoError(t, err)

	twice, err := d.Decode(all, logs)
	require.NoError(t, err)
	require.Equal(t, all, twice[:len(all)])
	require.Equal(t, all, twice[len(all):])

	none, err := d.Decode(nil, nil)
	require.NoError(t, err)
	require.Empty(t, none)
}
