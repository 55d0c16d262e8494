package store_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"diemhouse/internal/testenv"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
)

// follow writes the blocks from first to the tip as the head loop does, a block at a
// time.
func follow(t *testing.T, s *store.Store, c *madeChain, since, first uint64) {
	t.Helper()

	for n := first; n <= c.tip(); n++ {
		require.NoError(t, s.Write(t.Context(), c.head(since, store.Range{From: n, To: n})))
	}
}

func TestRewindUndoesEveryTable(t *testing.T) {
	t.Parallel()

	s, c := testenv.Open(t), newChain(10)
	c.grow(40)
	follow(t, s, c, 1, 1)
	requireHolds(t, s, c.between(store.Range{From: 1, To: 40}))

	require.NoError(t, s.PutParam(t.Context(), store.Param{Name: store.ParamCooldown, FirstBlock: 38, Learned: store.LearnedSampled}))
	require.NoError(t, s.PutCurve(t.Context(), store.CurveEpoch{FirstBlock: 38, Learned: store.LearnedSampled, Curve: c.curve()}))

	for _, to := range []uint64{39, 39, 25, 7} {
		require.NoError(t, s.Rewind(t.Context(), to))
		requireHolds(t, s, c.between(store.Range{From: 1, To: to}))
		requireCovered(t, s, store.Range{From: 1, To: to})

		cursor, ok, err := s.Cursor(t.Context())
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, to, cursor)

		_, kept, err := s.BlockHash(t.Context(), to)
		require.NoError(t, err)
		require.True(t, kept)

		_, kept, err = s.BlockHash(t.Context(), to+1)
		require.NoError(t, err)
		require.False(t, kept, "an abandoned block has no hash")
	}

	require.Zero(t, number(t, s, "SELECT count() FROM params FINAL WHERE block_number = 38"), "a sampled value above is undone too")
	require.Zero(t, number(t, s, "SELECT count() FROM curve FINAL WHERE block_number = 38"))
	require.Equal(t, uint64(3), number(t, s, "SELECT count() FROM rewinds WHERE reason = 'reorg' AND from_block > block_number"))
}

// TestReorgAndBack is A→B→A: it ends where A began.
func TestReorgAndBack(t *testing.T) {
	t.Parallel()

	s, c := testenv.Open(t), newChain(11)
	c.grow(30)
	follow(t, s, c, 1, 1)

	branch := append([]madeBlock(nil), c.blocks...)

	for range 3 {
		c.abandon(20)
		c.grow(8)
		require.NoError(t, s.Rewind(t.Context(), 20))
		follow(t, s, c, 1, 21)
		requireHolds(t, s, c.between(store.Range{From: 1, To: 28}))

		c.blocks = append([]madeBlock(nil), branch...)
		require.NoError(t, s.Rewind(t.Context(), 20))
		follow(t, s, c, 1, 21)
		requireHolds(t, s, c.between(store.Range{From: 1, To: 30}))
		requireCovered(t, s, store.Range{From: 1, To: 30})
	}

	hash, ok, err := s.BlockHash(t.Context(), 25)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, branch[25].Hash, hash)

	// Merges change no answer either.
	for _, table := range []string{"events", "ledger", "curve", "params", "blocks", "coverage"} {
		require.NoError(t, s.Conn().Exec(t.Context(), "OPTIMIZE TABLE "+table+" FINAL"))
	}

	requireHolds(t, s, c.between(store.Range{From: 1, To: 30}))
	requireCovered(t, s, store.Range{From: 1, To: 30})
}

// TestReorgAcrossAMonth mines a block again on the other side of a month's end: one
// place, two partitions.
func TestReorgAcrossAMonth(t *testing.T) {
	t.Parallel()

	const february = 1_738_368_000

	for name, times := range map[string][2]uint64{
		"Later":   {february - 1, february + 1},
		"Earlier": {february + 1, february - 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			s, c := testenv.Open(t), newChain(12)
			mined := func(at uint64, kind decode.Kind) {
				c.abandon(0)
				c.grow(1)
				b := &c.blocks[1]
				b.Time = at
				b.events = []decode.Event{c.event(*b), c.event(*b)}

				for i := range b.events {
					b.events[i] = decode.Event{
						BlockNumber: 1, LogIndex: uint32(i), BlockTime: at, BlockHash: b.Hash, Kind: kind, VVVWei: c.amount(), DIEMWei: c.amount(),
					}
				}
			}
			one := store.Range{From: 1, To: 1}

			mined(times[0], decode.KindDIEMMint)
			require.NoError(t, s.Write(t.Context(), c.head(1, one)))
			requireHolds(t, s, c.between(one))

			require.NoError(t, s.Rewind(t.Context(), 0))
			requireHolds(t, s, nil)

			mined(times[1], decode.KindDIEMBurn)
			require.NoError(t, s.Write(t.Context(), c.head(1, one)))
			requireHolds(t, s, c.between(one))

			// The same without a rewind, as two writers that disagree would leave it.
			mined(times[0], decode.KindDIEMMint)
			require.NoError(t, s.Write(t.Context(), c.head(1, one)))
			requireSame(t, c.between(one), storedEvents(t, s), "a place has one event, in whatever month")

			require.Equal(t, uint64(2), number(t, s, "SELECT uniqExact(partition) FROM system.parts "+
				"WHERE database = currentDatabase() AND table = 'events' AND active"), "the case under test: two partitions")

			require.NoError(t, s.Rewind(t.Context(), 0))
			requireHolds(t, s, nil)

			// Nothing is left in either month, whoever reads them apart.
			for _, table := range []string{"events", "ledger"} {
				require.Zero(t, number(t, s, "SELECT count() FROM "+table+
					" FINAL SETTINGS do_not_merge_across_partitions_select_final = 1"))
			}

			require.NoError(t, s.Write(t.Context(), c.head(1, one)))
			requireHolds(t, s, c.between(one))
		})
	}
}

// TestLeftoversOfACrash has a view's row without its event and an event without its
// view's rows: what a kill inside an insert leaves.
func TestLeftoversOfACrash(t *testing.T) {
	t.Parallel()

	for name, broken := range map[string][]string{
		"EventWithoutViews": {"DETACH TABLE ledger_mv", "DETACH TABLE curve_mv", "DETACH TABLE params_mv"},
		"ViewsWithoutEvent": nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			s, c := testenv.Open(t), newChain(13)
			c.grow(40)
			require.NoError(t, s.Write(t.Context(), c.head(1, store.Range{From: 1, To: 20})))

			for _, statement := range broken {
				require.NoError(t, s.Conn().Exec(t.Context(), statement))
			}

			torn := c.head(1, store.Range{From: 21, To: 40})
			torn.Covered = nil
			require.NoError(t, s.Write(t.Context(), torn))

			if broken == nil {
				require.NoError(t, s.Conn().Exec(t.Context(), "DELETE FROM events WHERE block_number > 20"))
			}

			for _, statement := range broken {
				require.NoError(t, s.Conn().Exec(t.Context(), "ATTACH"+statement[len("DETACH"):]))
			}

			require.NoError(t, s.RewindAboveCursor(t.Context()))
			requireHolds(t, s, c.between(store.Range{From: 1, To: 20}))

			c.abandon(20)
			c.grow(20)
			follow(t, s, c, 1, 21)
			requireHolds(t, s, c.between(store.Range{From: 1, To: 40}))
		})
	}
}

func TestStartOnAnEmptyWarehouse(t *testing.T) {
	t.Parallel()

	s := testenv.Open(t)
	require.NoError(t, s.RewindAboveCursor(t.Context()))

	_, ok, err := s.Cursor(t.Context())
	require.NoError(t, err)
	require.False(t, ok)
	require.Zero(t, number(t, s, "SELECT count() FROM rewinds"), "nothing to undo is no rewind")
}

// TestStartBesideHistory starts the head while another process fills history: the
// start's rewind reaches into what that process has written and not covered yet.
func TestStartBesideHistory(t *testing.T) {
	t.Parallel()

	for name, skew := range map[string]time.Duration{
		"ClocksAgree":     0,
		"HistoryIsBehind": -time.Hour,
		"HistoryIsAhead":  time.Hour,
	} {
		for _, at := range store.WriteSteps {
			t.Run(name+"/"+at, func(t *testing.T) {
				t.Parallel()

				dsn := testenv.DSN(t)
				daemon, history, c := open(t, dsn), open(t, dsn), newChain(14)
				require.NoError(t, daemon.Migrate(t.Context()))
				history.SetClock(func() time.Time { return time.Now().Add(skew) })
				c.grow(30)

				// The daemon has looked at the warehouse before the others wrote to it.
				require.NoError(t, daemon.SetHeads(t.Context(), store.Heads{Head: 30}))
				require.NoError(t, history.Write(t.Context(), c.history(store.Range{From: 1, To: 10})))

				once := false

				history.OnStep(func(ctx context.Context, step string) error {
					if step != at || once {
						return nil
					}

					once = true

					return daemon.RewindAboveCursor(ctx)
				})

				rest := store.Range{From: 11, To: 30}
				err := history.Write(t.Context(), c.history(rest))

				if err != nil {
					var overtaken *store.OvertakenError

					require.ErrorAs(t, err, &overtaken)
					require.True(t, store.Retryable(err))
				}

				// What counts as covered is there, whatever happened.
				missing, gapErr := daemon.Gaps(t.Context(), store.FilterCore, 1, 30)
				require.NoError(t, gapErr)

				if err == nil {
					require.Empty(t, missing)
				} else {
					require.Equal(t, []store.Range{rest}, missing)
					require.NoError(t, history.Write(t.Context(), c.history(rest)))
				}

				requireHolds(t, daemon, c.between(store.Range{From: 1, To: 30}))
				requireCovered(t, daemon, store.Range{From: 1, To: 30})
			})
		}
	}
}

// TestInsertThatOutlivesItsClient has the server still at work on an insert near the
// head whose client is gone: a rewind ends it first, so that no row lands after the
// tombstones.
func TestInsertThatOutlivesItsClient(t *testing.T) {
	t.Parallel()

	s, c := testenv.Open(t), newChain(15)
	c.grow(20)
	require.NoError(t, s.Write(t.Context(), c.head(1, store.Range{From: 1, To: 10})))

	// A view that waits for the test holds the insert up.
	var armed atomic.Bool

	release := make(chan struct{})
	gate := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if armed.Load() {
			<-release
		}
	}))
	open := sync.OnceFunc(func() { close(release) })

	t.Cleanup(gate.Close)
	t.Cleanup(open) // before the gate closes, which waits for who stands there

	require.NoError(t, s.Conn().Exec(t.Context(), "CREATE TABLE slow (x UInt8) ENGINE = Null"))
	require.NoError(t, s.Conn().Exec(t.Context(), "CREATE MATERIALIZED VIEW slow_mv TO slow AS SELECT 1 AS x FROM events "+
		"WHERE (SELECT count() FROM url('"+gate.URL+"', 'LineAsString', 'line String')) = 0"))
	armed.Store(true)

	// Over HTTP the server does not even notice that the client hangs up.
	abandoned, hangUp := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(abandoned, http.MethodPost, testenv.HTTPURL(t)+"/?"+url.Values{
		"database": {s.Database()}, "query_id": {s.HeadQueryPrefix() + "abandoned"},
	}.Encode(), strings.NewReader("INSERT INTO events SELECT * REPLACE(15 AS block_number, version + 1 AS version) FROM events"))
	require.NoError(t, err)

	ended := make(chan error, 1)

	go func() {
		response, err := http.DefaultClient.Do(request)
		if err == nil {
			err = response.Body.Close()
		}

		ended <- err
	}()

	running := func(which string) bool {
		return number(t, s, "SELECT count() FROM system.processes WHERE "+which+" AND startsWith(query_id, ?)", s.HeadQueryPrefix()) > 0
	}

	require.Eventually(t, func() bool { return running("read_rows > 0") }, time.Minute, 5*time.Millisecond)
	hangUp()
	require.ErrorIs(t, <-ended, context.Canceled)
	require.True(t, running("1"), "the case under test: the server works on")

	rewound := make(chan error, 1)

	go func() { rewound <- s.RewindAboveCursor(t.Context()) }()

	// It is cancelled, or gone by the time that it is looked for: then the tombstones of
	// the rewind stand at the gate.
	require.Eventually(t, func() bool { return running("is_cancelled") || !running("1") || len(rewound) > 0 },
		time.Minute, 5*time.Millisecond)
	open()
	require.NoError(t, <-rewound)
	require.Eventually(t, func() bool { return !running("1") }, time.Minute, 5*time.Millisecond)
	requireHolds(t, s, c.between(store.Range{From: 1, To: 10}))
}
