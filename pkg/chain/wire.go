package chain

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"github.com/ethereum/go-ethereum/core/types"

	"diemhouse/pkg/chain/rpcjson"
)

// keptHead is how much of an answer's beginning is kept to explain a failure.
const keptHead = 4 << 10

// wire is the connection to one endpoint.
type wire interface {
	// send does the calls in one request, a batch where there are several. The error
	// is set when the request as a whole failed; a call that the endpoint refused has
	// its error, as *rpcError or of the connection, in its result. x learns what is
	// known of the exchange beside that.
	send(ctx context.Context, calls []rpcCall, x *exchange) ([]rpcResult, error)
	// done takes back the memory of results whose data nothing refers to any more.
	// Calling it is a matter of speed alone.
	done(results []rpcResult)
	// close ends the connection.
	close()
}

// rpcCall is one call of a request.
type rpcCall struct {
	method string
	args   []any
}

// rpcResult is the outcome of one call of a request: an error, or the text of the
// result, or the logs in it where eth_getLogs was called and they could be read in
// passing.
type rpcResult struct {
	data json.RawMessage
	logs []types.Log
	err  error
	// body is the answer that data of this and the other results is part of, in the
	// first of them.
	body *bytes.Buffer
}

// logList gives the logs of a result without an error.
func (r *rpcResult) logList() ([]types.Log, error) {
	if r.logs != nil {
		return r.logs, nil
	}

	return rpcjson.Logs(r.data)
}

// exchange is what is known about one request beside its results.
type exchange struct {
	// status is the HTTP status, zero where there was none.
	status int
	// retryAfter is how long the endpoint asks to be left alone, zero when unsaid.
	retryAfter time.Duration
	// head is the beginning of an answer that could not be used.
	head []byte
	// bytes is the length of the answer after decompression.
	bytes int
}

// rpcError is the error member of a JSON-RPC answer.
type rpcError struct {
	Code    int             `json:"code"`
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data"`
}

// Error implements error.
func (e *rpcError) Error() string { return e.Message }

// onlyLogs reports whether every call asks for logs.
func onlyLogs(calls []rpcCall) bool {
	for i := range calls {
		if calls[i].method != methodLogs && calls[i].method != methodFilterLogs {
			return false
		}
	}

	return true
}
