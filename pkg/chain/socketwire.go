package chain

import (
	"context"
	"encoding/json"
	"errors"
	"sync"

	"github.com/ethereum/go-ethereum/rpc"
)

// socketWire speaks JSON-RPC over a WebSocket, through go-ethereum's client. It
// connects at the first use and again by itself when the connection was lost.
type socketWire struct {
	url      string
	maxBytes int64

	// gate holds one token: whoever has it may connect.
	gate chan struct{}
	mu   sync.Mutex
	rpc  *rpc.Client
}

func newSocketWire(url string, cfg Config) *socketWire {
	return &socketWire{url: url, maxBytes: cfg.MaxAnswer, gate: make(chan struct{}, 1)}
}

// client gives the connection, made if need be.
func (w *socketWire) client(ctx context.Context) (*rpc.Client, error) {
	select {
	case w.gate <- struct{}{}:
		defer func() { <-w.gate }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}

	w.mu.Lock()
	client := w.rpc
	w.mu.Unlock()

	if client != nil {
		return client, nil
	}

	client, err := rpc.DialOptions(ctx, w.url, rpc.WithWebsocketMessageSizeLimit(w.maxBytes),
		rpc.WithHeader("User-Agent", "diemhouse"))
	if err != nil {
		return nil, err
	}

	w.mu.Lock()
	w.rpc = client
	w.mu.Unlock()

	return client, nil
}

func (w *socketWire) close() {
	w.mu.Lock()
	defer w.mu.Unlock()

	if w.rpc != nil {
		w.rpc.Close()
		w.rpc = nil
	}
}

func (w *socketWire) send(ctx context.Context, calls []rpcCall, x *exchange) ([]rpcResult, error) {
	client, err := w.client(ctx)
	if err != nil {
		return nil, err
	}

	results := make([]rpcResult, len(calls))
	elems := make([]rpc.BatchElem, len(calls))

	for i, c := range calls {
		elems[i] = rpc.BatchElem{Method: c.method, Args: c.args, Result: &results[i].data}
	}

	if len(calls) == 1 {
		err = client.CallContext(ctx, &results[0].data, calls[0].method, calls[0].args...)
	} else {
		err = client.BatchCallContext(ctx, elems)
	}

	if err != nil {
		return nil, socketError(err)
	}

	for i := range results {
		x.bytes += len(results[i].data)

		if elems[i].Error != nil {
			results[i] = rpcResult{err: socketError(elems[i].Error)}
		} else if results[i].data == nil {
			results[i].data = json.RawMessage("null")
		}
	}

	return results, nil
}

func (w *socketWire) done([]rpcResult) {} // The client makes each anew.

// socketError gives an error that the endpoint stated in our own type, and any other
// as it is.
func socketError(err error) error {
	coded, ok := errors.AsType[rpc.Error](err)
	if !ok {
		return err
	}

	stated := &rpcError{Code: coded.ErrorCode(), Message: coded.Error()}

	if withData, ok := errors.AsType[rpc.DataError](err); ok && withData.ErrorData() != nil {
		// It came out of JSON, so it goes back.
		if data, err := json.Marshal(withData.ErrorData()); err == nil {
			stated.Data = data
		}
	}

	return stated
}
