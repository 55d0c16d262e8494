package chain

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// call does one RPC call. Its error is a *Refusal, or the context's error when the
// caller's context ended.
func (e *endpoint) call(ctx context.Context, method string, args ...any) (json.RawMessage, error) {
	if err := e.checkChain(ctx); err != nil {
		return nil, err
	}

	return e.callUnchecked(ctx, method, args...)
}

func (e *endpoint) callUnchecked(ctx context.Context, method string, args ...any) (json.RawMessage, error) {
	results, err := e.exchange(ctx, []rpcCall{{method: method, args: args}})
	if err != nil {
		return nil, err
	}

	return results[0].data, results[0].err
}

// exchange sends the calls in one request when a slot and the pace allow, and notes
// how it went. The error is set when several calls were refused together; what was
// refused singly is in the results. All are *Refusal, or the context's error when the
// caller's context ended.
func (e *endpoint) exchange(ctx context.Context, calls []rpcCall) ([]rpcResult, error) {
	select {
	case e.slots <- struct{}{}:
		defer func() { <-e.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}

	if err := e.throttle.wait(ctx); err != nil {
		return nil, err
	}

	callCtx, cancel := context.WithTimeout(ctx, e.cfg.CallTimeout)
	defer cancel()

	method := calls[0].method
	if len(calls) > 1 {
		method = "batch"
	}

	x := &exchange{}
	started := time.Now()
	results, err := e.wire.send(callCtx, calls, x)
	took := time.Since(started)

	if ctx.Err() != nil {
		return nil, ctx.Err() // Our own end says nothing about the endpoint.
	}

	if err != nil && len(calls) == 1 {
		results, err = []rpcResult{{err: err}}, nil
	}

	var refusal *Refusal
	if err != nil {
		refusal = e.refuse(err, x, method)
	}

	for i, c := range calls[:len(results)] {
		if results[i].err != nil {
			results[i].err = e.refuse(results[i].err, x, c.method)
		}
	}

	if err == nil {
		refusal = worst(results)
	}

	e.note(refusal)

	if e.cfg.Observe != nil {
		e.cfg.Observe(Request{
			Endpoint: e.name, Method: method, Calls: len(calls), Took: took, Bytes: x.bytes, Refusal: refusal,
		})
	}

	if err != nil {
		return nil, refusal
	}

	return results, nil
}

// worst gives the refusal that a request with these results counts as: one that asks
// for less or for patience, else that of the first call when all were refused.
func worst(results []rpcResult) *Refusal {
	var first *Refusal

	answered := false

	for i := range results {
		r, refused := errors.AsType[*Refusal](results[i].err)
		if !refused {
			answered = true

			continue
		}

		if action := r.Kind.Action(); action == Wait || action == Shrink {
			return r
		}

		if first == nil {
			first = r
		}
	}

	if answered {
		return nil
	}

	return first
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

	if e.cfg.Observe != nil {
		e.cfg.Observe(Request{Endpoint: e.name, Method: method, Refusal: r})
	}

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
