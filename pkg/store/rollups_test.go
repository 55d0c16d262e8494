package store_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"diemhouse/internal/testenv"
	"diemhouse/pkg/store"
)

// TestHoursOfKilledHistory: a range whose writer was killed between its events and its
// hours is in the rollups after the next start, as it is in the ledger, though it is
// not covered.
func TestHoursOfKilledHistory(t *testing.T) {
	t.Parallel()

	dsn, c := testenv.DSN(t), lively(60, 90)
	s := process(t, dsn, "")
	require.NoError(t, s.Migrate(t.Context()))
	require.NoError(t, s.Write(t.Context(), c.history(storeRange(1, 20))))
	require.NoError(t, s.Write(t.Context(), c.history(storeRange(61, 90))))

	killed(t, dsn, store.StepWriteEvents, func(s *store.Store) error { return s.Write(t.Context(), c.history(storeRange(31, 50))) })
	require.NotEmpty(t, staleHours(t, s))

	require.NoError(t, s.RewindAboveCursor(t.Context()))
	require.Empty(t, staleHours(t, s))

	net, _ := summed(append(append(c.between(storeRange(1, 20)), c.between(storeRange(31, 50))...), c.between(storeRange(61, 90))...))

	f, ok, err := s.Figures(t.Context())
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, net.of("svvv_supply").String(), f.SVVVSupply.String())
	require.Equal(t, [][]string{{"core", "21", "60", "40"}}, texts(t, s, []string{"filter", "from_block", "to_block", "blocks"}, "coverage_gaps"))
}

// TestAnHourThatIsSummedUpSlowlyDoesNotWin has two processes write into one hour. One sums
// it up and stands still when it has read the events; the other writes, sums up and ends
// meanwhile. What the first does not know of must not be lost.
func TestAnHourThatIsSummedUpSlowlyDoesNotWin(t *testing.T) {
	t.Parallel()

	dsn, c := testenv.DSN(t), lively(61, 4)
	slow, fast := process(t, dsn, ""), process(t, dsn, "")
	require.NoError(t, slow.Migrate(t.Context()))

	// The case under test: something happens in both blocks, and in one hour.
	require.NotEmpty(t, c.blocks[3].events)
	require.NotEmpty(t, c.blocks[4].events)
	require.Equal(t, c.blocks[3].Time/3600, c.blocks[4].Time/3600)

	require.NoError(t, slow.Write(t.Context(), c.history(storeRange(1, 2))))

	// Where the view stands still. An insert comes here several times, since it looks at
	// the view before it runs it; the last time counts.
	var calls, last atomic.Int64

	stands, goOn := make(chan struct{}), make(chan struct{})
	gate := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if calls.Add(1) == last.Load() {
			close(stands)
			<-goOn
		}
	}))
	release := sync.OnceFunc(func() { close(goOn) })

	t.Cleanup(gate.Close)
	t.Cleanup(release) // before the gate closes, which waits for who stands there

	var view string

	require.NoError(t, slow.Conn().QueryRow(t.Context(), "SHOW CREATE TABLE rollup_hourly_mv").Scan(&view))

	ledger := regexp.MustCompile(`ledger\s+FINAL\s+WHERE`)
	require.Len(t, ledger.FindAllString(view, -1), 1)
	require.NoError(t, slow.Conn().Exec(t.Context(), "DROP TABLE rollup_hourly_mv SYNC"))
	require.NoError(t, slow.Conn().Exec(t.Context(), ledger.ReplaceAllLiteralString(view,
		"ledger FINAL WHERE ((SELECT count() FROM url('"+gate.URL+"', 'LineAsString', 'line String')) = 0) AND")))
	calls.Store(0)
	require.NoError(t, slow.Write(t.Context(), c.history(storeRange(2, 2))))
	last.Store(calls.Swap(0))

	written := make(chan error, 1)

	go func() { written <- slow.Write(t.Context(), c.history(storeRange(3, 3))) }()

	select {
	case <-stands:
	case err := <-written:
		require.Fail(t, "the case under test: it stands still", "%v", err)
	}

	require.NoError(t, fast.Write(t.Context(), c.history(storeRange(4, 4))))
	release()
	require.NoError(t, <-written)

	requireHolds(t, fast, c.between(storeRange(1, 4)))
}
