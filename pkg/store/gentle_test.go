package store_test

import (
	"context"
	"net"
	"runtime"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/stretchr/testify/require"

	"diemhouse/pkg/store"
	"diemhouse/pkg/store/embedded"
)

// Calls that are canceled at any moment, dialling included, do not end the engine.
func TestCanceledCallsDoNotEndTheEngine(t *testing.T) {
	t.Parallel()

	server, err := embedded.Start(t.Context(), embedded.Config{
		DataDir:   t.TempDir(),
		Restarted: func(cause error) { t.Errorf("the engine ended: %v", cause) },
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })

	for i := range 400 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i%40)*100*time.Microsecond)

		s, err := store.Open(ctx, store.Config{DSN: server.DSN()})
		if err == nil {
			_, _, _ = s.Cursor(ctx) // it ends as it may

			require.NoError(t, s.Close())
		}

		cancel()
	}

	s, err := store.Open(t.Context(), store.Config{DSN: server.DSN()})
	require.NoError(t, err)
	require.NoError(t, s.Close())
}

// A server that hangs does not hold up who leaves it, though deadlines are lifted
// meanwhile, as clickhouse-go does when a query ends.
func TestLeavingAServerThatHangs(t *testing.T) {
	t.Parallel()

	silent, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, silent.Close()) })

	options := &clickhouse.Options{}
	store.CloseGently(options)

	conn, err := options.DialContext(t.Context(), silent.Addr().String())
	require.NoError(t, err)

	go func() {
		for conn.SetReadDeadline(time.Time{}) == nil {
			runtime.Gosched()
		}
	}()

	closed := make(chan error)
	go func() { closed <- conn.Close() }()

	select {
	case err := <-closed:
		require.NoError(t, err)
	case <-time.After(time.Minute):
		require.Fail(t, "the connection does not close")
	}
}
