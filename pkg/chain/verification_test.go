package chain

import (
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/devnet"
)

// chains gives the range of blocks of a go-ethereum node and of an anvil.
func chains(t *testing.T) map[string]Range {
	t.Helper()

	geth, other := sharedNode(t), ownAnvil(t, 12)
	head, err := other.Head(t.Context())
	require.NoError(t, err)

	return map[string]Range{
		geth.HTTPURL():  {From: 1, To: 130},
		other.HTTPURL(): {From: anvilFirst, To: head.Number},
	}
}

func TestVerificationIsParsed(t *testing.T) {
	t.Parallel()

	for _, v := range []Verification{VerifyNone, VerifyBloom, VerifyReceipts} {
		got, err := ParseVerification(v.String())
		require.NoError(t, err)
		require.Equal(t, v, got)
	}

	_, err := ParseVerification("all")
	require.ErrorContains(t, err, "none bloom receipts")
}

// A verified scan reads the same as any, in pieces that fit together; nodes that leave
// out block times and hashes are completed from headers.
func TestAVerifiedScanEqualsTheNode(t *testing.T) {
	t.Parallel()

	f := filterSet(t, FilterCore)
	leftOut := regexp.MustCompile(`"block(Timestamp|Hash)":("0x[0-9a-f]+"|[0-9]+),`)

	for node, all := range chains(t) {
		want := truth(t, node, f, all)
		sparse := newFront(t, node, func([]frontCall, bool) *reply { return nil })
		sparse.mend = func(body string) string {
			if strings.Contains(body, "logIndex") && !strings.Contains(body, "cumulativeGasUsed") {
				return leftOut.ReplaceAllString(body, "")
			}

			return body
		}

		for _, url := range []string{node, sparse.URL} {
			for _, level := range []Verification{VerifyNone, VerifyBloom, VerifyReceipts} {
				var (
					got      collector
					unproven uint64
				)

				p := newPool(t, quick(url))
				end, err := p.HeaderByNumber(t.Context(), all.To)
				require.NoError(t, err)

				err = p.Scan(t.Context(), ScanConfig{
					Filter: f, Ranges: []Range{all}, FirstRange: 30, MaxRange: 30, Verify: level, Anchor: end.Ref(),
				}, func(c Chunk) error {
					unproven += c.Unproven

					return got.take(c)
				})
				require.NoError(t, err)
				got.requireTruth(t, all, want)

				if level != VerifyBloom {
					require.Zero(t, unproven)
				}
			}
		}
	}
}

// dropOne takes the last log out of each list of logs.
func dropOne(body string) string {
	return isList.ReplaceAllStringFunc(body, func(list string) string {
		start := strings.LastIndex(list, `{"address"`)
		if start < 0 {
			return list
		}

		end := start + strings.IndexByte(list[start:], '}') + 1

		return strings.TrimSuffix(list[:start], ",") + list[end:]
	})
}

// One missing log is found by receipts, never by the bloom alone; nothing wrong is
// delivered where it is found.
func TestAScanWithReceiptsFindsAMissingLog(t *testing.T) {
	t.Parallel()

	f := filterSet(t, FilterAll)

	for node, all := range chains(t) {
		want := truth(t, node, f, all)

		var once sync.Once

		dropped := make(chan struct{})
		server := liar(t, node, func(body string) string {
			out := dropOne(body)
			if out != body {
				once.Do(func() { close(dropped) })
			}

			return out
		})

		// The honest one must not have read everything before the other one lies.
		honest := newFront(t, node, func(calls []frontCall, _ bool) *reply {
			if calls[0].Method == methodLogs {
				select {
				case <-dropped:
				case <-t.Context().Done():
				}
			}

			return nil
		})
		cfg := ScanConfig{
			Filter: f, Ranges: []Range{all}, FirstRange: all.Len() / 4, MaxRange: all.Len() / 4, Attempts: 2,
			Verify: VerifyReceipts, Workers: 1, HedgeAfter: time.Hour,
		}

		var got collector

		p := newPool(t, quick(server.URL, honest.URL))
		require.NoError(t, p.Scan(t.Context(), cfg, got.take))
		got.requireTruth(t, all, want)
		require.Positive(t, p.Endpoints()[0].Untrue)
		require.Zero(t, p.Endpoints()[1].Untrue)

		var alone collector

		err := newPool(t, quick(server.URL)).Scan(t.Context(), cfg, alone.take)
		kind, _ := KindOf(err)
		require.Equal(t, Untrue, kind, "%v", err)
		require.Empty(t, alone.logs)

		var trusting collector

		cfg.Verify = VerifyBloom
		require.NoError(t, newPool(t, quick(server.URL)).Scan(t.Context(), cfg, trusting.take))
		require.Less(t, len(trusting.logs), len(want), "the bloom cannot know")
	}
}

// A log in a block that cannot hold it is found by the bloom; so is emptiness that it
// cannot explain, which is counted.
func TestAScanWithBloomsFindsWhatTheyExclude(t *testing.T) {
	t.Parallel()

	f := filterSet(t, FilterAll)

	for node, all := range chains(t) {
		topics := regexp.MustCompile(`"topics":\["0x[0-9a-f]{8}`)
		added := liar(t, node, func(body string) string { return topics.ReplaceAllString(body, `"topics":["0x12345678`) })
		cfg := ScanConfig{Filter: f, Ranges: []Range{all}, Attempts: 1, Verify: VerifyBloom}

		err := newPool(t, quick(added.URL)).Scan(t.Context(), cfg, func(Chunk) error { return nil })
		require.ErrorContains(t, err, "not in its header's bloom")

		empty := liar(t, node, dropAll)
		unproven := uint64(0)

		require.NoError(t, newPool(t, quick(empty.URL)).Scan(t.Context(), cfg, func(c Chunk) error {
			unproven += c.Unproven

			return nil
		}))

		blocks := make(map[uint64]bool)
		for _, l := range truth(t, node, f, all) {
			blocks[l.BlockNumber] = true
		}

		require.GreaterOrEqual(t, unproven, uint64(len(blocks)))
	}
}

// Headers that do not follow each other, or do not lead to the anchor, are refused.
func TestAVerifiedScanFollowsTheChain(t *testing.T) {
	t.Parallel()

	node, other := ownNode(t, devnet.Config{Seed: 41}), ownNode(t, devnet.Config{Seed: 41})
	_, err := other.Reorg(8)
	require.NoError(t, err)

	f := filterSet(t, FilterAll)
	head := node.Head().Number.Uint64()
	cfg := ScanConfig{
		Filter: f, Ranges: []Range{{From: 1, To: head}}, FirstRange: 5, MaxRange: 5, Workers: 1, Attempts: 2,
		Verify: VerifyBloom, Anchor: Ref{Number: head, Hash: node.Head().Hash()}, GiveUp: time.Minute,
	}

	// An endpoint that is on another branch cannot give what leads to the anchor.
	err = newPool(t, quick(other.HTTPURL())).Scan(t.Context(), cfg, func(Chunk) error { return nil })
	require.ErrorContains(t, err, "known is "+node.Head().Hash().Hex())

	// A balancer before both branches: what was read from one does not go on with the
	// other, whichever is read first.
	cfg.Anchor = Ref{}

	var requests atomic.Int64

	mixed := newFront(t, node.HTTPURL(), func([]frontCall, bool) *reply { return nil })
	mixed.node = ""
	mixed.hook = func(calls []frontCall, batch bool) *reply {
		url := node.HTTPURL()
		if requests.Add(1)%2 == 0 {
			url = other.HTTPURL()
		}

		return forward(t, url, calls, batch)
	}

	var got collector

	err = newPool(t, quick(mixed.URL)).Scan(t.Context(), cfg, got.take)
	if err == nil { // By luck each piece came from one of them, and they fit.
		for _, l := range got.logs {
			h := node.Header(l.BlockNumber)
			o := other.Header(l.BlockNumber)
			require.True(t, h.Hash() == l.BlockHash || o.Hash() == l.BlockHash)
		}
	} else {
		kind, _ := KindOf(err)
		require.Equal(t, Untrue, kind, "%v", err)
	}
}

func TestSeamsJoinWhatFits(t *testing.T) {
	t.Parallel()

	hash := func(n byte) common.Hash { return common.Hash{n} }
	piece := func(from, to uint64) (Range, rangeAnswer) {
		return Range{From: from, To: to}, rangeAnswer{parent: hash(byte(from - 1)), last: hash(byte(to))}
	}

	s := make(seams)
	require.NoError(t, s.join(piece(10, 19)))
	require.NoError(t, s.join(piece(30, 39)))
	require.NoError(t, s.join(piece(20, 29)))
	require.Len(t, s, 2, "the inner seams are closed")

	r, a := piece(40, 49)
	a.parent = hash(99)
	require.ErrorContains(t, s.join(r, a), "block 40 has parent")

	r, a = piece(1, 9)
	a.last = hash(99)
	require.ErrorContains(t, s.join(r, a), "block 9 is")
	require.Len(t, s, 2, "what does not fit leaves nothing behind")
	require.NoError(t, s.join(piece(1, 9)))
	require.NoError(t, s.join(piece(40, 49)))
}

// Headers come bare where the endpoint offers that, and with their blocks elsewhere.
func TestHeadersAreReadInBulkEitherWay(t *testing.T) {
	t.Parallel()

	node := sharedNode(t)
	refusal := capturedNamed(t, "base-no-blockreceipts")
	without := newFront(t, node.HTTPURL(), func(calls []frontCall, _ bool) *reply {
		if calls[0].Method == methodHeader {
			return &reply{status: refusal.Status, body: refusal.Body}
		}

		return nil
	})
	garbled := newFront(t, node.HTTPURL(), func(calls []frontCall, batch bool) *reply {
		if calls[0].Method == methodHeader {
			return answers(calls, batch, func(frontCall) string { return `{"number":"0x1"}` })
		}

		return nil
	})

	for url, works := range map[string]int32{node.HTTPURL(): headerWorks, without.URL: headerFails, garbled.URL: headerFails} {
		p := newPool(t, quick(url))
		headers, err := p.endpoints[0].chainOf(t.Context(), Range{From: 3, To: 140}, nil)
		require.NoError(t, err)
		require.Len(t, headers, 138)
		require.Equal(t, node.Header(140).Hash(), headers[137].Hash)
		require.Equal(t, works, p.endpoints[0].bareHeaders.Load())
		require.Zero(t, p.Endpoints()[0].Untrue)

		_, err = p.endpoints[0].chainOf(t.Context(), Range{From: 10, To: 12}, &headers[0])
		require.ErrorContains(t, err, "has parent")
	}
}

// TestHeadersOutliveTheirAnswer: the memory of an answer is used for the next, and what
// was read from it does not change.
func TestHeadersOutliveTheirAnswer(t *testing.T) {
	t.Parallel()

	e := newPool(t, quick(sharedNode(t).HTTPURL())).endpoints[0]

	headers, err := e.chainOf(t.Context(), Range{From: 3, To: 60}, nil)
	require.NoError(t, err)

	wire, ok := e.wire.(*httpWire)
	require.True(t, ok)
	require.NotEmpty(t, wire.bodies.free)

	kept := wire.bodies.free[len(wire.bodies.free)-1]

	_, err = e.chainOf(t.Context(), Range{From: 63, To: 120}, nil)
	require.NoError(t, err)
	require.Contains(t, wire.bodies.free, kept)

	for _, h := range headers {
		require.Equal(t, h.Hash, h.Header.Hash())
	}
}
