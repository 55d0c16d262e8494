package devnet

import (
	"context"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/consensus/misc/eip1559"
	"github.com/ethereum/go-ethereum/consensus/misc/eip4844"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/core/vm"
)

const (
	blockGasLimit = 400_000_000
	// txGasLimit is enough for every call of an actor; adminGasLimit for a curve
	// of 512 fresh storage slots.
	txGasLimit    = 3_000_000
	adminGasLimit = 40_000_000
	viewGasLimit  = 50_000_000
)

// untraced is the context of the node's steps within a block. They take it for
// tracing only, and cannot be interrupted half way.
var untraced = context.Background()

// block is one under construction: transactions run at once, so the next
// decision sees what the last one did.
type block struct {
	chain    *core.BlockChain
	header   *types.Header
	state    *state.StateDB
	evm      *vm.EVM
	gas      *core.GasPool
	signer   types.Signer
	txs      []*types.Transaction
	receipts []*types.Receipt
}

// newBlock opens a block on parent. mix sets it apart from its siblings.
func newBlock(chain *core.BlockChain, parent *types.Header, time uint64, mix common.Hash) (*block, error) {
	config := chain.Config()
	excess := eip4844.CalcExcessBlobGas(config, parent, time)
	header := &types.Header{
		ParentHash:       parent.Hash(),
		UncleHash:        types.EmptyUncleHash,
		Difficulty:       new(big.Int),
		Number:           new(big.Int).Add(parent.Number, common.Big1),
		GasLimit:         parent.GasLimit,
		Time:             time,
		MixDigest:        mix,
		BaseFee:          eip1559.CalcBaseFee(config, parent),
		BlobGasUsed:      new(uint64),
		ExcessBlobGas:    &excess,
		ParentBeaconRoot: new(common.Hash),
	}
	statedb, err := chain.StateAt(parent.Root, parent.Number, parent.Time)
	if err != nil {
		return nil, fmt.Errorf("state of block %d: %w", parent.Number, err)
	}
	evm := vm.NewEVM(core.NewEVMBlockContext(header, chain, &header.Coinbase), statedb, config, vm.Config{})
	evm.SetJumpDestCache(chain.JumpDestCache())
	core.PreExecution(untraced, header.ParentBeaconRoot, parent, config, evm, header.Number, header.Time)
	return &block{
		chain: chain, header: header, state: statedb, evm: evm,
		gas:    core.NewGasPool(header.GasLimit),
		signer: types.MakeSigner(config, header.Number, header.Time),
	}, nil
}

func (b *block) now() uint64 { return b.header.Time }

func (b *block) slot(at common.Address, slot common.Hash) (common.Hash, error) {
	return b.state.GetState(at, slot), nil
}

// send signs and runs a call of account. A vault's goes through the vault.
func (b *block) send(from Account, to common.Address, data []byte, gas uint64) error {
	tx, err := from.sign(b.signer, b.state.GetNonce(from.Sender()), to, data, gas)
	if err != nil {
		return err
	}
	// The transaction remembers its sender, and nobody recovers it from the
	// signature again: a sixth of all the work.
	_, err = types.Sender(knownSigner{b.signer, from.Sender()}, tx)
	if err != nil {
		return fmt.Errorf("sender: %w", err)
	}
	return b.apply(tx)
}

// knownSigner is a signer that knows who signed.
type knownSigner struct {
	types.Signer

	from common.Address
}

func (s knownSigner) Sender(*types.Transaction) (common.Address, error) { return s.from, nil }

// apply runs a signed transaction. An error other than ErrReverted means that
// it is not in the block.
func (b *block) apply(tx *types.Transaction) error {
	b.state.SetTxContext(tx.Hash(), len(b.txs), uint32(len(b.txs)+1))
	snapshot := b.state.Snapshot()
	receipt, _, err := core.ApplyTransaction(untraced, b.evm, b.gas, b.state, b.header, tx)
	if err != nil {
		b.state.RevertToSnapshot(snapshot)
		return fmt.Errorf("apply transaction %s: %w", tx.Hash(), err)
	}
	b.header.GasUsed = b.gas.Used()
	b.txs = append(b.txs, tx)
	b.receipts = append(b.receipts, receipt)
	if receipt.Status != types.ReceiptStatusSuccessful {
		return fmt.Errorf("transaction %s: %w", tx.Hash(), ErrReverted)
	}
	return nil
}

// view answers a call on the state so far, leaving no trace.
func (b *block) view(to common.Address, input []byte) ([]byte, error) {
	snapshot := b.state.Snapshot()
	out, _, err := b.evm.StaticCall(common.Address{}, to, input, vm.NewGasBudget(viewGasLimit, 0))
	b.state.RevertToSnapshot(snapshot)
	if err != nil {
		return nil, fmt.Errorf("call of %s: %w", to, err)
	}
	return out, nil
}

// seal closes the block.
func (b *block) seal() (*types.Block, error) {
	var logs []*types.Log
	for _, receipt := range b.receipts {
		logs = append(logs, receipt.Logs...)
	}
	config := b.chain.Config()
	requests, _, err := core.PostExecution(untraced, config, b.header.Number, b.header.Time,
		logs, nil, b.evm, uint32(len(b.txs)+1))
	if err != nil {
		return nil, fmt.Errorf("close block %d: %w", b.header.Number, err)
	}
	requestsHash := types.CalcRequestsHash(requests)
	b.header.RequestsHash = &requestsHash
	body := &types.Body{Transactions: b.txs, Withdrawals: []*types.Withdrawal{}}
	b.chain.Engine().Finalize(b.chain, b.header, b.state, body)
	sealed := core.AssembleBlock(b.chain, b.header, b.state, body, b.receipts, nil)
	err = b.state.Error()
	if err != nil {
		return nil, fmt.Errorf("state of block %d: %w", b.header.Number, err)
	}
	return sealed, nil
}
