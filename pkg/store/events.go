package store

import (
	"context"
	"fmt"
	"iter"
	"math/big"
	"slices"
	"sync"

	"github.com/ethereum/go-ethereum/common"

	"diemhouse/pkg/decode"
)

// eventColumns is the order in which eventBlock gives them.
var eventColumns = []string{
	"block_number", "log_index", "block_time", "block_hash", "tx_hash", "tx_index", "address",
	"contract", "event", "kind", "account", "counterparty", "vvv_wei", "diem_wei",
	"args", "problem", "topics", "data", "version",
}

// partRows is how many events are held as columns at a time: 0.7 kB each. Of four times
// as many history took half as much processor time again, to clear new memory; of fewer no
// less.
const partRows = 2048

// insertEvents writes events in one insert, which the views on the table follow.
func (s *Store) insertEvents(ctx context.Context, version uint64, events iter.Seq[[]decode.Event]) error {
	block := eventBlocks.Get().(*eventBlock) //nolint:forcetypeassert // nothing else is put there
	defer eventBlocks.Put(block)

	parts := func(yield func([]any) bool) {
		for some := range events {
			for part := range slices.Chunk(some, partRows) {
				if !yield(block.columns(version, part)) {
					return
				}
			}
		}
	}

	if err := s.insertParts(ctx, "events", eventColumns, parts); err != nil {
		return fmt.Errorf("insert events: %w", err)
	}

	return nil
}

// eventBlocks are blocks that the next insert fills again: new memory for each part
// would be a tenth of the work of history.
var eventBlocks = sync.Pool{New: func() any { return new(eventBlock) }}

// eventBlock is a part's rows as columns.
type eventBlock struct {
	blockNumber, version           []uint64
	blockTime                      []int64
	logIndex, txIndex              []uint32
	blockHash, txHash              [][]byte
	address, account, counterparty []string
	contract, event, kind          []string
	vvvWei, diemWei                []big.Int
	args, problem, data            []string
	topics                         [][]string

	raw []byte // of addresses, until they are a string
}

// columns turns rows into columns in the order of eventColumns. They refer to the
// events, and hold until the next call.
func (b *eventBlock) columns(version uint64, events []decode.Event) []any {
	n := len(events)

	resize(&b.blockNumber, n)
	resize(&b.version, n)
	resize(&b.blockTime, n)
	resize(&b.logIndex, n)
	resize(&b.txIndex, n)
	resize(&b.vvvWei, n)
	resize(&b.diemWei, n)
	resize(&b.topics, n)
	resize(&b.blockHash, n)
	resize(&b.txHash, n)

	for _, texts := range []*[]string{&b.contract, &b.event, &b.kind, &b.args, &b.problem, &b.data} {
		resize(texts, n)
	}

	b.addresses(&b.address, events, func(e *decode.Event) *common.Address { return &e.Address })
	b.addresses(&b.account, events, func(e *decode.Event) *common.Address { return &e.Account })
	b.addresses(&b.counterparty, events, func(e *decode.Event) *common.Address { return &e.Counterparty })

	for i := range events {
		e := &events[i]
		b.blockNumber[i], b.blockTime[i], b.version[i] = e.BlockNumber, int64(e.BlockTime), version
		b.logIndex[i], b.txIndex[i] = e.LogIndex, e.TxIndex
		b.blockHash[i], b.txHash[i] = e.BlockHash[:], e.TxHash[:]
		b.contract[i], b.event[i], b.kind[i] = string(e.Contract), e.Name, string(e.Kind)
		b.args[i], b.problem[i], b.data[i] = e.Args, e.Problem, string(e.Data)
		b.topics[i] = topicStrings(e.Topics)

		into := &b.vvvWei[i]
		e.VVVWei.IntoBig(&into)

		into = &b.diemWei[i]
		e.DIEMWei.IntoBig(&into)
	}

	return []any{
		b.blockNumber, b.logIndex, b.blockTime, b.blockHash, b.txHash, b.txIndex, b.address,
		b.contract, b.event, b.kind, b.account, b.counterparty, b.vvvWei, b.diemWei,
		b.args, b.problem, b.topics, b.data, b.version,
	}
}

// resize makes a slice n long and keeps what its memory holds: big numbers keep theirs.
func resize[T any](s *[]T, n int) { *s = slices.Grow((*s)[:0], n)[:n] }

// addresses makes strings of raw bytes, which share one allocation: over HTTP
// clickhouse-go makes a column's dictionary itself, and looks values up in a map.
func (b *eventBlock) addresses(into *[]string, events []decode.Event, of func(*decode.Event) *common.Address) {
	b.raw = b.raw[:0]
	for i := range events {
		b.raw = append(b.raw, of(&events[i])[:]...)
	}

	resize(into, len(events))

	all := string(b.raw)
	for i := range *into {
		(*into)[i] = all[common.AddressLength*i : common.AddressLength*(i+1)]
	}
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
