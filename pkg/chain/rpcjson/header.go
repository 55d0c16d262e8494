package rpcjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// Header reads a header, the answer of eth_getBlockByNumber and its like, and the
// hash that it states: zero when it states none. null is an error. What stands beside
// the header's own fields (transactions above all) is passed over, and not checked to
// be valid JSON.
func Header(raw []byte) (*types.Header, common.Hash, error) {
	r := headerReader{scanner: scanner{text: raw}, header: new(types.Header)}
	if r.read() && blank(raw[r.at:]) {
		return r.header, r.hash, nil
	}

	return standardHeader(raw)
}

// standardHeader reads a header by encoding/json.
func standardHeader(raw []byte) (*types.Header, common.Hash, error) {
	if text := bytes.TrimSpace(raw); len(text) == 0 || bytes.Equal(text, []byte("null")) {
		return nil, common.Hash{}, errors.New("answer is null, not a header")
	}

	var stated struct {
		Hash *common.Hash `json:"hash"`
	}
	if err := json.Unmarshal(raw, &stated); err != nil {
		return nil, common.Hash{}, fmt.Errorf("hash of a header: %w", err)
	}

	h := new(types.Header)
	if err := json.Unmarshal(raw, h); err != nil {
		return nil, common.Hash{}, err
	}

	if stated.Hash == nil {
		return h, common.Hash{}, nil
	}

	return h, *stated.Hash, nil
}

// headerReader reads one header.
type headerReader struct {
	scanner

	header *types.Header
	hash   common.Hash
	seen   uint32
}

// headerFields are the fields of a header by their place in headerReader.seen; those
// before optionalFrom must be there.
var headerFields = []string{
	"parentHash", "sha3Uncles", "stateRoot", "transactionsRoot", "receiptsRoot", "logsBloom", "difficulty", "number",
	"gasLimit", "gasUsed", "timestamp", "extraData",
	"miner", "mixHash", "nonce", "baseFeePerGas", "withdrawalsRoot", "blobGasUsed", "excessBlobGas",
	"parentBeaconBlockRoot", "requestsHash", "blockAccessListHash", "slotNumber", "hash",
}

const optionalFrom = 12

func (r *headerReader) read() bool {
	if !r.take('{') {
		return false
	}

	for {
		name, ok := r.plain()
		if !ok || !r.take(':') || !r.field(string(name)) {
			return false
		}

		if !r.take(',') {
			return r.take('}') && r.seen&(1<<optionalFrom-1) == 1<<optionalFrom-1
		}
	}
}

// field reads the value of one field.
func (r *headerReader) field(name string) bool {
	h := r.header

	switch name {
	case "parentHash":
		return r.once(0) && r.fixed(h.ParentHash[:])
	case "sha3Uncles":
		return r.once(1) && r.fixed(h.UncleHash[:])
	case "stateRoot":
		return r.once(2) && r.fixed(h.Root[:])
	case "transactionsRoot":
		return r.once(3) && r.fixed(h.TxHash[:])
	case "receiptsRoot":
		return r.once(4) && r.fixed(h.ReceiptHash[:])
	case "logsBloom":
		return r.once(5) && r.fixed(h.Bloom[:])
	case "difficulty":
		return r.once(6) && r.big(&h.Difficulty)
	case "number":
		return r.once(7) && r.big(&h.Number)
	case "gasLimit":
		return r.once(8) && r.quantity(&h.GasLimit)
	case "gasUsed":
		return r.once(9) && r.quantity(&h.GasUsed)
	case "timestamp":
		return r.once(10) && r.quantity(&h.Time)
	case "extraData":
		return r.once(11) && r.bytes(&h.Extra)
	case "miner":
		return r.once(12) && (r.null() || r.fixed(h.Coinbase[:]))
	case "mixHash":
		return r.once(13) && (r.null() || r.fixed(h.MixDigest[:]))
	case "nonce":
		return r.once(14) && (r.null() || r.fixed(h.Nonce[:]))
	case "baseFeePerGas":
		return r.once(15) && (r.null() || r.big(&h.BaseFee))
	case "withdrawalsRoot":
		return r.once(16) && r.optionalHash(&h.WithdrawalsHash)
	case "blobGasUsed":
		return r.once(17) && r.optionalQuantity(&h.BlobGasUsed)
	case "excessBlobGas":
		return r.once(18) && r.optionalQuantity(&h.ExcessBlobGas)
	case "parentBeaconBlockRoot":
		return r.once(19) && r.optionalHash(&h.ParentBeaconRoot)
	case "requestsHash":
		return r.once(20) && r.optionalHash(&h.RequestsHash)
	case "blockAccessListHash":
		return r.once(21) && r.optionalHash(&h.BlockAccessListHash)
	case "slotNumber":
		return r.once(22) && r.optionalQuantity(&h.SlotNumber)
	case "hash":
		return r.once(23) && (r.null() || r.fixed(r.hash[:]))
	default:
		return r.other(name)
	}
}

// other passes over what is no field of a header.
func (r *headerReader) other(name string) bool {
	switch name {
	case "size", "transactions", "uncles", "withdrawals", "totalDifficulty":
		_, ok := r.value()

		return ok
	}

	for _, known := range headerFields {
		if strings.EqualFold(known, name) {
			return false // The standard reader takes it for that field.
		}
	}

	_, ok := r.value()

	return ok
}

// once notes a field, and reports whether it is the first of its name.
func (r *headerReader) once(field int) bool {
	first := r.seen&(1<<field) == 0
	r.seen |= 1 << field

	return first
}

func (r *headerReader) null() bool { return r.peek() == 'n' && r.word("null") }

// quantity takes hex text without leading zeros, of at most 16 digits.
func (s *scanner) quantity(into *uint64) bool {
	digits, ok := s.hex()
	if !ok || len(digits) == 0 || len(digits) > 16 || digits[0] == '0' && len(digits) > 1 {
		return false
	}

	var n uint64

	for _, c := range digits {
		d := digitValue[c]
		if d == noDigit {
			return false
		}

		n = n<<4 | uint64(d)
	}

	*into = n

	return true
}

// big takes a quantity that fits 64 bits, as all of them do on the chains there are.
func (s *scanner) big(into **big.Int) bool {
	var n uint64

	ok := s.quantity(&n)
	*into = new(big.Int).SetUint64(n)

	return ok
}

func (s *scanner) bytes(into *[]byte) bool {
	digits, ok := s.hex()
	*into = make([]byte, len(digits)/2)

	return ok && decodeHex(*into, digits)
}

func (r *headerReader) optionalHash(into **common.Hash) bool {
	if r.null() {
		return true
	}

	*into = new(common.Hash)

	return r.fixed((*into)[:])
}

func (r *headerReader) optionalQuantity(into **uint64) bool {
	if r.null() {
		return true
	}

	*into = new(uint64)

	return r.quantity(*into)
}
