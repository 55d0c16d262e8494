package chain

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/ethereum/go-ethereum/rpc"
)

// rpcError is the error member of a JSON-RPC answer.
type rpcError struct {
	Code    int             `json:"code"`
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data"`
}

// classify says why a request failed, from the RPC client's error and from what
// HTTP knew about it (x may be empty, never nil). The refusal has neither endpoint
// nor method yet, and its message is not yet scrubbed.
func classify(err error, x *exchange) *Refusal {
	r := &Refusal{Status: x.status, RetryAfter: x.retryAfter}

	body := x.head

	var httpErr rpc.HTTPError
	if errors.As(err, &httpErr) {
		r.Status, body = httpErr.StatusCode, httpErr.Body
	} else if status := handshakeStatus(err); status != 0 {
		r.Status = status
	}

	stated, found := statedError(err, body)
	if found {
		r.Code, r.Message = stated.Code, stated.Message
		r.Data = revertData(stated.Data)
		r.classifyStated(stated)

		return r
	}

	r.classifyTransport(err, body)

	return r
}

// classifyStated chooses the kind from an error that the endpoint stated.
func (r *Refusal) classifyStated(stated rpcError) {
	text := stated.Message + " " + string(stated.Data)

	kind, limit, known := kindOfMessage(text)
	switch {
	case known && r.Status == http.StatusTooManyRequests && kind != RangeTooWide && kind != TooLarge && kind != NoArchive:
		r.Kind = RateLimited
	case known:
		r.Kind, r.Limit = kind, limit
	default:
		r.Kind = Unknown
		if byCode, ok := kindsByCode[stated.Code]; ok {
			r.Kind = byCode
		} else if r.Status >= http.StatusMultipleChoices {
			r.Kind = kindOfStatus(r.Status)
		}
	}

	if r.Kind != RangeTooWide {
		r.Limit = 0
	}

	if hint := strings.TrimSpace(string(stated.Data)); hint != "" && hint != "null" && r.Kind != Reverted {
		r.Message += " " + hint
	}
}

// classifyTransport chooses the kind where no JSON-RPC error came.
func (r *Refusal) classifyTransport(err error, body []byte) {
	r.Message = transportMessage(err)

	var (
		netErr    net.Error
		syntaxErr *json.SyntaxError
		typeErr   *json.UnmarshalTypeError
		httpErr   rpc.HTTPError
	)

	switch {
	case errors.Is(err, errAnswerTooLong) || strings.Contains(r.Message, "read limit exceeded"):
		r.Kind = TooLarge
	case errors.Is(err, context.DeadlineExceeded):
		r.Kind, r.Message, r.cause = Timeout, "no answer in time", context.DeadlineExceeded
	case errors.As(err, &httpErr), r.Status >= http.StatusMultipleChoices:
		r.Kind = kindOfStatus(r.Status)
		r.Message = http.StatusText(r.Status)
		if isHTML(body) {
			r.Message += " (an HTML page)"
		}
	case isHTML(body):
		r.Kind, r.Message = Outage, "answered with an HTML page"
	case errors.As(err, &netErr) && netErr.Timeout():
		r.Kind = Timeout
	case errors.As(err, &syntaxErr), errors.As(err, &typeErr), errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, rpc.ErrNoResult), errors.Is(err, rpc.ErrMissingBatchResponse), len(body) > 0:
		r.Kind = Malformed
	default:
		r.Kind = Outage
	}
}

// statedError finds the JSON-RPC error that err or the body carries.
func statedError(err error, body []byte) (rpcError, bool) {
	var coded rpc.Error
	if errors.As(err, &coded) {
		stated := rpcError{Code: coded.ErrorCode(), Message: coded.Error()}

		var withData rpc.DataError
		if errors.As(err, &withData) && withData.ErrorData() != nil {
			stated.Data, _ = json.Marshal(withData.ErrorData())
		}

		return stated, true
	}

	body = bytes.TrimSpace(body)
	if len(body) == 0 {
		return rpcError{}, false
	}

	if body[0] == '[' {
		var answers []struct {
			Error *rpcError `json:"error"`
		}
		if json.Unmarshal(body, &answers) == nil && len(answers) > 0 && answers[0].Error != nil {
			return *answers[0].Error, true
		}

		return rpcError{}, false
	}

	var answer struct {
		Error json.RawMessage `json:"error"`
		// Some gateways in front of the node use their own envelope.
		Message string `json:"message"`
		Code    any    `json:"code"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return rpcError{}, false
	}

	var stated rpcError
	if json.Unmarshal(answer.Error, &stated) == nil && (stated.Message != "" || stated.Code != 0) {
		return stated, true
	}

	var text string
	if json.Unmarshal(answer.Error, &text) == nil && text != "" {
		return rpcError{Message: text}, true
	}

	if answer.Message != "" {
		return rpcError{Message: answer.Message}, true
	}

	return rpcError{}, false
}

// revertData gives the 0x text of a revert's data, empty when there is none.
func revertData(data json.RawMessage) string {
	var text string
	if json.Unmarshal(data, &text) != nil || !strings.HasPrefix(text, "0x") {
		return ""
	}

	return text
}

var handshakeText = regexp.MustCompile(`\(HTTP status (\d{3})`)

// handshakeStatus gives the HTTP status with which a WebSocket was refused.
func handshakeStatus(err error) int {
	groups := handshakeText.FindStringSubmatch(err.Error())
	if groups == nil {
		return 0
	}

	status, _ := strconv.Atoi(groups[1])

	return status
}

// transportMessage gives the text of an error of the network without the URL that
// net/http puts in front.
func transportMessage(err error) string {
	var urlErr *url.Error
	if errors.As(err, &urlErr) {
		return urlErr.Err.Error()
	}

	return err.Error()
}

func isHTML(body []byte) bool {
	body = bytes.ToLower(bytes.TrimSpace(body))

	return bytes.HasPrefix(body, []byte("<!doctype")) || bytes.HasPrefix(body, []byte("<html")) ||
		bytes.HasPrefix(body, []byte("<?xml")) || bytes.HasPrefix(body, []byte("<"))
}
