package app

import (
	"fmt"

	"diemhouse/pkg/venice"
)

// FirstBlock is the block from which on the warehouse is to be complete: the given
// one, else the first with a log of the deployment. A chain that does not reach so
// far is no Base: a local one, read from its beginning.
func FirstBlock(given *uint64, d venice.Deployment, head uint64) (uint64, error) {
	switch {
	case given == nil && d.FirstBlock > head:
		return 0, nil
	case given == nil:
		return d.FirstBlock, nil
	case *given > head:
		return 0, fmt.Errorf("--from %d is above the chain's head, block %d", *given, head)
	default:
		return *given, nil
	}
}
