package sim

import (
	"fmt"
	"math/rand/v2"
	"net/http"

	"github.com/ethereum/go-ethereum/common/hexutil"
)

// Dialect is how a provider words that a range is too wide: the HTTP status and the
// error, given the most blocks it takes and the range that was asked for.
type Dialect struct {
	Provider string
	status   int
	code     int
	words    func(limit, from, to uint64) string
}

func fixed(text string) func(uint64, uint64, uint64) string {
	return func(uint64, uint64, uint64) string { return text }
}

func limit(format string) func(uint64, uint64, uint64) string {
	return func(limit, _, _ uint64) string { return fmt.Sprintf(format, limit) }
}

// Dialects are those of docs and captures. Two suggest ranges: Alchemy's is right,
// reth's may be the very range that it refuses.
func Dialects() []Dialect {
	return []Dialect{
		{"mainnet.base.org", http.StatusRequestEntityTooLarge, -32614, limit("eth_getLogs is limited to a %d range")},
		{"mainnet.base.org, size", http.StatusInternalServerError, -32020, fixed("backend response too large")},
		{"publicnode", http.StatusOK, -32701, limit("exceed maximum block range: %d")},
		{"Tenderly", http.StatusOK, -32602, fixed("invalid params")},
		{"Alchemy, free", http.StatusBadRequest, -32600, limit("Under the Free tier plan, you can make eth_getLogs requests with up to a %d block range.")},
		{"Alchemy", http.StatusOK, -32602, func(limit, from, _ uint64) string {
			return fmt.Sprintf("Log response size exceeded. Based on your parameters and the response size limit, this block range should work: [%s, %s]",
				hexutil.EncodeUint64(from), hexutil.EncodeUint64(from+limit-1))
		}},
		{"Infura", http.StatusOK, -32602, func(limit, from, to uint64) string {
			return fmt.Sprintf("range %d exceeds limit of %d", to-from, limit)
		}},
		{"Infura, results", http.StatusOK, -32005, fixed("query returned more than 10000 results")},
		{"Ankr", http.StatusOK, -32602, limit("maximum [from, to] blocks distance: %d")},
		{"reth, results", http.StatusOK, -32602, func(_, from, to uint64) string {
			return fmt.Sprintf("query exceeds max results 20000, retry with the range %d-%d", from, to)
		}},
		{"reth, blocks", http.StatusOK, -32602, limit("query exceeds max block range %d")},
		{"Optimism", http.StatusOK, -32062, fixed("Block range is too large")},
	}
}

// refusals are wordings of refusals that have nothing to do with the range.
var refusals = []struct {
	status int
	body   failure
}{
	{http.StatusOK, failure{Code: -32011, Message: "no backend is currently healthy to serve traffic"}},
	{http.StatusInternalServerError, failure{Code: 19, Message: "Temporary internal error. Please retry"}},
	{http.StatusRequestTimeout, failure{Code: 30, Message: "Request timeout on the free tier, please upgrade your tier to the paid one"}},
	{http.StatusOK, failure{Code: -32002, Message: "request timed out"}},
	{http.StatusBadRequest, failure{Code: 35, Message: "ranges over 10000 blocks are not supported on free plan"}},
	{http.StatusForbidden, failure{Code: -32602, Message: "Archive requests require a personal token. Get one at: https://www.allnodes.com/publicnode"}},
	{http.StatusOK, failure{Code: -32000, Message: "missing trie node 0a1b (path ) state 0x0a1b is not available"}},
	{http.StatusOK, failure{Code: -32701, Message: "Please specify an address in your request or, to remove restrictions, order a dedicated full node here"}},
	{http.StatusOK, failure{Code: -32603, Message: "Internal error"}},
	{http.StatusOK, failure{Code: -32003, Message: "response too large"}},
	{http.StatusOK, failure{Code: -32602, Message: "block range extends beyond current head block"}},
}

// pages are what an outage shows.
var pages = []struct {
	status int
	body   string
}{
	{521, "<!DOCTYPE html>\n<html class=\"no-js\" lang=\"en-US\"><head><title>Web server is down</title></head></html>"},
	{http.StatusServiceUnavailable, "\n<!DOCTYPE html>\n<html><head><title>503 Backend fetch failed</title></head></html>"},
	{525, "<html><body>SSL handshake failed</body></html>"},
	{http.StatusBadGateway, "<html><body><h1>502 Bad Gateway</h1></body></html>"},
	{http.StatusOK, "<html><body>Welcome</body></html>"},
}

// garbage is no answer to the message.
func garbage(r *rand.Rand, m message) string {
	return pick(r, []string{
		"", "null", "[]", "{}", "42", `"yes"`, "\x00\x01\x02\xff", "{\"jsonrpc\":\"2.0\",\"id\":",
		`{"jsonrpc":"2.0","id":99999999,"result":"0x1"}`,
		`{"jsonrpc":"2.0","id":` + string(m.calls[0].ID) + `}`,
		`[{"jsonrpc":"2.0","id":` + string(m.calls[0].ID) + `,"result":{}}]`,
		`{"jsonrpc":"2.0","id":` + string(m.calls[0].ID) + `,"result":[{"address":"0x12"}]}`,
		`{"jsonrpc":"2.0","id":` + string(m.calls[0].ID) + `,"error":"upstream connect error"}`,
	})
}
