package chain

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ethereum/go-ethereum/rpc"

	"diemhouse/pkg/chain/rpcjson"
)

// shownBody is how much of an unreadable answer is shown, in bytes.
const shownBody = 100

// classify says why a request or a call failed, from the error of the wire and from
// what is known about the exchange (x may be empty, never nil). The refusal has
// neither endpoint nor method yet, and its message is not yet scrubbed.
func classify(err error, x *exchange) *Refusal {
	r := &Refusal{Status: x.status, RetryAfter: x.retryAfter}

	if status := handshakeStatus(err); status != 0 {
		r.Status = status
	}

	if stated, found := statedError(err, x.head); found {
		r.Code, r.Message = stated.Code, stated.Message
		r.Data = revertData(stated.Data)
		r.classifyStated(stated)
	} else {
		r.classifyTransport(err, x.head)
	}

	return r
}

// classifyStated chooses the kind from an error that the endpoint stated.
func (r *Refusal) classifyStated(stated *rpcError) {
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

	if hint := strings.TrimSpace(string(stated.Data)); hint != "" && hint != "null" && r.Kind != Reverted {
		r.Message += " " + hint
	}
}

// classifyTransport chooses the kind where no JSON-RPC error came.
func (r *Refusal) classifyTransport(err error, body []byte) {
	r.Message = transportMessage(err)
	netErr, isNet := errors.AsType[net.Error](err)

	switch {
	case errors.Is(err, errAnswerTooLong) || strings.Contains(r.Message, "read limit exceeded"):
		r.Kind = TooLarge
	case errors.Is(err, context.DeadlineExceeded):
		r.Kind, r.Message, r.cause = Timeout, "no answer in time", context.DeadlineExceeded
	case r.Status >= http.StatusMultipleChoices:
		r.Kind, r.Message = kindOfStatus(r.Status), http.StatusText(r.Status)
		if isHTML(body) {
			r.Message += " (an HTML page)"
		}
	case isHTML(body):
		r.Kind, r.Message = Outage, "answered with an HTML page"
	case isNet && netErr.Timeout():
		r.Kind = Timeout
	case errors.Is(err, rpcjson.ErrNoAnswer):
		r.Kind = Malformed
		r.Message += ": " + string(body[:min(len(body), shownBody)])
	case errors.Is(err, errNoResult), errors.Is(err, errMixedUp), errors.Is(err, rpc.ErrMissingBatchResponse), isJSON(err):
		r.Kind = Malformed
	default:
		r.Kind = Outage
	}
}

// isJSON reports whether err says that the answer could not be read.
func isJSON(err error) bool {
	_, isSyntax := errors.AsType[*json.SyntaxError](err)
	_, isType := errors.AsType[*json.UnmarshalTypeError](err)

	return isSyntax || isType
}

// statedError finds the JSON-RPC error that err is or that the body of a failure's
// status carries.
func statedError(err error, body []byte) (*rpcError, bool) {
	if stated, ok := errors.AsType[*rpcError](err); ok {
		return stated, true
	}

	body = bytes.TrimSpace(body)
	if len(body) == 0 || body[0] != '{' && body[0] != '[' {
		return nil, false
	}

	type answer struct {
		Error json.RawMessage `json:"error"`
		// Some gateways in front of the node use their own envelope.
		Message string `json:"message"`
	}

	var all []answer
	if body[0] == '{' {
		body = slices.Concat([]byte("["), body, []byte("]"))
	}

	// A body that is no JSON states nothing: all stays empty then.
	_ = json.Unmarshal(body, &all)

	for _, a := range all {
		if len(a.Error) > 0 && !isNull(a.Error) {
			stated, ok := errors.AsType[*rpcError](statedBy(a.Error))

			return stated, ok
		}

		if a.Message != "" {
			return &rpcError{Message: a.Message}, true
		}
	}

	return nil, false
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
	if urlErr, ok := errors.AsType[*url.Error](err); ok {
		return urlErr.Err.Error()
	}

	return err.Error()
}

func isHTML(body []byte) bool {
	body = bytes.ToLower(bytes.TrimSpace(body))

	return bytes.HasPrefix(body, []byte("<!doctype")) || bytes.HasPrefix(body, []byte("<html")) ||
		bytes.HasPrefix(body, []byte("<?xml")) || bytes.HasPrefix(body, []byte("<"))
}
