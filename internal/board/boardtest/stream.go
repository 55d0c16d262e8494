package boardtest

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"diemhouse/internal/board"
)

// Message is one event of a stream.
type Message struct {
	Name string
	Data json.RawMessage
}

// Watch opens a stream and gives its events until the test ends or stop is called.
func Watch(tb testing.TB, b *board.Board, path string) (messages <-chan Message, stop func()) {
	tb.Helper()

	ctx, cancel := context.WithCancel(tb.Context())

	r, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(b.URL(), "/")+path, nil)
	require.NoError(tb, err)

	answer, err := http.DefaultClient.Do(r)
	require.NoError(tb, err)
	require.Equal(tb, http.StatusOK, answer.StatusCode)
	require.Equal(tb, "text/event-stream", answer.Header.Get("Content-Type"))

	out := make(chan Message, 1000)

	var ended sync.WaitGroup

	ended.Go(func() {
		defer close(out)

		lines := bufio.NewScanner(answer.Body)
		lines.Buffer(nil, 8<<20)

		var next Message

		for lines.Scan() {
			switch kind, text, _ := strings.Cut(lines.Text(), ": "); kind {
			case "event":
				next.Name = text
			case "data":
				next.Data = json.RawMessage(text)
			case "":
				if next.Name != "" {
					out <- next
				}

				next = Message{}
			}
		}
	})

	var once sync.Once

	stop = func() {
		once.Do(func() {
			cancel()
			ended.Wait()

			_ = answer.Body.Close()
		})
	}
	tb.Cleanup(stop)

	return out, stop
}
