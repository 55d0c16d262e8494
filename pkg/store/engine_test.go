package store_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/testenv"
	"diemhouse/pkg/store"
	"diemhouse/pkg/store/embedded"
)

// writerEnv makes this test binary a process that follows the tests' chain into the
// warehouse it names, to the end, as the daemon does.
const writerEnv = "STORE_TEST_WRITER"

// long is how many blocks the writers that are killed have to write.
const long = 60

func longChain() *madeChain {
	c := newChain(80)
	c.grow(long)

	return c
}

func TestMain(m *testing.M) {
	if dsn := os.Getenv(writerEnv); dsn != "" {
		if err := writer(context.Background(), dsn); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}

		return
	}

	os.Exit(testenv.Main(m))
}

// writer starts as the daemon starts, and goes on where the last one was ended.
func writer(ctx context.Context, dsn string) error {
	s, err := store.Open(ctx, store.Config{DSN: dsn})
	if err != nil {
		return err
	}

	if err := s.RewindAboveCursor(ctx); err != nil {
		return err
	}

	return writeOn(ctx, s, longChain())
}

func writeOn(ctx context.Context, s *store.Store, c *madeChain) error {
	cursor, _, err := s.Cursor(ctx)
	if err != nil {
		return err
	}

	for n := cursor + 1; n <= c.tip(); n++ {
		if err := s.Write(ctx, c.head(1, store.Range{From: n, To: n})); err != nil {
			return err
		}

		fmt.Println(n) // whoever kills it waits for this
	}

	return nil
}

// ownServer is a server of the test's own, to be ended without harm to the others, and
// a channel that hears of every restart.
func ownServer(t *testing.T) (*embedded.Server, <-chan error) {
	t.Helper()

	restarted := make(chan error, 64)

	server, err := embedded.Start(t.Context(), embedded.Config{
		DataDir: t.TempDir(), Log: t.Output(), Restarted: func(cause error) { restarted <- cause },
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })

	return server, restarted
}

// patiently repeats what Retryable says may work again.
func patiently(t *testing.T, op func() error) (attempts int) {
	t.Helper()

	_, err := backoff.Retry(t.Context(), func() (bool, error) {
		attempts++

		err := op()
		if err != nil && !store.Retryable(err) {
			return false, backoff.Permanent(err)
		}

		return true, err
	}, backoff.WithMaxElapsedTime(2*time.Minute))
	require.NoError(t, err)

	return attempts
}

// TestKilledWriter kills a process that writes, for real and at any moment, over and
// over, until one is let live to the end. The server may end with it: the library does
// not survive a client that dies in the middle of its hello. So there are no more kills
// than starts that the server is good for within a minute.
func TestKilledWriter(t *testing.T) {
	t.Parallel()

	const kills = 10

	server, _ := ownServer(t)
	s, c := open(t, server.DSN()), longChain()
	require.NoError(t, s.Migrate(t.Context()))

	killed, done := 0, false

	for starts := 0; !done; starts++ {
		require.Less(t, starts, 10*kills, "no writer gets to its end")

		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), writerEnv+"="+server.DSN())
		cmd.Stderr = t.Output()
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())

		// It lives until it has written something; then any moment may be its last.
		wrote := bufio.NewScanner(out)
		if wrote.Scan() && killed < kills {
			time.Sleep(time.Duration(killed%7) * 11 * time.Millisecond)

			_ = cmd.Process.Kill() // if it still lives
			killed++
		}

		for wrote.Scan() {
			continue // to its end
		}

		done = cmd.Wait() == nil // else it was killed, or out of luck with the server
	}

	require.Greater(t, killed, 3)
	requireHolds(t, s, c.between(store.Range{From: 1, To: long}))
	requireCovered(t, s, store.Range{From: 1, To: long})
}

// TestKilledServer kills the server under a process that writes, and lets it write on
// by the word of Retryable alone.
func TestKilledServer(t *testing.T) {
	t.Parallel()

	server, restarted := ownServer(t)
	s, c := open(t, server.DSN()), longChain()
	require.NoError(t, s.Migrate(t.Context()))

	attempts := 0

	for n := uint64(1); n <= c.tip(); n++ {
		if n%20 == 0 && n < long {
			// In the middle of the writes that follow.
			go func() { _ = syscall.Kill(server.PID(), syscall.SIGKILL) }()
		}

		attempts += patiently(t, func() error { return s.Write(t.Context(), c.head(1, store.Range{From: n, To: n})) })

		if n%20 == 10 && n > 20 {
			require.ErrorIs(t, <-restarted, embedded.ErrStopped)
		}
	}

	require.Greater(t, attempts, long, "the server was missed")
	requireHolds(t, s, c.between(store.Range{From: 1, To: long}))
	requireCovered(t, s, store.Range{From: 1, To: long})
}
