package follow_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"diemhouse/internal/devnet"
)

func TestHistoryAndHeadEqualTheChain(t *testing.T) {
	t.Parallel()

	b := setup(t, devnet.Config{})
	r := b.run(t, b.daemon())
	b.caughtUp(t, r)
	b.requireTruth(t)

	_, err := b.net.Mine(20)
	require.NoError(t, err)
	b.caughtUp(t, r)
	b.requireTruth(t)

	require.NoError(t, b.heard.stumbled())
	require.Empty(t, b.heard.reorgs())
	stopped(t, r)
}

func TestNothingIsLeftRunning(t *testing.T) { //nolint:paralleltest // it looks at all goroutines
	b := setup(t, devnet.Config{})
	before := goleak.IgnoreCurrent()

	r := b.run(t, b.daemon())
	b.caughtUp(t, r)
	stopped(t, r)
	b.pool.Close()

	goleak.VerifyNone(t, before)
}
