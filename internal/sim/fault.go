package sim

import "slices"

// Fault is one way in which an endpoint fails or lies.
type Fault string

// Faults of the connection and of the whole answer.
const (
	Hang        Fault = "hang"         // no answer until the caller gives up
	Reset       Fault = "reset"        // the connection breaks before an answer
	CutOff      Fault = "cut off"      // the connection breaks in the middle of the answer
	TooMany     Fault = "429"          // with Retry-After, without, as JSON, as text
	HTMLOutage  Fault = "html"         // 503, 521, 525 with a page
	Outage      Fault = "outage"       // 500, or an error that says that no backend is there
	Garbage     Fault = "garbage"      // not JSON, not JSON-RPC, another id, half a document, nothing
	Giant       Fault = "giant"        // more than anybody asked for
	BatchLimit  Fault = "batch"        // a batch of more than a few is refused as a whole
	Unsupported Fault = "unsupported"  // the method is not offered
	Internal    Fault = "internal"     // an error that says nothing
	NoArchive   Fault = "no archive"   // old data is not there
	NoBlock     Fault = "no block"     // a block that exists is not known
	ClosedWS    Fault = "closed"       // the WebSocket closes
	Noise       Fault = "noise"        // notifications that nobody asked for; over HTTP nothing happens
	TooLarge    Fault = "too large"    // the answer would be too large
	OtherErrors Fault = "other errors" // refusals in the wordings of every provider
)

// Faults of the view: a backend that has not all, or something else.
const (
	Lag   Fault = "lag"   // a few blocks behind
	Stale Fault = "stale" // still on the branch that the last reorg left
)

// Lies that contradict the request, themselves, the header or the receipts.
const (
	Shuffled    Fault = "shuffled"     // logs out of order
	Doubled     Fault = "doubled"      // a log twice
	Removed     Fault = "removed"      // a log marked as removed
	Foreign     Fault = "foreign"      // a log of another contract
	Elsewhere   Fault = "elsewhere"    // a log of another block
	WrongHash   Fault = "wrong hash"   // a log with another block's hash
	Invented    Fault = "invented"     // a topic that the block's bloom does not have
	Emptied     Fault = "emptied"      // no logs for a block that has some
	BadHeader   Fault = "bad header"   // a header that does not hash to its hash
	OtherBlock  Fault = "other block"  // a true header of another block
	BadReceipts Fault = "bad receipts" // receipts with a log less
)

// Lies that nothing contradicts, unless every answer is proved by receipts.
const (
	DropLog    Fault = "drop a log"    // one log less, in a range or in a block with others of its contract
	DropRange  Fault = "empty a range" // a range without logs
	Truncate   Fault = "truncate"      // the logs of a range up to some place
	WrongValue Fault = "alter a value" // another amount
	DropPlace  Fault = "drop this log" // the log of a place, whoever asks: see [Endpoint.Drop]
)

// Loud are the faults that the indexer must see through by itself.
func Loud() []Fault {
	return []Fault{
		Hang, Reset, CutOff, TooMany, HTMLOutage, Outage, Garbage, Giant, BatchLimit, Unsupported, Internal, NoArchive,
		NoBlock, ClosedWS, Noise, TooLarge, OtherErrors, Lag, Stale,
		Shuffled, Doubled, Removed, Foreign, Elsewhere, WrongHash, Invented, Emptied, BadHeader, OtherBlock, BadReceipts,
	}
}

// Silent are those that it may take: audit and repair have to find them.
func Silent() []Fault { return []Fault{DropLog, DropRange, Truncate, WrongValue} }

// IsSilent reports whether one of the faults is.
func IsSilent(faults []Fault) bool {
	return slices.ContainsFunc(faults, func(f Fault) bool { return slices.Contains(Silent(), f) })
}

// Weather is what an endpoint is like for a while. The zero value is fair.
type Weather struct {
	// Faults are those that may happen, Odds the chance of a request to meet one.
	Faults []Fault
	Odds   float64
	// MaxRange is the most blocks an eth_getLogs may ask for, zero for any number, and
	// Dialect how the endpoint words its refusal, an index into [Dialects].
	MaxRange uint64
	Dialect  int
}
