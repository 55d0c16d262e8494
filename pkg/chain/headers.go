package chain

import (
	"context"
	"fmt"

	"github.com/ethereum/go-ethereum/common/hexutil"
)

// methodHeader gives a header alone. Not every endpoint offers it, but where it is, a
// header of Base is a tenth of the block that carries the hashes of its transactions.
const methodHeader = "eth_getHeaderByNumber"

// What is known about an endpoint's methodHeader.
const (
	headerUntried = iota
	headerWorks
	headerFails
)

func headerCall(method string, number uint64) rpcCall {
	if method == methodHeader {
		return rpcCall{method: method, args: []any{hexutil.Uint64(number)}}
	}

	return rpcCall{method: method, args: []any{hexutil.Uint64(number), false}}
}

// headerMethod gives the method that reads headers in bulk, tried on one block for the
// first time. Whatever is wrong with methodHeader there, the other decides.
func (e *endpoint) headerMethod(ctx context.Context, number uint64) (string, error) {
	if e.bareHeaders.Load() == headerUntried {
		raw, err := e.call(ctx, methodHeader, headerCall(methodHeader, number).args...)
		if ctx.Err() != nil {
			return "", ctx.Err()
		}

		if kind, _ := KindOf(err); err != nil && (kind.Action() == Again || kind.Action() == Wait) {
			return "", err
		}

		h, broken := decodeHeader(raw, e.cfg.TrustHeaderHash)
		if err != nil || broken != nil || h.Number.Uint64() != number {
			e.bareHeaders.Store(headerFails)
		} else {
			e.bareHeaders.Store(headerWorks)
		}
	}

	if e.bareHeaders.Load() == headerWorks {
		return methodHeader, nil
	}

	return methodByNumber, nil
}

// headersOf reads several headers by number, each checked to be the one asked for, in
// the order of the numbers.
func (e *endpoint) headersOf(ctx context.Context, numbers []uint64) ([]Header, error) {
	method, err := e.headerMethod(ctx, numbers[0])
	if err != nil {
		return nil, err
	}

	calls := make([]rpcCall, len(numbers))
	for i, n := range numbers {
		calls[i] = headerCall(method, n)
	}

	results, err := e.batch(ctx, calls)
	if err != nil {
		return nil, err
	}

	headers := make([]Header, len(numbers))

	for i, n := range numbers {
		if results[i].err != nil {
			return nil, results[i].err
		}

		if headers[i], err = e.numberedHeader(results[i].data, n); err != nil {
			return nil, err
		}
	}

	e.wire.done(results) // A header keeps nothing of its text.

	return headers, nil
}

// chainOf reads the headers of a range, each the child of the one before; before is
// what the first must follow, nil where that is not known.
func (e *endpoint) chainOf(ctx context.Context, r Range, before *Header) ([]Header, error) {
	numbers := make([]uint64, 0, r.Len())
	for n := r.From; n <= r.To; n++ {
		numbers = append(numbers, n)
	}

	headers, err := e.headersOf(ctx, numbers)
	if err != nil {
		return nil, err
	}

	for i := range headers {
		h := &headers[i]
		if before != nil && h.ParentHash != before.Hash {
			return nil, e.refusal(Untrue, methodHeader,
				fmt.Errorf("block %s has parent %s, not block %s", h.Ref(), h.ParentHash, before.Ref()))
		}

		before = h
	}

	return headers, nil
}
