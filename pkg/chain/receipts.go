package chain

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rlp"
	"github.com/ethereum/go-ethereum/trie"

	"diemhouse/pkg/chain/rpcjson"
)

// depositType is the type of the OP stack's deposit transactions, the first of every
// block.
const depositType = 0x7e

// receipt is what of a transaction's receipt enters the receipts root, and the hash
// of the transaction, which does not.
type receipt struct {
	kind byte
	// status is the RLP string of the first field: 1, empty, or the state root of a
	// receipt before Byzantium.
	status []byte
	gas    uint64
	logs   []types.Log
	txHash common.Hash
	// nonce and version are of deposits; they are hashed when there is a version.
	nonce, version *uint64
}

// wireReceipt is a receipt as endpoints write it.
//
//nolint:tagliatelle // JSON-RPC names them so
type wireReceipt struct {
	Type    receiptNumber   `json:"type"`
	Status  receiptNumber   `json:"status"`
	Root    string          `json:"root"`
	Gas     receiptNumber   `json:"cumulativeGasUsed"`
	Logs    json.RawMessage `json:"logs"`
	TxHash  common.Hash     `json:"transactionHash"`
	Nonce   receiptNumber   `json:"depositNonce"`
	Version receiptNumber   `json:"depositReceiptVersion"`
}

// receiptNumber is a number that may be hex text in either case (anvil writes types
// as "0x7E"), decimal, or absent.
type receiptNumber struct{ value *uint64 }

// UnmarshalJSON reads "0x1f", 31 or null.
func (n *receiptNumber) UnmarshalJSON(raw []byte) error {
	text, base := strings.Trim(string(raw), `"`), 10

	switch {
	case text == "null":
		return nil
	case strings.HasPrefix(text, "0x") || strings.HasPrefix(text, "0X"):
		text, base = text[2:], 16
	}

	value, err := strconv.ParseUint(text, base, 64)
	if err != nil {
		return fmt.Errorf("number %s is not a 64-bit unsigned integer", raw)
	}

	n.value = &value

	return nil
}

// decodeReceipts reads the receipts of a block, in their order.
func decodeReceipts(raw []byte) ([]receipt, error) {
	var wire []json.RawMessage
	if err := json.Unmarshal(raw, &wire); err != nil {
		return nil, fmt.Errorf("list of receipts: %w", err)
	}

	if wire == nil {
		return nil, errors.New("answer is null, not a list of receipts")
	}

	receipts := make([]receipt, len(wire))

	for i := range wire {
		if err := receipts[i].decode(wire[i]); err != nil {
			return nil, fmt.Errorf("receipt %d of %d: %w", i+1, len(wire), err)
		}
	}

	return receipts, nil
}

func (r *receipt) decode(raw []byte) error {
	var w wireReceipt
	if err := json.Unmarshal(raw, &w); err != nil {
		return err
	}

	if w.Gas.value == nil {
		return errors.New("cumulative gas is missing")
	}

	r.gas, r.txHash, r.nonce, r.version = *w.Gas.value, w.TxHash, w.Nonce.value, w.Version.value

	if w.Type.value != nil {
		if *w.Type.value > 0x7f { // EIP-2718
			return fmt.Errorf("type %#x is none", *w.Type.value)
		}

		r.kind = byte(*w.Type.value)
	}

	switch {
	case w.Status.value != nil && *w.Status.value == 1:
		r.status = []byte{1}
	case w.Status.value != nil && *w.Status.value == 0:
		r.status = []byte{}
	case w.Status.value == nil && w.Root != "":
		r.status = common.FromHex(w.Root)
	default:
		return errors.New("status is neither 0 nor 1")
	}

	var err error

	r.logs, err = rpcjson.LogContents(w.Logs)

	return err
}

// receiptBody is the RLP of a receipt. The optional fields are of deposits.
type receiptBody struct {
	Status  []byte
	Gas     uint64
	Bloom   types.Bloom
	Logs    []*types.Log
	Nonce   *uint64 `rlp:"optional"`
	Version *uint64 `rlp:"optional"`
}

// receiptList is what the receipts root is derived from.
type receiptList []receipt

// Len gives the number of receipts.
func (l receiptList) Len() int { return len(l) }

// EncodeIndex writes a receipt as it enters the receipts trie: type || rlp([status,
// gas, bloom, logs]), without the type for type 0; of deposits with nonce and version
// where there is a version (since Canyon). A type that is not known is taken for one
// of the first kind: if it is not, the root shows. The bloom is that of the logs.
func (l receiptList) EncodeIndex(i int, w *bytes.Buffer) {
	r := &l[i]
	body := receiptBody{Status: r.status, Gas: r.gas, Logs: make([]*types.Log, len(r.logs))}

	for i := range r.logs {
		body.Logs[i] = &r.logs[i]
	}

	body.Bloom = types.CreateBloom(&types.Receipt{Logs: body.Logs})

	if r.kind == depositType && r.version != nil {
		body.Nonce, body.Version = r.nonce, r.version
		if body.Nonce == nil {
			body.Nonce = new(uint64)
		}
	}

	if r.kind != types.LegacyTxType {
		w.WriteByte(r.kind)
	}

	// A buffer takes everything, and every field has an encoding.
	_ = rlp.Encode(w, &body)
}

// root gives the receipts root of a block.
func (l receiptList) root() common.Hash { return types.DeriveSha(l, trie.NewStackTrie(nil)) }

// place gives the logs of all receipts with their places in the block of the header.
// What the root does not cover is counted, not believed; only the hashes of the
// transactions are the endpoint's word.
func (l receiptList) place(h Header) []types.Log {
	var logs []types.Log

	for tx := range l {
		for i := range l[tx].logs {
			log := l[tx].logs[i]
			log.BlockNumber, log.BlockHash, log.BlockTimestamp = h.Number.Uint64(), h.Hash, h.Time
			log.TxIndex, log.TxHash = uint(tx), l[tx].txHash
			log.Index, log.Removed = uint(len(logs)), false

			logs = append(logs, log)
		}
	}

	return logs
}

// ReceiptsMismatchError says that receipts do not hash to the header's receipts
// root. It comes inside a [*Refusal] of kind Untrue.
type ReceiptsMismatchError struct {
	// Block is the block whose receipts were asked for.
	Block Ref
	// Stated is the header's root, Computed that of the receipts.
	Stated, Computed common.Hash
}

// Error implements error.
func (e *ReceiptsMismatchError) Error() string {
	return fmt.Sprintf("receipts of block %s hash to %s, its header says %s", e.Block, e.Computed, e.Stated)
}

// proveReceipts reads the receipts of the header's block and gives all its logs,
// proven to be what the header commits to.
func proveReceipts(raw []byte, h Header) ([]types.Log, error) {
	receipts, err := decodeReceipts(raw)
	if err != nil {
		return nil, err
	}

	list := receiptList(receipts)
	if computed := list.root(); computed != h.ReceiptHash {
		return nil, &ReceiptsMismatchError{Block: h.Ref(), Stated: h.ReceiptHash, Computed: computed}
	}

	return list.place(h), nil
}
