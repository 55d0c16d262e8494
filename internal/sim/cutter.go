package sim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
)

// Cutter stands before a TCP server and breaks connections.
type Cutter struct {
	target   string
	listener net.Listener
	workers  sync.WaitGroup

	mu sync.Mutex
	// conns are the connections; true for those to the server, which is sent all that
	// was read before they close.
	conns   map[net.Conn]bool
	refuses bool
	// left is how many bytes still pass to the server before the cut, negative for any
	// number; then is called after the cut.
	left int
	then func()
}

// NewCutter listens in front of the address.
func NewCutter(ctx context.Context, target string) (*Cutter, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen in front of %s: %w", target, err)
	}

	c := &Cutter{target: target, listener: listener, conns: make(map[net.Conn]bool), left: -1}

	c.workers.Go(c.accept)

	return c, nil
}

// Addr is where to connect to.
func (c *Cutter) Addr() string { return c.listener.Addr().String() }

// Close ends it and every connection.
func (c *Cutter) Close() error {
	err := c.listener.Close()
	c.Refuse()
	c.workers.Wait()

	return err
}

// Cut resets every connection. New ones are taken.
func (c *Cutter) Cut() {
	c.mu.Lock()
	defer c.mu.Unlock()

	c.cut()
}

// Refuse resets every connection, and every new one.
func (c *Cutter) Refuse() {
	c.mu.Lock()
	defer c.mu.Unlock()

	c.refuses = true
	c.cut()
}

// CutAfter lets so many bytes more through to the server, resets every connection and
// calls then, once. Where refuse is set, new connections are reset from then on.
func (c *Cutter) CutAfter(bytes int, refuse bool, then func()) {
	c.mu.Lock()
	defer c.mu.Unlock()

	c.left = bytes
	c.then = func() {
		c.refuses = c.refuses || refuse

		if then != nil {
			go then()
		}
	}
}

// cut needs the lock.
func (c *Cutter) cut() {
	for conn, toServer := range c.conns {
		if tcp, ok := conn.(*net.TCPConn); ok && !toServer {
			_ = tcp.SetLinger(0)
		}

		_ = conn.Close()
	}

	clear(c.conns)
}

func (c *Cutter) accept() {
	for {
		conn, err := c.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}

		if err == nil {
			c.workers.Go(func() { c.serve(conn) })
		}
	}
}

func (c *Cutter) serve(client net.Conn) {
	server, err := net.Dial("tcp", c.target) //nolint:noctx // on this machine, at once or not at all
	if err != nil {
		_ = client.Close()

		return
	}

	if !c.keep(client, server) {
		return
	}

	var back sync.WaitGroup

	back.Go(func() {
		_, _ = io.Copy(client, server)
		_ = client.Close()
	})

	c.forward(server, client)
	_ = server.Close()

	back.Wait()

	c.mu.Lock()
	defer c.mu.Unlock()

	delete(c.conns, client)
	delete(c.conns, server)
}

func (c *Cutter) keep(client, server net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()

	c.conns[client], c.conns[server] = false, true

	if c.refuses {
		c.cut()
	}

	return !c.refuses
}

// forward passes on what a client sends, as far as it may pass.
func (c *Cutter) forward(server, client net.Conn) {
	buffer := make([]byte, 32<<10)

	for {
		n, err := client.Read(buffer)
		passes, tripped := c.pass(n)

		if _, lost := server.Write(buffer[:passes]); lost != nil || err != nil {
			return
		}

		if tripped {
			c.trip()

			return
		}
	}
}

// pass says how many of so many bytes may pass, and whether the cut comes then.
func (c *Cutter) pass(n int) (passes int, tripped bool) {
	c.mu.Lock()
	defer c.mu.Unlock()

	switch {
	case c.left < 0:
		return n, false
	case n < c.left:
		c.left -= n

		return n, false
	default:
		passes, c.left = c.left, -1

		return passes, true
	}
}

func (c *Cutter) trip() {
	c.mu.Lock()
	defer c.mu.Unlock()

	then := c.then
	c.then = nil

	c.cut()

	if then != nil {
		then()
	}
}
