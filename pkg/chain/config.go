package chain

import "time"

// Defaults of [Config] and [ScanConfig].
const (
	DefaultCallTimeout  = 30 * time.Second
	DefaultMaxAnswer    = 64 << 20
	DefaultMaxInFlight  = 8
	DefaultRounds       = 4
	DefaultPollInterval = time.Second
	DefaultHeadStall    = 20 * time.Second
	DefaultSettleRate   = 2
)

// Config says which endpoints to use and how. Only URLs is required.
type Config struct {
	// URLs are the endpoints (http, https, ws, wss), the preferred one first.
	URLs []string
	// ChainID is the chain every endpoint must serve; one that does not is never
	// used. Zero: the chain is not checked.
	ChainID uint64
	// CallTimeout bounds one request. Zero: DefaultCallTimeout.
	CallTimeout time.Duration
	// MaxAnswer bounds one answer, in bytes after decompression; a longer one is a
	// refusal of kind TooLarge. Zero: DefaultMaxAnswer.
	MaxAnswer int64
	// MaxInFlight bounds the requests in flight to one endpoint. Zero:
	// DefaultMaxInFlight.
	MaxInFlight int
	// MaxRate bounds the requests a second to each endpoint. Zero: as many as it
	// answers; either way a complaint (HTTP 429 and its like) slows it down.
	MaxRate float64
	// Rounds is how often all endpoints are asked in turn, with a growing pause
	// between the rounds, before a call gives up. Zero: DefaultRounds.
	Rounds int
	// PollInterval is how often Wake fires where there is no subscription. Zero:
	// DefaultPollInterval.
	PollInterval time.Duration
	// HeadStall is how long the preferred endpoint's head may stand still before
	// the others are asked too. Zero: DefaultHeadStall.
	HeadStall time.Duration
	// SettleRate bounds how many blocks a second LogsByBlock settles by their receipts,
	// which on Base are about a megabyte a block; 64 more may be settled at once. It
	// keeps up with the head and spares the endpoint where many blocks are caught up
	// with: those stay Unproven. Zero: DefaultSettleRate.
	SettleRate float64
	// TrustHeaderHash takes the hash that a header states without recomputing it.
	// For chains whose headers this program cannot hash; parent links are still
	// checked.
	TrustHeaderHash bool
	// Observe, when set, is told of every request after it ended. It is called from
	// many goroutines and must not block.
	Observe func(Request)
}

// Request is one finished request to one endpoint, for metrics; or, with no Calls, a
// judgement on an earlier one: its answer turned out not to be usable.
type Request struct {
	// Endpoint is the endpoint's name; it carries no secret.
	Endpoint string
	// Method is the RPC method, "batch" for several in one.
	Method string
	// Calls is how many RPC calls the request carried, zero in a judgement.
	Calls int
	// Took is the time from sending to the decoded envelope, waiting for the rate
	// limiter not included.
	Took time.Duration
	// Bytes is the length of the answer, after decompression.
	Bytes int
	// Refusal is nil when the endpoint answered.
	Refusal *Refusal
}

func (c Config) withDefaults() Config {
	if c.CallTimeout <= 0 {
		c.CallTimeout = DefaultCallTimeout
	}

	if c.MaxAnswer <= 0 {
		c.MaxAnswer = DefaultMaxAnswer
	}

	if c.MaxInFlight <= 0 {
		c.MaxInFlight = DefaultMaxInFlight
	}

	if c.Rounds <= 0 {
		c.Rounds = DefaultRounds
	}

	if c.PollInterval <= 0 {
		c.PollInterval = DefaultPollInterval
	}

	if c.HeadStall <= 0 {
		c.HeadStall = DefaultHeadStall
	}

	if c.SettleRate <= 0 {
		c.SettleRate = DefaultSettleRate
	}

	return c
}
