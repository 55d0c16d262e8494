package board

import (
	"fmt"
	"net/http"

	"github.com/klauspost/compress/gzhttp"
)

// compressed are the types of answers that are sent gzipped to who accepts it. A
// stream of events is none of them: each event is sent as it comes.
func compressed() []string {
	return []string{"text/html", "text/javascript", "text/css", "image/svg+xml", "application/json"}
}

// compress gzips what next answers. Short answers stay as they are.
func compress(next http.Handler) (http.Handler, error) {
	wrap, err := gzhttp.NewWrapper(gzhttp.ContentTypes(compressed()), gzhttp.EnableZstd(false))
	if err != nil {
		return nil, fmt.Errorf("board: compression: %w", err)
	}

	return wrap(next), nil
}
