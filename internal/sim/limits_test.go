package sim_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"diemhouse/internal/sim"
)

// TestTwoDaemonsOnOneWarehouse: the second waits, and goes on where the first was killed.
func TestTwoDaemonsOnOneWarehouse(t *testing.T) {
	w := plain(t, start(t))
	filled(t, w)

	taken, err := w.Second(t.Context())
	require.NoError(t, err)

	_, err = w.Net.Reorg(5)
	require.NoError(t, err)
	require.NoError(t, w.CaughtUp(t.Context()))

	select {
	case <-taken:
	case <-t.Context().Done():
	}

	require.NoError(t, w.Succeed())

	_, err = w.Net.Reorg(3)
	require.NoError(t, err)
	_, err = w.Net.Mine(4)
	require.NoError(t, err)

	requireAllTrue(t, w)
}

// TestNothingRunsOnAfterManyLives: daemons that were stopped, killed and cut off, over
// HTTP and WebSocket, under faults, leave no goroutine behind.
func TestNothingRunsOnAfterManyLives(t *testing.T) {
	const lives = 12

	w := plain(t, start(t))
	filled(t, w)
	require.NoError(t, w.Down(sim.Stop))

	before := goleak.IgnoreCurrent()

	for life := range lives {
		faults := sim.Weather{}
		if life%2 == 1 {
			faults = sim.Weather{Faults: sim.Loud(), Odds: 0.2}
		}

		for _, e := range w.Endpoints {
			e.SetWeather(faults)
		}

		require.NoError(t, w.Up(t.Context()))

		_, err := w.Net.Mine(1)
		require.NoError(t, err)

		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(life)*20*time.Millisecond)
		_ = w.CaughtUp(ctx) // as far as it gets

		cancel()

		end := sim.Stop
		if life%3 == 0 {
			end = sim.Kill
		}

		require.NoError(t, w.Down(end))
	}

	w.Disconnect()
	// The engine may end at a connection that is cut at a bad moment; its next one is
	// another child process, which belongs to the test.
	goleak.VerifyNone(t, before,
		goleak.IgnoreAnyFunction("diemhouse/pkg/store/embedded.run.func1"),
		goleak.IgnoreAnyFunction("os/exec.(*Cmd).writerDescriptor.func1"))
	requireAllTrue(t, w)
}

// TestFullDisk: whatever table cannot be written, nothing is damaged, and the daemon goes
// on by itself when there is room again.
func TestFullDisk(t *testing.T) {
	w := plain(t, start(t))
	filled(t, w)

	for _, table := range []string{"events", "ledger", "coverage", "rewinds"} {
		require.NoError(t, w.FillDisk(t.Context(), table), table)

		_, err := w.Net.Reorg(4)
		require.NoError(t, err)

		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		require.Error(t, w.CaughtUp(ctx), "%s: there is no room", table)
		cancel()

		require.NoError(t, w.FreeDisk(t.Context(), table), table)
		requireAllTrue(t, w)
	}
}

// requireAllTrue lets the daemon catch up and compares everything.
func requireAllTrue(t *testing.T, w *sim.World) {
	t.Helper()

	for _, e := range w.Endpoints {
		e.SetWeather(sim.Weather{})
	}

	require.NoError(t, filled(t, w).Compare(t.Context()))
}
