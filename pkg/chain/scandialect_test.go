package chain

import (
	"encoding/json"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/stretchr/testify/require"
)

// asked gives the range of blocks that an eth_getLogs asks for.
func asked(c frontCall) (r Range, ok bool) {
	if c.Method != methodLogs || len(c.Params) != 1 {
		return r, false
	}

	var params struct {
		From, To *hexutil.Uint64
	}

	// Field names fold, so fromBlock is named in full.
	var named map[string]json.RawMessage
	if json.Unmarshal(c.Params[0], &named) != nil || json.Unmarshal(named["fromBlock"], &params.From) != nil ||
		json.Unmarshal(named["toBlock"], &params.To) != nil || params.From == nil || params.To == nil {
		return r, false
	}

	return Range{From: uint64(*params.From), To: uint64(*params.To)}, true
}

// wider refuses requests for more than most blocks as the captured refusal says.
func wider(c captured, most uint64, refused *atomic.Int64) func([]frontCall, bool) *reply {
	return func(calls []frontCall, _ bool) *reply {
		for _, call := range calls {
			if r, ok := asked(call); ok && r.Len() > most {
				refused.Add(1)

				return &reply{status: c.Status, body: c.Body}
			}
		}

		return nil
	}
}

// Each dialect that can be about the width of the range, in front of a real node
// that answers narrower ones: the scan reads everything, after few refusals.
func TestScanShrinksInEveryDialect(t *testing.T) {
	t.Parallel()

	node := sharedNode(t)
	f := filterSet(t, FilterCore)
	all := Range{From: 1, To: 120}
	want := truth(t, node.HTTPURL(), f, all)

	for _, c := range capturedRefusals(t) {
		switch c.Kind {
		case "range_too_wide", "too_large", "bad_request", "not_offered":
		default:
			continue
		}

		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()

			most := uint64(40)
			if c.Limit > 0 && c.Limit < all.Len() {
				most = c.Limit
			}

			var (
				refused atomic.Int64
				got     collector
			)

			p := newPool(t, quick(newFront(t, node.HTTPURL(), wider(c, most, &refused)).URL))
			err := p.Scan(t.Context(), ScanConfig{Filter: f, Ranges: []Range{all}, Workers: 1}, got.take)
			require.NoError(t, err)
			got.requireTruth(t, all, want)
			require.Positive(t, refused.Load())
			require.LessOrEqual(t, refused.Load(), int64(14), "it learns")

			if c.Limit == most {
				require.Equal(t, int64(1), refused.Load(), "a stated limit is learned at once")
				require.Equal(t, most, p.Endpoints()[0].Range)
			}
		})
	}
}

// Each dialect, for every range: alone the endpoint gives nothing, which is said and
// is no empty page; with an honest endpoint beside it everything comes from there.
func TestScanNeverTakesARefusalForAnEmptyPage(t *testing.T) {
	t.Parallel()

	node := sharedNode(t)
	f := filterSet(t, FilterCore)
	all := Range{From: 1, To: 120}
	want := truth(t, node.HTTPURL(), f, all)

	for _, c := range capturedRefusals(t) {
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()

			var refused atomic.Int64

			refusing := newFront(t, node.HTTPURL(), wider(c, 0, &refused))
			cfg := ScanConfig{
				Filter: f, Ranges: []Range{all}, Workers: 2, Attempts: 2, GiveUp: time.Millisecond, FirstRange: 100,
			}

			var got collector

			err := newPool(t, quick(refusing.URL, node.HTTPURL())).Scan(t.Context(), cfg, got.take)
			require.NoError(t, err)
			got.requireTruth(t, all, want)

			var none collector

			err = newPool(t, quick(refusing.URL)).Scan(t.Context(), cfg, none.take)
			require.Zero(t, none.chunks)

			var missing *ScanError

			require.ErrorAs(t, err, &missing)
			require.Len(t, missing.Missing, 1)
			require.Equal(t, all, missing.Missing[0].Range)
			require.NotEmpty(t, missing.Missing[0].Refusals)

			kind, _ := KindOf(err)
			require.Equal(t, c.Kind, kind.String(), "%v", err)
		})
	}
}

func capturedNamed(tb testing.TB, id string) captured {
	tb.Helper()

	for _, c := range capturedRefusals(tb) {
		if c.ID == id {
			return c
		}
	}

	require.Fail(tb, "no such refusal", id)

	return captured{}
}
