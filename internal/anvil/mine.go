package anvil

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"

	"diemhouse/internal/devnet"
)

// blockTime is Base's, in seconds.
const blockTime = 2

// ErrReverted says that a contract refused an action.
var ErrReverted = errors.New("reverted")

// Head is the latest header. Its Hash is the one that anvil states.
type Head struct {
	Number, Time uint64
	Hash         common.Hash
}

// Head returns the latest block.
func (n *Node) Head(ctx context.Context) (Head, error) { return n.block(ctx, "latest") }

// Block returns a canonical block.
func (n *Node) Block(ctx context.Context, number uint64) (Head, error) {
	return n.block(ctx, hexutil.Uint64(number))
}

// Launch makes five blocks: Venice's launch, some life, the upgrade to DIEM with
// its first curve, more life. The cooldowns are 20 and 10 seconds.
func (n *Node) Launch(ctx context.Context) error {
	const cooldown, diemCooldown = 20 * time.Second, 10 * time.Second
	err := n.Do(ctx, devnet.Launch(cooldown))
	if err != nil {
		return err
	}
	err = n.Live(ctx, 1)
	if err != nil {
		return err
	}
	err = n.Do(ctx, devnet.Upgrade(diemCooldown))
	if err != nil {
		return err
	}
	return n.Live(ctx, 2)
}

// Do mines one block of a deposit and the actions, in their order, two seconds
// after the last. They do not see each other's effect before it is mined. The
// error wraps ErrReverted where a contract refused one; the block is mined anyway.
func (n *Node) Do(ctx context.Context, actions ...devnet.Action) error {
	sent, err := n.mine(ctx, actions...)
	if err != nil {
		return err
	}
	for i, hash := range sent {
		var receipt struct {
			Status hexutil.Uint64 `json:"status"`
		}
		err = n.client.CallContext(ctx, &receipt, "eth_getTransactionReceipt", hash)
		if err != nil {
			return fmt.Errorf("receipt of %s: %w", hash, err)
		}
		if uint64(receipt.Status) != types.ReceiptStatusSuccessful {
			return fmt.Errorf("transaction %d of %d, %s: %w", i+1, len(sent), hash, ErrReverted)
		}
	}
	return nil
}

// Live mines so many blocks of life. Some transactions in them fail, as in life.
func (n *Node) Live(ctx context.Context, blocks int) error {
	for range blocks {
		_, err := n.mine(ctx, devnet.BusyLife())
		if err != nil {
			return err
		}
	}
	return nil
}

// Empty mines so many blocks that hold a deposit and nothing else.
func (n *Node) Empty(ctx context.Context, blocks int) error {
	for range blocks {
		_, err := n.mine(ctx)
		if err != nil {
			return err
		}
	}
	return nil
}

func (n *Node) mine(ctx context.Context, actions ...devnet.Action) ([]common.Hash, error) {
	head, err := n.Head(ctx)
	if err != nil {
		return nil, err
	}
	err = n.deposit(ctx, head)
	if err != nil {
		return nil, err
	}
	sent, err := n.remote.Play(ctx, head.Time+blockTime, actions...)
	if err != nil {
		return nil, err
	}
	err = n.call(ctx, "evm_setNextBlockTimestamp", hexutil.Uint64(head.Time+blockTime))
	if err != nil {
		return nil, err
	}
	return sent, n.call(ctx, "evm_mine")
}

// depositType is the type of an OP chain's own transaction, the first of every block.
const depositType = hexutil.Uint64(0x7e)

// Addresses of that transaction.
var (
	depositor = common.HexToAddress("0xDeaDDEaDDeAdDeAdDEAdDEaddeAddEAdDEAd0001")
	l1Block   = common.HexToAddress("0x4200000000000000000000000000000000000015")
)

// deposit queues the transaction of type 0x7e that comes first.
func (n *Node) deposit(ctx context.Context, head Head) error {
	err := n.call(ctx, "anvil_impersonateAccount", depositor)
	if err != nil {
		return err
	}
	return n.call(ctx, "eth_sendTransaction", map[string]any{
		"type": depositType, "from": depositor, "to": l1Block, "gas": hexutil.Uint64(1_000_000), "value": "0x0",
		"input": "0x098999be", "mint": "0x0", "isSystemTx": false,
		"sourceHash": common.BigToHash(new(big.Int).SetUint64(head.Number + 1)),
	})
}

func (n *Node) block(ctx context.Context, id any) (Head, error) {
	var header *struct {
		Number    hexutil.Uint64 `json:"number"`
		Timestamp hexutil.Uint64 `json:"timestamp"`
		Hash      common.Hash    `json:"hash"`
	}
	err := n.client.CallContext(ctx, &header, "eth_getBlockByNumber", id, false)
	if err == nil && header == nil {
		err = errNoBlock
	}
	if err != nil {
		return Head{}, fmt.Errorf("block %v: %w", id, err)
	}
	return Head{Number: uint64(header.Number), Time: uint64(header.Timestamp), Hash: header.Hash}, nil
}

var errNoBlock = errors.New("no such block")
