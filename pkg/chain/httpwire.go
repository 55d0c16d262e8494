package chain

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"diemhouse/pkg/chain/rpcjson"
)

const (
	// maxRetryAfter bounds what a Retry-After header can make us wait.
	maxRetryAfter = 5 * time.Minute
	// maxRefusal is how much of an answer with a failure's status is read.
	maxRefusal = 64 << 10
)

var (
	errAnswerTooLong = errors.New("answer exceeds the size limit")
	errStatus        = errors.New("HTTP status of a failure")
	errNoResult      = errors.New("answer has neither a result nor an error")
	errMixedUp       = errors.New("answer is to another request")
)

// httpWire speaks JSON-RPC by HTTP POST.
type httpWire struct {
	url       string
	client    *http.Client
	transport *http.Transport
	maxBytes  int64
	lastID    atomic.Uint64
	bodies    bodies
}

func newHTTPWire(u *url.URL, cfg Config) *httpWire {
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   cfg.MaxInFlight,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: cfg.CallTimeout,
		// Unpacking costs more than all else that is done with an answer (BenchmarkRead);
		// what it saves is the line, and there is none to this machine itself.
		DisableCompression: isLoopback(u.Hostname()),
	}

	return &httpWire{
		url: u.String(), transport: transport, maxBytes: cfg.MaxAnswer,
		client: &http.Client{
			Transport: transport,
			// A redirect may lead anywhere; an endpoint that moved is to be configured.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)

	return host == "localhost" || err == nil && ip.IsLoopback()
}

func (w *httpWire) close() { w.client.CloseIdleConnections() }

// httpCall is a JSON-RPC call as it is sent.
type httpCall struct {
	Version string `json:"jsonrpc"`
	ID      uint64 `json:"id"`
	Method  string `json:"method"`
	Params  []any  `json:"params"`
}

func (w *httpWire) send(ctx context.Context, calls []rpcCall, x *exchange) ([]rpcResult, error) {
	first := w.lastID.Add(uint64(len(calls))) - uint64(len(calls)) + 1

	body, err := encodeCalls(calls, first)
	if err != nil {
		return nil, err
	}

	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}

	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "diemhouse")

	resp, err := w.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close() //nolint:errcheck // it was read as far as it is of use

	x.status = resp.StatusCode
	x.retryAfter = parseRetryAfter(resp.Header.Get("Retry-After"), time.Now())

	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		// The status already says what the body only explains: as much as there is of it.
		x.head, _ = io.ReadAll(io.LimitReader(resp.Body, maxRefusal))
		x.bytes = len(x.head)

		return nil, errStatus
	}

	return w.receive(resp, calls, first, x)
}

func encodeCalls(calls []rpcCall, first uint64) ([]byte, error) {
	sent := make([]httpCall, len(calls))

	for i, c := range calls {
		sent[i] = httpCall{Version: "2.0", ID: first + uint64(i), Method: c.method, Params: c.args}
		if c.args == nil {
			sent[i].Params = []any{}
		}
	}

	var (
		body []byte
		err  error
	)

	if len(sent) == 1 {
		body, err = json.Marshal(sent[0])
	} else {
		body, err = json.Marshal(sent)
	}

	if err != nil {
		return nil, fmt.Errorf("encode the request: %w", err)
	}

	return body, nil
}

// receive reads the answer to the calls, whose first has that id.
func (w *httpWire) receive(resp *http.Response, calls []rpcCall, first uint64, x *exchange) ([]rpcResult, error) {
	length := resp.ContentLength
	if length > w.maxBytes {
		length = -1 // It is refused where it gets too long, and not believed before.
	}

	body := w.bodies.get(length)

	n, err := body.ReadFrom(io.LimitReader(resp.Body, w.maxBytes+1))
	x.bytes = int(n)

	if n > w.maxBytes {
		return nil, errAnswerTooLong
	}

	if err != nil {
		return nil, err
	}

	results, err := matchAnswers(body.Bytes(), calls, first)
	if err != nil {
		x.head = bytes.Clone(body.Bytes()[:min(body.Len(), keptHead)])
	}

	if err != nil || nothingLeft(results) {
		w.bodies.put(body)
	} else {
		results[0].body = body
	}

	return results, err
}

func (w *httpWire) done(results []rpcResult) {
	for i := range results {
		if body := results[i].body; body != nil {
			results[i].body = nil
			w.bodies.put(body)
		}
	}
}

// nothingLeft reports whether no result refers to the answer's bytes.
func nothingLeft(results []rpcResult) bool {
	for i := range results {
		if results[i].data != nil {
			return false
		}
	}

	return true
}

// matchAnswers reads the body of an answer and finds each call's.
func matchAnswers(body []byte, calls []rpcCall, first uint64) ([]rpcResult, error) {
	answers, batch, err := rpcjson.ReadAnswers(body, onlyLogs(calls))
	if err != nil {
		return nil, err
	}

	// One error where several answers are due, or several with no more than that:
	// the request as a whole was refused.
	if len(answers) == 1 && answers[0].Error != nil && (!batch || len(calls) > 1) {
		return nil, statedBy(answers[0].Error)
	}

	if batch != (len(calls) > 1) {
		return nil, errMixedUp
	}

	results := make([]rpcResult, len(calls))
	for i := range results {
		results[i].err = errNoResult
	}

	for i := range answers {
		a := &answers[i]

		id, err := strconv.ParseUint(string(bytes.Trim(a.ID, `"`)), 10, 64)
		if err != nil || id < first || id-first >= uint64(len(calls)) {
			return nil, errMixedUp
		}

		switch {
		case a.Error != nil:
			results[id-first] = rpcResult{err: statedBy(a.Error)}
		case a.Logs != nil || a.Result != nil:
			results[id-first] = rpcResult{data: a.Result, logs: a.Logs}
		}
	}

	return results, nil
}

// statedBy reads the error member of an answer. Some gateways put a mere text there.
func statedBy(raw json.RawMessage) error {
	stated := new(rpcError)
	if json.Unmarshal(raw, stated) == nil {
		return stated
	}

	stated = new(rpcError)
	if json.Unmarshal(raw, &stated.Message) != nil {
		stated.Message = string(raw)
	}

	return stated
}

// parseRetryAfter reads the header's two forms, seconds and date.
func parseRetryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
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
