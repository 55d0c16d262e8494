package contract

import (
	"context"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/holiman/uint256"

	"diemhouse/pkg/chain"
	"diemhouse/pkg/venice"
)

// ErrNoCurve says that the staking contract has no mint curve at that block: DIEM
// did not exist yet, or no contract is there.
var ErrNoCurve = errors.New("the staking contract has no mint curve at this block")

// Curve reads the mint-rate table at a block: 512 views in one go. ErrNoCurve says
// that there is none; chain.IsNoState that no endpoint keeps a state that old.
func (r *Reader) Curve(ctx context.Context, at chain.At) (venice.Curve, error) {
	views := make([]view, 0, 2*venice.Buckets)

	for _, signature := range []string{"diemSupply(uint256)", "diemMintRates(uint256)"} {
		for i := range venice.Buckets {
			views = append(views, view{r.deployment.Staking, signature, []common.Hash{uint256.NewInt(uint64(i)).Bytes32()}})
		}
	}

	words, err := r.words(ctx, at, views)
	if err != nil {
		return venice.Curve{}, fmt.Errorf("read the mint curve: %w", err)
	}

	var curve venice.Curve

	for i := range venice.Buckets {
		bound, rate := words[i], words[venice.Buckets+i]
		if bound == nil || rate == nil {
			return venice.Curve{}, ErrNoCurve
		}

		curve.Bounds[i], curve.Rates[i] = *bound, *rate
	}

	if curve == (venice.Curve{}) {
		return venice.Curve{}, ErrNoCurve
	}

	return curve, nil
}
