package chain

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
)

// Multicall3 is the address at which Multicall3 is deployed on Base and most chains
// (github.com/mds1/multicall3).
var Multicall3 = common.HexToAddress("0xcA11bde05977b3631167028862bE2a173976CA11")

// callsAtOnce bounds the calls in one Multicall3 call, so that it stays far below
// the gas limit of eth_call.
const callsAtOnce = 256

// minMulticall is the number of calls from which Multicall3 is worth a call.
const minMulticall = 2

// errNoMulticall says that the contract cannot serve at that block.
var errNoMulticall = errors.New("no Multicall3 there")

var multicallABI = mustABI(`[{"name":"aggregate3","type":"function","stateMutability":"payable",
"inputs":[{"name":"calls","type":"tuple[]","components":[{"name":"target","type":"address"},
{"name":"allowFailure","type":"bool"},{"name":"callData","type":"bytes"}]}],
"outputs":[{"name":"returnData","type":"tuple[]","components":[{"name":"success","type":"bool"},
{"name":"returnData","type":"bytes"}]}]}]`)

func mustABI(text string) abi.ABI {
	parsed, err := abi.JSON(strings.NewReader(text))
	if err != nil {
		panic(err) // A constant of this file.
	}

	return parsed
}

type multicallInput struct {
	Target       common.Address
	AllowFailure bool
	CallData     []byte
}

type multicallOutput struct {
	Success    bool
	ReturnData []byte
}

// multicall reads the calls through Multicall3. errNoMulticall when it has no code
// at that block, or does not answer as it should.
func (e *endpoint) multicall(ctx context.Context, calls []Call, at At) ([]CallResult, error) {
	if len(calls) < minMulticall || e.noMulticall.Load() {
		return nil, errNoMulticall
	}

	results := make([]CallResult, 0, len(calls))

	for len(calls) > 0 {
		n := min(len(calls), callsAtOnce)

		part, err := e.aggregate(ctx, calls[:n], at)
		if err != nil {
			return nil, err
		}

		results = append(results, part...)
		calls = calls[n:]
	}

	return results, nil
}

func (e *endpoint) aggregate(ctx context.Context, calls []Call, at At) ([]CallResult, error) {
	inputs := make([]multicallInput, len(calls))
	for i, c := range calls {
		inputs[i] = multicallInput{Target: c.To, AllowFailure: true, CallData: c.Data}
	}

	data, err := multicallABI.Pack("aggregate3", inputs)
	if err != nil {
		return nil, fmt.Errorf("pack %d calls: %w", len(calls), err)
	}

	raw, err := e.call(ctx, methodCall, Call{To: Multicall3, Data: data}.params(), at.param)
	if kind, _ := KindOf(err); err != nil && kind == Reverted {
		return nil, errNoMulticall // Out of gas, say: the calls may work one by one.
	}

	if err != nil {
		return nil, err
	}

	answer, err := e.hexData(methodCall, raw)
	if err != nil {
		return nil, err
	}

	if len(answer) == 0 {
		// No code. Where even the latest block has none, it need not be tried again.
		if at == Latest() {
			e.noMulticall.Store(true)
		}

		return nil, errNoMulticall
	}

	return e.callResults(answer, len(calls))
}

// callResults reads what Multicall3 answers to n calls.
func (e *endpoint) callResults(answer []byte, n int) ([]CallResult, error) {
	var outputs []multicallOutput
	if err := multicallABI.UnpackIntoInterface(&outputs, "aggregate3", answer); err != nil || len(outputs) != n {
		return nil, errNoMulticall
	}

	results := make([]CallResult, len(outputs))

	for i, o := range outputs {
		results[i].Data = o.ReturnData
		if !o.Success {
			results[i] = CallResult{Err: &Refusal{
				Kind: Reverted, Endpoint: e.name, Method: methodCall,
				Message: "execution reverted", Data: fmt.Sprintf("%#x", o.ReturnData),
			}}
		}
	}

	return results, nil
}
