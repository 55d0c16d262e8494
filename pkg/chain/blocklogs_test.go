package chain

import (
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/devnet"
)

// Block by block gives what a range gives, on both nodes.
func TestLogsByBlockEqualTheRange(t *testing.T) {
	t.Parallel()

	geth, other := sharedNode(t), ownAnvil(t, 15)
	otherHead, err := other.Head(t.Context())
	require.NoError(t, err)

	for url, r := range map[string]Range{
		geth.HTTPURL():  {From: 0, To: 60},
		geth.WSURL():    {From: 0, To: 60},
		other.HTTPURL(): {From: anvilFirst, To: otherHead.Number},
	} {
		p := newPool(t, quick(url))

		for _, set := range []string{FilterCore, FilterAll} {
			f := filterSet(t, set)

			var got []types.Log

			for n := r.From; n <= r.To; n++ {
				h, err := p.HeaderByNumber(t.Context(), n)
				require.NoError(t, err)

				logs, err := p.LogsByBlock(t.Context(), h, f)
				require.NoError(t, err)

				got = append(got, logs.Logs...)

				if !f.InBloom(h.Bloom) {
					require.Empty(t, logs.Endpoint, "nobody was asked")
				}
			}

			require.Equal(t, truth(t, url, f, r), got)
		}
	}
}

// An orphaned block: go-ethereum still serves its logs, anvil has forgotten it. Both
// are true, neither is an empty block.
func TestLogsByBlockOfAnOrphan(t *testing.T) {
	t.Parallel()

	geth := ownNode(t, devnet.Config{Seed: 11})
	p := newPool(t, quick(geth.HTTPURL()))
	f := filterSet(t, FilterAll)
	orphan := headWithLogs(t, p, f, geth.Head().Number.Uint64())
	before, err := p.LogsByBlock(t.Context(), orphan, f)
	require.NoError(t, err)
	require.NotEmpty(t, before.Logs)

	_, err = geth.Reorg(int(geth.Head().Number.Uint64() - orphan.Number.Uint64() + 1))
	require.NoError(t, err)

	after, err := p.LogsByBlock(t.Context(), orphan, f)
	require.NoError(t, err)
	require.Equal(t, before.Logs, after.Logs)

	other := ownAnvil(t, 5)
	q := newPool(t, quick(other.HTTPURL()))
	head, err := other.Head(t.Context())
	require.NoError(t, err)

	orphan = headWithLogs(t, q, f, head.Number)
	require.NoError(t, other.Reorg(t.Context(), int(head.Number-orphan.Number.Uint64()+1)))

	_, err = q.LogsByBlock(t.Context(), orphan, f)
	require.True(t, IsUnknownBlock(err), "%v", err)
}

// headWithLogs is the greatest header from n down whose block has wanted logs.
func headWithLogs(tb testing.TB, p *Pool, f FilterSet, n uint64) Header {
	tb.Helper()

	for ; ; n-- {
		h, err := p.HeaderByNumber(tb.Context(), n)
		require.NoError(tb, err)

		logs, err := p.LogsByBlock(tb.Context(), h, f)
		require.NoError(tb, err)

		if len(logs.Logs) > 0 {
			return h
		}
	}
}

// A header that was altered on its way is refused, and the honest endpoint asked.
func TestAnAlteredHeaderIsNotBelieved(t *testing.T) {
	t.Parallel()

	node := sharedNode(t)
	liar := newFront(t, node.HTTPURL(), func([]frontCall, bool) *reply { return nil })
	liar.mend = func(body string) string {
		return strings.Replace(body, `"logsBloom":"0x0`, `"logsBloom":"0x1`, 1)
	}

	var untrue int

	cfg := quick(liar.URL, node.HTTPURL())
	cfg.Observe = func(r Request) {
		if r.Refusal != nil && r.Refusal.Kind == Untrue {
			require.Zero(t, r.Calls, "a judgement on an answer, not a request")

			untrue++
		}
	}
	p := newPool(t, cfg)

	h, err := p.HeaderByNumber(t.Context(), 40)
	require.NoError(t, err)
	require.Equal(t, node.Header(40).Hash(), h.Hash)
	require.Equal(t, p.Endpoints()[1].Name, h.Endpoint)
	require.Equal(t, 1, untrue)
	require.Equal(t, uint64(1), p.Endpoints()[0].Untrue)

	_, err = newPool(t, quick(liar.URL)).HeaderByNumber(t.Context(), 40)

	var mismatch *HashMismatchError

	require.ErrorAs(t, err, &mismatch)

	cfg = quick(liar.URL)
	cfg.TrustHeaderHash = true
	_, err = newPool(t, cfg).HeaderByNumber(t.Context(), 40)
	require.NoError(t, err)
}
