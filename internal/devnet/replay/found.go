package replay

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
)

// foundLog is a log as captured. Its hash and time are zero where the capture does
// not say.
type foundLog struct{ types.Log }

// foundHeader is a block's hash and time, with the whole header where it was
// captured.
type foundHeader struct {
	number, time uint64
	hash         common.Hash
	header       *types.Header // nil: not all of it was captured
}

// foundReceipt is a receipt as captured.
type foundReceipt struct {
	block, index  uint64
	hash          common.Hash // of the block
	tx            common.Hash
	cumulativeGas uint64
	raw           json.RawMessage
}

var (
	errMissing    = errors.New("is missing")
	errQuantity   = errors.New("is no number")
	errTopics     = errors.New("has more than four")
	errHeaderHash = errors.New("the header does not hash to what it states")
)

func (o object) log() (foundLog, error) {
	var l foundLog
	r := fieldReader{object: o}
	r.value(&l.Address, "address")
	l.Topics = r.topics()
	var data hexutil.Bytes
	r.value(&data, "data")
	l.Data = data
	l.BlockNumber = r.quantity("blockNumber")
	l.Index = uint(r.quantity("logIndex"))
	r.value(&l.TxHash, "transactionHash")
	if o.has("transactionIndex") {
		l.TxIndex = uint(r.quantity("transactionIndex"))
	}
	if o.has("blockHash") {
		r.value(&l.BlockHash, "blockHash")
	}
	for _, key := range []string{"blockTimestamp", "timestamp"} {
		if o.has(key) {
			l.BlockTimestamp = r.quantity(key)
		}
	}
	if o.has("removed") {
		r.value(&l.Removed, "removed")
	}
	return l, r.err
}

// receipt reads a receipt. What it does not say of its place, its logs do; one whose
// place nothing tells is none.
func (o object) receipt() (*foundReceipt, error) {
	place := []string{"transactionHash", "transactionIndex", "blockHash", "blockNumber"}
	if !o.has(place...) {
		var err error
		o, err = o.placedByLog(place)
		if err != nil || !o.has("transactionHash", "transactionIndex", "blockNumber") {
			return nil, err
		}
	}
	r := fieldReader{object: o}
	found := &foundReceipt{raw: o.raw}
	found.block = r.quantity("blockNumber")
	found.index = r.quantity("transactionIndex")
	found.cumulativeGas = r.quantity("cumulativeGasUsed")
	r.value(&found.tx, "transactionHash")
	if o.has("blockHash") {
		r.value(&found.hash, "blockHash")
	}
	return found, r.err
}

// placedByLog adds to a receipt what its first log says of its place.
func (o object) placedByLog(place []string) (object, error) {
	var whole map[string]json.RawMessage
	var logs []map[string]json.RawMessage
	err := errors.Join(json.Unmarshal(o.raw, &whole), json.Unmarshal(o.fields["logs"], &logs))
	if err != nil {
		return object{}, fmt.Errorf("logs: %w", err)
	}
	for _, key := range place {
		if !o.has(key) && len(logs) > 0 && logs[0][key] != nil {
			whole[key] = logs[0][key]
		}
	}
	raw, err := json.Marshal(whole)
	if err != nil {
		return object{}, fmt.Errorf("encode receipt: %w", err)
	}
	return newObject(raw)
}

// header reads what there is of a header. One that is whole must hash to the hash it
// states; the hash of the pending block is zero, and nothing is taken from that one.
func (o object) header() (foundHeader, error) {
	r := fieldReader{object: o}
	found := foundHeader{number: r.quantity("number")}
	r.value(&found.hash, "hash")
	if o.has("timestamp") {
		found.time = r.quantity("timestamp")
	}
	if r.err != nil || found.hash == (common.Hash{}) {
		return found, r.err
	}
	header := new(types.Header)
	err := json.Unmarshal(o.raw, header)
	if err != nil {
		return found, nil //nolint:nilerr // not all of it was captured, which is no error
	}
	if header.Hash() != found.hash {
		return found, fmt.Errorf("block %d, hash %s: %w", found.number, found.hash, errHeaderHash)
	}
	found.header = header
	return found, nil
}

// fieldReader reads fields until the first error, which it keeps.
type fieldReader struct {
	object

	err error
}

func (r *fieldReader) value(into any, key string) {
	if r.err != nil {
		return
	}
	raw, found := r.fields[normal(key)]
	if !found {
		r.err = fmt.Errorf("%s %w", key, errMissing)
		return
	}
	err := json.Unmarshal(raw, into)
	if err != nil {
		r.err = fmt.Errorf("%s: %w", key, err)
	}
}

// quantity reads a number: hexadecimal text, decimal text or a JSON number. An
// explorer's "0x" is zero.
func (r *fieldReader) quantity(key string) uint64 {
	var raw json.RawMessage
	r.value(&raw, key)
	if r.err != nil {
		return 0
	}
	text := strings.Trim(string(raw), `"`)
	digits, isHex := strings.CutPrefix(text, "0x")
	base := 10
	if isHex {
		base = 16
	}
	if isHex && digits == "" {
		return 0
	}
	value, err := strconv.ParseUint(digits, base, 64)
	if err != nil {
		r.err = fmt.Errorf("%s %q %w", key, text, errQuantity)
	}
	return value
}

// topics reads topics without the nulls that explorers fill up with.
func (r *fieldReader) topics() []common.Hash {
	var padded []*common.Hash
	r.value(&padded, "topics")
	topics := make([]common.Hash, 0, len(padded))
	for _, topic := range padded {
		if topic != nil {
			topics = append(topics, *topic)
		}
	}
	const most = 4
	if r.err == nil && len(topics) > most {
		r.err = fmt.Errorf("topics %w", errTopics)
	}
	return topics
}
