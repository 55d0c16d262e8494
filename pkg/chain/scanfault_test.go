package chain

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// null, nothing and lists of the wrong kind are no empty pages either.
func TestScanRefusesAnswersThatAreNoLists(t *testing.T) {
	t.Parallel()

	for _, result := range []string{`null`, `{}`, `"0x"`, `[null]`, `[[]]`, `[{}]`, `false`} {
		server := newFront(t, "", func(calls []frontCall, batch bool) *reply {
			return answers(calls, batch, func(c frontCall) string {
				if c.Method != methodLogs {
					return `"0xffffff"`
				}

				return result
			})
		})

		err := newPool(t, quick(server.URL)).Scan(t.Context(), ScanConfig{
			Filter: filterSet(t, FilterAll), Ranges: []Range{{From: 1, To: 2}}, Attempts: 1,
		}, func(Chunk) error { return errors.New("yielded") })
		require.ErrorContains(t, err, "malformed", result)
	}
}

// Answers that are well-formed and untrue are noticed; the honest endpoint is asked.
func TestScanNoticesUntrueAnswers(t *testing.T) {
	t.Parallel()

	node := sharedNode(t)
	f := filterSet(t, FilterCore)
	all := Range{From: 0, To: node.Head().Number.Uint64()}
	want := truth(t, node.HTTPURL(), f, all)

	for name, spoil := range map[string]func(body string) string{
		"another block":   func(b string) string { return strings.Replace(b, `"blockNumber":"0x`, `"blockNumber":"0x9`, 1) },
		"another hash":    func(b string) string { return strings.Replace(b, `"blockHash":"0x`, `"blockHash":"0xf`, 1) },
		"removed":         func(b string) string { return strings.Replace(b, `"removed":false`, `"removed":true`, 1) },
		"another address": func(b string) string { return strings.ReplaceAll(b, `"address":"0x`, `"address":"0xff`) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			var spoiled atomic.Int64

			liar := newFront(t, node.HTTPURL(), func([]frontCall, bool) *reply { return nil })
			liar.mend = func(body string) string {
				if out := cutHex(spoil(body)); strings.Contains(body, `"logIndex"`) {
					spoiled.Add(1)

					return out
				}

				return body
			}

			var got collector

			p := newPool(t, quick(liar.URL, node.HTTPURL()))
			require.NoError(t, p.Scan(t.Context(), ScanConfig{Filter: f, Ranges: []Range{all}, FirstRange: 50}, got.take))
			got.requireTruth(t, all, want)
			require.Positive(t, spoiled.Load())
			require.Positive(t, p.Endpoints()[0].Untrue)
			require.Zero(t, p.Endpoints()[1].Untrue)
		})
	}
}

// cutHex brings hex that was made longer back to its length.
func cutHex(body string) string {
	for _, f := range []struct{ name, added string }{{`"blockHash":"0xf`, "f"}, {`"address":"0xff`, "ff"}} {
		body = strings.ReplaceAll(body, f.name, strings.TrimSuffix(f.name, f.added)+"\x00"+f.added)
	}

	var out strings.Builder

	for i := 0; i < len(body); i++ {
		if body[i] != 0 {
			out.WriteByte(body[i])

			continue
		}

		end := i + strings.IndexByte(body[i:], '"')
		digits := body[i+1 : end]
		length := 64

		if strings.HasSuffix(body[:i], `"address":"0x`) {
			length = 40
		}

		out.WriteString(digits[:length])

		i = end - 1
	}

	return out.String()
}

// An answer of exactly a round number of logs may have been cut off there.
func TestScanAsksAgainWhereAnAnswerMayBeCutOff(t *testing.T) {
	t.Parallel()

	chain := newFake(4, 500) // 2,000 logs, 500 a block

	var got collector

	server := newFront(t, "", chain.cappedAt(1000))
	p := newPool(t, quick(server.URL))
	require.NoError(t, p.Scan(t.Context(), ScanConfig{
		Filter: filterSet(t, FilterAll), Ranges: []Range{{From: 1, To: 4}}, Workers: 1,
	}, got.take))
	require.Len(t, got.logs, 2000)
}

// A range that no endpoint has yet is not covered, whichever way the node says so.
func TestScanDoesNotReachBeyondTheHead(t *testing.T) {
	t.Parallel()

	geth, other := sharedNode(t), ownAnvil(t, 3)
	otherHead, err := other.Head(t.Context())
	require.NoError(t, err)

	for url, head := range map[string]uint64{geth.HTTPURL(): geth.Head().Number.Uint64(), other.HTTPURL(): otherHead.Number} {
		// The second is a balancer, one of whose backends is ahead of the other.
		ahead := newFront(t, url, func(calls []frontCall, batch bool) *reply {
			if calls[0].Method != "eth_blockNumber" {
				return nil
			}

			return answers(calls, batch, func(frontCall) string { return fmt.Sprintf(`"0x%x"`, head+20) })
		})

		for _, url := range []string{url, ahead.URL} {
			var got collector

			err := newPool(t, quick(url)).Scan(t.Context(), ScanConfig{
				Filter: filterSet(t, FilterAll), Ranges: []Range{{From: head - 1, To: head + 9}}, Attempts: 2, Workers: 1,
			}, got.take)

			kind, _ := KindOf(err)
			require.Equal(t, BeyondHead, kind, "%v", err)
			require.Zero(t, got.chunks)
		}
	}
}

func TestScanGoesOnWithoutAnEndpointThatFailsMidway(t *testing.T) {
	t.Parallel()

	node := sharedNode(t)
	f := filterSet(t, FilterAll)
	all := Range{From: 0, To: node.Head().Number.Uint64()}
	want := truth(t, node.HTTPURL(), f, all)

	var dying *front

	requests := 0
	dying = newFront(t, node.HTTPURL(), func(calls []frontCall, _ bool) *reply {
		if calls[0].Method == methodLogs {
			if requests++; requests > 3 {
				return &reply{status: 503, body: "<html>down</html>"}
			}
		}

		return nil
	})

	var got collector

	err := newPool(t, quick(dying.URL, node.HTTPURL())).Scan(t.Context(), ScanConfig{
		Filter: f, Ranges: []Range{all}, FirstRange: 10, MaxRange: 10, Workers: 1,
	}, got.take)
	require.NoError(t, err)
	got.requireTruth(t, all, want)
	require.Len(t, got.by, 2, "both had their part")
}

// A request that hangs holds nothing up where another endpoint can answer.
func TestScanHedgesARequestThatHangs(t *testing.T) {
	t.Parallel()

	node := sharedNode(t)
	f := filterSet(t, FilterAll)
	all := Range{From: 0, To: node.Head().Number.Uint64()}
	want := truth(t, node.HTTPURL(), f, all)
	release := make(chan struct{})

	hanging := newFront(t, node.HTTPURL(), func(calls []frontCall, _ bool) *reply {
		if calls[0].Method == methodLogs {
			<-release
		}

		return nil
	})
	t.Cleanup(func() { close(release) })

	var got collector

	err := newPool(t, quick(hanging.URL, node.HTTPURL())).Scan(t.Context(), ScanConfig{
		Filter: f, Ranges: []Range{all}, FirstRange: 25, HedgeAfter: 50 * time.Millisecond,
	}, got.take)
	require.NoError(t, err)
	got.requireTruth(t, all, want)
}

// Whatever the length of the range, no more answers exist at a time than workers.
func TestScanIsBounded(t *testing.T) {
	t.Parallel()

	const workers = 3

	var asked, yielded atomic.Int64

	chain := newFake(5000, 1)
	server := newFront(t, "", func(calls []frontCall, batch bool) *reply {
		if calls[0].Method == methodLogs {
			asked.Add(1)
		}

		return chain.answer(calls, batch)
	})

	err := newPool(t, quick(server.URL)).Scan(t.Context(), ScanConfig{
		Filter: filterSet(t, FilterAll), Ranges: []Range{{From: 1, To: 5000}}, FirstRange: 10, MaxRange: 10, Workers: workers,
	}, func(Chunk) error {
		// A worker asks again only once its answer was taken, which this one was.
		if waiting := asked.Load() - yielded.Add(1); waiting > workers {
			return fmt.Errorf("%d answers are in memory", waiting)
		}

		return nil
	})
	require.NoError(t, err)
	require.Equal(t, int64(500), yielded.Load())
}

func TestScanEndsWhenItIsTold(t *testing.T) {
	t.Parallel()

	chain := newFake(1000, 1)
	p := newPool(t, quick(newFront(t, "", chain.answer).URL))
	cfg := ScanConfig{Filter: filterSet(t, FilterAll), Ranges: []Range{{From: 1, To: 1000}}, FirstRange: 10, MaxRange: 10}

	stop := errors.New("enough")
	require.Equal(t, stop, p.Scan(t.Context(), cfg, func(Chunk) error { return stop }))

	ctx, cancel := context.WithCancel(t.Context())
	require.ErrorIs(t, p.Scan(ctx, cfg, func(Chunk) error {
		cancel()

		return nil
	}), context.Canceled)

	require.NoError(t, p.Scan(t.Context(), ScanConfig{Filter: cfg.Filter}, func(Chunk) error { return stop }))
}

// An endpoint that keeps the newest blocks only is used for those, to the block.
func TestScanFindsTheEdgeOfAnArchive(t *testing.T) {
	t.Parallel()

	const oldest = 137

	node := sharedNode(t)
	f := filterSet(t, FilterAll)
	all := Range{From: 0, To: node.Head().Number.Uint64()}
	archive := capturedNamed(t, "publicnode-archive")

	pruned := newFront(t, node.HTTPURL(), func(calls []frontCall, _ bool) *reply {
		for _, c := range calls {
			if r, ok := asked(c); ok && r.From < oldest {
				return &reply{status: archive.Status, body: archive.Body}
			}
		}

		return nil
	})

	var got collector

	err := newPool(t, quick(pruned.URL)).Scan(t.Context(), ScanConfig{Filter: f, Ranges: []Range{all}, FirstRange: 100}, got.take)

	var missing *ScanError

	require.ErrorAs(t, err, &missing)
	require.Equal(t, rangeSet{{From: oldest, To: all.To}}, got.covered)
	require.Len(t, missing.Missing, 1)
	require.Equal(t, Range{From: 0, To: oldest - 1}, missing.Missing[0].Range)
	require.Equal(t, NoArchive, missing.Missing[0].Refusals[0].Kind)
	require.ErrorContains(t, err, "not read: blocks 0 to 136: no endpoint answered: "+pruned.URL)

	// With an archive beside it, everything is read.
	var whole collector

	require.NoError(t, newPool(t, quick(pruned.URL, node.HTTPURL())).Scan(t.Context(),
		ScanConfig{Filter: f, Ranges: []Range{all}, FirstRange: 100}, whole.take))
	whole.requireTruth(t, all, truth(t, node.HTTPURL(), f, all))
}
