package board

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// failure is an error that the visitor is told of.
type failure struct {
	status int
	words  string
}

func (f *failure) Error() string { return f.words }

func refuse(status int, format string, args ...any) *failure {
	return &failure{status: status, words: fmt.Sprintf(format, args...)}
}

// explain says what went wrong without addresses, users or passwords: those are in
// errors of the connection. ClickHouse's own words are about the query, which is no
// secret.
func explain(err error) string {
	var (
		told      *failure
		exception *clickhouse.Exception
	)

	switch {
	case errors.As(err, &told):
		return told.words
	case errors.As(err, &exception):
		const longest = 300

		words := exception.Message
		if len(words) > longest {
			words = strings.ToValidUTF8(words[:longest], "") + "…"
		}

		return fmt.Sprintf("ClickHouse refused the query: %s (%s)", words, exception.Name)
	case errors.Is(err, context.DeadlineExceeded):
		return "the warehouse took too long to answer"
	default:
		return "the warehouse does not answer"
	}
}

// statusOf is the HTTP status of an error.
func statusOf(err error) int {
	var (
		told      *failure
		exception *clickhouse.Exception
	)

	switch {
	case errors.As(err, &told):
		return told.status
	case errors.As(err, &exception):
		return http.StatusInternalServerError
	case errors.Is(err, context.DeadlineExceeded):
		return http.StatusGatewayTimeout
	default:
		return http.StatusServiceUnavailable
	}
}
