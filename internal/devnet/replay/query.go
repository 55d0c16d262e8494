package replay

import (
	"fmt"
	"slices"
	"sort"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/eth/filters"
	"github.com/ethereum/go-ethereum/rpc"
)

// Error codes of JSON-RPC and of Ethereum's nodes.
const (
	codeServer        = -32000
	codeNotFound      = -32001
	codeUnsupported   = -32601
	codeInvalidParams = -32602
)

// refusal is an error with its code.
type refusal struct {
	code    int
	message string
}

func (r *refusal) Error() string  { return r.message }
func (r *refusal) ErrorCode() int { return r.code }

func refuse(code int, format string, args ...any) error {
	return &refusal{code: code, message: fmt.Sprintf(format, args...)}
}

// query answers eth_getLogs with go-ethereum's rules and words.
func (c *Capture) query(q filters.FilterCriteria, rangeLimit uint64) ([]types.Log, error) {
	if q.BlockHash != nil {
		b := c.byHash[*q.BlockHash]
		if b == nil {
			return nil, refuse(codeServer, "unknown block")
		}
		return match(b.logs, q), nil
	}
	from, to := c.head.number, c.head.number
	var err error
	if q.FromBlock != nil {
		from, err = c.resolve(rpc.BlockNumber(q.FromBlock.Int64()))
	}
	if err == nil && q.ToBlock != nil {
		to, err = c.resolve(rpc.BlockNumber(q.ToBlock.Int64()))
	}
	switch {
	case err != nil:
		return nil, err
	case from > to:
		return nil, refuse(codeInvalidParams, "invalid block range params")
	case rangeLimit != 0 && to-from > rangeLimit:
		return nil, refuse(codeInvalidParams, "exceed maximum block range %d", rangeLimit)
	case to > c.head.number:
		return nil, refuse(codeInvalidParams, "block range extends beyond current head block")
	}
	first := sort.Search(len(c.logs), func(i int) bool { return c.logs[i].BlockNumber >= from })
	after := sort.Search(len(c.logs), func(i int) bool { return c.logs[i].BlockNumber > to })
	return match(c.logs[first:after], q), nil
}

// resolve gives the number that a tag means: all of them mean the head.
func (c *Capture) resolve(tag rpc.BlockNumber) (uint64, error) {
	switch tag {
	case rpc.LatestBlockNumber, rpc.SafeBlockNumber, rpc.FinalizedBlockNumber:
		return c.head.number, nil
	case rpc.EarliestBlockNumber:
		return 0, nil
	case rpc.PendingBlockNumber:
		return 0, refuse(codeInvalidParams, "pending logs are not supported")
	}
	return uint64(tag), nil
}

// match keeps what the addresses and topics ask for. An answer is never null.
func match(logs []types.Log, q filters.FilterCriteria) []types.Log {
	kept := make([]types.Log, 0, len(logs))
	for i := range logs {
		if matches(&logs[i], q) {
			kept = append(kept, logs[i])
		}
	}
	return kept
}

func matches(l *types.Log, q filters.FilterCriteria) bool {
	if len(q.Addresses) > 0 && !slices.Contains(q.Addresses, l.Address) || len(q.Topics) > len(l.Topics) {
		return false
	}
	for i, wanted := range q.Topics {
		if len(wanted) > 0 && !slices.Contains(wanted, l.Topics[i]) {
			return false
		}
	}
	return true
}
