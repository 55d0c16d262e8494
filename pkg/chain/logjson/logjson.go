// Package logjson reads lists of logs as JSON-RPC endpoints write them, straight
// from the bytes of an answer.
//
// It is the hot path of filling history, so there are two readers. The fast one
// takes what every node writes: the known fields once each, hex text, no escapes.
// On anything else it gives way to the standard one, which goes through
// encoding/json, is as lenient as the endpoints of Base need (standard.go), and has
// the only say on what is an error. A fuzz test holds the two together: where the
// fast reader accepts, the standard one gives the same logs.
//
// What the fast reader costs to remove: delete fast.go and scan.go and let Decode
// call the standard reader alone. Nothing else changes but the time, from about
// 0.35 to 6 µs a log (BenchmarkDecode), which then is what limits a fill.
package logjson

import "github.com/ethereum/go-ethereum/core/types"

// Decode reads a list of logs, the answer of eth_getLogs. null is an error: it is
// not an empty list. So are pending logs (without a place) and unreadable ones.
//
// Block hash and block time stay zero where the list leaves them out. The logs share
// memory with each other, none with raw.
func Decode(raw []byte) ([]types.Log, error) {
	if logs, n, ok := Prefix(raw); ok && blank(raw[n:]) {
		return logs, nil
	}

	return decodeStandard(raw, true)
}

// DecodeContents reads a list of logs of which only the contents count (address,
// topics, data): the place of a receipt's log is known from where the receipt stands.
func DecodeContents(raw []byte) ([]types.Log, error) {
	if logs, n, ok := Prefix(raw); ok && blank(raw[n:]) {
		return logs, nil
	}

	return decodeStandard(raw, false)
}

// Prefix reads the list of logs that raw begins with and gives the number of bytes
// it took. ok is false when raw does not begin with a list that the fast reader
// takes; that is not to say that it is wrong.
func Prefix(raw []byte) (logs []types.Log, n int, ok bool) {
	r := reader{scanner: scanner{text: raw}}
	if !r.list() {
		return nil, 0, false
	}

	return r.logs, r.at, true
}
