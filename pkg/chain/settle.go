package chain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
)

const (
	methodReceipts = "eth_getBlockReceipts"
	methodReceipt  = "eth_getTransactionReceipt"

	// receiptsAgain is how long an endpoint that does not offer receipts is not asked
	// for them.
	receiptsAgain = 10 * time.Minute
	// settleRounds: what proves a block is asked of each endpoint once. Whoever cannot
	// wait for it may ask again.
	settleRounds = 1
	// settleTries is how often in a row blocks at the head are refused because receipts
	// cannot be had for a passing reason. Then they are let through Unproven until
	// receipts come again: an endpoint may say "too many requests" where it means
	// "never".
	settleTries = 20
)

// ProvenLogs reads the receipts of the header's block, recomputes their root against
// the header, and gives the wanted logs: all of them and no other. An endpoint that
// gives other receipts is refused as Untrue. Where none offers receipts by block they
// are read one by one, as long as the block has no more than atMost transactions
// (zero: never).
func (p *Pool) ProvenLogs(ctx context.Context, h Header, f FilterSet, atMost int) ([]types.Log, error) {
	if !p.cfg.TrustHeaderHash && !f.InBloom(h.Bloom) {
		return nil, nil
	}

	var logs []types.Log

	what := fmt.Sprintf("prove the logs of block %s", h.Ref())
	err := p.doRounds(ctx, what, h.Endpoint, settleRounds, func(ctx context.Context, e *endpoint) error {
		var err error
		logs, err = e.blockReceipts(ctx, h)

		return err
	})

	if err != nil && ctx.Err() == nil && atMost > 0 {
		singly := p.doRounds(ctx, what, h.Endpoint, settleRounds, func(ctx context.Context, e *endpoint) error {
			var err error
			logs, err = e.singleReceipts(ctx, h, atMost)

			return err
		})
		err = bothWays(err, singly)
	}

	if err != nil {
		return nil, err
	}

	return f.only(logs), nil
}

// bothWays is why receipts could be had neither by block nor singly, nil where they
// could.
func bothWays(byBlock, singly error) error {
	all, several := errors.AsType[*UnavailableError](byBlock)
	more, too := errors.AsType[*UnavailableError](singly)

	if several && too {
		return &UnavailableError{What: more.What, Refusals: slices.Concat(all.Refusals, more.Refusals)}
	}

	return singly
}

// maySettle reports whether receipts that could not be had may be had later: somebody
// offers them, but not just now. Receipts that are refused, too long or do not hash to
// the header's root will be so again.
func maySettle(err error) bool {
	u, ok := errors.AsType[*UnavailableError](err)

	return ok && slices.ContainsFunc(u.Refusals, func(r *Refusal) bool {
		return r.Kind == UnknownBlock || r.Kind.Action() == Again || r.Kind.Action() == Wait
	})
}

// patience counts how often receipts were asked for in vain since they last came.
type patience struct{ tries atomic.Int64 }

// ends counts one more and reports whether they are not waited for any more: the head
// must not stand still for who says "later" and means "never".
func (p *patience) ends() bool { return p.tries.Add(1) >= settleTries }

// renew begins anew: receipts came.
func (p *patience) renew() { p.tries.Store(0) }

// receiptOffer remembers that an endpoint does not offer a method of receipts.
type receiptOffer struct{ refusedUntil atomic.Int64 }

// refused gives a refusal while it is known that the method is not offered.
func (o *receiptOffer) refused(e *endpoint, method string) error {
	if time.Now().UnixNano() >= o.refusedUntil.Load() {
		return nil
	}

	return &Refusal{Kind: NotOffered, Endpoint: e.name, Method: method, Message: "it lately said that it does not offer this"}
}

// learn takes note of how the method went.
func (o *receiptOffer) learn(err error) {
	if kind, _ := KindOf(err); err != nil && (kind == NotOffered || kind == BadRequest) {
		o.refusedUntil.Store(time.Now().Add(receiptsAgain).UnixNano())
	}
}

// blockReceipts reads and proves all logs of a block by eth_getBlockReceipts.
func (e *endpoint) blockReceipts(ctx context.Context, h Header) ([]types.Log, error) {
	if err := e.byBlock.refused(e, methodReceipts); err != nil {
		return nil, err
	}

	raw, err := e.call(ctx, methodReceipts, h.Hash)
	if kind, _ := KindOf(err); err != nil && kind == BadRequest {
		// Some know blocks by number only; another block's receipts do not pass.
		raw, err = e.call(ctx, methodReceipts, hexutil.Uint64(h.Number.Uint64()))
	}

	e.byBlock.learn(err)

	if err != nil {
		return nil, err
	}

	return e.proven(methodReceipts, raw, h)
}

// proven checks receipts against the header.
func (e *endpoint) proven(method string, raw json.RawMessage, h Header) ([]types.Log, error) {
	if isNull(raw) {
		return nil, e.refusal(UnknownBlock, method, fmt.Errorf("it has no receipts of block %s", h.Ref()))
	}

	logs, err := proveReceipts(raw, h)
	if err == nil {
		return logs, nil
	}

	if _, mismatch := errors.AsType[*ReceiptsMismatchError](err); mismatch {
		return nil, e.refusal(Untrue, method, err)
	}

	return nil, e.refusal(Malformed, method, err)
}

// singleReceipts reads and proves all logs of a block by its transactions' receipts.
func (e *endpoint) singleReceipts(ctx context.Context, h Header, atMost int) ([]types.Log, error) {
	if err := e.singly.refused(e, methodReceipt); err != nil {
		return nil, err
	}

	raw, err := e.call(ctx, methodByHash, h.Hash, false)
	if err != nil {
		return nil, err
	}

	var block struct {
		Transactions []common.Hash `json:"transactions"`
	}
	if err := json.Unmarshal(raw, &block); err != nil {
		return nil, e.refusal(Malformed, methodByHash, fmt.Errorf("transactions of block %s: %w", h.Ref(), err))
	}

	if n := len(block.Transactions); n > atMost {
		return nil, &Refusal{
			Kind: NotOffered, Endpoint: e.name, Method: methodReceipt,
			Message: fmt.Sprintf("%d transactions are too many to read one by one", n),
		}
	}

	calls := make([]rpcCall, len(block.Transactions))
	for i, tx := range block.Transactions {
		calls[i] = rpcCall{method: methodReceipt, args: []any{tx}}
	}

	results, err := e.batch(ctx, calls)
	e.singly.learn(err)

	if err != nil {
		return nil, err
	}

	list := make([]json.RawMessage, len(results))

	for i := range results {
		if err := results[i].err; err != nil {
			e.singly.learn(err)

			return nil, err
		}

		list[i] = results[i].data
	}

	all, err := json.Marshal(list)
	if err != nil {
		return nil, e.refusal(Malformed, methodReceipt, err)
	}

	return e.proven(methodReceipt, all, h)
}

// only gives the wanted ones of the logs, in the same memory.
func (f FilterSet) only(logs []types.Log) []types.Log {
	wanted := logs[:0]

	for i := range logs {
		if f.Wanted(&logs[i]) {
			wanted = append(wanted, logs[i])
		}
	}

	return wanted
}

// emittedBy reports whether one of the logs is of that contract.
func emittedBy(logs []types.Log, a *common.Address) bool {
	for i := range logs {
		if logs[i].Address == *a {
			return true
		}
	}

	return false
}

// Unexplained reports whether a block may hold logs of the set although those that
// were read are none of that contract: its bloom has the address, and the topics where
// the set is that narrow, and nothing that was read accounts for the address. logs are
// all that were read of the watched contracts.
func (f FilterSet) Unexplained(b types.Bloom, logs []types.Log) bool {
	for i := range f.queries {
		q := &f.queries[i]
		if !q.inBloom(&b) {
			continue
		}

		for j := range q.addresses {
			a := &q.addresses[j]
			if inBloom(&b, a[:]) && !emittedBy(logs, a) {
				return true
			}
		}
	}

	return false
}
