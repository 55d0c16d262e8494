package chain

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Kind says why an endpoint did not give what was asked.
type Kind uint8

// The kinds of refusal, and of each the one right reaction (see [Kind.Action]).
const (
	// Unknown is a failure nothing here recognizes.
	Unknown Kind = iota
	// RangeTooWide: fewer blocks a request.
	RangeTooWide
	// TooLarge: too many results or bytes in the answer; fewer blocks a request.
	TooLarge
	// RateLimited: slower.
	RateLimited
	// NoArchive: the endpoint keeps no data of blocks that old. Depth, not width:
	// splitting does not help.
	NoArchive
	// NotOffered: the endpoint or its plan does not serve this method or request.
	NotOffered
	// BeyondHead: the endpoint has not seen that block yet.
	BeyondHead
	// UnknownBlock: the endpoint does not know the block by that hash or number.
	UnknownBlock
	// BadRequest: our request is wrong. A bug, or a filter the endpoint cannot read.
	BadRequest
	// Timeout: no answer in time.
	Timeout
	// Outage: the endpoint or its backends are down.
	Outage
	// Unauthorized: a key is missing or wrong.
	Unauthorized
	// BatchTooLarge: fewer calls a batch, or no batches.
	BatchTooLarge
	// Reverted: the EVM ran the call and it reverted. An answer, not a failure of
	// the endpoint; asking another one gives the same.
	Reverted
	// Malformed: the answer is not what JSON-RPC or the method promises.
	Malformed
	// Untrue: the answer is well-formed and contradicts the request, itself or its
	// own hash ([*ViolationError], [*HashMismatchError]). The endpoint is not to be believed.
	Untrue
	// WrongChain: the endpoint serves another chain id.
	WrongChain
)

var kindNames = map[Kind]string{
	Unknown:       "unknown",
	RangeTooWide:  "range_too_wide",
	TooLarge:      "too_large",
	RateLimited:   "rate_limited",
	NoArchive:     "no_archive",
	NotOffered:    "not_offered",
	BeyondHead:    "beyond_head",
	UnknownBlock:  "unknown_block",
	BadRequest:    "bad_request",
	Timeout:       "timeout",
	Outage:        "outage",
	Unauthorized:  "unauthorized",
	BatchTooLarge: "batch_too_large",
	Reverted:      "reverted",
	Malformed:     "malformed",
	Untrue:        "untrue",
	WrongChain:    "wrong_chain",
}

// String gives the kind as a word fit for a metric label.
func (k Kind) String() string { return kindNames[k] }

// Action is what a caller does about a refusal.
type Action uint8

// The actions.
const (
	// Again asks later, here or elsewhere, for the same.
	Again Action = iota
	// Shrink asks for fewer blocks.
	Shrink
	// Wait slows this endpoint down and asks for the same.
	Wait
	// Elsewhere asks another endpoint for the same; this one will not change its mind.
	Elsewhere
	// Drop stops using the endpoint.
	Drop
	// Unbatch asks for the same in smaller batches or singly.
	Unbatch
	// Stop gives up: no endpoint can answer this differently.
	Stop
)

// Action gives the one right reaction to a refusal of kind k.
func (k Kind) Action() Action {
	switch k {
	case RangeTooWide, TooLarge:
		return Shrink
	case RateLimited:
		return Wait
	case NoArchive, NotOffered, UnknownBlock, Malformed, Untrue, BadRequest:
		return Elsewhere
	case Unauthorized, WrongChain:
		return Drop
	case BatchTooLarge:
		return Unbatch
	case Reverted:
		return Stop
	case Unknown, BeyondHead, Timeout, Outage:
		return Again
	}

	return Again
}

// Refusal is one endpoint's failure to answer one request. It carries no secret.
//
//nolint:errname // it is a record that callers keep and show, as well as an error
type Refusal struct {
	// Kind says why and, by [Kind.Action], what to do.
	Kind Kind
	// Endpoint is the name of the endpoint.
	Endpoint string
	// Method is the RPC method, "batch" for several.
	Method string
	// Limit is the greatest number of blocks a request (of RangeTooWide) or of calls a
	// batch (of BatchTooLarge) as the endpoint states it, zero when it states none.
	Limit uint64
	// RetryAfter is how long the endpoint asks to be left alone, zero when unsaid.
	RetryAfter time.Duration
	// Status is the HTTP status, zero when there was none.
	Status int
	// Code is the JSON-RPC error code, zero when there was none.
	Code int
	// Message is what the endpoint said, scrubbed of secrets and shortened.
	Message string
	// Data is what a Reverted call returned, 0x-hex, empty when nothing.
	Data string
	// cause is one of the few errors that are safe to wrap: context errors and the
	// typed errors of this package.
	cause error
}

// Error implements error.
func (r *Refusal) Error() string {
	var b strings.Builder

	if r.Endpoint != "" {
		b.WriteString(r.Endpoint + ": ")
	}

	if r.Method != "" {
		b.WriteString(r.Method + ": ")
	}

	b.WriteString(strings.ReplaceAll(r.Kind.String(), "_", " "))

	if r.Status != 0 && r.Status != 200 {
		fmt.Fprintf(&b, " (HTTP %d)", r.Status)
	}

	if r.Message != "" {
		b.WriteString(": " + r.Message)
	}

	return b.String()
}

// Unwrap gives a context error or a typed error of this package, or nil.
func (r *Refusal) Unwrap() error { return r.cause }

// UnavailableError says that no endpoint gave what was asked. Whether asking later
// makes sense is told by the kinds inside.
type UnavailableError struct {
	// What names the request, for example "eth_getLogs blocks 10 to 20".
	What string
	// Refusals holds the last refusal of each endpoint that was asked.
	Refusals []*Refusal
}

// Error implements error.
func (u *UnavailableError) Error() string {
	if len(u.Refusals) == 0 {
		return u.What + ": no endpoint is in use"
	}

	parts := make([]string, len(u.Refusals))
	for i, r := range u.Refusals {
		parts[i] = r.Error()
	}

	return u.What + ": no endpoint answered: " + strings.Join(parts, "; ")
}

// Unwrap gives the refusals.
func (u *UnavailableError) Unwrap() []error {
	errs := make([]error, len(u.Refusals))
	for i, r := range u.Refusals {
		errs[i] = r
	}

	return errs
}

// KindOf gives the kind of the first refusal inside err; ok is false when there is
// none.
func KindOf(err error) (kind Kind, ok bool) {
	if r, ok := errors.AsType[*Refusal](err); ok {
		return r.Kind, true
	}

	return Unknown, false
}

// statedLimit gives the limit that the first refusal inside err states, zero when
// none.
func statedLimit(err error) uint64 {
	if r, ok := errors.AsType[*Refusal](err); ok {
		return r.Limit
	}

	return 0
}

// OnlyKinds reports whether err holds refusals and every one is of one of the
// kinds.
func OnlyKinds(err error, kinds ...Kind) bool {
	u, several := errors.AsType[*UnavailableError](err)
	if !several {
		k, ok := KindOf(err)

		return ok && slices.Contains(kinds, k)
	}

	for _, r := range u.Refusals {
		if !slices.Contains(kinds, r.Kind) {
			return false
		}
	}

	return len(u.Refusals) > 0
}

// IsNoState reports whether a state read failed because no endpoint keeps the
// state at that block or offers the call at all: the value is unknown, and asking
// again gives the same. Show it as unknown.
func IsNoState(err error) bool {
	return OnlyKinds(err, NoArchive, NotOffered, Unauthorized)
}

// IsUnknownBlock reports whether every endpoint that answered does not have the
// block: it was never made, is not yet made, or was orphaned and forgotten.
func IsUnknownBlock(err error) bool { return OnlyKinds(err, UnknownBlock) }
