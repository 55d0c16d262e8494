package chain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"sync/atomic"

	"github.com/ethereum/go-ethereum/common/hexutil"
)

// endpoint is one RPC URL: its connection, its pace, its health and what was
// learned about it.
type endpoint struct {
	name   string
	secret redactor
	cfg    Config

	wire wire
	// socket is the wire when it is a WebSocket, which can tell of new heads; else nil.
	socket *socketWire

	slots    chan struct{}
	throttle *throttle
	health   *health
	width    width
	batches  *batchSize

	// noMulticall is set once the latest block had no Multicall3.
	noMulticall atomic.Bool
	// route is how it gives logs.
	route logsRoute
	// bareHeaders says whether it answers eth_getHeaderByNumber as it should.
	bareHeaders atomic.Int32
	// byBlock and singly say whether it offers receipts of a block and of a transaction.
	byBlock, singly receiptOffer
	// head is the greatest block number that it said it has.
	head atomic.Uint64

	// chainGate holds one token: whoever has it may ask for the chain id.
	chainGate chan struct{}
	chainOK   atomic.Bool
}

func newEndpoint(raw string, cfg Config) (*endpoint, error) {
	u, err := url.Parse(raw)
	if err != nil {
		// The parser's error quotes the URL.
		return nil, errors.New("endpoint URL cannot be parsed")
	}

	e := &endpoint{
		name: endpointName(u), secret: newRedactor(u), cfg: cfg,
		slots: make(chan struct{}, cfg.MaxInFlight), throttle: newThrottle(cfg.MaxRate), health: newHealth(),
		batches: newBatchSize(), chainGate: make(chan struct{}, 1),
	}

	if u.Host == "" {
		return nil, fmt.Errorf("endpoint %s: no host", e.name)
	}

	switch u.Scheme {
	case "http", "https":
		e.wire = newHTTPWire(u, cfg)
	case "ws", "wss":
		e.socket = newSocketWire(raw, cfg)
		e.wire = e.socket
	default:
		return nil, fmt.Errorf("endpoint %s: scheme must be http, https, ws or wss", e.name)
	}

	return e, nil
}

// checkChain asks once for the chain id and refuses for ever when it is another.
func (e *endpoint) checkChain(ctx context.Context) error {
	if e.cfg.ChainID == 0 || e.chainOK.Load() {
		return nil
	}

	select {
	case e.chainGate <- struct{}{}:
		defer func() { <-e.chainGate }()
	case <-ctx.Done():
		return ctx.Err()
	}

	if e.chainOK.Load() {
		return nil
	}

	id, err := e.chainID(ctx)
	if err != nil {
		return err
	}

	if id != e.cfg.ChainID {
		return e.refusal(WrongChain, "eth_chainId", fmt.Errorf("serves chain id %d, want %d", id, e.cfg.ChainID))
	}

	e.chainOK.Store(true)

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
