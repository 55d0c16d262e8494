package store_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"diemhouse/internal/testenv"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
)

func TestMain(m *testing.M) { os.Exit(testenv.Main(m)) }

func TestSmoke(t *testing.T) {
	s := testenv.Open(t)
	require.NoError(t, s.Write(t.Context(), store.Batch{
		Filter:  store.FilterCore,
		Events:  []decode.Event{{BlockNumber: 5, LogIndex: 1, BlockTime: 1_700_000_000, Kind: decode.KindStake}},
		Blocks:  []store.Block{{Number: 5, Time: 1_700_000_000}},
		Covered: []store.Range{{From: 1, To: 5}},
	}))

	covered, err := s.Coverage(t.Context(), store.FilterCore)
	require.NoError(t, err)
	require.Equal(t, []store.Range{{From: 1, To: 5}}, covered)
	require.NoError(t, s.Rewind(t.Context(), 3))
	covered, err = s.Coverage(t.Context(), store.FilterCore)
	require.NoError(t, err)
	require.Equal(t, []store.Range{{From: 1, To: 3}}, covered)
}
