package store_test

import (
	"context"
	"testing"
	"time"

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
