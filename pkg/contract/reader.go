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

// words reads views of a single word in one go. A view that reverts, or a contract
// that is not there, gives nil: unknown, not zero.
func (r *Reader) words(ctx context.Context, at chain.At, views []view) ([]*uint256.Int, error) {
	answers, err := r.answers(ctx, at, views)
	if err != nil {
		return nil, err
	}

	words := make([]*uint256.Int, len(views))

	for i, answer := range answers {
		switch len(answer) {
		case 0:
		case 1:
			words[i] = &answer[0]
		default:
			return nil, fmt.Errorf("%s of %s answers %d words, want one: is the address right?",
				views[i].signature, views[i].to, len(answer))
		}
	}

	return words, nil
}

// answers reads views of any number of words in one go. A view that reverts, or a
// contract that is not there, gives none.
func (r *Reader) answers(ctx context.Context, at chain.At, views []view) ([][]uint256.Int, error) {
	calls := make([]chain.Call, len(views))
	for i, v := range views {
		calls[i] = v.call()
	}

	results, err := r.caller.Calls(ctx, calls, at)
	if err != nil {
		return nil, err
	}

	answers := make([][]uint256.Int, len(views))

	for i, result := range results {
		if result.Err != nil {
			continue
		}

		if len(result.Data)%common.HashLength != 0 {
			return nil, fmt.Errorf("%s of %s answers %d bytes, which are no whole words: is the address right?",
				views[i].signature, views[i].to, len(result.Data))
		}

		answers[i] = make([]uint256.Int, len(result.Data)/common.HashLength)
		for j := range answers[i] {
			answers[i][j].SetBytes(result.Data[j*common.HashLength : (j+1)*common.HashLength])
		}
	}

	return answers, nil
}
