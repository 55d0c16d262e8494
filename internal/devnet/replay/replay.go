// Package replay serves captured logs of Base over JSON-RPC, so that the pipeline
// runs on real ones without a network.
//
// What it answers is what was captured, or it says that it was not:
//
//   - eth_getLogs answers as a node does: addresses, topics, ranges, block hashes,
//     refusals. Logs keep their captured block hash and time; a log without a time
//     gets Base's (1686789347 + 2 * number).
//   - A header is served where a complete one was captured, its hash recomputed.
//     Where the capture knows a block's hash but not its header, none can be made
//     up that hashes right, so asking for it is an error: history of such a capture
//     is read without verification against headers (--verify none).
//   - A block whose hash the capture does not know (explorers leave it out) gets a
//     made-up header with the right bloom, and its logs that header's hash.
//   - Above the last captured block stands one made-up block without logs: the
//     head, safe and finalized. It never moves.
//   - Receipts are served where they were captured, a whole block's only when their
//     gas adds up to the header's.
//   - There is no state: eth_call is refused; eth_getCode says that Venice's
//     contracts, and whatever emitted a captured log, have some.
//
// A capture is JSON of any shape with logs in it ([Load]).
package replay

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/ethereum/go-ethereum/rpc"
)

// Config says what to serve and where.
type Config struct {
	// File is the capture.
	File string
	// Host is the address to listen on. Empty means 127.0.0.1.
	Host string
	// HTTPPort is the port of JSON-RPC, over HTTP and WebSocket alike. 0 means any
	// free one.
	HTTPPort int
	// RangeLimit makes eth_getLogs refuse wider ranges of blocks. 0 means none.
	RangeLimit uint64
}

// Server is a running replay.
type Server struct {
	capture *Capture
	address string
	rpc     *rpc.Server
	http    *http.Server
	done    chan struct{}
}

// Start loads the capture and serves it until Close.
func Start(ctx context.Context, config Config) (*Server, error) {
	capture, err := Load(config.File)
	if err != nil {
		return nil, err
	}
	if config.Host == "" {
		config.Host = "127.0.0.1"
	}
	handler := rpc.NewServer()
	for namespace, service := range map[string]any{
		"eth": &ethAPI{capture: capture, rangeLimit: config.RangeLimit}, "net": netAPI{}, "web3": web3API{},
	} {
		err = handler.RegisterName(namespace, service)
		if err != nil {
			return nil, fmt.Errorf("register %s_ calls: %w", namespace, err)
		}
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(config.Host, strconv.Itoa(config.HTTPPort)))
	if err != nil {
		return nil, fmt.Errorf("listen for JSON-RPC: %w", err)
	}
	const headerTimeout = 5 * time.Second
	s := &Server{
		capture: capture,
		address: listener.Addr().String(),
		rpc:     handler,
		http:    &http.Server{Handler: both(handler), ReadHeaderTimeout: headerTimeout},
		done:    make(chan struct{}),
	}
	go func() {
		defer close(s.done)
		// It ends with ErrServerClosed when Close is called.
		_ = s.http.Serve(listener)
	}()
	return s, nil
}

// both serves WebSocket to whom asks to upgrade and HTTP to everybody else.
func both(server *rpc.Server) http.Handler {
	websocket := server.WebsocketHandler([]string{"*"})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "" {
			websocket.ServeHTTP(w, r)
			return
		}
		server.ServeHTTP(w, r)
	})
}

// HTTPURL is where JSON-RPC is served over HTTP.
func (s *Server) HTTPURL() string { return "http://" + s.address }

// WSURL is where JSON-RPC is served over WebSocket.
func (s *Server) WSURL() string { return "ws://" + s.address }

// Head is the number of the head, one above the last captured block.
func (s *Server) Head() uint64 { return s.capture.Head() }

// Capture is what is served.
func (s *Server) Capture() *Capture { return s.capture }

// Close stops serving.
func (s *Server) Close() error {
	err := s.http.Close()
	<-s.done
	s.rpc.Stop()
	if err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("close the replay: %w", err)
	}
	return nil
}
