package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
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
	lost := []place{
		nth(t, truth, "emission_rate_updated", 1), // set again since
		nth(t, truth, "svvv_mint", 100),
		nth(t, truth, "diem_mint", 100),
	}

	dropping := drop(t, rpc, lost...)
	h := newHouse(t)

	// The rate is known from the contract, and that no event told of it.
	p := h.start(t, "backfill", embedded("--rpc", dropping)...)
	require.Zero(t, p.wait(t), p.stderr.String())
	require.Contains(t, p.stderr.String(), "they were proved and mended")

	kept := h.sql(t, events)
	for i, p := range lost {
		require.Equal(t, i == 0, slices.ContainsFunc(kept, p.is))
	}

	said, _, code := h.run(t, "indexer", embedded("audit", "--rpc", dropping)...)
	require.Equal(t, 1, code, said)

	require.Contains(t, h.ok(t, "indexer", embedded("audit", "--repair", "--rpc", dropping)...), "missing 2, extra 0, changed 0 logs")
	require.True(t, reflect.DeepEqual(truth, h.sql(t, events)), "every event is as without the faults")
	h.ok(t, "indexer", embedded("audit", "--rpc", dropping)...)
}

// place is where a log is.
type place struct{ block, index uint64 }

// is reports whether a row is of the log at the place.
func (p place) is(row map[string]any) bool {
	return fmt.Sprint(row["block_number"], "/", row["log_index"]) == fmt.Sprint(p.block, "/", p.index)
}

// nth is the place of the n-th event of a kind.
func nth(t *testing.T, rows []map[string]any, kind string, n int) place {
	t.Helper()

	for _, row := range rows {
		if row["kind"] != kind {
			continue
		}

		if n--; n < 0 {
			return place{number(t, row["block_number"]), number(t, row["log_index"])}
		}
	}

	require.Fail(t, "the history has too few", kind)

	return place{}
}

func number(t *testing.T, value any) uint64 {
	t.Helper()

	n, err := strconv.ParseUint(fmt.Sprint(value), 10, 64)
	require.NoError(t, err)

	return n
}

// drop is an endpoint that leaves logs out of lists of logs.
func drop(t *testing.T, rpc string, lost ...place) string {
	t.Helper()

	target, err := url.Parse(rpc)
	require.NoError(t, err)

	server := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Header.Del("Accept-Encoding")
		},
		ModifyResponse: func(r *http.Response) error {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return err
			}

			if body, err = without(body, lost); err != nil {
				return err
			}

			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			r.Header.Set("Content-Length", strconv.Itoa(len(body)))

			return r.Body.Close()
		},
	})
	t.Cleanup(server.Close)

	return server.URL
}

// without is an answer, or a batch of them, without the logs at the places. What is no
// list of logs is left as it is.
func without(body []byte, lost []place) (_ []byte, err error) {
	var batch []json.RawMessage
	if json.Unmarshal(body, &batch) == nil {
		for i := range batch {
			if batch[i], err = without(batch[i], lost); err != nil {
				return nil, err
			}
		}

		return json.Marshal(batch)
	}

	var (
		answer map[string]json.RawMessage
		logs   []map[string]any
		texts  []json.RawMessage
	)

	given := json.Unmarshal(body, &answer) == nil && json.Unmarshal(answer["result"], &logs) == nil &&
		json.Unmarshal(answer["result"], &texts) == nil && len(logs) > 0 && logs[0]["topics"] != nil
	if !given {
		return body, nil
	}

	kept := make([]json.RawMessage, 0, len(texts))

	for i, l := range logs {
		if !slices.ContainsFunc(lost, func(p place) bool {
			return l["blockNumber"] == fmt.Sprintf("0x%x", p.block) && l["logIndex"] == fmt.Sprintf("0x%x", p.index)
		}) {
			kept = append(kept, texts[i])
		}
	}

	if answer["result"], err = json.Marshal(kept); err != nil {
		return nil, err
	}

	return json.Marshal(answer)
}
