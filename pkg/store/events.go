package store

import (
	"context"
	"fmt"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"diemhouse/pkg/decode"
)

// eventColumns is the order in which eventBlock gives them.
var eventColumns = []string{
	"block_number", "log_index", "block_time", "block_hash", "tx_hash", "tx_index", "address",
	"contract", "event", "kind", "account", "counterparty", "vvv_wei", "diem_wei",
	"args", "problem", "topics", "data", "version",
}

// partRows is how many events are held as columns at a time: 0.7 kB each.
const partRows = 8192

// insertEvents writes events in one insert, which the views on the table follow.
func (s *Store) insertEvents(ctx context.Context, version uint64, events []decode.Event) error {
	if len(events) == 0 {
		return nil
	}

	parts := func(yield func([]any) bool) {
		for part := range slices.Chunk(events, partRows) {
			if !yield(eventBlock(version, part)) {
				return
			}
		}
	}

	if err := s.insertParts(ctx, "events", eventColumns, parts); err != nil {
		return fmt.Errorf("insert events: %w", err)
	}

	return nil
}

// eventBlock turns rows into columns.
func eventBlock(version uint64, events []decode.Event) []any {
	n := len(events)

	var (
		blockNumber = make([]uint64, n)
		logIndex    = make([]uint32, n)
		blockTime   = make([]int64, n)
		blockHash   = make([][]byte, n)
		txHash      = make([][]byte, n)
		txIndex     = make([]uint32, n)
		address     = addresses(events, func(e *decode.Event) *common.Address { return &e.Address })
		contract    = make([]string, n)
		name        = make([]string, n)
		kind        = make([]string, n)
		account     = addresses(events, func(e *decode.Event) *common.Address { return &e.Account })
		other       = addresses(events, func(e *decode.Event) *common.Address { return &e.Counterparty })
		vvv         = make([]big.Int, n)
		diem        = make([]big.Int, n)
		args        = make([]string, n)
		problem     = make([]string, n)
		topics      = make([][]string, n)
		data        = make([]string, n)
	)

	for i := range events {
		e := &events[i]
		blockNumber[i], logIndex[i], blockTime[i], txIndex[i] = e.BlockNumber, e.LogIndex, int64(e.BlockTime), e.TxIndex
		blockHash[i], txHash[i] = e.BlockHash[:], e.TxHash[:]
		contract[i], name[i], kind[i] = string(e.Contract), e.Name, string(e.Kind)
		args[i], problem[i], data[i] = e.Args, e.Problem, string(e.Data)
		topics[i] = topicStrings(e.Topics)

		into := &vvv[i]
		e.VVVWei.IntoBig(&into)

		into = &diem[i]
		e.DIEMWei.IntoBig(&into)
	}

	return []any{
		blockNumber, logIndex, blockTime, blockHash, txHash, txIndex, address,
		contract, name, kind, account, other, vvv, diem,
		args, problem, topics, data, repeated(version, n),
	}
}

// addresses are raw bytes as strings: over HTTP clickhouse-go makes the column's
// dictionary itself, and looks values up in a map. They share one allocation.
func addresses(events []decode.Event, of func(*decode.Event) *common.Address) []string {
	raw := make([]byte, 0, common.AddressLength*len(events))
	for i := range events {
		raw = append(raw, of(&events[i])[:]...)
	}

	all, out := string(raw), make([]string, len(events))
	for i := range out {
		out[i] = all[common.AddressLength*i : common.AddressLength*(i+1)]
	}

	return out
}

func topicStrings(topics []common.Hash) []string {
	if len(topics) == 0 {
		return nil
	}

	out := make([]string, len(topics))
	for i, topic := range topics {
		out[i] = string(topic[:])
	}

	return out
}
