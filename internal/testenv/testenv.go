package testenv

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"diemhouse/pkg/store"
	"diemhouse/pkg/store/embedded"
)

// cleanup bounds what is done after a test, when its own context has ended.
const cleanup = 30 * time.Second

// server is the binary's one ClickHouse.
var server struct {
	once sync.Once
	s    *embedded.Server
	dir  string
	err  error
}

// databases counts the databases that were handed out.
var databases atomic.Int64

// Main runs a test binary's tests and ends the ClickHouse that they started. Use it as
//
//	func TestMain(m *testing.M) { os.Exit(testenv.Main(m)) }
func Main(m *testing.M) int {
	embedded.Main()

	code := m.Run()

	if err := stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stop the tests' ClickHouse:", err)

		return max(code, 1)
	}

	return code
}

// Open is a migrated, empty warehouse of the test's own, which is gone after it.
func Open(tb testing.TB) *store.Store {
	tb.Helper()

	s := connect(tb.Context(), tb, DSN(tb))
	tb.Cleanup(func() { require.NoError(tb, s.Close()) })
	require.NoError(tb, s.Migrate(tb.Context()))

	return s
}

// DSN is the native address of a database that does not exist yet. What the test
// makes of it is gone after it.
func DSN(tb testing.TB) string {
	tb.Helper()

	s := start(tb)
	database := fmt.Sprintf("test_%d", databases.Add(1))

	tb.Cleanup(func() { drop(tb, s, database) })

	return s.DSN()[:strings.LastIndex(s.DSN(), "/")+1] + database
}

// HTTPURL is the address of the HTTP interface of the same server, without a
// database.
func HTTPURL(tb testing.TB) string {
	tb.Helper()

	return start(tb).HTTPURL()
}

func start(tb testing.TB) *embedded.Server {
	tb.Helper()

	server.once.Do(func() {
		server.dir, server.err = os.MkdirTemp("", "diemhouse-test-") //nolint:usetesting // the server outlives the test
		if server.err != nil {
			return
		}

		// Not the test's context: the server outlives it.
		server.s, server.err = embedded.Start(context.Background(), embedded.Config{
			DataDir: server.dir, Log: os.Stderr,
			Restarted: func(cause error) { fmt.Fprintln(os.Stderr, "the tests' ClickHouse was started again:", cause) },
		})
	})
	require.NoError(tb, server.err, "start the tests' ClickHouse")

	return server.s
}

func stop() error {
	var closed error
	if server.s != nil {
		closed = server.s.Close()
	}

	if server.dir == "" {
		return closed
	}

	return errors.Join(closed, os.RemoveAll(server.dir))
}

func drop(tb testing.TB, server *embedded.Server, database string) {
	tb.Helper()

	ctx, cancel := context.WithTimeout(context.Background(), cleanup)
	defer cancel()

	s := connect(ctx, tb, server.DSN())
	require.NoError(tb, s.Conn().Exec(ctx, "DROP DATABASE IF EXISTS "+database+" SYNC"))
	require.NoError(tb, s.Close())
}

// connect waits for the server where another test's broken client has ended it: it is
// started again on the same ports.
func connect(ctx context.Context, tb testing.TB, dsn string) *store.Store {
	tb.Helper()

	for {
		s, err := store.Open(ctx, store.Config{DSN: dsn})
		if err == nil {
			return s
		}

		require.NoError(tb, ctx.Err(), "%v", err)
		require.True(tb, store.Retryable(err), "%v", err)
	}
}
