package sim

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/rpc"
)

// Fork is a branch that a reorg left, as a backend still shows it which has not heard.
type Fork struct {
	// Ancestor is the last block it shares with the chain.
	Ancestor uint64
	// Hashes are the blocks above, in their order.
	Hashes []common.Hash
}

// backend is the node behind an endpoint, or several that differ.
type backend struct{ node *rpc.Client }

// view is what one backend has at one moment.
type view struct {
	// whole is the view of a backend that has all the node has.
	whole           bool
	head, finalized uint64
	fork            *Fork
	// lenient backends answer with what they have where others refuse, as anvil does.
	lenient bool
}

var (
	errUnknownBlock = &failure{Code: -32000, Message: "unknown block"}
	errNoHeader     = &failure{Code: -32000, Message: "header not found"}
	errBeyondHead   = &failure{Code: -32602, Message: "block range extends beyond current head block"}
)

func (b backend) ask(ctx context.Context, method string, params ...any) (json.RawMessage, error) {
	var result json.RawMessage
	if err := b.node.CallContext(ctx, &result, method, params...); err != nil {
		return nil, err
	}

	return result, nil
}

// numberOf gives a block's number by tag, number or hash; ok is false where the node
// has none.
func (b backend) numberOf(ctx context.Context, method string, block any) (number uint64, ok bool, err error) {
	answer, err := b.ask(ctx, method, block, false)
	if err != nil {
		return 0, false, err
	}

	var header *struct {
		Number hexutil.Uint64 `json:"number"`
	}
	if err := json.Unmarshal(answer, &header); err != nil {
		return 0, false, fmt.Errorf("number of block %v: %w", block, err)
	}

	if header == nil {
		return 0, false, nil
	}

	return uint64(header.Number), true, nil
}

// behind is the view of a backend that many blocks late.
func (b backend) behind(ctx context.Context, blocks uint64) (view, error) {
	head, _, err := b.numberOf(ctx, "eth_getBlockByNumber", "latest")
	if err != nil {
		return view{}, err
	}

	finalized, _, err := b.numberOf(ctx, "eth_getBlockByNumber", "finalized")
	if err != nil {
		return view{}, err
	}

	return view{head: head - min(head, blocks), finalized: finalized - min(finalized, blocks)}, nil
}

// on is the view of a backend that is on another branch.
func (b backend) on(ctx context.Context, fork *Fork) (view, error) {
	v, err := b.behind(ctx, 0)
	v.head, v.fork = fork.Ancestor+uint64(len(fork.Hashes)), fork
	v.finalized = min(v.finalized, fork.Ancestor)

	return v, err
}

// answer is what the backend with the view says to a call.
func (b backend) answer(ctx context.Context, v view, c call) (json.RawMessage, error) {
	if v.whole || len(c.Params) == 0 && c.Method != "eth_blockNumber" {
		return b.pass(ctx, c)
	}

	switch c.Method {
	case "eth_blockNumber":
		return raw(hexutil.Uint64(v.head)), nil
	case "eth_getBlockByNumber":
		return b.numbered(ctx, v, c, "eth_getBlockByHash")
	case "eth_getBlockByHash":
		return b.hashed(ctx, v, c)
	case "eth_getBlockReceipts":
		if _, err := parseHash(c.Params[0]); err == nil {
			return b.hashed(ctx, v, c)
		}

		return b.numbered(ctx, v, c, c.Method)
	case "eth_getLogs":
		return b.logs(ctx, v, c)
	case "eth_call", "eth_getCode":
		return b.state(ctx, v, c)
	default:
		return b.pass(ctx, c)
	}
}

func (b backend) pass(ctx context.Context, c call) (json.RawMessage, error) {
	params := make([]any, len(c.Params))
	for i := range c.Params {
		params[i] = c.Params[i]
	}

	return b.ask(ctx, c.Method, params...)
}

// with is the call with another block for its i-th parameter.
func (c call) with(i int, block any) call {
	params := append([]json.RawMessage(nil), c.Params...)
	params[i] = raw(block)
	c.Params = params

	return c
}

// number reads a tag or a number.
func (v view) number(param json.RawMessage) (uint64, error) {
	var tag rpc.BlockNumber
	if err := json.Unmarshal(param, &tag); err != nil {
		return 0, fmt.Errorf("block %s: %w", param, err)
	}

	switch tag {
	case rpc.EarliestBlockNumber:
		return 0, nil
	case rpc.LatestBlockNumber, rpc.PendingBlockNumber:
		return v.head, nil
	case rpc.FinalizedBlockNumber, rpc.SafeBlockNumber:
		return v.finalized, nil
	default:
		return uint64(tag), nil
	}
}

// hashAt is the hash of a block that is on the other branch alone.
func (v view) hashAt(number uint64) (common.Hash, bool) {
	if v.fork == nil || number <= v.fork.Ancestor || number > v.head {
		return common.Hash{}, false
	}

	return v.fork.Hashes[number-v.fork.Ancestor-1], true
}

// numbered answers a call by block number. byHash is the method that takes a hash.
func (b backend) numbered(ctx context.Context, v view, c call, byHash string) (json.RawMessage, error) {
	number, err := v.number(c.Params[0])
	if err != nil {
		return nil, err
	}

	if number > v.head {
		return json.RawMessage("null"), nil
	}

	if hash, other := v.hashAt(number); other {
		c = c.with(0, hash)
		c.Method = byHash

		return b.pass(ctx, c)
	}

	return b.pass(ctx, c.with(0, hexutil.Uint64(number)))
}

// has reports whether the backend has the block of that hash in its chain.
func (b backend) has(ctx context.Context, v view, hash common.Hash) (bool, error) {
	number, known, err := b.numberOf(ctx, "eth_getBlockByHash", hash)
	if err != nil || !known || number > v.head {
		return false, err
	}

	if other, is := v.hashAt(number); is {
		return other == hash, nil
	}

	return true, nil
}

// hashed answers a call by block hash.
func (b backend) hashed(ctx context.Context, v view, c call) (json.RawMessage, error) {
	hash, err := parseHash(c.Params[0])
	if err != nil {
		return nil, err
	}

	if has, err := b.has(ctx, v, hash); err != nil || !has {
		return json.RawMessage("null"), err
	}

	return b.pass(ctx, c)
}

// state answers a call whose last parameter says at which block.
func (b backend) state(ctx context.Context, v view, c call) (json.RawMessage, error) {
	at := len(c.Params) - 1

	if hash, err := parseBlockHash(c.Params[at]); err == nil {
		if has, err := b.has(ctx, v, hash); err != nil {
			return nil, err
		} else if !has {
			return nil, errNoHeader
		}

		return b.pass(ctx, c)
	}

	number, err := v.number(c.Params[at])
	if err != nil {
		return nil, err
	}

	if number > v.head {
		return nil, errNoHeader
	}

	if hash, other := v.hashAt(number); other {
		return b.pass(ctx, c.with(at, map[string]any{"blockHash": hash}))
	}

	return b.pass(ctx, c.with(at, hexutil.Uint64(number)))
}

func parseHash(param json.RawMessage) (common.Hash, error) {
	var hash common.Hash

	return hash, json.Unmarshal(param, &hash)
}

func parseBlockHash(param json.RawMessage) (common.Hash, error) {
	var at struct {
		BlockHash *common.Hash `json:"blockHash"` //nolint:tagliatelle // as EIP-1898 spells it
	}

	if err := json.Unmarshal(param, &at); err != nil {
		return common.Hash{}, err
	}

	if at.BlockHash == nil {
		return common.Hash{}, errUnknownBlock
	}

	return *at.BlockHash, nil
}
