package sim

import (
	"encoding/json"
	"math/rand/v2"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
)

// object is a log, a header or a receipt, field by field.
type object map[string]json.RawMessage

// lie alters what the node said to one call. It leaves alone what it does not apply to.
func lie(r *rand.Rand, f Fault, c call, result json.RawMessage) json.RawMessage {
	switch {
	case c.Method == "eth_getLogs":
		return lieAboutLogs(r, f, c, result)
	case c.Method == "eth_getBlockByNumber" && f == BadHeader, c.Method == "eth_getBlockByHash" && f == BadHeader:
		return altered(result, pick(r, []string{"logsBloom", "receiptsRoot", "timestamp", "parentHash", "stateRoot"}))
	case c.Method == "eth_getBlockReceipts" && f == BadReceipts:
		return shortReceipts(r, result)
	case f == NoBlock && (c.Method == "eth_getBlockByNumber" || c.Method == "eth_getBlockByHash" || c.Method == "eth_getBlockReceipts"):
		return json.RawMessage("null")
	default:
		return result
	}
}

// altered changes the last digit of a field.
func altered(result json.RawMessage, field string) json.RawMessage {
	var o object
	if json.Unmarshal(result, &o) != nil || len(o[field]) < 4 {
		return result
	}

	value := slices.Clone(o[field])
	at := len(value) - 2 // before the quotation mark

	if value[at] == '0' {
		value[at] = '1'
	} else {
		value[at] = '0'
	}

	o[field] = value

	return raw(o)
}

func shortReceipts(r *rand.Rand, result json.RawMessage) json.RawMessage {
	var receipts []object
	if json.Unmarshal(result, &receipts) != nil {
		return result
	}

	var with []int

	for i := range receipts {
		if len(receipts[i]["logs"]) > len("[]") {
			with = append(with, i)
		}
	}

	if len(with) == 0 {
		return result
	}

	at := pick(r, with)

	var logs []json.RawMessage
	if json.Unmarshal(receipts[at]["logs"], &logs) != nil {
		return result
	}

	receipts[at]["logs"] = raw(slices.Delete(logs, 0, 1))

	return raw(receipts)
}

func lieAboutLogs(r *rand.Rand, f Fault, c call, result json.RawMessage) json.RawMessage {
	var logs []object
	if json.Unmarshal(result, &logs) != nil || len(logs) == 0 {
		return result
	}

	_, _, isRange := span(c)
	at := r.IntN(len(logs))

	switch f { //nolint:exhaustive // the others do not touch logs
	case Shuffled:
		if len(logs) < 2 {
			return result
		}

		logs[0], logs[len(logs)-1] = logs[len(logs)-1], logs[0]
	case Doubled:
		logs = slices.Insert(logs, at, logs[at])
	case Removed:
		logs[at]["removed"] = raw(true)
	case Foreign:
		logs[at]["address"] = raw(common.BytesToAddress([]byte{0xbe, 0xef, byte(at)}))
	case Elsewhere:
		logs[len(logs)-1]["blockNumber"] = raw(hexutil.Uint64(1 << 40))
	case WrongHash:
		if isRange && len(logs) < 2 {
			return result // nothing beside it says otherwise
		}

		return raw(wrongHash(logs, isRange))
	case Invented:
		if isRange {
			return result // only the header says otherwise
		}

		logs[at]["topics"] = raw([]common.Hash{common.BytesToHash([]byte{1, 2, 3}), common.BytesToHash([]byte{4, 5, 6, byte(at)})})
	case Emptied:
		if isRange {
			return result
		}

		logs = logs[:0]
	default:
		return silently(r, f, c, logs, result)
	}

	return raw(logs)
}

// wrongHash gives a log the hash of a block that it cannot be of: where several blocks
// are asked for, that of another one of them.
func wrongHash(logs []object, isRange bool) []object {
	last := len(logs) - 1

	if !isRange {
		logs[last]["blockHash"] = raw(common.BytesToHash([]byte{1}))

		return logs
	}

	for i := range logs {
		if string(logs[i]["blockNumber"]) != string(logs[last]["blockNumber"]) {
			logs[last]["blockHash"] = logs[i]["blockHash"]

			break
		}
	}

	return logs
}

// silently does what nothing contradicts.
func silently(r *rand.Rand, f Fault, c call, logs []object, result json.RawMessage) json.RawMessage {
	_, _, isRange := span(c)
	at := r.IntN(len(logs))

	switch f { //nolint:exhaustive // the others are not silent
	case DropLog:
		logs = slices.Delete(logs, at, at+1)
	case DropRange:
		if !isRange {
			return result
		}

		logs = logs[:0]
	case Truncate:
		if !isRange {
			return result
		}

		logs = logs[:at]
	case WrongValue:
		var data hexutil.Bytes
		if json.Unmarshal(logs[at]["data"], &data) != nil || len(data) != common.HashLength {
			return result
		}

		data[len(data)-1] ^= 1
		logs[at]["data"] = raw(data)
	default:
		return result
	}

	return raw(logs)
}
