package canned

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	gojson "github.com/goccy/go-json"
	"github.com/gorilla/websocket"
)

// Server serves a chain over HTTP, and over WebSocket at the same address.
type Server struct {
	Chain  *Chain
	Limits Limits
	// Latency is added to every request, as a network would.
	Latency time.Duration

	requests, bytes atomic.Int64
	buffers         sync.Pool
}

// Served is how many requests (a batch is one) were answered, with how many bytes.
func (s *Server) Served() (requests, bytes int64) { return s.requests.Load(), s.bytes.Load() }

type call struct {
	ID     json.RawMessage   `json:"id"`
	Method string            `json:"method"`
	Params []json.RawMessage `json:"params"`
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if websocket.IsWebSocketUpgrade(r) {
		s.socket(w, r)

		return
	}

	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)

		return
	}

	time.Sleep(s.Latency)

	kept, _ := s.buffers.Get().(*[]byte)
	if kept == nil {
		kept = new([]byte)
	}

	out := s.exchange((*kept)[:0], body)

	s.requests.Add(1)
	s.bytes.Add(int64(len(out)))
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(out)))
	_, _ = w.Write(out) // who hangs up misses it

	*kept = out
	s.buffers.Put(kept)
}

// exchange answers a call or a batch.
func (s *Server) exchange(out, body []byte) []byte {
	var calls []call

	body = bytes.TrimSpace(body)
	if !bytes.HasPrefix(body, []byte("[")) {
		calls = make([]call, 1)
		if err := json.Unmarshal(body, &calls[0]); err != nil {
			return append(out, `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error"}}`...)
		}

		return s.one(out, &calls[0])
	}

	// To read the calls for a hundred headers at a time, encoding/json took a fifth of what
	// the endpoint takes for a history with blooms.
	if err := gojson.Unmarshal(body, &calls); err != nil || len(calls) == 0 {
		return append(out, `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error"}}`...)
	}

	out = append(out, '[')

	for i := range calls {
		out = append(s.one(out, &calls[i]), ',')
	}

	out[len(out)-1] = ']'

	return out
}

func (s *Server) one(out []byte, c *call) []byte {
	out = append(out, `{"jsonrpc":"2.0","id":`...)
	out = append(out, c.ID...)
	head := len(out)
	out = append(out, `,"result":`...)

	out, refused := s.Chain.answer(out, s.Limits, c.Method, c.Params)
	if refused != nil {
		out = fmt.Appendf(out[:head], `,"error":{"code":%d,"message":%q}`, refused.code, refused.message)
	}

	return append(out, '}')
}

// socket answers over a WebSocket, newHeads among the rest.
func (s *Server) socket(w http.ResponseWriter, r *http.Request) {
	conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered.
	}
	defer func() { _ = conn.Close() }()

	var sending sync.Mutex

	send := func(text []byte) {
		sending.Lock()
		defer sending.Unlock()

		_ = conn.WriteMessage(websocket.TextMessage, text) // the reader notices
	}

	for {
		_, body, err := conn.ReadMessage()
		if err != nil {
			return
		}

		var c call
		if json.Unmarshal(body, &c) == nil && c.Method == "eth_subscribe" {
			heard := s.Chain.listen()
			defer s.Chain.leave(heard)

			send([]byte(`{"jsonrpc":"2.0","id":` + string(c.ID) + `,"result":"0x1"}`))

			go s.announce(heard, send)

			continue
		}

		s.requests.Add(1)
		send(s.exchange(nil, body))
	}
}

// announce sends the headers of new blocks until the listener leaves.
func (s *Server) announce(heard <-chan uint64, send func([]byte)) {
	for number := range heard {
		text := []byte(`{"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":"0x1","result":`)
		text, _ = s.Chain.answer(text, s.Limits, "eth_getHeaderByNumber", []json.RawMessage{[]byte(`"0x` + strconv.FormatUint(number, 16) + `"`)})
		send(append(text, "}}"...))
	}
}

func (c *Chain) listen() chan uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()

	heard := make(chan uint64, 1)
	c.heads[heard] = struct{}{}

	return heard
}

func (c *Chain) leave(heard chan uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()

	delete(c.heads, heard)
	close(heard)
}
