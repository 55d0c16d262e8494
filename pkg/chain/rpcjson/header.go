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

// headerField is a field of a header and how its value is read.
type headerField struct {
	name string
	read func(r *headerReader) bool
}

// headerFields are the fields by their place in headerReader.seen; those before
// optionalFrom must be there.
var headerFields = []headerField{
	{"parentHash", func(r *headerReader) bool { return r.fixed(r.header.ParentHash[:]) }},
	{"sha3Uncles", func(r *headerReader) bool { return r.fixed(r.header.UncleHash[:]) }},
	{"stateRoot", func(r *headerReader) bool { return r.fixed(r.header.Root[:]) }},
	{"transactionsRoot", func(r *headerReader) bool { return r.fixed(r.header.TxHash[:]) }},
	{"receiptsRoot", func(r *headerReader) bool { return r.fixed(r.header.ReceiptHash[:]) }},
	{"logsBloom", func(r *headerReader) bool { return r.fixed(r.header.Bloom[:]) }},
	{"difficulty", func(r *headerReader) bool { return r.big(&r.header.Difficulty) }},
	{"number", func(r *headerReader) bool { return r.big(&r.header.Number) }},
	{"gasLimit", func(r *headerReader) bool { return r.quantity(&r.header.GasLimit) }},
	{"gasUsed", func(r *headerReader) bool { return r.quantity(&r.header.GasUsed) }},
	{"timestamp", func(r *headerReader) bool { return r.quantity(&r.header.Time) }},
	{"extraData", func(r *headerReader) bool { return r.bytes(&r.header.Extra) }},
	{"miner", func(r *headerReader) bool { return r.null() || r.fixed(r.header.Coinbase[:]) }},
	{"mixHash", func(r *headerReader) bool { return r.null() || r.fixed(r.header.MixDigest[:]) }},
	{"nonce", func(r *headerReader) bool { return r.null() || r.fixed(r.header.Nonce[:]) }},
	{"baseFeePerGas", func(r *headerReader) bool { return r.null() || r.big(&r.header.BaseFee) }},
	{"withdrawalsRoot", func(r *headerReader) bool { return r.optionalHash(&r.header.WithdrawalsHash) }},
	{"blobGasUsed", func(r *headerReader) bool { return r.optionalQuantity(&r.header.BlobGasUsed) }},
	{"excessBlobGas", func(r *headerReader) bool { return r.optionalQuantity(&r.header.ExcessBlobGas) }},
	{"parentBeaconBlockRoot", func(r *headerReader) bool { return r.optionalHash(&r.header.ParentBeaconRoot) }},
	{"requestsHash", func(r *headerReader) bool { return r.optionalHash(&r.header.RequestsHash) }},
	{"blockAccessListHash", func(r *headerReader) bool { return r.optionalHash(&r.header.BlockAccessListHash) }},
	{"slotNumber", func(r *headerReader) bool { return r.optionalQuantity(&r.header.SlotNumber) }},
	{"hash", func(r *headerReader) bool { return r.null() || r.fixed(r.hash[:]) }},
}

const optionalFrom = 12

var headerFieldIndex = func() map[string]int {
	index := make(map[string]int, len(headerFields))
	for i, f := range headerFields {
		index[f.name] = i
	}

	return index
}()

func (r *headerReader) read() bool {
	if !r.take('{') {
		return false
	}

	for {
		name, ok := r.plain()
		if !ok || !r.take(':') || !r.field(name) {
			return false
		}

		if !r.take(',') {
			return r.take('}') && r.seen&(1<<optionalFrom-1) == 1<<optionalFrom-1
		}
	}
}

// field reads the value of one field.
func (r *headerReader) field(name []byte) bool {
	i, known := headerFieldIndex[string(name)]
	if !known {
		return r.other(string(name))
	}

	first := r.seen&(1<<i) == 0
	r.seen |= 1 << i

	return first && headerFields[i].read(r)
}

// other passes over what is no field of a header.
func (r *headerReader) other(name string) bool {
	switch name {
	case "size", "transactions", "uncles", "withdrawals", "totalDifficulty":
		_, ok := r.value()

		return ok
	}

	for i := range headerFields {
		if strings.EqualFold(headerFields[i].name, name) {
			return false // The standard reader takes it for that field.
		}
	}

	_, ok := r.value()

	return ok
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
