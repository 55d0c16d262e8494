package board_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/stretchr/testify/require"

	"diemhouse/dashboards"
	"diemhouse/dashboards/panel"
	"diemhouse/internal/board"
	"diemhouse/internal/board/boardtest"
	"diemhouse/internal/testenv"
	"diemhouse/pkg/store"
)

// cursorOf is the block of a status event.
func cursorOf(tb testing.TB, m boardtest.Message) uint64 {
	tb.Helper()

	var status struct {
		Status struct {
			Cursor uint64 `json:"cursor"`
		} `json:"status"`
		Problem string `json:"problem"`
	}

	require.NoError(tb, json.Unmarshal(m.Data, &status))
	require.Empty(tb, status.Problem)

	return status.Status.Cursor
}

// awaitBlock reads a stream until it says the block.
func awaitBlock(tb testing.TB, messages <-chan boardtest.Message, block uint64) {
	tb.Helper()

	for m := range messages {
		if m.Name == "status" && cursorOf(tb, m) >= block {
			return
		}
	}

	require.Failf(tb, "the stream ended", "before block %d", block)
}

// metrics are the samples of one of the board's metrics.
func metrics(tb testing.TB, registry *prometheus.Registry, name string) []*dto.Metric {
	tb.Helper()

	families, err := registry.Gather()
	require.NoError(tb, err)

	for _, family := range families {
		if family.GetName() == name {
			return family.GetMetric()
		}
	}

	return nil
}

// queries is how many queries of panels have run.
func queries(tb testing.TB, registry *prometheus.Registry) uint64 {
	tb.Helper()

	var ran uint64

	for _, m := range metrics(tb, registry, "diemhouse_board_query_seconds") {
		for _, label := range m.GetLabel() {
			if label.GetName() == "purpose" && label.GetValue() == "panel" {
				ran += m.GetHistogram().GetSampleCount()
			}
		}
	}

	return ran
}

func gauge(tb testing.TB, registry *prometheus.Registry, name string) float64 {
	tb.Helper()

	found := metrics(tb, registry, name)
	require.Len(tb, found, 1)

	return found[0].GetGauge().GetValue()
}

// heads tells the warehouse of a new block, as the indexer does, without any event.
func heads(tb testing.TB, s *store.Store, block uint64) {
	tb.Helper()

	at := uint64(time.Now().Unix())
	require.NoError(tb, s.Write(tb.Context(), store.Batch{
		Filter: "core", Covered: []store.Range{{From: 1, To: block}}, Blocks: []store.Block{{Number: block, Time: at}},
	}))
	require.NoError(tb, s.SetHeads(tb.Context(), store.Heads{Head: block, HeadTime: at}))
}

// blocksFor lets so many pages follow so many blocks, and gives the queries of panels
// that it took.
func blocksFor(tb testing.TB, s *store.Store, pages int, from, to uint64) uint64 {
	tb.Helper()

	b, registry := boardtest.StartCounted(tb, boardtest.ReaderOf(tb, s))

	streams := make([]<-chan boardtest.Message, 0, pages)

	for range pages {
		messages, _ := boardtest.Watch(tb, b, "/api/v1/live/"+dashboards.SupplyUID)
		streams = append(streams, messages)
	}

	for block := from; block <= to; block++ {
		heads(tb, s, block)

		for _, messages := range streams {
			awaitBlock(tb, messages, block)
		}
	}

	return queries(tb, registry)
}

// TestAHundredPagesCostWhatOneDoes counts the queries of one open page and of a
// hundred. A round more or less is a matter of when it was counted.
func TestAHundredPagesCostWhatOneDoes(t *testing.T) {
	s := testenv.Open(t)

	one := blocksFor(t, s, 1, 1, 5)
	hundred := blocksFor(t, s, 100, 6, 10)

	require.Positive(t, one)
	require.LessOrEqual(t, hundred, 2*one)
	t.Logf("five blocks: %d queries for one page, %d for a hundred", one, hundred)
}

// BenchmarkOpenPages is the time from a block in the warehouse until every page has
// it, and the queries that it took.
func BenchmarkOpenPages(b *testing.B) {
	s := testenv.Open(b)
	block := uint64(0)

	for _, pages := range []int{1, 10, 100} {
		b.Run(strconv.Itoa(pages), func(b *testing.B) {
			ran := blocksFor(b, s, pages, block+1, block+uint64(b.N))
			block += uint64(b.N)

			b.ReportMetric(float64(ran)/float64(b.N), "queries/block")
		})
	}
}

func TestPagesThatWantTheSameShareOneView(t *testing.T) {
	s := testenv.Open(t)
	b, registry := boardtest.StartCounted(t, boardtest.ReaderOf(t, s))

	for _, query := range []string{"", "?refresh=live", "?from=now-30d&to=now", "?var-nobody=x"} {
		boardtest.Watch(t, b, "/api/v1/live/"+dashboards.SupplyUID+query)
	}

	require.InDelta(t, 1, gauge(t, registry, "diemhouse_board_views"), 0)
	require.InDelta(t, 4, gauge(t, registry, "diemhouse_board_viewers"), 0)

	_, leave := boardtest.Watch(t, b, "/api/v1/live/"+dashboards.SupplyUID+"?from=now-7d")
	require.InDelta(t, 2, gauge(t, registry, "diemhouse_board_views"), 0)
	leave()
	require.Eventually(t, func() bool { return gauge(t, registry, "diemhouse_board_views") == 1 }, boardtest.Patience, boardtest.Poll,
		"a view that nobody looks at goes on")
}

func TestOpenPagesAreLimited(t *testing.T) {
	b := boardtest.Start(t, boardtest.Nowhere, board.Limits{Viewers: 2, Views: 1})

	_, leave := boardtest.Watch(t, b, "/api/v1/live/"+dashboards.SupplyUID)

	status, text := boardtest.Fetch(t, b, "/api/v1/live/"+dashboards.SupplyUID+"?from=now-7d")
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Contains(t, text, "different time ranges")

	boardtest.Watch(t, b, "/api/v1/live/"+dashboards.SupplyUID)

	status, text = boardtest.Fetch(t, b, "/api/v1/live/"+dashboards.SupplyUID)
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Contains(t, text, "2 pages are open")

	leave()
	require.Eventually(t, func() bool {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()

		r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.URL()+"api/v1/live/"+dashboards.SupplyUID, nil)
		require.NoError(t, err)

		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)

		defer func() { _ = answer.Body.Close() }()

		return answer.StatusCode == http.StatusOK
	}, boardtest.Patience, boardtest.Poll, "a page that was closed still counts")
}

func TestRefreshOffSendsEverythingOnce(t *testing.T) {
	s := testenv.Open(t)
	heads(t, s, 1)

	b, registry := boardtest.StartCounted(t, boardtest.ReaderOf(t, s))
	quiet, _ := boardtest.Watch(t, b, "/api/v1/live/"+dashboards.PipelineUID+"?refresh=off")
	awaitBlock(t, quiet, 1)

	for m := range quiet {
		if m.Name == "annotations" { // the last of a round
			break
		}
	}

	ran := queries(t, registry)
	live, stop := boardtest.Watch(t, b, "/api/v1/live/"+dashboards.EventsUID)

	heads(t, s, 2)
	awaitBlock(t, live, 2)
	stop()
	require.Greater(t, queries(t, registry), ran, "the other page lives")

	select {
	case m := <-quiet:
		require.Fail(t, "a page that is off was sent", m.Name)
	default:
	}
}

func TestOnlyWhatChangedIsSent(t *testing.T) {
	s := testenv.Open(t)
	heads(t, s, 1)

	b, err := board.Start(t.Context(), board.Config{
		Addr: "127.0.0.1:0", DSN: boardtest.ReaderOf(t, s), Poll: boardtest.Poll,
		Dashboards: []panel.Dashboard{{UID: "two", From: "now-1h", Refresh: "1m", Rows: []panel.Row{{Panels: []panel.Panel{
			{ID: 1, Kind: panel.Stat, Query: panel.Query{SQL: "SELECT 1 AS same"}},
			{ID: 2, Kind: panel.Stat, Query: panel.Query{SQL: "SELECT cursor FROM status"}},
		}}}}},
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close(context.Background())) })

	messages, stop := boardtest.Watch(t, b, "/api/v1/live/two")
	sent := map[int]int{}

	for block := 1; block <= 4; {
		m := <-messages
		if m.Name != "panel" {
			continue
		}

		var data struct {
			ID      int `json:"id"`
			Columns []struct {
				Values []int `json:"values"`
			} `json:"columns"`
		}

		require.NoError(t, json.Unmarshal(m.Data, &data))

		sent[data.ID]++

		if data.ID == 2 && data.Columns[0].Values[0] == block {
			block++
			heads(t, s, uint64(block))
		}
	}

	stop()
	require.Equal(t, 1, sent[1], "what stays the same")
	require.Equal(t, 4, sent[2], "the newest block")
}
