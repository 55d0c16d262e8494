package board_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"diemhouse/dashboards"
	"diemhouse/internal/board"
	"diemhouse/internal/board/boardtest"
)

// reply is an answer as it was sent.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// fetchAs asks for a path with these headers and no others.
func fetchAs(t *testing.T, b *board.Board, path string, header map[string]string) reply {
	t.Helper()

	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.URL()+path, nil)
	require.NoError(t, err)

	for name, value := range header {
		r.Header.Set(name, value)
	}

	client := http.Client{Transport: &http.Transport{DisableCompression: true}}
	defer client.CloseIdleConnections()

	answer, err := client.Do(r)
	require.NoError(t, err)

	defer func() { require.NoError(t, answer.Body.Close()) }()

	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)

	return reply{answer.StatusCode, answer.Header, body}
}

func TestLongAnswersAreCompressedForWhoAcceptsIt(t *testing.T) {
	b := boardtest.Start(t, boardtest.Nowhere, board.Limits{})

	for _, path := range []string{
		"", "d/" + dashboards.DiemUID, "assets/app.js", "assets/style.css", "assets/vendor/uPlot.iife.min.js",
		"api/v1/dashboards/" + dashboards.SupplyUID,
	} {
		plain := fetchAs(t, b, path, nil)
		require.Equal(t, http.StatusOK, plain.status, path)
		require.Empty(t, plain.header.Get("Content-Encoding"), path)

		small := fetchAs(t, b, path, map[string]string{"Accept-Encoding": "gzip, deflate, br, zstd"})
		require.Equal(t, "gzip", small.header.Get("Content-Encoding"), path)
		require.Less(t, len(small.body), len(plain.body)/2, path)

		unpacked, err := gzip.NewReader(bytes.NewReader(small.body))
		require.NoError(t, err)
		got, err := io.ReadAll(unpacked)
		require.NoError(t, err)
		require.Equal(t, plain.body, got, path)

		for _, answer := range []reply{plain, small} {
			require.Equal(t, "Accept-Encoding", answer.header.Get("Vary"), path)
			require.Contains(t, answer.header.Get("Content-Security-Policy"), "default-src 'none'", path)
			require.Equal(t, plain.header.Get("Content-Type"), answer.header.Get("Content-Type"), path)
			require.Equal(t, plain.header.Get("Cache-Control"), answer.header.Get("Cache-Control"), path)
		}
	}
}

func TestShortAnswersAndErrorsStayReadable(t *testing.T) {
	b := boardtest.Start(t, boardtest.Nowhere, board.Limits{})

	for path, status := range map[string]int{"healthz": 200, "api/v1/dashboards/none": 404, "api/v1/status": 503, "nothing": 404} {
		answer := fetchAs(t, b, path, map[string]string{"Accept-Encoding": "gzip"})
		require.Equal(t, status, answer.status, path)
		require.Empty(t, answer.header.Get("Content-Encoding"), path)
		require.NotEmpty(t, answer.body, path)
	}
}

// A browser may ask compressed and hold what came plain, or the other way round.
func TestCompressedFilesAreAskedForOnce(t *testing.T) {
	b := boardtest.Start(t, boardtest.Nowhere, board.Limits{})

	for first, second := range map[string]string{"gzip": "", "": "gzip"} {
		answer := fetchAs(t, b, "assets/app.js", map[string]string{"Accept-Encoding": first})
		tag := answer.header.Get("ETag")
		require.Regexp(t, `^W/"[0-9a-f]{24}"$`, tag, "the bytes differ, so the tag is weak")

		answer = fetchAs(t, b, "assets/app.js", map[string]string{"Accept-Encoding": second, "If-None-Match": tag})
		require.Equal(t, http.StatusNotModified, answer.status)
		require.Equal(t, tag, answer.header.Get("ETag"))
		require.Empty(t, answer.body)
	}
}

func TestStreamIsSentAsItComes(t *testing.T) {
	b := boardtest.Start(t, boardtest.Nowhere, board.Limits{})

	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.URL()+"api/v1/live/"+dashboards.SupplyUID, nil)
	require.NoError(t, err)
	r.Header.Set("Accept-Encoding", "gzip") // so the client does not unpack by itself

	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)

	defer func() { require.NoError(t, answer.Body.Close()) }()

	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.Empty(t, answer.Header.Get("Content-Encoding"))

	line, err := bufio.NewReader(answer.Body).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "id: 1\n", line)
	require.Contains(t, answer.Header.Get("Content-Security-Policy"), "default-src 'none'")
}
