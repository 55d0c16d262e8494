package sim

import (
	"context"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"

	"diemhouse/pkg/store"
	"diemhouse/pkg/store/embedded"
)

const (
	// mostKills of an engine within killWindow are done: after more the embedded server
	// takes it for broken, which is right.
	mostKills  = 6
	killWindow = time.Minute
)

// Engine is a ClickHouse that can be killed.
type Engine struct {
	server *embedded.Server
	dir    string

	mu        sync.Mutex
	kills     []time.Time
	databases int
}

// StartEngine starts one in a directory of its own.
func StartEngine(ctx context.Context) (*Engine, error) {
	dir, err := os.MkdirTemp("", "diemhouse-sim-")
	if err != nil {
		return nil, fmt.Errorf("directory of ClickHouse: %w", err)
	}

	server, err := embedded.Start(ctx, embedded.Config{DataDir: dir})
	if err != nil {
		_ = os.RemoveAll(dir)

		return nil, fmt.Errorf("start ClickHouse: %w", err)
	}

	return &Engine{server: server, dir: dir}, nil
}

// Close stops it and removes its data.
func (e *Engine) Close() error {
	if err := e.server.Close(); err != nil {
		return fmt.Errorf("stop ClickHouse: %w", err)
	}

	return os.RemoveAll(e.dir)
}

// Kill sends SIGKILL. The server starts again by itself. It reports false, and does
// nothing, where that happened too often of late.
func (e *Engine) Kill() bool {
	e.mu.Lock()
	defer e.mu.Unlock()

	if n := len(e.kills); n >= mostKills && time.Since(e.kills[n-mostKills]) < killWindow {
		return false
	}

	e.kills = append(e.kills, time.Now())

	return syscall.Kill(e.server.PID(), syscall.SIGKILL) == nil
}

// database is a name that no other world of this engine has.
func (e *Engine) database() string {
	e.mu.Lock()
	defer e.mu.Unlock()

	e.databases++

	return fmt.Sprintf("sim_%d", e.databases)
}

// dsn is that of a database behind an address.
func (e *Engine) dsn(address, database string) string {
	return "clickhouse://default@" + address + "/" + database
}

// address is that of the native port.
func (e *Engine) address() string { return fmt.Sprintf("127.0.0.1:%d", e.server.TCPPort()) }

// drop removes a database.
func (e *Engine) drop(ctx context.Context, database string) error {
	s, err := store.Open(ctx, store.Config{DSN: e.server.DSN()})
	if err != nil {
		return fmt.Errorf("drop database %s: %w", database, err)
	}
	defer s.Close() //nolint:errcheck // what it was opened for is done or has failed

	if err := s.Conn().Exec(ctx, "DROP DATABASE IF EXISTS "+database+" SYNC"); err != nil {
		return fmt.Errorf("drop database %s: %w", database, err)
	}

	return nil
}
