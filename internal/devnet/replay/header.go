package replay

import (
	"encoding/json"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// Base's time: 2 s a block since its genesis. It held on every capture seen.
const (
	baseGenesis = 1_686_789_347 // unix seconds
	blockTime   = 2             // seconds
)

// madeUp is a header for a block whose own is unknown: its hash is nobody else's, its
// bloom is that of the block's captured logs.
func madeUp(b *block, parent common.Hash) *types.Header {
	receipt := types.Receipt{}
	for i := range b.logs {
		receipt.Logs = append(receipt.Logs, &b.logs[i])
	}
	return &types.Header{
		ParentHash:  parent,
		UncleHash:   types.EmptyUncleHash,
		TxHash:      types.EmptyTxsHash,
		ReceiptHash: types.EmptyReceiptsHash,
		Bloom:       types.CreateBloom(&receipt),
		Difficulty:  new(big.Int),
		Number:      new(big.Int).SetUint64(b.number),
		Time:        b.time,
		Extra:       []byte("made up by the replay"),
		BaseFee:     new(big.Int),
	}
}

// answer is the header as eth_getBlockByNumber gives it. The capture's transactions
// are not kept, so the list of them is empty.
func (b *block) answer() (json.RawMessage, error) {
	raw, err := json.Marshal(b.header)
	if err != nil {
		return nil, fmt.Errorf("encode header %d: %w", b.number, err)
	}
	var fields map[string]any
	err = json.Unmarshal(raw, &fields)
	if err != nil {
		return nil, fmt.Errorf("header %d: %w", b.number, err)
	}
	fields["transactions"], fields["uncles"], fields["size"] = []any{}, []any{}, "0x0"
	raw, err = json.Marshal(fields)
	if err != nil {
		return nil, fmt.Errorf("encode block %d: %w", b.number, err)
	}
	return raw, nil
}
