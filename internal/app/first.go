package app

import (
	"fmt"

	"diemhouse/pkg/venice"
)

// FirstBlock is the block from which on the warehouse is to be complete: the given
// one, else the first with a log of the deployment. A chain that does not reach so
// far is no Base: a local one, read from its beginning. Block 0 holds no logs on any
// chain, so that 1 is the least.
func FirstBlock(given *uint64, d venice.Deployment, head uint64) (uint64, error) {
	switch {
	case given == nil && d.FirstBlock > head:
		return 1, nil
	case given == nil:
		return max(d.FirstBlock, 1), nil
	case *given > head:
		return 0, fmt.Errorf("--from %d is above the chain's head, block %d", *given, head)
	default:
		return max(*given, 1), nil
	}
}
