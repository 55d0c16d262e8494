package sim

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"github.com/ethereum/go-ethereum/rpc"
)

// call is one JSON-RPC request.
type call struct {
	ID     json.RawMessage   `json:"id"`
	Method string            `json:"method"`
	Params []json.RawMessage `json:"params"`
}

// reply is what answers it: a result or an error.
type reply struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *failure        `json:"error,omitempty"`
}

// failure is the error member of a reply.
type failure struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Data    any    `json:"data,omitempty"`
}

func (f *failure) Error() string { return f.Message }

// message is a request as it came: one call, or a batch.
type message struct {
	calls []call
	batch bool
}

var errNotRPC = errors.New("neither a JSON-RPC request nor a batch of them")

func parseMessage(body []byte) (message, error) {
	body = bytes.TrimSpace(body)
	m := message{batch: len(body) > 0 && body[0] == '['}

	if m.batch {
		if err := json.Unmarshal(body, &m.calls); err != nil || len(m.calls) == 0 {
			return message{}, errNotRPC
		}

		return m, nil
	}

	m.calls = make([]call, 1)
	if err := json.Unmarshal(body, &m.calls[0]); err != nil || m.calls[0].Method == "" {
		return message{}, errNotRPC
	}

	return m, nil
}

// content is what is asked, without the ids.
func (m message) content() string {
	var b strings.Builder

	for _, c := range m.calls {
		b.WriteString(c.Method)

		for _, p := range c.Params {
			b.WriteByte(' ')
			b.Write(p)
		}

		b.WriteByte('\n')
	}

	return b.String()
}

// asks reports whether one of the calls is of the method.
func (m message) asks(method string) bool {
	for _, c := range m.calls {
		if c.Method == method {
			return true
		}
	}

	return false
}

// encode writes replies in the request's form.
func (m message) encode(replies []reply) []byte {
	for i := range replies {
		replies[i].Version, replies[i].ID = "2.0", m.calls[i].ID
		if replies[i].Error == nil && replies[i].Result == nil {
			replies[i].Result = json.RawMessage("null")
		}
	}

	var (
		out []byte
		err error
	)

	if m.batch {
		out, err = json.Marshal(replies)
	} else {
		out, err = json.Marshal(replies[0])
	}

	if err != nil {
		return []byte(`{"jsonrpc":"2.0","id":null,"error":{"code":-32603,"message":"the proxy cannot encode the answer"}}`)
	}

	return out
}

// refuse answers every call with the error.
func (m message) refuse(f failure) []byte {
	replies := make([]reply, len(m.calls))
	for i := range replies {
		replies[i].Error = &f
	}

	return m.encode(replies)
}

// failureOf is the node's own error as it is sent on.
func failureOf(err error) *failure {
	if own, ok := errors.AsType[*failure](err); ok {
		return own
	}

	f := &failure{Code: -32603, Message: err.Error()}

	if coded, ok := errors.AsType[rpc.Error](err); ok {
		f.Code = coded.ErrorCode()
	}

	if withData, ok := errors.AsType[rpc.DataError](err); ok {
		f.Data = withData.ErrorData()
	}

	return f
}

func raw(v any) json.RawMessage {
	out, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts, numbers and what was JSON before
	}

	return out
}
