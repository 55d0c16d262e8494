package chain

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"
)

// keptHead is how much of an answer's beginning is kept to explain a failure: where
// the RPC client expects an array and gets one error object, it drops the text.
const keptHead = 4 << 10

// maxRetryAfter bounds what a Retry-After header can make us wait.
const maxRetryAfter = 5 * time.Minute

var errAnswerTooLong = errors.New("answer exceeds the size limit")

// exchange is what HTTP knows about one request and the RPC client does not tell.
type exchange struct {
	status     int
	retryAfter time.Duration
	head       []byte
}

type exchangeKey struct{}

func withExchange(ctx context.Context, x *exchange) context.Context {
	return context.WithValue(ctx, exchangeKey{}, x)
}

// transport bounds the size of answers and fills the exchange of the context.
type transport struct {
	base     http.RoundTripper
	maxBytes int64
}

func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := t.base.RoundTrip(req)
	if err != nil {
		return nil, err
	}

	x, _ := req.Context().Value(exchangeKey{}).(*exchange)
	if x != nil {
		x.status = resp.StatusCode
		x.retryAfter = parseRetryAfter(resp.Header.Get("Retry-After"), time.Now())
	}

	resp.Body = &answerBody{body: resp.Body, left: t.maxBytes, exchange: x}

	return resp, nil
}

// answerBody fails once more than left bytes came.
type answerBody struct {
	body     io.ReadCloser
	left     int64
	exchange *exchange
}

func (b *answerBody) Read(p []byte) (int, error) {
	n, err := b.body.Read(p)

	if b.exchange != nil && len(b.exchange.head) < keptHead {
		b.exchange.head = append(b.exchange.head, p[:min(n, keptHead-len(b.exchange.head))]...)
	}

	b.left -= int64(n)
	if b.left < 0 {
		return 0, errAnswerTooLong
	}

	return n, err
}

func (b *answerBody) Close() error { return b.body.Close() }

// parseRetryAfter reads the header's two forms, seconds and date.
func parseRetryAfter(value string, now time.Time) time.Duration {
	if value == "" {
		return 0
	}

	var wait time.Duration

	if seconds, err := strconv.ParseFloat(value, 64); err == nil {
		if seconds > maxRetryAfter.Seconds() {
			return maxRetryAfter
		}

		wait = time.Duration(seconds * float64(time.Second))
	} else if at, err := http.ParseTime(value); err == nil {
		wait = at.Sub(now)
	}

	return max(0, min(wait, maxRetryAfter))
}
