// Package rpcjson reads what JSON-RPC endpoints answer, lists of logs and headers
// above all, straight from the bytes of the answer.
//
// It is the hot path of filling and proving history, so there are two readers of
// each. The fast one takes what every node writes: the known fields once each, hex
// text, no escapes. On anything else it gives way to the standard one, which goes
// through encoding/json, is as lenient as the endpoints of Base need
// (logs_standard.go), and has the only say on what is an error. Fuzz tests hold the
// two together: where the fast reader accepts, the standard one gives the same.
//
// What the fast readers cost to remove: let Logs and Header call the standard ones
// alone, and delete logs.go, header.go and what they leave unused. Nothing else
// changes but the time: from 0.45 to 5 µs a log and from 15 to 250 µs a header with
// its block's transaction hashes (BenchmarkLogs, BenchmarkHeader), which then is what
// limits a fill.
package rpcjson

import "github.com/ethereum/go-ethereum/core/types"

// Logs reads a list of logs, the answer of eth_getLogs. null is an error: it is not
// an empty list. So are pending logs (without a place) and unreadable ones.
//
// Block hash and block time stay zero where the list leaves them out. The logs share
// memory with each other, none with raw.
func Logs(raw []byte) ([]types.Log, error) {
	if logs, n, ok := logsPrefix(raw); ok && blank(raw[n:]) {
		return logs, nil
	}

	return standardLogs(raw, true)
}

// LogContents reads a list of logs of which only the contents count (address,
// topics, data): the place of a receipt's log is known from where the receipt stands.
func LogContents(raw []byte) ([]types.Log, error) {
	if logs, n, ok := logsPrefix(raw); ok && blank(raw[n:]) {
		return logs, nil
	}

	return standardLogs(raw, false)
}

// logsPrefix reads the list of logs that raw begins with and gives the number of
// bytes it took. ok is false when raw does not begin with a list that the fast reader
// takes; that is not to say that it is wrong.
func logsPrefix(raw []byte) (logs []types.Log, n int, ok bool) {
	r := reader{scanner: scanner{text: raw}}
	if !r.list() {
		return nil, 0, false
	}

	return r.logs, r.at, true
}
