package anvil

import (
	"context"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
)

// Reorg replaces the last depth blocks by as many others, which hold nothing: the
// transactions of the old ones are forgotten. anvil announces each of them.
func (n *Node) Reorg(ctx context.Context, depth int) error {
	return n.call(ctx, "anvil_reorg", depth, []any{})
}

// Remine replaces the last depth blocks by as many others. Their transactions are
// mined again, all of them in the last one.
func (n *Node) Remine(ctx context.Context, depth int) error {
	head, err := n.Head(ctx)
	if err != nil {
		return err
	}
	// A pair is a transaction and the new block that gets it.
	pairs := make([][2]any, 0, depth)
	for number := head.Number - uint64(depth) + 1; number <= head.Number; number++ {
		raws, err := n.rawTransactions(ctx, number)
		if err != nil {
			return err
		}
		for _, raw := range raws {
			pairs = append(pairs, [2]any{raw, depth - 1})
		}
	}
	return n.call(ctx, "anvil_reorg", depth, pairs)
}

// Rollback drops the last depth blocks. The head falls, and nobody is told.
func (n *Node) Rollback(ctx context.Context, depth int) error {
	return n.call(ctx, "anvil_rollback", depth)
}

// rawTransactions are the signed transactions of a block, in their order. Its deposit
// is left out: nobody signed it, and asked for its bytes anvil 1.7.1 hangs up.
func (n *Node) rawTransactions(ctx context.Context, number uint64) ([]hexutil.Bytes, error) {
	var block struct {
		Transactions []struct {
			Hash common.Hash    `json:"hash"`
			Type hexutil.Uint64 `json:"type"`
		} `json:"transactions"`
	}
	err := n.client.CallContext(ctx, &block, "eth_getBlockByNumber", hexutil.Uint64(number), true)
	if err != nil {
		return nil, fmt.Errorf("transactions of block %d: %w", number, err)
	}
	raws := make([]hexutil.Bytes, 0, len(block.Transactions))
	for _, tx := range block.Transactions {
		if tx.Type == depositType {
			continue
		}
		var raw hexutil.Bytes
		err = n.client.CallContext(ctx, &raw, "eth_getRawTransactionByHash", tx.Hash)
		if err != nil {
			return nil, fmt.Errorf("transaction %s of block %d: %w", tx.Hash, number, err)
		}
		raws = append(raws, raw)
	}
	return raws, nil
}
