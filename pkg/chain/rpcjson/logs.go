package rpcjson

import (
	"bytes"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

const (
	// bytesPerLog is what a log takes at least in an answer with three topics and one
	// word of data: it sizes the list before it is read.
	bytesPerLog = 600
	// topicsAtOnce and dataAtOnce are the pieces in which memory is taken for topics
	// and for data, smaller ones where there are few logs.
	topicsAtOnce = 256
	dataAtOnce   = 8 << 10
)

// reader reads one list of logs.
type reader struct {
	scanner

	logs []types.Log
	// topics and data are what is left of the pieces taken last.
	topics []common.Hash
	data   []byte
	// address, block and tx are the text of those fields in the log before, whose
	// values are in addressValue, blockValue and txValue: logs stand together by
	// block, transaction and contract, and comparing is cheaper than decoding.
	address, block, tx  []byte
	addressValue        common.Address
	blockValue, txValue common.Hash
}

// Fields of a log, as bits.
const (
	fieldAddress = 1 << iota
	fieldTopics
	fieldData
	fieldBlockNumber
	fieldTxHash
	fieldTxIndex
	fieldIndex
	fieldBlockHash
	fieldBlockTimestamp
	fieldRemoved

	needed = fieldAddress | fieldTopics | fieldData | fieldBlockNumber | fieldTxHash | fieldTxIndex | fieldIndex
)

// fieldNames are those that the standard reader knows, which it does in any case of
// letters.
var fieldNames = []string{
	"address", "topics", "data", "blockNumber", "transactionHash", "transactionIndex", "logIndex",
	"blockHash", "blockTimestamp", "removed",
}

// list reads the list.
func (r *reader) list() bool {
	if !r.take('[') {
		return false
	}

	if r.take(']') {
		r.logs = []types.Log{}

		return true
	}

	r.logs = make([]types.Log, 0, (len(r.text)-r.at)/bytesPerLog+1)

	for {
		r.logs = append(r.logs, types.Log{})
		if !r.log(&r.logs[len(r.logs)-1]) {
			return false
		}

		if r.take(',') {
			continue
		}

		return r.take(']')
	}
}

// log reads one log.
func (r *reader) log(l *types.Log) bool {
	if !r.take('{') {
		return false
	}

	seen := 0

	for {
		name, ok := r.plain()
		if !ok || !r.take(':') {
			return false
		}

		field, ok := r.field(l, name)
		if !ok || seen&field != 0 {
			return false
		}

		seen |= field

		if r.take(',') {
			continue
		}

		return r.take('}') && seen&needed == needed
	}
}

// field reads the value of one field and gives its bit, 0 for one that is none of
// ours.
func (r *reader) field(l *types.Log, name []byte) (field int, ok bool) {
	switch string(name) {
	case "address":
		return fieldAddress, r.repeated(&r.address, r.addressValue[:], l.Address[:])
	case "topics":
		return fieldTopics, r.topicList(l)
	case "data":
		return fieldData, r.dataField(l)
	case "blockNumber":
		return fieldBlockNumber, r.number(&l.BlockNumber)
	case "transactionHash":
		return fieldTxHash, r.repeated(&r.tx, r.txValue[:], l.TxHash[:])
	case "transactionIndex":
		return fieldTxIndex, r.index(&l.TxIndex)
	case "logIndex":
		return fieldIndex, r.index(&l.Index)
	case "blockHash":
		return fieldBlockHash, r.repeated(&r.block, r.blockValue[:], l.BlockHash[:])
	case "blockTimestamp":
		return fieldBlockTimestamp, r.number(&l.BlockTimestamp)
	case "removed":
		return fieldRemoved, r.truth(&l.Removed)
	}

	for _, known := range fieldNames {
		if strings.EqualFold(known, string(name)) {
			return 0, false
		}
	}

	return 0, r.skip()
}

// repeated takes hex of exactly the length of into, which probably is the same as
// the last time (text and value).
func (r *reader) repeated(text *[]byte, value, into []byte) bool {
	if !r.take('"') {
		return false
	}

	length := 2 + 2*len(into)
	end := r.at + length

	if len(*text) == length && end < len(r.text) && r.text[end] == '"' && bytes.Equal(*text, r.text[r.at:end]) {
		copy(into, value)

		r.at = end + 1

		return true
	}

	r.at--
	start := r.at + 1

	if !r.fixed(into) {
		return false
	}

	*text = r.text[start : start+length]
	copy(value, into)

	return true
}

// number takes hex text of at most 16 digits, or a decimal number.
func (r *reader) number(into *uint64) bool {
	if r.peek() != '"' {
		n, ok := r.decimal()
		*into = n

		return ok
	}

	r.at++

	if !r.word("0x") {
		return false
	}

	var n uint64

	start := r.at
	for ; r.at < len(r.text); r.at++ {
		d := digitValue[r.text[r.at]]
		if d == noDigit {
			break
		}

		n = n<<4 | uint64(d)
	}

	*into = n
	digits := r.at - start

	return digits > 0 && digits <= 16 && r.word(`"`)
}

func (r *reader) index(into *uint) bool {
	var n uint64

	ok := r.number(&n)
	*into = uint(n)

	return ok
}

func (r *reader) truth(into *bool) bool {
	if r.peek() == 't' {
		*into = true

		return r.word("true")
	}

	return r.word("false")
}

// topicList takes up to four hashes.
func (r *reader) topicList(l *types.Log) bool {
	if !r.take('[') {
		return false
	}

	if len(r.topics) < maxTopics {
		r.topics = make([]common.Hash, min(topicsAtOnce, maxTopics*cap(r.logs)))
	}

	n := 0

	if !r.take(']') {
		for more := true; more; more = r.take(',') {
			if n == maxTopics || !r.fixed(r.topics[n][:]) {
				return false
			}

			n++
		}

		if !r.take(']') {
			return false
		}
	}

	l.Topics, r.topics = r.topics[:n:n], r.topics[n:]

	return true
}

// dataField takes hex of any length.
func (r *reader) dataField(l *types.Log) bool {
	digits, ok := r.hex()
	if !ok {
		return false
	}

	n := len(digits) / 2

	if n > len(r.data) || r.data == nil {
		r.data = make([]byte, max(n, min(dataAtOnce, common.HashLength*cap(r.logs))))
	}

	l.Data, r.data = r.data[:n:n], r.data[n:]

	return decodeHex(l.Data, digits)
}
