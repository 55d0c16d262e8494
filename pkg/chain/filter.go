package chain

import (
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// Names of the filter sets, as coverage stores them.
const (
	// FilterCore is all logs of staking, DIEM and airdrop, and VVV transfers from
	// or to the zero address (mints and burns).
	FilterCore = "core"
	// FilterAll is core and every other log of VVV. It implies core.
	FilterAll = "all"
)

// Contracts are the addresses a filter set watches. A zero address is not watched.
type Contracts struct {
	VVV, Staking, DIEM, Airdrop common.Address
}

// topicTransfer is keccak256("Transfer(address,address,uint256)").
var topicTransfer = common.HexToHash("0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef")

// FilterSet is what is read: a name and the eth_getLogs requests that together
// match it. The zero value matches nothing.
type FilterSet struct {
	name    string
	queries []query
}

// query is one eth_getLogs filter: any of the addresses and, at each position, any
// of the topics (an empty position matches everything).
type query struct {
	addresses []common.Address
	topics    [][]common.Hash
}

// NewFilterSet builds the set of that name (FilterCore or FilterAll).
func NewFilterSet(name string, c Contracts) (FilterSet, error) {
	protocol := nonZero(c.Staking, c.DIEM, c.Airdrop)

	var queries []query

	switch name {
	case FilterCore:
		if len(protocol) > 0 {
			queries = append(queries, query{addresses: protocol})
		}

		if vvv := nonZero(c.VVV); len(vvv) > 0 {
			zero := []common.Hash{{}}
			transfer := []common.Hash{topicTransfer}
			queries = append(queries,
				query{addresses: vvv, topics: [][]common.Hash{transfer, zero}},
				query{addresses: vvv, topics: [][]common.Hash{transfer, nil, zero}})
		}
	case FilterAll:
		if all := slices.Concat(protocol, nonZero(c.VVV)); len(all) > 0 {
			queries = append(queries, query{addresses: all})
		}
	default:
		return FilterSet{}, fmt.Errorf("filter set %q: want %q or %q", name, FilterCore, FilterAll)
	}

	if len(queries) == 0 {
		return FilterSet{}, fmt.Errorf("filter set %q: no contract address given", name)
	}

	return FilterSet{name: name, queries: queries}, nil
}

func nonZero(addresses ...common.Address) []common.Address {
	var out []common.Address

	for _, a := range addresses {
		if a != (common.Address{}) {
			out = append(out, a)
		}
	}

	return out
}

// Name gives "core" or "all".
func (f FilterSet) Name() string { return f.name }

// Addresses gives every watched address once.
func (f FilterSet) Addresses() []common.Address {
	var out []common.Address

	seen := make(map[common.Address]bool)

	for _, q := range f.queries {
		for _, a := range q.addresses {
			if !seen[a] {
				seen[a] = true

				out = append(out, a)
			}
		}
	}

	return out
}

// Wanted reports whether the log belongs to the set.
func (f FilterSet) Wanted(l *types.Log) bool {
	for i := range f.queries {
		if f.queries[i].matches(l) {
			return true
		}
	}

	return false
}

// InBloom reports whether a block with that bloom may hold a log of the set. False
// is proof that it does not.
func (f FilterSet) InBloom(b types.Bloom) bool {
	for i := range f.queries {
		if f.queries[i].inBloom(&b) {
			return true
		}
	}

	return false
}

func (q *query) matches(l *types.Log) bool {
	return slices.Contains(q.addresses, l.Address) && q.hasTopics(l.Topics)
}

func (q *query) hasTopics(topics []common.Hash) bool {
	if len(topics) < len(q.topics) {
		return false
	}

	for i, wanted := range q.topics {
		if len(wanted) > 0 && !slices.Contains(wanted, topics[i]) {
			return false
		}
	}

	return true
}

func (q *query) inBloom(b *types.Bloom) bool {
	if !anyIn(b, q.addresses, rawAddress) {
		return false
	}

	for _, wanted := range q.topics {
		if len(wanted) > 0 && !anyIn(b, wanted, rawHash) {
			return false
		}
	}

	return true
}

// params gives the filter object of eth_getLogs without its block range.
func (q *query) params() map[string]any {
	p := map[string]any{"address": q.addresses}

	if len(q.topics) > 0 {
		topics := make([]any, len(q.topics))
		for i, wanted := range q.topics {
			switch len(wanted) {
			case 0:
				topics[i] = nil
			case 1:
				topics[i] = wanted[0]
			default:
				topics[i] = wanted
			}
		}

		p["topics"] = topics
	}

	return p
}
