package chain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/rpc"
)

// maxBatch is the number of calls a batch: Base's public proxy takes no more.
const maxBatch = 10

// endpoint is one RPC URL: its connection, its pace, its health and what was
// learned about it.
type endpoint struct {
	name   string
	url    string
	secret redactor
	socket bool
	cfg    Config

	transport *http.Transport
	slots     chan struct{}
	throttle  *throttle
	health    *health
	width     width

	// noBatch is set once it refused a batch and answered the same calls singly.
	noBatch atomic.Bool
	// noMulticall is set once the latest block had no Multicall3.
	noMulticall atomic.Bool
	// head is the greatest block number that it said it has.
	head atomic.Uint64

	connectMu sync.Mutex
	client    *rpc.Client

	chainMu sync.Mutex
	chainOK bool
}

// rpcCall is one call of a batch.
type rpcCall struct {
	method string
	args   []any
}

// rpcResult is the outcome of one call of a batch.
type rpcResult struct {
	data json.RawMessage
	err  error
}

func newEndpoint(raw string, cfg Config) (*endpoint, error) {
	u, err := url.Parse(raw)
	if err != nil {
		// The parser's error quotes the URL.
		return nil, errors.New("endpoint URL cannot be parsed")
	}

	e := &endpoint{
		name: endpointName(u), url: raw, secret: newRedactor(u), cfg: cfg,
		slots: make(chan struct{}, cfg.MaxInFlight), throttle: newThrottle(cfg.MaxRate), health: newHealth(),
	}

	switch u.Scheme {
	case "http", "https":
	case "ws", "wss":
		e.socket = true
	default:
		return nil, fmt.Errorf("endpoint %s: scheme must be http, https, ws or wss", e.name)
	}

	if u.Host == "" {
		return nil, fmt.Errorf("endpoint %s: no host", e.name)
	}

	e.transport = &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   cfg.MaxInFlight,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: cfg.CallTimeout,
	}

	return e, nil
}

// connect gives the RPC client. HTTP connects at the first request, a WebSocket
// here; once made, the client reconnects by itself.
func (e *endpoint) connect(ctx context.Context) (*rpc.Client, error) {
	e.connectMu.Lock()
	defer e.connectMu.Unlock()

	if e.client != nil {
		return e.client, nil
	}

	client, err := rpc.DialOptions(ctx, e.url,
		rpc.WithHTTPClient(&http.Client{Transport: &transport{base: e.transport, maxBytes: e.cfg.MaxAnswer}}),
		rpc.WithWebsocketMessageSizeLimit(e.cfg.MaxAnswer),
		rpc.WithHeader("User-Agent", "diemhouse"))
	if err != nil {
		return nil, err
	}

	e.client = client

	return client, nil
}

func (e *endpoint) close() {
	e.connectMu.Lock()
	defer e.connectMu.Unlock()

	if e.client != nil {
		e.client.Close()
		e.client = nil
	}

	e.transport.CloseIdleConnections()
}

// call does one RPC call. Its error is a *Refusal, or the context's error when the
// caller's context ended.
func (e *endpoint) call(ctx context.Context, method string, args ...any) (json.RawMessage, error) {
	if err := e.checkChain(ctx); err != nil {
		return nil, err
	}

	return e.callUnchecked(ctx, method, args...)
}

func (e *endpoint) callUnchecked(ctx context.Context, method string, args ...any) (json.RawMessage, error) {
	var result json.RawMessage

	err := e.exchange(ctx, method, 1, func(ctx context.Context, client *rpc.Client) error {
		return client.CallContext(ctx, &result, method, args...)
	})
	if err != nil {
		return nil, err
	}

	return result, nil
}

// batch does several calls, in as few requests as the endpoint allows, results in
// the order of the calls. The error is set when nothing could be exchanged; errors
// of single calls are *Refusal in their results.
func (e *endpoint) batch(ctx context.Context, calls []rpcCall) ([]rpcResult, error) {
	if err := e.checkChain(ctx); err != nil {
		return nil, err
	}

	results := make([]rpcResult, 0, len(calls))

	for len(calls) > 0 {
		n := min(len(calls), maxBatch)

		part, err := e.batchPart(ctx, calls[:n])
		if err != nil {
			return nil, err
		}

		results = append(results, part...)
		calls = calls[n:]
	}

	return results, nil
}

func (e *endpoint) batchPart(ctx context.Context, calls []rpcCall) ([]rpcResult, error) {
	if len(calls) == 1 || e.noBatch.Load() {
		return e.singly(ctx, calls)
	}

	elems := make([]rpc.BatchElem, len(calls))
	results := make([]rpcResult, len(calls))

	for i, c := range calls {
		elems[i] = rpc.BatchElem{Method: c.method, Args: c.args, Result: &results[i].data}
	}

	err := e.exchange(ctx, "batch", len(calls), func(ctx context.Context, client *rpc.Client) error {
		return client.BatchCallContext(ctx, elems)
	})

	kind, refused := KindOf(err)

	switch {
	case err == nil:
	case refused && (kind == BatchTooLarge || kind == Malformed || kind == BadRequest || kind == NotOffered):
		// Whatever was meant: if the same calls work singly, it was the batch.
		results, err = e.singly(ctx, calls)
		if err == nil && !allFailed(results) {
			e.noBatch.Store(true)
		}

		return results, err
	default:
		return nil, err
	}

	missing := 0

	for i := range elems {
		if elems[i].Error == nil {
			continue
		}

		if errors.Is(elems[i].Error, rpc.ErrMissingBatchResponse) {
			missing++
		}

		results[i].err = e.refuse(elems[i].Error, &exchange{}, calls[i].method)
	}

	if missing == len(calls) {
		e.noBatch.Store(true)

		return e.singly(ctx, calls)
	}

	return results, nil
}

func (e *endpoint) singly(ctx context.Context, calls []rpcCall) ([]rpcResult, error) {
	results := make([]rpcResult, len(calls))

	for i, c := range calls {
		results[i].data, results[i].err = e.callUnchecked(ctx, c.method, c.args...)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}

	return results, nil
}

func allFailed(results []rpcResult) bool {
	for _, r := range results {
		if r.err == nil {
			return false
		}
	}

	return true
}

// exchange sends one request when a slot and the pace allow, and notes how it went.
func (e *endpoint) exchange(ctx context.Context, method string, calls int, send func(context.Context, *rpc.Client) error) error {
	select {
	case e.slots <- struct{}{}:
		defer func() { <-e.slots }()
	case <-ctx.Done():
		return ctx.Err()
	}

	if err := e.throttle.wait(ctx); err != nil {
		return err
	}

	callCtx, cancel := context.WithTimeout(ctx, e.cfg.CallTimeout)
	defer cancel()

	x := &exchange{}
	started := time.Now()

	client, err := e.connect(callCtx)
	if err == nil {
		err = send(withExchange(callCtx, x), client)
	}

	if ctx.Err() != nil {
		return ctx.Err() // Our own end says nothing about the endpoint.
	}

	var refusal *Refusal
	if err != nil {
		refusal = e.refuse(err, x, method)
	}

	e.note(refusal)

	if e.cfg.Observe != nil {
		e.cfg.Observe(Request{
			Endpoint: e.name, Method: method, Calls: calls, Took: time.Since(started), Refusal: refusal,
		})
	}

	if refusal != nil {
		return refusal
	}

	return nil
}

// refuse makes the refusal of an error, without secrets.
func (e *endpoint) refuse(err error, x *exchange, method string) *Refusal {
	r := classify(err, x)
	r.Endpoint, r.Method = e.name, method
	r.Message = e.secret.clean(r.Message)

	return r
}

// refusal makes a refusal of our own: the endpoint answered, and the answer is not
// to be used.
func (e *endpoint) refusal(kind Kind, method string, cause error) *Refusal {
	r := &Refusal{Kind: kind, Endpoint: e.name, Method: method, Message: e.secret.clean(cause.Error()), cause: cause}
	e.health.refused(r)

	return r
}

// note feeds health and pace.
func (e *endpoint) note(r *Refusal) {
	switch {
	case r == nil:
		e.health.answered()
		e.throttle.answered()
	case r.Kind == RateLimited:
		e.health.refused(r)
		e.throttle.complained(r.RetryAfter)
	default:
		e.health.refused(r)

		if r.RetryAfter > 0 {
			e.throttle.complained(r.RetryAfter)
		}
	}
}

// checkChain asks once for the chain id and refuses for ever when it is another.
func (e *endpoint) checkChain(ctx context.Context) error {
	if e.cfg.ChainID == 0 {
		return nil
	}

	e.chainMu.Lock()
	defer e.chainMu.Unlock()

	if e.chainOK {
		return nil
	}

	id, err := e.chainID(ctx)
	if err != nil {
		return err
	}

	if id != e.cfg.ChainID {
		return e.refusal(WrongChain, "eth_chainId", fmt.Errorf("serves chain id %d, want %d", id, e.cfg.ChainID))
	}

	e.chainOK = true

	return nil
}

func (e *endpoint) chainID(ctx context.Context) (uint64, error) {
	raw, err := e.callUnchecked(ctx, "eth_chainId")
	if err != nil {
		return 0, err
	}

	return e.quantity("eth_chainId", raw)
}

// headNumber asks for the number of the latest block.
func (e *endpoint) headNumber(ctx context.Context) (uint64, error) {
	raw, err := e.call(ctx, "eth_blockNumber")
	if err != nil {
		return 0, err
	}

	n, err := e.quantity("eth_blockNumber", raw)
	if err != nil {
		return 0, err
	}

	e.sawHead(n)

	return n, nil
}

// sawHead remembers the greatest block number seen.
func (e *endpoint) sawHead(n uint64) {
	for {
		seen := e.head.Load()
		if n <= seen || e.head.CompareAndSwap(seen, n) {
			return
		}
	}
}

func (e *endpoint) quantity(method string, raw json.RawMessage) (uint64, error) {
	var n hexutil.Uint64
	if err := json.Unmarshal(raw, &n); err != nil {
		return 0, e.refusal(Malformed, method, fmt.Errorf("answer is not a number: %w", err))
	}

	return uint64(n), nil
}
