package store

import (
	"context"
	"io"
	"net"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// parting is how long a closing connection waits for the server to hang up too.
const parting = 250 * time.Millisecond

// CloseGently makes native connections end with a goodbye. One that is closed over unread
// bytes, as a canceled call leaves it, is reset by the kernel; the embedded engine
// ends as a whole when that meets it in a handshake.
func CloseGently(options *clickhouse.Options) {
	if options.Protocol != clickhouse.Native || options.TLS != nil || options.DialContext != nil {
		return
	}

	dialer := &net.Dialer{Timeout: options.DialTimeout}
	options.DialContext = func(ctx context.Context, address string) (net.Conn, error) {
		conn, err := dialer.DialContext(ctx, "tcp", address)
		if tcp, ok := conn.(*net.TCPConn); ok && err == nil {
			return gentleConn{tcp}, nil
		}

		return conn, err
	}
}

type gentleConn struct{ *net.TCPConn }

// Close says that nothing more is sent, and reads on until the server hangs up, but not
// for ever: clickhouse-go lifts deadlines, so what ends the reading is the end itself.
func (c gentleConn) Close() error {
	if c.CloseWrite() != nil {
		return c.TCPConn.Close()
	}

	late := time.AfterFunc(parting, func() { _ = c.TCPConn.Close() })
	_, _ = io.Copy(io.Discard, c.TCPConn) // whatever it says, nobody waits for it

	if !late.Stop() {
		return nil // It is closed.
	}

	return c.TCPConn.Close()
}
