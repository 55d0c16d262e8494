package follow_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ethereum/go-ethereum/common/hexutil"
)

// call is one JSON-RPC request on its way to the node.
type call struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
}

// rule answers a call in the node's place: with the error member it gives, or, where
// that is empty, not at all.
type rule func(c call) (rpcError string)

// proxy stands before a node and breaks what its rule says.
type proxy struct {
	url  string
	rule atomic.Pointer[rule]
}

func newProxy(t *testing.T, node string) *proxy {
	t.Helper()

	p := &proxy{}
	p.set(func(call) string { return "" })

	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)

			return
		}

		if answer := p.broken(body); answer != nil {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(answer)

			return
		}

		resp, err := http.Post(node, "application/json", bytes.NewReader(body))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)

			return
		}
		defer func() { _ = resp.Body.Close() }()

		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(resp.StatusCode)
		_, _ = io.Copy(w, resp.Body)
	}))
	t.Cleanup(server.Close)

	p.url = server.URL

	return p
}

func (p *proxy) set(r rule) { p.rule.Store(&r) }

// broken is the answer where one of the calls is refused; the whole batch is then.
func (p *proxy) broken(body []byte) []byte {
	var calls []call

	single := json.Unmarshal(body, &calls) != nil
	if single {
		calls = make([]call, 1)
		if json.Unmarshal(body, &calls[0]) != nil {
			return nil
		}
	}

	answers := make([]json.RawMessage, len(calls))
	refused := false

	for i, c := range calls {
		text := (*p.rule.Load())(c)
		if text == "" {
			text = `{"code":-32000,"message":"refused with another call of the batch"}`
		} else {
			refused = true
		}

		answers[i] = json.RawMessage(`{"jsonrpc":"2.0","id":` + string(c.ID) + `,"error":` + text + `}`)
	}

	if !refused {
		return nil
	}

	if single {
		return answers[0]
	}

	out, err := json.Marshal(answers)
	if err != nil {
		return nil
	}

	return out
}

// contains reports whether a call's parameters name the block.
func contains(params json.RawMessage, block uint64) bool {
	return strings.Contains(string(params), `"`+hexutil.EncodeUint64(block)+`"`)
}

// through makes the bundle read the chain through a proxy.
func (b *bundle) through(t *testing.T) *proxy {
	t.Helper()

	p := newProxy(t, b.net.HTTPURL())
	b.read(t, p.url)

	return p
}
