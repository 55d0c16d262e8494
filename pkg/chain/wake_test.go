package chain

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"diemhouse/internal/devnet"
)

// awaitWake waits for one firing.
func awaitWake(tb testing.TB, wake <-chan struct{}) {
	tb.Helper()

	select {
	case _, ok := <-wake:
		require.True(tb, ok)
	case <-time.After(20 * time.Second):
		require.Fail(tb, "nothing woke")
	}
}

func TestWakeHearsOfNewBlocks(t *testing.T) {
	t.Parallel()

	node, other := ownNode(t, devnet.Config{Seed: 31}), ownAnvil(t, 1)

	for name, c := range map[string]struct {
		url  string
		mine func() error
	}{
		"go-ethereum": {node.WSURL(), func() error { _, err := node.Mine(1); return err }},
		"anvil":       {other.WSURL(), func() error { return other.Empty(t.Context(), 1) }},
	} {
		cfg := quick(c.url)
		cfg.PollInterval = time.Hour // Whatever fires is the subscription.

		ctx, cancel := context.WithCancel(t.Context())
		wake := newPool(t, cfg).Wake(ctx)
		awaitWake(t, wake) // At once, for the first time.

		// The subscription may not stand yet when the block comes: mine until it is heard.
		require.Eventually(t, func() bool {
			require.NoError(t, c.mine(), name)

			select {
			case <-wake:
				return true
			case <-time.After(50 * time.Millisecond):
				return false
			}
		}, 20*time.Second, time.Millisecond, name)

		cancel()

		for range wake { // It is closed once everything behind it is gone.
		}
	}
}

func TestWakePollsWhereNothingTells(t *testing.T) {
	t.Parallel()

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()

	// One endpoint has no subscriptions, the other is not there.
	wake := newPool(t, quick("http://127.0.0.1:1", "ws://127.0.0.1:1")).Wake(ctx)
	for range 5 {
		awaitWake(t, wake)
	}

	cancel()

	for range wake { // Until it is closed.
	}
}

// A subscription that was cut off comes back.
func TestWakeSubscribesAgain(t *testing.T) {
	t.Parallel()

	node := ownNode(t, devnet.Config{Seed: 32})
	cfg := quick(node.WSURL())
	cfg.PollInterval = time.Hour

	p := newPool(t, cfg)
	ctx, cancel := context.WithCancel(t.Context())
	wake := p.Wake(ctx)

	var mined atomic.Int64

	heard := func() bool {
		if _, err := node.Mine(1); err != nil {
			return false
		}

		mined.Add(1)

		select {
		case <-wake:
			return true
		case <-time.After(50 * time.Millisecond):
			return false
		}
	}

	awaitWake(t, wake)
	require.Eventually(t, heard, 20*time.Second, time.Millisecond)

	p.endpoints[0].wire.close() // The connection dies.

	for range 3 {
		require.Eventually(t, heard, 20*time.Second, time.Millisecond)
	}

	cancel()

	for range wake { // Until it is closed.
	}
}
