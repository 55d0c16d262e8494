package board_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"diemhouse/dashboards"
	"diemhouse/internal/board"
	"diemhouse/internal/board/boardtest"
)

func TestBoardComesUpWithoutAWarehouseAndSaysSo(t *testing.T) {
	b := boardtest.Start(t, boardtest.Nowhere, board.Limits{})

	status, text := boardtest.Fetch(t, b, "/")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, text, "Venice supply")

	for _, path := range []string{"/api/v1/status", "/api/v1/figures", "/api/v1/panels/" + dashboards.SupplyUID + "/1"} {
		status, text := boardtest.Fetch(t, b, path)
		require.Equal(t, http.StatusServiceUnavailable, status)
		require.Contains(t, text, "the warehouse does not answer")
		require.NotContains(t, text, "secret")
		require.NotContains(t, text, "127.0.0.1:1")
	}
}

func TestWhatIsNotThereIsRefusedWithAReason(t *testing.T) {
	b := boardtest.Start(t, boardtest.Nowhere, board.Limits{})
	supply := "/api/v1/panels/" + dashboards.SupplyUID

	for path, want := range map[string]struct {
		status int
		words  string
	}{
		"/api/v1/nothing":                                       {404, "docs/API.md"},
		"/api/v1/dashboards/none":                               {404, "no dashboard none"},
		"/api/v1/dashboards/none/annotations":                   {404, "no dashboard none"},
		supply + "/999":                                         {404, "no panel 999"},
		supply + "/x":                                           {404, "no panel x"},
		supply + "/1?from=yesterday":                            {400, "from=yesterday"},
		supply + "/1?from=now&to=now-1h":                        {400, "ends before it starts"},
		supply + "/1?from=now-50y":                              {400, "too long"},
		"/api/v1/live/none":                                     {404, "no dashboard none"},
		"/api/v1/live/" + dashboards.SupplyUID + "?refresh=1ms": {400, "refresh=1ms"},
		"/api/v1/panels/" + dashboards.WalletUID + "/1?var-wallet=0x%27": {400, "var-wallet"},
		"/api/v1/dashboards/" + dashboards.SupplyUID + "/variables/none": {404, "no variable none"},
		"/d/none":                {404, "no dashboard none"},
		"/assets/none":           {404, ""},
		"/assets/../page.go":     {404, ""},
		"/assets/page.html.tmpl": {404, ""},
	} {
		status, text := boardtest.Fetch(t, b, path)
		require.Equal(t, want.status, status, "%s: %s", path, text)
		require.Contains(t, text, want.words, path)
	}
}

func TestOnlyReadingIsServed(t *testing.T) {
	b := boardtest.Start(t, boardtest.Nowhere, board.Limits{})

	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch} {
		r, err := http.NewRequestWithContext(t.Context(), method, b.URL()+"api/v1/status", strings.NewReader("SELECT 1"))
		require.NoError(t, err)

		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, http.StatusMethodNotAllowed, answer.StatusCode)
	}
}

func TestEveryAnswerKeepsTheBrowserHonest(t *testing.T) {
	b := boardtest.Start(t, boardtest.Nowhere, board.Limits{})

	for _, path := range []string{"", "d/none", "assets/app.js", "api/v1/status", "api/v1/dashboards", "nothing"} {
		answer, err := http.Get(b.URL() + path)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())

		policy := answer.Header.Get("Content-Security-Policy")
		require.Contains(t, policy, "default-src 'none'", path)
		require.Contains(t, policy, "frame-ancestors 'none'", path)
		require.NotContains(t, policy, "unsafe", path)
		require.NotContains(t, policy, "*", path)
		require.Equal(t, "nosniff", answer.Header.Get("X-Content-Type-Options"), path)
		require.Equal(t, "no-referrer", answer.Header.Get("Referrer-Policy"), path)
		require.Empty(t, answer.Header.Get("Access-Control-Allow-Origin"), path)
	}
}

func TestFilesAreAskedForOnce(t *testing.T) {
	b := boardtest.Start(t, boardtest.Nowhere, board.Limits{})

	first, err := http.Get(b.URL() + "assets/app.js")
	require.NoError(t, err)
	require.NoError(t, first.Body.Close())
	require.Equal(t, "text/javascript; charset=utf-8", first.Header.Get("Content-Type"))

	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.URL()+"assets/app.js", nil)
	require.NoError(t, err)
	r.Header.Set("If-None-Match", first.Header.Get("ETag"))

	second, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	require.NoError(t, second.Body.Close())
	require.Equal(t, http.StatusNotModified, second.StatusCode)
}

func TestHasteIsSlowedDown(t *testing.T) {
	b := boardtest.Start(t, boardtest.Nowhere, board.Limits{Rate: 1, Burst: 5})

	for range 5 {
		status, _ := boardtest.Fetch(t, b, "/api/v1/dashboards")
		require.Equal(t, http.StatusOK, status)
	}

	status, text := boardtest.Fetch(t, b, "/api/v1/dashboards")
	require.Equal(t, http.StatusTooManyRequests, status)
	require.Contains(t, text, "too many requests")
}

func TestPortInUseIsAnErrorAtOnce(t *testing.T) {
	b := boardtest.Start(t, boardtest.Nowhere, board.Limits{})

	_, err := board.Start(t.Context(), board.Config{Addr: b.Addr(), DSN: boardtest.Nowhere, Dashboards: dashboards.All()})
	require.ErrorContains(t, err, "--board-addr")
	require.NotContains(t, err.Error(), "secret")
}

func TestBoardListensOnLoopbackByDefault(t *testing.T) {
	t.Parallel()
	require.True(t, strings.HasPrefix(board.DefaultAddr, "127.0.0.1:"))
}

func TestStartWantsDashboardsAndAnAddress(t *testing.T) {
	t.Parallel()

	_, err := board.Start(t.Context(), board.Config{DSN: boardtest.Nowhere})
	require.ErrorContains(t, err, "no dashboards")

	_, err = board.Start(t.Context(), board.Config{DSN: "clickhouse://someone:secret@[nowhere", Dashboards: dashboards.All(), Addr: "127.0.0.1:0"})
	require.ErrorContains(t, err, "address of the warehouse")
	require.NotContains(t, err.Error(), "secret")
}
