package chain

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// captured is a refusal as an endpoint gave it (testdata/refusals.json).
type captured struct {
	ID       string `json:"id"`
	Endpoint string `json:"endpoint"`
	Literal  string `json:"literal"`
	Status   int    `json:"status"`
	Body     string `json:"body"`
	Kind     string `json:"kind"`
	Limit    uint64 `json:"limit"`
}

func capturedRefusals(tb testing.TB) []captured {
	tb.Helper()

	var all []captured

	readJSON(tb, "refusals.json", &all)
	require.Greater(tb, len(all), 40)

	return all
}

// allowed says which reactions are right for which refusals; what is missing here
// would be a page taken for empty.
var allowed = map[string]Action{
	"range_too_wide": Shrink, "too_large": Shrink,
	"rate_limited": Wait,
	"no_archive":   Elsewhere, "not_offered": Elsewhere, "unknown_block": Elsewhere, "bad_request": Elsewhere,
	"beyond_head": Again, "timeout": Again, "outage": Again, "unknown": Again,
	"unauthorized":    Drop,
	"batch_too_large": Unbatch,
	"reverted":        Stop,
}

// Every refusal of every dialect, over real HTTP, as the answer to eth_getLogs: it
// is an error, of the right kind, with the limit that it states.
func TestEveryDialectIsUnderstood(t *testing.T) {
	t.Parallel()

	for _, c := range capturedRefusals(t) {
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()

			server := newFront(t, "", always(c.Status, c.Body))
			e := newPool(t, quick(server.URL)).endpoints[0]
			e.head.Store(^uint64(0) - lagWindow)

			for name, filter := range map[string]FilterSet{"single": filterSet(t, FilterAll), "batch": filterSet(t, FilterCore)} {
				answers, err := e.queryRange(t.Context(), filter, Range{From: 100, To: 2099})
				require.Nil(t, answers, name)

				r, ok := errors.AsType[*Refusal](err)
				require.True(t, ok, "%s: %v", name, err)
				require.Equal(t, c.Kind, r.Kind.String(), "%s: %v", name, r)
				require.Equal(t, allowed[c.Kind], r.Kind.Action(), name)
				require.Equal(t, c.Limit, r.Limit, "%s: %v", name, r)
				require.NotEmpty(t, r.Message, name)
				require.Equal(t, e.name, r.Endpoint)
			}
		})
	}
}

// The same refusals as one call's error inside a batch that was answered.
func TestEveryDialectIsUnderstoodInsideABatch(t *testing.T) {
	t.Parallel()

	for _, c := range capturedRefusals(t) {
		stated, ok := statedError(errStatus, []byte(c.Body))
		if !ok {
			continue // An HTML page is in no batch.
		}

		r := classify(stated, &exchange{status: http.StatusOK})
		require.Equal(t, c.Kind, r.Kind.String(), c.ID)
		require.Equal(t, c.Limit, r.Limit, c.ID)
	}
}

func TestTransportFailures(t *testing.T) {
	t.Parallel()

	for name, c := range map[string]struct {
		status int
		body   string
		want   Kind
	}{
		"nothing":              {200, "", Malformed},
		"a text":               {200, "hello", Malformed},
		"HTML with status 200": {200, "<!DOCTYPE html><html></html>", Outage},
		"cut off":              {200, `{"jsonrpc":"2.0","id":1,"result":[`, Malformed},
		"no result":            {200, `{"jsonrpc":"2.0","id":1}`, Malformed},
		"null":                 {200, `null`, Malformed},
		"a list for one call":  {200, `[{"jsonrpc":"2.0","id":1,"result":[]}]`, Malformed},
		"another's answer":     {200, `{"jsonrpc":"2.0","id":77,"result":[]}`, Malformed},
		"a redirect":           {302, ``, Outage},
		"teapot":               {418, `short and stout`, Outage},
		"401":                  {401, ``, Unauthorized},
		"403":                  {403, ``, Unauthorized},
		"404":                  {404, `404 page not found`, Outage},
		"413":                  {413, ``, TooLarge},
		"429":                  {429, ``, RateLimited},
		"502":                  {502, `<html>Bad Gateway</html>`, Outage},
		"504":                  {504, ``, Timeout},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			server := newFront(t, "", always(c.status, c.body))
			e := newPool(t, quick(server.URL)).endpoints[0]
			e.head.Store(^uint64(0) - lagWindow)

			_, err := e.queryRange(t.Context(), filterSet(t, FilterAll), Range{From: 1, To: 2})
			kind, ok := KindOf(err)
			require.True(t, ok, "%v", err)
			require.Equal(t, c.want.String(), kind.String(), "%v", err)
		})
	}
}

func TestNobodyListensIsAnOutage(t *testing.T) {
	t.Parallel()

	server := newFront(t, "", always(200, ""))
	url := server.URL
	server.Close()

	for _, url := range []string{url, "ws" + url[len("http"):]} {
		_, err := newPool(t, quick(url)).endpoints[0].call(t.Context(), "eth_chainId")
		kind, _ := KindOf(err)
		require.Equal(t, Outage, kind, "%v", err)
	}
}

func TestNoAnswerInTimeIsATimeout(t *testing.T) {
	t.Parallel()

	release := make(chan struct{})
	server := newFront(t, "", func([]frontCall, bool) *reply {
		<-release

		return &reply{status: 200}
	})

	t.Cleanup(func() { close(release) })

	cfg := quick(server.URL)
	cfg.CallTimeout = 50 * time.Millisecond
	e := newPool(t, cfg).endpoints[0]

	_, err := e.call(t.Context(), "eth_chainId")
	kind, _ := KindOf(err)
	require.Equal(t, Timeout, kind, "%v", err)
	require.ErrorIs(t, err, context.DeadlineExceeded)

	// The caller's own end is not the endpoint's failure.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	_, err = e.call(ctx, "eth_chainId")
	require.Equal(t, context.Canceled, err)
}

func TestAnAnswerIsBoundedInSize(t *testing.T) {
	t.Parallel()

	endless := func(calls []frontCall, batch bool) *reply {
		return answers(calls, batch, func(frontCall) string { return `"0x` + string(make([]byte, 1<<20)) + `"` })
	}
	server := newFront(t, "", endless)
	cfg := quick(server.URL)
	cfg.MaxAnswer = 1 << 19

	_, err := newPool(t, cfg).endpoints[0].call(t.Context(), "eth_getLogs")
	kind, _ := KindOf(err)
	require.Equal(t, TooLarge, kind, "%v", err)
}

// A connection that breaks in the middle of an answer gives no part of it.
func TestABrokenAnswerIsAnOutage(t *testing.T) {
	t.Parallel()

	server := newFront(t, "", func([]frontCall, bool) *reply { return nil })
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, `{"jsonrpc":"2.0","id":1,"result":[]`)
	})

	_, err := newPool(t, quick(server.URL)).endpoints[0].call(t.Context(), "eth_getLogs")
	kind, _ := KindOf(err)
	require.Equal(t, Outage, kind, "%v", err)
}

func TestRefusalsAreKeptTogether(t *testing.T) {
	t.Parallel()

	u := &UnavailableError{What: "read", Refusals: []*Refusal{{Kind: NoArchive, Endpoint: "a"}, {Kind: NotOffered, Endpoint: "b"}}}
	require.True(t, IsNoState(u))
	require.False(t, IsUnknownBlock(u))
	require.True(t, OnlyKinds(u, NoArchive, NotOffered))
	require.ErrorContains(t, u, "read: no endpoint answered: a: no archive; b: not offered")

	u.Refusals = append(u.Refusals, &Refusal{Kind: Outage})
	require.False(t, IsNoState(u), "the one that is down may have the state")

	require.False(t, OnlyKinds(errors.New("else"), Outage))
	require.False(t, OnlyKinds(&UnavailableError{}, Outage))
	require.True(t, IsUnknownBlock(&Refusal{Kind: UnknownBlock}))

	for kind := range kindNames {
		require.NotEmpty(t, kind.String())
	}
}

func FuzzClassify(f *testing.F) {
	for _, c := range capturedRefusals(f) {
		f.Add(c.Status, []byte(c.Body))
	}

	f.Fuzz(func(t *testing.T, status int, body []byte) {
		calls := []rpcCall{{method: methodLogs}}

		if status >= 200 && status < 300 {
			results, err := matchAnswers(body, calls, 1)
			if err == nil {
				require.Len(t, results, 1)

				return
			}

			require.NotNil(t, classify(err, &exchange{status: status, head: body}))

			return
		}

		r := classify(errStatus, &exchange{status: status, head: body})
		require.NotEmpty(t, r.Kind.String())
	})
}
