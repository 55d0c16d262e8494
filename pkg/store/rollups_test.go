package store_test

import (
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
