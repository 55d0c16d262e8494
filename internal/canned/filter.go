package canned

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// shape is what filters can tell logs apart by.
type shape struct {
	address common.Address
	event   common.Hash
	topics  int
	// from and to: whether the topic after the event, and the one after that, is zero.
	from, to bool
}

func shapeOf(l *types.Log) shape {
	return shape{
		address: l.Address, event: l.Topics[0], topics: len(l.Topics),
		from: len(l.Topics) > 1 && l.Topics[1] == common.Hash{},
		to:   len(l.Topics) > 2 && l.Topics[2] == common.Hash{},
	}
}

// filter is what eth_getLogs is asked for.
//
//nolint:tagliatelle // JSON-RPC names them so
type filter struct {
	FromBlock json.RawMessage       `json:"fromBlock"`
	ToBlock   json.RawMessage       `json:"toBlock"`
	BlockHash json.RawMessage       `json:"blockHash"`
	Address   anyOf[common.Address] `json:"address"`
	Topics    []anyOf[common.Hash]  `json:"topics"`
}

// anyOf is one value or several, as JSON-RPC has them. None: any.
type anyOf[T comparable] []T

// UnmarshalJSON implements json.Unmarshaler.
func (a *anyOf[T]) UnmarshalJSON(text []byte) error {
	if bytes.HasPrefix(text, []byte("[")) || bytes.Equal(text, []byte("null")) {
		return json.Unmarshal(text, (*[]T)(a))
	}

	*a = make([]T, 1)

	return json.Unmarshal(text, &(*a)[0])
}

func (a anyOf[T]) has(value T) bool { return len(a) == 0 || slices.Contains(a, value) }

// answerable reports whether shapes can tell which logs the filter asks for: of the
// topics after the event they know only which are zero.
func (f *filter) answerable() bool {
	for i, topic := range f.Topics {
		if i > 0 && len(topic) > 0 && (i > 2 || len(topic) > 1 || topic[0] != common.Hash{}) {
			return false
		}
	}

	return true
}

func (f *filter) matches(s shape) bool {
	if !f.Address.has(s.address) || len(f.Topics) > s.topics {
		return false
	}

	for i, is := range []bool{len(f.Topics) > 0 && f.Topics[0].has(s.event), s.from, s.to} {
		if i < len(f.Topics) && len(f.Topics[i]) > 0 && !is {
			return false
		}
	}

	return true
}
