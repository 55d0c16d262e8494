package anvil

import (
	"context"
)

// Reorg replaces the last depth blocks by as many others, which hold nothing: the
// transactions of the old ones are forgotten.
func (n *Node) Reorg(ctx context.Context, depth int) error {
	return n.call(ctx, "anvil_reorg", depth, []any{})
}

// Rollback drops the last depth blocks. The head falls, and nobody is told.
func (n *Node) Rollback(ctx context.Context, depth int) error {
	return n.call(ctx, "anvil_rollback", depth)
}
