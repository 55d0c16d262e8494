package chain

import (
	"encoding/binary"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/stretchr/testify/require"
	"golang.org/x/time/rate"
)

// isList matches the list of logs in an answer.
var isList = regexp.MustCompile(`"result":\[.*\]`)

// liar is a front that alters the logs it gives block by block, and nothing else.
func liar(tb testing.TB, node string, alter func(body string) string) *front {
	tb.Helper()

	f := newFront(tb, node, func([]frontCall, bool) *reply { return nil })
	f.mend = func(body string) string {
		if strings.Contains(body, `"logIndex"`) && !strings.Contains(body, "cumulativeGasUsed") {
			return alter(body)
		}

		return body
	}

	return f
}

// withoutReceipts refuses to give receipts, in bulk and singly, and counts.
func withoutReceipts(tb testing.TB, node string, asked *atomic.Int64) *front {
	tb.Helper()

	refusal := capturedNamed(tb, "base-no-blockreceipts")

	return newFront(tb, node, func(calls []frontCall, _ bool) *reply {
		if m := calls[0].Method; m == methodReceipts || m == methodReceipt {
			asked.Add(1)

			return &reply{status: refusal.Status, body: refusal.Body}
		}

		return nil
	})
}

func dropAll(body string) string { return isList.ReplaceAllString(body, `"result":[]`) }

// bothNodes gives a block with wanted logs on go-ethereum and on anvil, whose blocks
// begin with a deposit.
func bothNodes(t *testing.T, f FilterSet) map[string]Header {
	t.Helper()

	geth, other := sharedNode(t), ownAnvil(t, 8)
	head, err := other.Head(t.Context())
	require.NoError(t, err)

	return map[string]Header{
		geth.HTTPURL():  headWithLogs(t, newPool(t, quick(geth.HTTPURL())), f, geth.Head().Number.Uint64()),
		other.HTTPURL(): headWithLogs(t, newPool(t, quick(other.HTTPURL())), f, head.Number),
	}
}

// Logs that were left out are found by the receipts, of the liar itself even, and it
// is marked.
func TestMissingLogsAreSettledByReceipts(t *testing.T) {
	t.Parallel()

	f := filterSet(t, FilterCore)

	for node, h := range bothNodes(t, f) {
		r := Range{From: h.Number.Uint64(), To: h.Number.Uint64()}
		want := truth(t, node, f, r)
		p := newPool(t, quick(liar(t, node, dropAll).URL))

		got, err := p.LogsByBlock(t.Context(), h, f)
		require.NoError(t, err)
		require.Equal(t, want, got.Logs)
		require.True(t, got.Settled)
		require.False(t, got.Unproven)
		require.Equal(t, uint64(1), p.Endpoints()[0].Untrue)
	}
}

// A log that the header's bloom excludes is a lie; alone with the liar, the receipts
// decide all the same.
func TestALogOutsideTheBloomIsSettledByReceipts(t *testing.T) {
	t.Parallel()

	f := filterSet(t, FilterCore)

	for node, h := range bothNodes(t, f) {
		want := truth(t, node, f, Range{From: h.Number.Uint64(), To: h.Number.Uint64()})
		topics := regexp.MustCompile(`"topics":\["0x[0-9a-f]{8}`)
		server := liar(t, node, func(body string) string { return topics.ReplaceAllString(body, `"topics":["0x12345678`) })

		for _, urls := range [][]string{{server.URL}, {server.URL, node}} {
			p := newPool(t, quick(urls...))
			h.Endpoint = p.Endpoints()[0].Name

			got, err := p.LogsByBlock(t.Context(), h, f)
			require.NoError(t, err)
			require.Equal(t, want, got.Logs)
			require.Equal(t, len(urls) == 1, got.Settled, "an honest endpoint needs no proof")
			require.Equal(t, uint64(1), p.Endpoints()[0].Untrue)
		}
	}
}

// Where nobody can give receipts, what is open stays open: said, and no error.
func TestWhatCannotBeSettledIsUnproven(t *testing.T) {
	t.Parallel()

	f := filterSet(t, FilterCore)

	for node, h := range bothNodes(t, f) {
		var asked atomic.Int64

		server := liar(t, node, dropAll)
		server.hook = withoutReceipts(t, node, &asked).hook
		p := newPool(t, quick(server.URL))

		for range 3 {
			got, err := p.LogsByBlock(t.Context(), h, f)
			require.NoError(t, err)
			require.Empty(t, got.Logs)
			require.True(t, got.Unproven)
			require.False(t, got.Settled)
		}

		require.LessOrEqual(t, asked.Load(), int64(3), "once by block, once singly (in a batch, then without), then no more")
		require.Zero(t, p.Endpoints()[0].Untrue)

		// Another endpoint has them.
		p = newPool(t, quick(server.URL, node))
		h.Endpoint = p.Endpoints()[0].Name
		got, err := p.LogsByBlock(t.Context(), h, f)
		require.NoError(t, err)
		require.NotEmpty(t, got.Logs)
		require.True(t, got.Settled)
		require.Equal(t, uint64(1), p.Endpoints()[0].Untrue)
	}
}

// Receipts that cannot be had just now are asked for again: the emptiness is not taken
// for true meanwhile. Who never gives them is not waited for without end.
func TestReceiptsThatFailInPassingAreAskedForAgain(t *testing.T) {
	t.Parallel()

	f := filterSet(t, FilterCore)

	for node, h := range bothNodes(t, f) {
		want := truth(t, node, f, Range{From: h.Number.Uint64(), To: h.Number.Uint64()})

		for name, refusal := range map[string]reply{
			"rate limit": {status: http.StatusTooManyRequests, header: map[string]string{"Retry-After": "0.01"}, body: "slower"},
			"outage":     {status: http.StatusServiceUnavailable, body: "<html>down</html>"},
			"not there":  {}, // null
		} {
			var down atomic.Bool

			down.Store(true)

			server := liar(t, node, dropAll)
			server.hook = func(calls []frontCall, batch bool) *reply {
				if m := calls[0].Method; !down.Load() || m != methodReceipts && m != methodReceipt {
					return nil
				}

				if refusal.status == 0 {
					return answers(calls, batch, func(frontCall) string { return "null" })
				}

				return &refusal
			}

			other := liar(t, node, dropAll)
			other.hook = withoutReceipts(t, node, new(atomic.Int64)).hook
			p := newPool(t, quick(server.URL, other.URL))

			for range 2 {
				_, err := p.LogsByBlock(t.Context(), h, f)
				require.Error(t, err, name)
			}

			down.Store(false)

			got, err := p.LogsByBlock(t.Context(), h, f)
			require.NoError(t, err, name)
			require.Equal(t, want, got.Logs, name)
			require.True(t, got.Settled)

			if refusal.status != 0 {
				continue // the pauses between so many tries are long
			}

			down.Store(true)

			for range settleTries - 1 {
				_, err = p.LogsByBlock(t.Context(), h, f)
				require.Error(t, err, name)
			}

			for range 2 { // and from then on at once
				got, err = p.LogsByBlock(t.Context(), h, f)
				require.NoError(t, err, name)
				require.True(t, got.Unproven)
			}
		}
	}
}

// Where receipts are given by transaction only, those settle it.
func TestSingleReceiptsSettleToo(t *testing.T) {
	t.Parallel()

	f := filterSet(t, FilterCore)

	for node, h := range bothNodes(t, f) {
		want := truth(t, node, f, Range{From: h.Number.Uint64(), To: h.Number.Uint64()})
		refusal := capturedNamed(t, "base-no-blockreceipts")
		server := liar(t, node, dropAll)
		server.hook = func(calls []frontCall, _ bool) *reply {
			if calls[0].Method == methodReceipts {
				return &reply{status: refusal.Status, body: refusal.Body}
			}

			return nil
		}

		p := newPool(t, quick(server.URL))
		got, err := p.LogsByBlock(t.Context(), h, f)
		require.NoError(t, err)
		require.Equal(t, want, got.Logs)
		require.True(t, got.Settled)

		_, err = p.ProvenLogs(t.Context(), h, f, 0)
		require.True(t, OnlyKinds(err, NotOffered), "%v", err)
		_, err = p.endpoints[0].singleReceipts(t.Context(), h, 0)
		require.ErrorContains(t, err, "too many to read one by one")
	}
}

// Receipts that do not hash to the header's root prove nothing.
func TestUntrueReceiptsSettleNothing(t *testing.T) {
	t.Parallel()

	f := filterSet(t, FilterCore)

	for node, h := range bothNodes(t, f) {
		server := liar(t, node, dropAll)
		drop := server.mend
		server.mend = func(body string) string {
			return drop(strings.Replace(body, `"cumulativeGasUsed":"0x`, `"cumulativeGasUsed":"0x1`, 1))
		}

		p := newPool(t, quick(server.URL))
		got, err := p.LogsByBlock(t.Context(), h, f)
		require.NoError(t, err)
		require.True(t, got.Unproven)
		require.Positive(t, p.Endpoints()[0].Untrue)

		_, err = p.ProvenLogs(t.Context(), h, f, 0)

		var mismatch *ReceiptsMismatchError

		require.ErrorAs(t, err, &mismatch)
	}
}

// A chance hit of the bloom is settled: there is nothing, proven. So it is block
// after block, as often as the rate allows.
func TestAChanceHitOfTheBloomIsSettled(t *testing.T) {
	t.Parallel()

	node := sharedNode(t)
	p := newPool(t, quick(node.HTTPURL()))
	h, err := p.HeaderByNumber(t.Context(), headWithLogs(t, p, filterSet(t, FilterAll), 300).Number.Uint64())
	require.NoError(t, err)

	chance := common.Address{}
	for n := uint64(0); !h.Bloom.Test(chance.Bytes()) || n == 0; n++ {
		binary.BigEndian.PutUint64(chance[4:], n+1)
	}

	f, err := NewFilterSet(FilterCore, Contracts{DIEM: chance})
	require.NoError(t, err)

	p.settles = rate.NewLimiter(0, 1)

	got, err := p.LogsByBlock(t.Context(), h, f)
	require.NoError(t, err)
	require.Empty(t, got.Logs)
	require.True(t, got.Settled)
	require.False(t, got.Unproven)

	got, err = p.LogsByBlock(t.Context(), h, f)
	require.NoError(t, err)
	require.True(t, got.Unproven, "the rate allows no more")
	require.Zero(t, p.Endpoints()[0].Untrue)

	// A header that is not hashed here proves nothing, nor do receipts by it.
	cfg := quick(node.HTTPURL())
	cfg.TrustHeaderHash = true
	got, err = newPool(t, cfg).LogsByBlock(t.Context(), h, f)
	require.NoError(t, err)
	require.True(t, got.Unproven)
}

func TestUnexplainedFollowsTheFilter(t *testing.T) {
	t.Parallel()

	core := filterSet(t, FilterCore)
	burn, plain := transfer(contracts.VVV, someone, common.Hash{}), transfer(contracts.VVV, someone, someone)
	stake := types.Log{Address: contracts.Staking, Topics: []common.Hash{{7}}}

	for name, c := range map[string]struct {
		block, read []types.Log
		open        bool
	}{
		"nothing there":                     {nil, nil, false},
		"all read":                          {[]types.Log{burn, stake}, []types.Log{burn, stake}, false},
		"nothing read":                      {[]types.Log{stake}, nil, true},
		"one contract's read":               {[]types.Log{burn, stake}, []types.Log{burn}, true},
		"a plain transfer is not wanted":    {[]types.Log{plain}, nil, false},
		"another contract's with our topic": {[]types.Log{plain, transfer(common.HexToAddress("0x99"), common.Hash{}, someone)}, []types.Log{plain}, false},
	} {
		require.Equal(t, c.open, core.Unexplained(bloomOf(c.block...), c.read), name)
	}
}
