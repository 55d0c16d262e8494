package sim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ethereum/go-ethereum/rpc"

	"diemhouse/pkg/store"
)

// Endpoint is an RPC endpoint in front of a real node, over HTTP and WebSocket at the
// same address, whose weather can be made bad.
type Endpoint struct {
	seed    uint64
	name    string
	backend backend
	server  *http.Server
	address string
	done    chan struct{}
	asked   ordinals

	weather atomic.Pointer[Weather]
	drop    atomic.Pointer[func(store.Place) bool]
	quiet   atomic.Int64 // silent lies that were told

	// showing is held while a view of the left branch is shown.
	showing sync.RWMutex
	fork    *Fork

	lies sync.Map // Fault → *atomic.Int64, how often each happened
}

// Serve makes an endpoint in front of the node. The seed and the name decide what it
// does. It serves until Close.
func Serve(ctx context.Context, node string, seed uint64, name string) (*Endpoint, error) {
	client, err := rpc.DialContext(ctx, node)
	if err != nil {
		return nil, fmt.Errorf("endpoint %s: connect to the node: %w", name, err)
	}

	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		client.Close()

		return nil, fmt.Errorf("endpoint %s: %w", name, err)
	}

	e := &Endpoint{
		seed: seed, name: name, backend: backend{client}, address: listener.Addr().String(), done: make(chan struct{}),
	}
	e.SetWeather(Weather{})
	e.server = &http.Server{Handler: e, ReadHeaderTimeout: time.Minute}

	go func() {
		defer close(e.done)

		_ = e.server.Serve(listener) // it ends with ErrServerClosed
	}()

	return e, nil
}

// Close ends the endpoint and every connection.
func (e *Endpoint) Close() error {
	err := e.server.Close()
	<-e.done
	e.backend.node.Close()

	return err
}

// HTTP and WS are where it serves.
func (e *Endpoint) HTTP() string { return "http://" + e.address }

// WS is the WebSocket's address.
func (e *Endpoint) WS() string { return "ws://" + e.address }

// SetWeather changes what the endpoint is like.
func (e *Endpoint) SetWeather(w Weather) { e.weather.Store(&w) }

// SetFork gives the endpoint a branch that was left, which Stale shows. Nil: none. It
// returns when no answer is under way that shows the one before.
func (e *Endpoint) SetFork(f *Fork) {
	e.showing.Lock()
	defer e.showing.Unlock()

	e.fork = f
}

// Drop leaves the logs of the places out of every answer to eth_getLogs, whoever asks
// and however often.
func (e *Endpoint) Drop(places ...store.Place) {
	e.DropWhere(func(p store.Place) bool { return slices.Contains(places, p) })
}

// DropWhere is Drop of the places that lost says.
func (e *Endpoint) DropWhere(lost func(store.Place) bool) { e.drop.Store(&lost) }

// OneIn says of one place in n, which the seed chooses, that its log is lost.
func OneIn(n, seed uint64) func(store.Place) bool {
	return func(p store.Place) bool { return dice(seed, fmt.Sprint("lost ", p), 0).Uint64N(n) == 0 }
}

// SilentLies is how many were told that nothing contradicts.
func (e *Endpoint) SilentLies() int64 { return e.quiet.Load() }

// Happened is how often each fault did.
func (e *Endpoint) Happened() map[Fault]int64 {
	out := make(map[Fault]int64)

	e.lies.Range(func(fault, count any) bool {
		out[fault.(Fault)] = count.(*atomic.Int64).Load() //nolint:forcetypeassert // nothing else is put in

		return true
	})

	return out
}

// outcome is what comes back.
type outcome struct {
	status int
	header http.Header
	body   []byte
	// broken is Hang, Reset or CutOff.
	broken Fault
}

// ServeHTTP answers one request, or becomes a WebSocket.
func (e *Endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Upgrade") != "" {
		e.serveSocket(w, r)

		return
	}

	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}

	m, err := parseMessage(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)

		return
	}

	out, err := e.answer(r.Context(), m)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)

		return
	}

	switch out.broken { //nolint:exhaustive // the others are no break of the connection
	case Hang:
		<-r.Context().Done()

		return
	case Reset:
		hijacked(w, nil)

		return
	case CutOff:
		hijacked(w, cut(out.body))

		return
	}

	for name := range out.header {
		w.Header().Set(name, out.header.Get(name))
	}

	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json")
	}

	w.WriteHeader(out.status)
	_, _ = w.Write(out.body) // who went away needs no answer
}

func (e *Endpoint) count(f Fault) {
	counter, _ := e.lies.LoadOrStore(f, new(atomic.Int64))
	counter.(*atomic.Int64).Add(1) //nolint:forcetypeassert // as above

	if slices.Contains(Silent(), f) || f == DropPlace {
		e.quiet.Add(1)
	}
}

// fate is the fault that a message meets, empty for none, and the dice it was cast with.
func (e *Endpoint) fate(m message) (Fault, *rand.Rand) {
	content := e.name + "\n" + m.content()
	r := dice(e.seed, content, e.asked.next(content))
	w := e.weather.Load()

	if len(w.Faults) == 0 || r.Float64() >= w.Odds {
		return "", r
	}

	return pick(r, w.Faults), r
}

// cut is half of an answer, with the length of all of it.
func cut(body []byte) []byte {
	return append(fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", len(body)),
		body[:len(body)/2]...)
}

// hijacked writes to the connection and resets it.
func hijacked(w http.ResponseWriter, last []byte) {
	hijacker, ok := w.(http.Hijacker)
	if !ok {
		return
	}

	conn, _, err := hijacker.Hijack()
	if err != nil {
		return
	}

	_, _ = conn.Write(last)

	if tcp, ok := conn.(*net.TCPConn); ok && last == nil {
		_ = tcp.SetLinger(0)
	}

	_ = conn.Close()
}

// errGone says that the caller's context ended.
var errGone = errors.New("nobody waits for the answer")
