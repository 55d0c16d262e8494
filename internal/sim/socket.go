package sim

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"

	"github.com/ethereum/go-ethereum/common"
	"github.com/gorilla/websocket"
)

// socket is a WebSocket that somebody opened.
type socket struct {
	endpoint *Endpoint
	conn     *websocket.Conn

	mu   sync.Mutex // guards writing
	jobs sync.WaitGroup
}

// serveSocket answers messages until the connection ends.
func (e *Endpoint) serveSocket(w http.ResponseWriter, r *http.Request) {
	conn, err := new(websocket.Upgrader).Upgrade(w, r, nil)
	if err != nil {
		return // the upgrader has answered
	}

	s := &socket{endpoint: e, conn: conn}
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))

	defer s.jobs.Wait()
	defer func() { _ = conn.Close() }()
	defer cancel()

	for {
		_, body, err := conn.ReadMessage()
		if err != nil {
			return
		}

		m, err := parseMessage(body)
		if err != nil {
			return
		}

		s.jobs.Go(func() { s.answer(ctx, m) })
	}
}

func (s *socket) answer(ctx context.Context, m message) {
	if m.calls[0].Method == "eth_subscribe" {
		s.subscribe(ctx, m)

		return
	}

	out, err := s.endpoint.answer(ctx, m)
	if err != nil {
		_ = s.conn.Close()

		return
	}

	switch out.broken { //nolint:exhaustive // the others are no break of the connection
	case Hang:
		return
	case Reset:
		_ = s.conn.Close()

		return
	case CutOff:
		out.body = out.body[:len(out.body)/2]
	}

	s.send(out.body)
}

func (s *socket) send(body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()

	_ = s.conn.WriteMessage(websocket.TextMessage, body) // who went away needs no answer
}

// notification is what a subscription sends.
type notification struct {
	Version string `json:"jsonrpc"`
	Method  string `json:"method"`
	Params  struct {
		Subscription string          `json:"subscription"`
		Result       json.RawMessage `json:"result"`
	} `json:"params"`
}

func (s *socket) notify(id string, result json.RawMessage) {
	n := notification{Version: "2.0", Method: "eth_subscription"}
	n.Params.Subscription, n.Params.Result = id, result
	s.send(raw(n))
}

// subscribe passes the node's new heads on, or says nothing, or too much.
func (s *socket) subscribe(ctx context.Context, m message) {
	const id = "0x51b"

	f, r := s.endpoint.fate(m)

	switch f { //nolint:exhaustive // to the others a subscription is one like any other
	case Hang:
		return
	case Reset, ClosedWS, CutOff:
		_ = s.conn.Close()

		return
	case Unsupported, Internal, Outage:
		s.send(m.refuse(failure{Code: -32601, Message: "rpc method is unsupported"}))

		return
	}

	s.send(m.encode([]reply{{Result: raw(id)}}))

	if f == Garbage || f == NoBlock {
		return // it accepts, and never says a word
	}

	heads := make(chan json.RawMessage)

	sub, err := s.endpoint.backend.node.EthSubscribe(ctx, heads, "newHeads")
	if err != nil {
		_ = s.conn.Close()

		return
	}
	defer sub.Unsubscribe()

	for {
		select {
		case <-ctx.Done():
			return
		case <-sub.Err(): //nolint:errcheck // why it ended changes nothing for who listens
			_ = s.conn.Close()

			return
		case head := <-heads:
			s.notify(id, head)

			if f == Noise {
				s.endpoint.count(Noise)
				s.notify(id, head)
				s.notify("0xdead", raw(map[string]any{"removed": true, "blockHash": common.BytesToHash([]byte{byte(r.IntN(256))})}))
			}

			if f == Lag && r.IntN(4) == 0 {
				_ = s.conn.Close()

				return
			}
		}
	}
}
