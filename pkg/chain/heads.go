package chain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
)

const (
	methodByNumber = "eth_getBlockByNumber"
	methodByHash   = "eth_getBlockByHash"
)

// Heads is where the chain is, as one endpoint sees it at one time.
type Heads struct {
	// Head is the latest block.
	Head Header
	// Safe and Finalized are nil when the endpoint does not know them.
	Safe, Finalized *Header
}

// headWatch notices that the preferred endpoint's head stands still.
type headWatch struct {
	mu    sync.Mutex
	last  Ref
	moved time.Time
}

// stalled takes note of a head and reports whether it has stood still for longer
// than after.
func (w *headWatch) stalled(head Ref, after time.Duration) bool {
	w.mu.Lock()
	defer w.mu.Unlock()

	if head != w.last {
		w.last, w.moved = head, time.Now()
	}

	return time.Since(w.moved) > after
}

// Heads reads head, safe and finalized from one endpoint. When that endpoint's head
// stands still (Config.HeadStall), the others are asked too and the one that is
// furthest becomes the preferred one.
func (p *Pool) Heads(ctx context.Context) (Heads, error) {
	var heads Heads

	err := p.do(ctx, "read the head", "", func(ctx context.Context, e *endpoint) error {
		var err error
		heads, err = e.heads(ctx)

		return err
	})
	if err != nil {
		return Heads{}, err
	}

	if len(p.endpoints) > 1 && p.heads.stalled(heads.Head.Ref(), p.cfg.HeadStall) {
		heads = p.furthest(ctx, heads)
	}

	return heads, nil
}

// furthest asks every endpoint and gives the heads of the one that is furthest.
func (p *Pool) furthest(ctx context.Context, best Heads) Heads {
	p.each(func(e *endpoint) {
		if e.name == best.Head.Endpoint {
			return
		}

		heads, err := e.heads(ctx)
		if err != nil || heads.Head.Number.Cmp(best.Head.Number) <= 0 {
			return // The others do not matter: the one that answered still does.
		}

		best = heads

		for i := range p.endpoints {
			if p.endpoints[i] == e {
				p.preferred.Store(int32(i))
			}
		}
	})

	return best
}

func (e *endpoint) heads(ctx context.Context) (Heads, error) {
	tags := []string{"latest", "safe", "finalized"}
	calls := make([]rpcCall, len(tags))

	for i, tag := range tags {
		calls[i] = rpcCall{method: methodByNumber, args: []any{tag, false}}
	}

	results, err := e.batch(ctx, calls)
	if err != nil {
		return Heads{}, err
	}

	if results[0].err != nil {
		return Heads{}, results[0].err
	}

	head, err := e.header(methodByNumber, results[0].data)
	if err != nil {
		return Heads{}, err
	}

	heads := Heads{Head: head}
	e.sawHead(head.Number.Uint64())

	if heads.Safe, err = e.tagged(results[1]); err != nil {
		return Heads{}, err
	}

	if heads.Finalized, err = e.tagged(results[2]); err != nil {
		return Heads{}, err
	}

	return heads, nil
}

// tagged gives the header of a tag that an endpoint need not know: it answers null
// or an error then.
func (e *endpoint) tagged(result rpcResult) (*Header, error) {
	err := result.err
	if err == nil && isNull(result.data) {
		return nil, nil //nolint:nilnil // documented: nil is "not known"
	}

	var h Header
	if err == nil {
		h, err = e.header(methodByNumber, result.data)
	}

	if err == nil {
		return &h, nil
	}

	switch kind, _ := KindOf(err); kind { //nolint:exhaustive // the others are failures
	case UnknownBlock, NotOffered, BadRequest, BeyondHead, NoArchive:
		return nil, nil //nolint:nilnil // documented: nil is "not known"
	default:
		return nil, err
	}
}

// header decodes a header that the endpoint gave.
func (e *endpoint) header(method string, raw json.RawMessage) (Header, error) {
	h, err := decodeHeader(raw, e.cfg.TrustHeaderHash)

	var mismatch *HashMismatchError

	switch {
	case err == nil:
		h.Endpoint = e.name

		return h, nil
	case errors.Is(err, errNoBlock):
		return Header{}, e.refusal(UnknownBlock, method, err)
	case errors.Is(err, errPending), errors.As(err, &mismatch):
		return Header{}, e.refusal(Untrue, method, err)
	default:
		return Header{}, e.refusal(Malformed, method, err)
	}
}

// headerByNumber reads one header and checks that it is the one asked for.
func (e *endpoint) headerByNumber(ctx context.Context, number uint64) (Header, error) {
	raw, err := e.call(ctx, methodByNumber, hexutil.Uint64(number), false)
	if err != nil {
		return Header{}, err
	}

	return e.numberedHeader(raw, number)
}

func (e *endpoint) numberedHeader(raw json.RawMessage, number uint64) (Header, error) {
	h, err := e.header(methodByNumber, raw)
	if err != nil {
		return Header{}, err
	}

	if got := h.Number.Uint64(); got != number {
		return Header{}, e.refusal(Untrue, methodByNumber, fmt.Errorf("asked for block %d, got %d", number, got))
	}

	return h, nil
}

// HeaderByNumber reads the canonical header at that height. A height that no
// endpoint has gives an error for which IsUnknownBlock is true.
func (p *Pool) HeaderByNumber(ctx context.Context, number uint64) (Header, error) {
	var h Header

	err := p.do(ctx, fmt.Sprintf("read header %d", number), "", func(ctx context.Context, e *endpoint) error {
		var err error
		h, err = e.headerByNumber(ctx, number)

		return err
	})
	if err != nil {
		return Header{}, err
	}

	return h, nil
}

// HeaderByHash reads a header by its hash. Some nodes serve orphaned blocks.
func (p *Pool) HeaderByHash(ctx context.Context, hash common.Hash) (Header, error) {
	var h Header

	err := p.do(ctx, "read header "+hash.Hex(), "", func(ctx context.Context, e *endpoint) error {
		raw, err := e.call(ctx, methodByHash, hash, false)
		if err != nil {
			return err
		}

		if h, err = e.header(methodByHash, raw); err != nil {
			return err
		}

		if h.Hash != hash {
			return e.refusal(Untrue, methodByHash, fmt.Errorf("asked for block %s, got %s", hash, h.Hash))
		}

		return nil
	})
	if err != nil {
		return Header{}, err
	}

	return h, nil
}
