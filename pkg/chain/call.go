package chain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
)

// At says at which block state is read: AtBlock, AtHash or Latest.
type At struct {
	param any
	text  string
}

// AtBlock is the state after the canonical block of that number.
func AtBlock(number uint64) At {
	return At{param: hexutil.Uint64(number), text: fmt.Sprintf("block %d", number)}
}

// AtHash is the state after the block of that hash, canonical or not (EIP-1898). An
// endpoint that does not know this form refuses with BadRequest.
func AtHash(hash common.Hash) At {
	return At{param: map[string]any{"blockHash": hash}, text: "block " + hash.Hex()}
}

// Latest is the state after the endpoint's latest block.
func Latest() At { return At{param: "latest", text: "the latest block"} }

// Call is one read of a contract.
type Call struct {
	To   common.Address
	Data []byte
}

// CallResult is the outcome of one Call of several.
type CallResult struct {
	// Data is what the contract returned. It is empty when there is no contract.
	Data []byte
	// Err is set when the call reverted (kind Reverted).
	Err error
}

// CodeAt reads the code of an account; empty when it has none. IsNoState tells that
// no endpoint can say.
func (p *Pool) CodeAt(ctx context.Context, a common.Address, at At) ([]byte, error) {
	var code []byte

	err := p.do(ctx, fmt.Sprintf("read the code of %s at %s", a, at.text), "", func(ctx context.Context, e *endpoint) error {
		raw, err := e.call(ctx, "eth_getCode", a, at.param)
		if err != nil {
			return err
		}

		code, err = e.hexData("eth_getCode", raw)

		return err
	})
	if err != nil {
		return nil, err
	}

	return code, nil
}

// Call reads a contract. A revert is an error of kind Reverted; IsNoState tells that
// no endpoint keeps the state at that block or offers the call.
func (p *Pool) Call(ctx context.Context, call Call, at At) ([]byte, error) {
	var data []byte

	err := p.do(ctx, fmt.Sprintf("call %s at %s", call.To, at.text), "", func(ctx context.Context, e *endpoint) error {
		raw, err := e.call(ctx, methodCall, call.params(), at.param)
		if err != nil {
			return err
		}

		data, err = e.hexData(methodCall, raw)

		return err
	})
	if err != nil {
		return nil, err
	}

	return data, nil
}

const methodCall = "eth_call"

func (c Call) params() map[string]any {
	return map[string]any{"to": c.To, "data": hexutil.Bytes(c.Data)}
}

// Calls reads many at the same block, results in the order of the calls, by
// Multicall3 where it has code, else in batches, else singly. All results come from
// one endpoint. The error is set when the whole could not be read.
func (p *Pool) Calls(ctx context.Context, calls []Call, at At) ([]CallResult, error) {
	if len(calls) == 0 {
		return nil, nil
	}

	var results []CallResult

	what := fmt.Sprintf("%d calls at %s", len(calls), at.text)

	err := p.do(ctx, what, "", func(ctx context.Context, e *endpoint) error {
		var err error

		results, err = e.multicall(ctx, calls, at)
		if errors.Is(err, errNoMulticall) {
			results, err = e.batchedCalls(ctx, calls, at)
		}

		return err
	})
	if err != nil {
		return nil, err
	}

	return results, nil
}

func (e *endpoint) batchedCalls(ctx context.Context, calls []Call, at At) ([]CallResult, error) {
	batch := make([]rpcCall, len(calls))
	for i, c := range calls {
		batch[i] = rpcCall{method: methodCall, args: []any{c.params(), at.param}}
	}

	answers, err := e.batch(ctx, batch)
	if err != nil {
		return nil, err
	}

	results := make([]CallResult, len(calls))

	for i, a := range answers {
		if kind, _ := KindOf(a.err); a.err != nil && kind != Reverted {
			return nil, a.err
		}

		if a.err != nil {
			results[i].Err = a.err

			continue
		}

		if results[i].Data, err = e.hexData(methodCall, a.data); err != nil {
			return nil, err
		}
	}

	return results, nil
}

func (e *endpoint) hexData(method string, raw json.RawMessage) ([]byte, error) {
	var data hexutil.Bytes
	if isNull(raw) || json.Unmarshal(raw, &data) != nil {
		return nil, e.refusal(Malformed, method, errors.New("answer is not hex data"))
	}

	return data, nil
}
