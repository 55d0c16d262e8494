package chain

import (
	"context"
	"sync"
)

const (
	// mostBatch is the number of calls a batch until a refusal teaches less. More gains
	// nothing: a call in a batch of 100 costs a third of a single one, and no less in a
	// longer batch. Base's public proxy takes 10 and says so.
	mostBatch = 100
	// triedAgain is how many batches go well before a longer one is tried, where one
	// was refused for a reason that may have passed.
	triedAgain = 16
	// triedAgainMost bounds the doubling of triedAgain.
	triedAgainMost = 1024
)

// batchSize is the number of calls a batch that an endpoint takes.
type batchSize struct {
	mu sync.Mutex
	// most is the number to send, limit the greatest to try at all.
	most, limit int
	// good counts the batches that went well since the last change of most; patience
	// is how many it takes to try more.
	good, patience int
}

func newBatchSize() *batchSize {
	return &batchSize{most: mostBatch, limit: mostBatch, patience: triedAgain}
}

func (b *batchSize) take() int {
	b.mu.Lock()
	defer b.mu.Unlock()

	return b.most
}

// worked takes note that a batch of n calls was answered.
func (b *batchSize) worked(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()

	if n < b.most || b.most >= b.limit {
		return
	}

	if b.good++; b.good >= b.patience {
		b.most, b.good = min(b.limit, 2*b.most), 0
	}
}

// refused takes note that a batch was refused and one of n calls answered. Where the
// refusal was about the number, n is never exceeded again.
func (b *batchSize) refused(n int, final bool) {
	b.mu.Lock()
	defer b.mu.Unlock()

	b.most, b.good = min(b.most, n), 0
	b.patience = min(2*b.patience, triedAgainMost)

	if final {
		b.limit = min(b.limit, n)
	}
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
		part, err := e.batchPart(ctx, calls)
		if err != nil {
			return nil, err
		}

		results = append(results, part...)
		calls = calls[len(part):]
	}

	return results, nil
}

// batchPart does as many of the calls as go into one request. A batch that is
// refused for what may be its size is tried smaller; the size that works is kept.
func (e *endpoint) batchPart(ctx context.Context, calls []rpcCall) ([]rpcResult, error) {
	n := min(len(calls), e.batches.take())

	results, err := e.exchange(ctx, calls[:n])
	if err = orMissing(results, err); err == nil {
		e.batches.worked(n)

		return results, nil
	}

	for {
		kind, refused := KindOf(err)
		if !refused || !e.mayBeBatch(kind, calls[:n]) {
			return nil, err
		}

		n = smallerBatch(n, err)

		results, err = e.exchange(ctx, calls[:n])
		if err = orMissing(results, err); err != nil {
			continue
		}

		if again, _ := KindOf(results[0].err); results[0].err != nil && again == kind {
			return nil, results[0].err // It was not the batch.
		}

		e.batches.refused(n, kind == BatchTooLarge || kind == Timeout)

		return results, nil
	}
}

// orMissing gives err, or the error of the first of several calls when the endpoint
// answered none of them, not even by an error.
func orMissing(results []rpcResult, err error) error {
	if err != nil || len(results) < 2 {
		return err
	}

	for i := range results {
		if kind, refused := KindOf(results[i].err); !refused || kind != Malformed {
			return nil
		}
	}

	return results[0].err
}

// mayBeBatch reports whether the refusal of several calls can be about their number
// or about batches at all.
func (e *endpoint) mayBeBatch(kind Kind, calls []rpcCall) bool {
	switch kind { //nolint:exhaustive // the others are about something else
	case BatchTooLarge, Malformed, BadRequest, NotOffered:
		return true
	case TooLarge:
		return !onlyLogs(calls) // Of logs, fewer blocks are the cure.
	case Timeout:
		// What a proxy says of a batch as a whole goes unheard on a WebSocket.
		return e.socket != nil
	default:
		return false
	}
}

// smallerBatch gives the number of calls to try after n were refused.
func smallerBatch(n int, err error) int {
	if stated := statedLimit(err); stated > 0 && stated < uint64(n) {
		return int(stated)
	}

	if n <= 10 {
		return 1
	}

	return n / 4
}
