// Package contract reads the views of Venice's contracts at a block: the mint
// curve, the parameters and the figures that the warehouse also derives from events.
package contract

import (
	"context"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/holiman/uint256"

	"diemhouse/pkg/chain"
	"diemhouse/pkg/venice"
)

// Caller runs eth_call. [*chain.Pool] is one.
type Caller interface {
	Calls(ctx context.Context, calls []chain.Call, at chain.At) ([]chain.CallResult, error)
}

// Reader reads the contracts of one deployment.
type Reader struct {
	deployment venice.Deployment
	caller     Caller
}

// New gives a reader of the deployment's contracts.
func New(d venice.Deployment, c Caller) *Reader { return &Reader{deployment: d, caller: c} }

// view is one call of a view whose answer is a single word.
type view struct {
	to        common.Address
	signature string
	args      []common.Hash
}

func (v view) call() chain.Call {
	data := crypto.Keccak256([]byte(v.signature))[:4]
	for _, arg := range v.args {
		data = append(data, arg[:]...)
	}

	return chain.Call{To: v.to, Data: data}
}

// words reads the views in one go. A view that reverts, or a contract that is not
// there, gives nil: unknown, not zero.
func (r *Reader) words(ctx context.Context, at chain.At, views []view) ([]*uint256.Int, error) {
	calls := make([]chain.Call, len(views))
	for i, v := range views {
		calls[i] = v.call()
	}

	results, err := r.caller.Calls(ctx, calls, at)
	if err != nil {
		return nil, err
	}

	words := make([]*uint256.Int, len(views))

	for i, result := range results {
		switch {
		case result.Err != nil, len(result.Data) == 0:
		case len(result.Data) != common.HashLength:
			return nil, fmt.Errorf("%s of %s answers %d bytes, want one word: is the address right?",
				views[i].signature, views[i].to, len(result.Data))
		default:
			words[i] = new(uint256.Int).SetBytes(result.Data)
		}
	}

	return words, nil
}
