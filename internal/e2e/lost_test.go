package e2e_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"diemhouse/internal/sim"
	"diemhouse/pkg/store"
)

// TestWhatAnEndpointLeavesOutIsFoundAndMended: an endpoint leaves three logs out of its
// answers and does nothing else wrong.
func TestWhatAnEndpointLeavesOutIsFoundAndMended(t *testing.T) {
	t.Parallel()

	node := newHouse(t).start(t, "devnet", "run", "--history=30m", "--actors=20", "--block-time=0", "--http-port=0", "--ws-port=0", "--admin-port=0")
	node.says(t, "head")

	rpc := word(node.stdout.String(), "http")

	honest := newHouse(t)
	honest.ok(t, "backfill", embedded("--rpc", rpc)...)

	const events = "SELECT block_number, log_index, kind FROM all_events ORDER BY block_number, log_index"

	truth := honest.sql(t, events)
	lost := []store.Place{
		nth(t, truth, "emission_rate_updated", 1), // set again since
		nth(t, truth, "svvv_mint", 100),
		nth(t, truth, "diem_mint", 100),
	}

	endpoint, err := sim.Serve(t.Context(), rpc, 1, "dropping")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, endpoint.Close()) })
	endpoint.Drop(lost...)

	dropping := endpoint.HTTP()
	h := newHouse(t)

	// The rate is known from the contract, and that no event told of it.
	p := h.start(t, "backfill", embedded("--rpc", dropping)...)
	require.Zero(t, p.wait(t), p.stderr.String())
	require.Contains(t, p.stderr.String(), "they were proved and mended")

	kept := h.sql(t, events)
	for i, p := range lost {
		require.Equal(t, i == 0, slices.ContainsFunc(kept, func(row map[string]any) bool { return placeOf(t, row) == p }))
	}

	said, _, code := h.run(t, "indexer", embedded("audit", "--rpc", dropping)...)
	require.Equal(t, 1, code, said)

	require.Contains(t, h.ok(t, "indexer", embedded("audit", "--repair", "--rpc", dropping)...), "missing 2, extra 0, changed 0 logs")
	require.True(t, reflect.DeepEqual(truth, h.sql(t, events)), "every event is as without the faults")
	h.ok(t, "indexer", embedded("audit", "--rpc", dropping)...)
}

// nth is the place of the n-th event of a kind.
func nth(t *testing.T, rows []map[string]any, kind string, n int) store.Place {
	t.Helper()

	for _, row := range rows {
		if row["kind"] != kind {
			continue
		}

		if n--; n < 0 {
			return placeOf(t, row)
		}
	}

	require.Fail(t, "the history has too few", kind)

	return store.Place{}
}

func placeOf(t *testing.T, row map[string]any) store.Place {
	t.Helper()

	var p store.Place

	_, err := fmt.Sscan(fmt.Sprint(row["block_number"], " ", row["log_index"]), &p.Block, &p.LogIndex)
	require.NoError(t, err)

	return p
}
