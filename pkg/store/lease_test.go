package store_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"diemhouse/internal/testenv"
	"diemhouse/pkg/store"
)

func TestSecondDaemonIsRefusedOrWaits(t *testing.T) {
	t.Parallel()

	dsn := testenv.DSN(t)
	first, second := open(t, dsn), open(t, dsn)
	require.NoError(t, first.Migrate(t.Context()))

	lease, err := first.Lease(t.Context(), store.LeaseConfig{Holder: "host a, process 1"})
	require.NoError(t, err)

	_, err = second.Lease(t.Context(), store.LeaseConfig{Holder: "host b, process 2"})

	var held *store.HeldError

	require.ErrorAs(t, err, &held)
	require.Equal(t, "host a, process 1", held.By)
	require.Positive(t, held.For)
	require.LessOrEqual(t, held.For, store.DefaultLease)
	require.ErrorContains(t, err, "host a, process 1")

	// It waits, and has it as soon as the first gives it back.
	waiting := make(chan *store.HeldError, 1)
	taken := make(chan error, 1)

	go func() {
		lease, err := second.Lease(t.Context(), store.LeaseConfig{
			Holder: "host b, process 2", TTL: time.Second,
			Waiting: func(held *store.HeldError) {
				select {
				case waiting <- held:
				default:
				}
			},
		})
		if err == nil {
			err = lease.Release(t.Context())
		}
		taken <- err
	}()

	require.Equal(t, "host a, process 1", (<-waiting).By)
	require.NoError(t, lease.Release(t.Context()))
	require.NoError(t, <-taken)
}

func TestWaitingEndsWithItsContext(t *testing.T) {
	t.Parallel()

	dsn := testenv.DSN(t)
	first := open(t, dsn)
	require.NoError(t, first.Migrate(t.Context()))

	lease, err := first.Lease(t.Context(), store.LeaseConfig{Holder: "a"})
	require.NoError(t, err)

	ctx, cancel := context.WithCancel(t.Context())
	_, err = open(t, dsn).Lease(ctx, store.LeaseConfig{Holder: "b", Waiting: func(*store.HeldError) { cancel() }})
	require.ErrorIs(t, err, context.Canceled)
	require.NoError(t, lease.Release(t.Context()))
}

// TestLeaseOfTheDeadEnds has a holder that is killed: after its time another has it.
func TestLeaseOfTheDeadEnds(t *testing.T) {
	t.Parallel()

	dsn := testenv.DSN(t)
	first, second := process(t, dsn, ""), open(t, dsn)
	require.NoError(t, second.Migrate(t.Context()))

	_, err := first.Lease(t.Context(), store.LeaseConfig{Holder: "doomed", TTL: time.Second})
	require.NoError(t, err)
	require.NoError(t, first.Close(), "from now on it cannot renew")

	lease, err := second.Lease(t.Context(), store.LeaseConfig{Holder: "heir", Waiting: func(*store.HeldError) {}})
	require.NoError(t, err)
	require.NoError(t, lease.Release(t.Context()))
}

// TestLostLeaseStopsWrites has a holder that can no longer renew: it stops by itself,
// before another can have the lease.
func TestLostLeaseStopsWrites(t *testing.T) {
	t.Parallel()

	s, c := testenv.Open(t), newChain(70)
	c.grow(3)

	lease, err := s.Lease(t.Context(), store.LeaseConfig{Holder: "a", TTL: time.Second})
	require.NoError(t, err)
	require.NoError(t, s.Write(t.Context(), c.head(1, store.Range{From: 1, To: 1})))

	require.NoError(t, s.Conn().Exec(t.Context(), "RENAME TABLE lease TO lease_away"))
	<-lease.Lost()

	require.ErrorIs(t, s.Write(t.Context(), c.head(1, store.Range{From: 2, To: 2})), store.ErrLeaseLost)
	require.ErrorIs(t, s.Rewind(t.Context(), 0), store.ErrLeaseLost)
	require.NoError(t, s.Write(t.Context(), c.history(store.Range{From: 2, To: 3})), "settled blocks need no lease")
	require.NoError(t, s.Conn().Exec(t.Context(), "RENAME TABLE lease_away TO lease"))
	require.NoError(t, lease.Release(t.Context()))
	require.NoError(t, s.Rewind(t.Context(), 0), "without a lease nothing is asked")
}

func TestLeaseIsRenewed(t *testing.T) {
	t.Parallel()

	dsn := testenv.DSN(t)
	s, other := open(t, dsn), open(t, dsn)
	require.NoError(t, s.Migrate(t.Context()))

	lease, err := s.Lease(t.Context(), store.LeaseConfig{Holder: "a", TTL: 2 * time.Second})
	require.NoError(t, err)

	// Three times its length, by the count of its renewals.
	require.Eventually(t, func() bool {
		return number(t, s, "SELECT max(version) FROM lease") >= 12
	}, time.Minute, 20*time.Millisecond)

	_, err = other.Lease(t.Context(), store.LeaseConfig{Holder: "b"})

	var held *store.HeldError

	require.ErrorAs(t, err, &held)
	require.NoError(t, lease.Release(t.Context()))
}

// TestOneOfManyGetsTheLease has many that ask at once, over and over.
func TestOneOfManyGetsTheLease(t *testing.T) {
	t.Parallel()

	dsn := testenv.DSN(t)
	require.NoError(t, open(t, dsn).Migrate(t.Context()))

	const processes, rounds = 4, 2

	var (
		holders atomic.Int32
		most    atomic.Int32
		ended   = make(chan error, processes)
	)

	for range processes {
		s := open(t, dsn)

		go func() {
			for range rounds {
				lease, err := s.Lease(t.Context(), store.LeaseConfig{
					Holder: "one of many", TTL: 30 * time.Second, Waiting: func(*store.HeldError) {},
				})
				if err != nil {
					ended <- err

					return
				}

				now := holders.Add(1)
				for old := most.Load(); now > old && !most.CompareAndSwap(old, now); old = most.Load() {
				}

				holders.Add(-1)

				if err := lease.Release(t.Context()); err != nil {
					ended <- err

					return
				}
			}

			ended <- nil
		}()
	}

	for range processes {
		require.NoError(t, <-ended)
	}

	require.Equal(t, int32(1), most.Load(), "never two at once")
}
