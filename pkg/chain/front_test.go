package chain

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// frontCall is one JSON-RPC call that came in.
type frontCall struct {
	ID     json.RawMessage   `json:"id"`
	Method string            `json:"method"`
	Params []json.RawMessage `json:"params"`
}

// reply is an HTTP answer that the front gives by itself.
type reply struct {
	status int
	header map[string]string
	body   string
}

// front is an HTTP server before a real node (or before nothing) that answers what
// its hook answers and passes on the rest: it makes the faults that no real node
// makes on demand.
type front struct {
	*httptest.Server

	node string
	hook func(calls []frontCall, batch bool) *reply
	// mend, when set, alters what the node answers.
	mend func(body string) string
}

func newFront(tb testing.TB, node string, hook func(calls []frontCall, batch bool) *reply) *front {
	tb.Helper()

	f := &front{node: node, hook: hook}
	f.Server = httptest.NewServer(f)
	tb.Cleanup(f.Close)

	return f
}

// always answers every request the same.
func always(status int, body string) func([]frontCall, bool) *reply {
	return func([]frontCall, bool) *reply { return &reply{status: status, body: body} }
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}

	var calls []frontCall

	batch := json.Unmarshal(body, &calls) == nil
	if !batch {
		calls = make([]frontCall, 1)
		if err := json.Unmarshal(body, &calls[0]); err != nil {
			http.Error(w, err.Error(), http.StatusTeapot)

			return
		}
	}

	if answer := f.hook(calls, batch); answer != nil {
		for name, value := range answer.header {
			w.Header().Set(name, value)
		}

		w.WriteHeader(answer.status)
		_, _ = io.WriteString(w, answer.body)

		return
	}

	resp, err := http.Post(f.node, "application/json", bytes.NewReader(body))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer resp.Body.Close() //nolint:errcheck // it is read to its end

	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}

	if f.mend != nil {
		answer = []byte(f.mend(string(answer)))
	}

	w.WriteHeader(resp.StatusCode)
	_, _ = w.Write(answer)
}

// forward gives the node's answer to the calls.
func forward(tb testing.TB, node string, calls []frontCall, batch bool) *reply {
	tb.Helper()

	var body any = calls
	if !batch {
		body = calls[0]
	}

	raw, err := json.Marshal(body)
	require.NoError(tb, err)

	// The version was not kept; nodes want it.
	raw = bytes.ReplaceAll(raw, []byte(`{"id":`), []byte(`{"jsonrpc":"2.0","id":`))

	resp, err := http.Post(node, "application/json", bytes.NewReader(raw))
	require.NoError(tb, err)

	defer resp.Body.Close() //nolint:errcheck // it is read to its end

	answer, err := io.ReadAll(resp.Body)
	require.NoError(tb, err)

	return &reply{status: resp.StatusCode, body: string(answer)}
}

// answers makes the body of an answer to the calls: each call's result as the
// function gives it, as JSON.
func answers(calls []frontCall, batch bool, result func(frontCall) string) *reply {
	parts := make([]string, len(calls))
	for i, c := range calls {
		parts[i] = `{"jsonrpc":"2.0","id":` + string(c.ID) + `,"result":` + result(c) + `}`
	}

	body := parts[0]
	if batch {
		body = "[" + strings.Join(parts, ",") + "]"
	}

	return &reply{status: http.StatusOK, body: body}
}
