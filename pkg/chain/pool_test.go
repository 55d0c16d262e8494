package chain

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"diemhouse/internal/devnet"
)

func TestPoolRefusesWhatIsNoEndpoint(t *testing.T) {
	t.Parallel()

	for _, urls := range [][]string{nil, {"example.org"}, {"ftp://example.org"}, {"https://"}, {"http://h:port"}} {
		_, err := NewPool(Config{URLs: urls})
		require.Error(t, err, urls)
	}

	p := newPool(t, Config{URLs: []string{"http://a/k", "http://a/l", "http://a"}})
	require.Equal(t, "http://a/…", p.Endpoints()[0].Name)
	require.Equal(t, "http://a/…#2", p.Endpoints()[1].Name)
	require.Equal(t, "http://a", p.Endpoints()[2].Name)
}

// An endpoint of another chain is never used, and said when it is asked about.
func TestAnotherChainIsRefused(t *testing.T) {
	t.Parallel()

	node := sharedNode(t)
	other := newFront(t, node.HTTPURL(), func(calls []frontCall, batch bool) *reply {
		if calls[0].Method == "eth_chainId" {
			return answers(calls, batch, func(frontCall) string { return `"0x1"` })
		}

		return nil
	})

	cfg := quick(other.URL, node.HTTPURL())
	cfg.ChainID = devnet.ChainID
	p := newPool(t, cfg)

	err := p.CheckChain(t.Context())
	kind, _ := KindOf(err)
	require.Equal(t, WrongChain, kind, "%v", err)
	require.ErrorContains(t, err, "serves chain id 1, want 8453")

	h, err := p.HeaderByNumber(t.Context(), 5)
	require.NoError(t, err)
	require.Equal(t, p.Endpoints()[1].Name, h.Endpoint)
	require.False(t, p.Endpoints()[0].Usable)

	cfg.URLs = []string{node.HTTPURL(), node.WSURL()}
	right := newPool(t, cfg)
	require.NoError(t, right.CheckChain(t.Context()))

	id, err := right.ChainID(t.Context())
	require.NoError(t, err)
	require.Equal(t, uint64(devnet.ChainID), id)

	down := quick("http://127.0.0.1:1")
	down.ChainID = devnet.ChainID
	require.ErrorContains(t, newPool(t, down).CheckChain(t.Context()), "eth_chainId")
}

// What passes is asked again; what does not is asked elsewhere.
func TestCallsAreRepeatedAndFailOver(t *testing.T) {
	t.Parallel()

	node := sharedNode(t)

	for _, c := range capturedRefusals(t) {
		var refused atomic.Int64

		flaky := newFront(t, node.HTTPURL(), func([]frontCall, bool) *reply {
			if refused.Add(1) == 1 {
				return &reply{status: c.Status, body: c.Body, header: map[string]string{"Retry-After": "0.01"}}
			}

			return nil
		})

		p := newPool(t, quick(flaky.URL, node.HTTPURL()))
		h, err := p.HeaderByNumber(t.Context(), 7)

		if c.Kind == "reverted" {
			require.Error(t, err, "another would say the same")

			continue
		}

		require.NoError(t, err, c.ID)
		require.Equal(t, p.Endpoints()[1].Name, h.Endpoint, c.ID)

		refused.Store(0)

		alone := newPool(t, quick(flaky.URL))
		_, err = alone.HeaderByNumber(t.Context(), 7)
		kind, _ := KindOf(err)

		switch allowed[c.Kind] {
		case Elsewhere, Drop:
			require.Equal(t, c.Kind, kind.String(), c.ID)
		case Again, Wait, Shrink, Unbatch, Stop:
			require.NoError(t, err, c.ID)
		}
	}
}

// A batch that is too long is asked in shorter ones, to the stated number; a node
// that takes no batches at all is asked call by call.
func TestBatchesAreCutToWhatAnEndpointTakes(t *testing.T) {
	t.Parallel()

	node := sharedNode(t)
	numbers := make([]uint64, 95)

	for i := range numbers {
		numbers[i] = uint64(i)
	}

	for name, c := range map[string]struct {
		most     int
		refusal  captured
		requests int64
		learned  int
	}{
		"stated":       {10, capturedNamed(t, "base-batch-11"), 12, 10},
		"unstated":     {30, capturedNamed(t, "geth-batch"), 7, 23},
		"none at all":  {1, captured{Status: 400, Body: `{"message":"batches are not supported"}`}, 100, 1},
		"HTML for one": {1, captured{Status: 200, Body: `[]`}, 100, 1},
		"as it likes":  {100, captured{}, 2, mostBatch},
	} {
		var requests atomic.Int64

		server := newFront(t, node.HTTPURL(), func(calls []frontCall, _ bool) *reply {
			requests.Add(1)

			if len(calls) > c.most {
				return &reply{status: c.refusal.Status, body: c.refusal.Body}
			}

			return nil
		})
		e := newPool(t, quick(server.URL)).endpoints[0]

		headers, err := e.headersOf(t.Context(), numbers)
		require.NoError(t, err, name)
		require.Len(t, headers, len(numbers), name)
		require.LessOrEqual(t, requests.Load(), c.requests, name)
		require.Equal(t, c.learned, e.batches.take(), name)
	}
}

func TestABatchIsTriedLongerAgain(t *testing.T) {
	t.Parallel()

	b := newBatchSize()
	b.refused(1, false)

	for range 10_000 {
		b.worked(b.take())
	}

	require.Equal(t, mostBatch, b.take(), "the reason passed")

	b.refused(10, true)

	for range 10_000 {
		b.worked(b.take())
	}

	require.Equal(t, 10, b.take(), "a stated limit does not")
	b.worked(3)
	require.Equal(t, 10, b.take())
}

// One call's refusal in a batch is that call's; a rate limit slows the endpoint.
func TestARefusalInsideABatch(t *testing.T) {
	t.Parallel()

	server := newFront(t, "", func(calls []frontCall, _ bool) *reply {
		return &reply{status: 200, body: fmt.Sprintf(`[{"id":%s,"result":"0x1"},{"id":%s,"error":{"code":-32005,"message":"rate limit"}}]`,
			calls[1].ID, calls[0].ID)}
	})
	e := newPool(t, quick(server.URL)).endpoints[0]

	results, err := e.batch(t.Context(), []rpcCall{{method: "a"}, {method: "b"}})
	require.NoError(t, err)
	require.Equal(t, `"0x1"`, string(results[1].data))

	kind, _ := KindOf(results[0].err)
	require.Equal(t, RateLimited, kind)
	require.False(t, e.throttle.paused().IsZero())
}

func TestHeadsOfARealNode(t *testing.T) {
	t.Parallel()

	node := sharedNode(t)
	head := node.Head().Number.Uint64()

	for _, url := range []string{node.HTTPURL(), node.WSURL()} {
		heads, err := newPool(t, quick(url)).Heads(t.Context())
		require.NoError(t, err)
		require.Equal(t, node.Head().Hash(), heads.Head.Hash)
		require.Equal(t, head-devnet.DefaultSafeLag, heads.Safe.Number.Uint64())
		require.Equal(t, head-devnet.DefaultFinalizedLag, heads.Finalized.Number.Uint64())
	}

	// What an endpoint does not know of safe and finalized is not known.
	for _, unknown := range []string{`null`, `error`} {
		server := newFront(t, node.HTTPURL(), func([]frontCall, bool) *reply { return nil })
		server.mend = func(body string) string {
			parts := strings.Split(body, `{"jsonrpc"`)
			require.Len(t, parts, 4)

			for i := 2; i < 4; i++ {
				_, id, _ := strings.Cut(parts[i], `"id":`)
				id, _, _ = strings.Cut(id, ",")
				parts[i] = `:"2.0","id":` + id + `,"result":null}`

				if unknown == "error" {
					parts[i] = `:"2.0","id":` + id + `,"error":{"code":-39001,"message":"finalized block not found"}}`
				}

				if i == 2 {
					parts[i] += ","
				}
			}

			return strings.Join(parts, `{"jsonrpc"`) + "]"
		}

		heads, err := newPool(t, quick(server.URL)).Heads(t.Context())
		require.NoError(t, err)
		require.Equal(t, node.Head().Hash(), heads.Head.Hash)
		require.Nil(t, heads.Safe)
		require.Nil(t, heads.Finalized)
	}
}

// Where the preferred endpoint's head stands still, the one that is ahead is taken.
func TestHeadsLeaveAnEndpointThatStandsStill(t *testing.T) {
	t.Parallel()

	stuck, going := ownNode(t, devnet.Config{Seed: 21}), ownNode(t, devnet.Config{Seed: 21})
	cfg := quick(stuck.HTTPURL(), going.HTTPURL())
	cfg.HeadStall = 1

	p := newPool(t, cfg)

	heads, err := p.Heads(t.Context())
	require.NoError(t, err)
	require.Equal(t, stuck.Head().Hash(), heads.Head.Hash)

	_, err = going.Mine(3)
	require.NoError(t, err)

	heads, err = p.Heads(t.Context())
	require.NoError(t, err)
	require.Equal(t, going.Head().Hash(), heads.Head.Hash)

	h, err := p.HeaderByNumber(t.Context(), 3)
	require.NoError(t, err)
	require.Equal(t, p.Endpoints()[1].Name, h.Endpoint, "it is the preferred one now")
}
