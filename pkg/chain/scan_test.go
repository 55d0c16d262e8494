package chain

import (
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/devnet"
)

// What a scan gives is what the node's own client reads, on both nodes, over HTTP
// and WebSocket, with both filters, in whatever pieces.
func TestScanEqualsTheNode(t *testing.T) {
	t.Parallel()

	geth, other := sharedNode(t), ownAnvil(t, 40)
	otherHead, err := other.Head(t.Context())
	require.NoError(t, err)

	head := geth.Head().Number.Uint64()

	for name, c := range map[string]struct {
		urls []string
		all  Range
	}{
		"go-ethereum":                {[]string{geth.HTTPURL()}, Range{From: 0, To: head}},
		"go-ethereum over WebSocket": {[]string{geth.WSURL()}, Range{From: 0, To: head}},
		"both at once":               {[]string{geth.HTTPURL(), geth.WSURL(), geth.HTTPURL()}, Range{From: 0, To: head}},
		"anvil":                      {[]string{other.HTTPURL()}, Range{From: anvilFirst, To: otherHead.Number}},
		"anvil over WebSocket":       {[]string{other.WSURL()}, Range{From: anvilFirst, To: otherHead.Number}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			for _, set := range []string{FilterCore, FilterAll} {
				f := filterSet(t, set)
				want := truth(t, c.urls[0], f, c.all)

				for _, width := range []uint64{7, 2000} {
					var got collector

					p := newPool(t, quick(c.urls...))
					err := p.Scan(t.Context(), ScanConfig{
						Filter: f, FirstRange: width, MaxRange: max(width, 50), // It grows from 7 to 50.
						Ranges: []Range{{From: c.all.From + 10, To: c.all.To}, {From: c.all.From, To: c.all.From + 20}},
					}, got.take)
					require.NoError(t, err)
					got.requireTruth(t, c.all, want)
				}
			}
		})
	}
}

// anvilFirst is the first block that an anvil of these tests can have logs in.
const anvilFirst = 50_000_001

// A real node with a range limit of its own, which it states.
func TestScanLearnsARealNodesLimit(t *testing.T) {
	t.Parallel()

	node := ownNode(t, devnet.Config{Seed: 3, History: 3 * time.Minute, Blocks: 90, RangeLimit: 20})
	f := filterSet(t, FilterCore)
	all := Range{From: 0, To: node.Head().Number.Uint64()}

	var (
		got     collector
		refused []*Refusal
	)

	cfg := quick(node.HTTPURL())
	cfg.Observe = func(r Request) {
		if r.Refusal != nil {
			refused = append(refused, r.Refusal)
		}
	}
	p := newPool(t, cfg)
	require.NoError(t, p.Scan(t.Context(), ScanConfig{Filter: f, Ranges: []Range{all}, Workers: 1}, got.take))

	want := make(map[uint64]int)
	for _, l := range got.logs {
		want[l.BlockNumber]++
	}

	require.Equal(t, rangeSet{all}, got.covered)

	for n := all.From; n <= all.To; n++ { // The node's client cannot ask for more either.
		r := Range{From: n, To: n}
		h, err := p.HeaderByNumber(t.Context(), n)
		require.NoError(t, err)
		logs, err := p.LogsByBlock(t.Context(), h, f)
		require.NoError(t, err)
		require.Len(t, logs.Logs, want[n], "%s", r)
	}

	require.NotEmpty(t, refused)
	require.Equal(t, RangeTooWide, refused[0].Kind, "%v", refused[0])
	require.Equal(t, uint64(20), refused[0].Limit, "%v", refused[0])
	require.Len(t, refused, 1, "one refusal teaches a stated limit")
	require.LessOrEqual(t, p.Endpoints()[0].Range, uint64(20))
}

// A range ends among the newest blocks only where the scan does: what serves captured
// logs has the header of its head and hardly another one.
func TestScanAsksForNoHeaderButTheHeads(t *testing.T) {
	t.Parallel()

	captured := capturedHeaders(t)[0].Header
	h, err := decodeHeader(captured, false)
	require.NoError(t, err)

	head := h.Number.Uint64()
	own := strconv.Quote(hexutil.EncodeUint64(head))

	var requests atomic.Int64

	server := newFront(t, "", func(calls []frontCall, batch bool) *reply {
		if calls[0].Method == methodLogs {
			requests.Add(1)
		}

		for _, c := range calls {
			if at := string(c.Params[0]); c.Method == methodByNumber && strings.HasPrefix(at, `"0x`) && at != own {
				return &reply{status: http.StatusOK, body: `{"jsonrpc":"2.0","id":` + string(c.ID) +
					`,"error":{"code":-32001,"message":"unknown block"}}`}
			}
		}

		return answers(calls, batch, func(c frontCall) string {
			switch c.Method {
			case methodLogs:
				return "[]"
			case methodByNumber:
				return string(captured)
			default:
				return own
			}
		})
	})

	p := newPool(t, quick(server.URL))
	_, err = p.Heads(t.Context())
	require.NoError(t, err)

	var got collector

	// Left alone, the third would end half a window below the head.
	all := Range{From: head - 2*3*lagWindow - lagWindow/2 + 1, To: head}
	require.NoError(t, p.Scan(t.Context(), ScanConfig{
		Filter: filterSet(t, FilterCore), Ranges: []Range{all}, FirstRange: 2 * lagWindow, MaxRange: 2 * lagWindow, Workers: 1,
	}, got.take))
	require.Equal(t, rangeSet{all}, got.covered)
	require.Equal(t, int64(4), requests.Load())
}
