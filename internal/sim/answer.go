package sim

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"

	"github.com/ethereum/go-ethereum/common/hexutil"

	"diemhouse/pkg/store"
)

// giantSize is that of a giant answer, in bytes: above the limit that the simulator's
// daemon sets.
const giantSize = maxAnswer + 1<<20

// answer is what a message gets.
func (e *Endpoint) answer(ctx context.Context, m message) (outcome, error) {
	f, r := e.fate(m)

	if out, done := e.fail(f, r, m); done {
		e.count(f)

		return out, nil
	}

	e.showing.RLock()
	defer e.showing.RUnlock()

	v, err := e.view(ctx, f, r)
	if err != nil {
		return outcome{}, err
	}

	out := outcome{status: http.StatusOK}
	replies := make([]reply, len(m.calls))

	for i, c := range m.calls {
		if refusal, status := e.tooWide(c); refusal != nil {
			replies[i].Error = refusal
			out.status = status

			continue
		}

		result, err := e.backend.answer(ctx, v, c)

		switch {
		case ctx.Err() != nil:
			return outcome{}, errGone
		case err != nil:
			replies[i].Error = failureOf(err)
		default:
			replies[i].Result = e.told(r, f, c, result)
		}
	}

	if m.batch {
		out.status = http.StatusOK // the refusal of one call is no refusal of all
	}

	out.body = m.encode(replies)

	if f == CutOff {
		e.count(f)

		out.broken = CutOff
	}

	return out, nil
}

// told is the node's answer, true or not.
func (e *Endpoint) told(r *rand.Rand, f Fault, c call, result json.RawMessage) json.RawMessage {
	out := lie(r, f, c, result)
	if !bytes.Equal(out, result) {
		e.count(f)
	}

	drop := e.drop.Load()
	if drop == nil || c.Method != "eth_getLogs" {
		return out
	}

	var logs []object
	if json.Unmarshal(out, &logs) != nil {
		return out
	}

	kept := []object{}

	for _, log := range logs {
		if (*drop)(placeOf(log)) {
			e.count(DropPlace)
		} else {
			kept = append(kept, log)
		}
	}

	return raw(kept)
}

// placeOf is where a log is.
func placeOf(log object) store.Place {
	var (
		block hexutil.Uint64
		index hexutil.Uint
	)

	// The node wrote them.
	_ = json.Unmarshal(log["blockNumber"], &block)
	_ = json.Unmarshal(log["logIndex"], &index)

	return store.Place{Block: uint64(block), LogIndex: uint32(index)}
}

// view is that of the backend that a message comes to.
func (e *Endpoint) view(ctx context.Context, f Fault, r *rand.Rand) (view, error) {
	var (
		v   = view{whole: true}
		err error
	)

	switch {
	case f == Lag:
		const most = 8
		v, err = e.backend.behind(ctx, 1+r.Uint64N(most))
	case f == Stale && e.fork != nil:
		v, err = e.backend.on(ctx, e.fork)
	default:
		return v, nil
	}

	v.lenient = r.IntN(2) == 0

	e.count(f)

	return v, err
}

// tooWide is the refusal of a range that is wider than the endpoint takes.
func (e *Endpoint) tooWide(c call) (refusal *failure, status int) {
	w := e.weather.Load()

	from, to, ok := span(c)
	if !ok || w.MaxRange == 0 || to < from || to-from < w.MaxRange {
		return nil, 0
	}

	d := Dialects()[w.Dialect]

	return &failure{Code: d.code, Message: d.words(w.MaxRange, from, to)}, d.status
}

// fail is the outcome where the message fails as a whole, without asking the node.
func (e *Endpoint) fail(f Fault, r *rand.Rand, m message) (outcome, bool) {
	switch f { //nolint:exhaustive // the others need the node's answer
	case Hang, Reset, ClosedWS:
		if f == ClosedWS {
			f = Reset
		}

		return outcome{broken: f}, true
	case TooMany:
		return tooMany(r, m), true
	case HTMLOutage:
		page := pick(r, pages)

		return outcome{status: page.status, header: http.Header{"Content-Type": {"text/html"}}, body: []byte(page.body)}, true
	case Outage:
		return outcome{status: http.StatusInternalServerError, body: m.refuse(failure{Code: 19, Message: "Temporary internal error. Please retry"})}, true
	case Garbage:
		return outcome{status: http.StatusOK, body: []byte(garbage(r, m))}, true
	case Giant:
		body := fmt.Appendf(nil, `{"jsonrpc":"2.0","id":%s,"result":"0x`, m.calls[0].ID)

		return outcome{status: http.StatusOK, body: append(body, bytes.Repeat([]byte{'0'}, giantSize)...)}, true
	case BatchLimit:
		if !m.batch {
			return outcome{}, false
		}

		return outcome{status: http.StatusOK, body: []byte(`{"jsonrpc":"2.0","error":{"code":-32014,"message":"maximum 2 calls in 1 batch"},"id":null}`)},
			len(m.calls) > 2
	case Unsupported:
		// Nobody serves no blocks and no logs.
		return outcome{status: http.StatusForbidden, body: m.refuse(failure{Code: -32601, Message: "rpc method is unsupported"})},
			m.asks("eth_getBlockReceipts") || m.asks("eth_getTransactionReceipt")
	case Internal:
		return outcome{status: http.StatusOK, body: m.refuse(failure{Code: -32603, Message: "Internal error"})}, true
	case NoArchive:
		return outcome{status: http.StatusOK, body: m.refuse(failure{Code: 4444, Message: "pruned history unavailable"})},
			m.asks("eth_getLogs") || m.asks("eth_call")
	case TooLarge:
		return outcome{status: http.StatusInternalServerError, body: m.refuse(failure{Code: -32020, Message: "backend response too large"})},
			m.asks("eth_getLogs")
	case OtherErrors:
		other := pick(r, refusals)

		return outcome{status: other.status, body: m.refuse(other.body)}, true
	default:
		return outcome{}, false
	}
}

// tooMany is one of the ways to say "slower".
func tooMany(r *rand.Rand, m message) outcome {
	out := outcome{status: http.StatusTooManyRequests, header: http.Header{}}

	switch r.IntN(8) {
	case 0:
		out.body = []byte("Too Many Requests")
	case 1:
		out.body = m.refuse(failure{Code: -32011, Message: "request limit reached"})
	default: // most often, or a seed would spend its time waiting
		out.header.Set("Retry-After", "0.05")
		out.body = m.refuse(failure{Code: -32016, Message: "over rate limit"})
	}

	return out
}
