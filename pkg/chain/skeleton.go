package chain

import (
	"context"
	"errors"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

var errNotBuilt = errors.New("not built yet")

// Pool is a set of endpoints of one chain, used as one source. It is safe for
// concurrent use.
type Pool struct{}

// NewPool checks the URLs and prepares the endpoints; it connects to none of them.
func NewPool(cfg Config) (*Pool, error) { return nil, errNotBuilt }

// Close ends the connections.
func (p *Pool) Close() {}

// EndpointStatus is the state of one endpoint.
type EndpointStatus struct {
	// Name is the endpoint's name; it carries no secret.
	Name string
	// Usable is false while the endpoint is dropped or waits after a failure.
	Usable bool
	// Range is the number of blocks a request that is asked of it at present.
	Range uint64
	// Refusal is its last refusal, nil after an answer.
	Refusal *Refusal
}

// Endpoints gives the state of each endpoint, in the order of the configuration.
func (p *Pool) Endpoints() []EndpointStatus { return nil }

// CheckChain asks every endpoint for its chain id. It fails when one serves another
// chain than Config.ChainID (kind WrongChain), or when none answers.
func (p *Pool) CheckChain(ctx context.Context) error { return errNotBuilt }

// ChainID gives the chain id of the first endpoint that answers.
func (p *Pool) ChainID(ctx context.Context) (uint64, error) { return 0, errNotBuilt }

// Heads is where the chain is, as one endpoint sees it at one time.
type Heads struct {
	// Head is the latest block.
	Head Header
	// Safe and Finalized are nil when the endpoint does not know them.
	Safe, Finalized *Header
}

// Heads reads head, safe and finalized from one endpoint.
func (p *Pool) Heads(ctx context.Context) (Heads, error) { return Heads{}, errNotBuilt }

// HeaderByNumber reads the canonical header at that height. A height that no
// endpoint has gives an error for which IsUnknownBlock is true.
func (p *Pool) HeaderByNumber(ctx context.Context, number uint64) (Header, error) {
	return Header{}, errNotBuilt
}

// HeaderByHash reads a header by its hash. Some nodes serve orphaned blocks.
func (p *Pool) HeaderByHash(ctx context.Context, hash common.Hash) (Header, error) {
	return Header{}, errNotBuilt
}

// At says at which block state is read: AtBlock, AtHash or Latest.
type At struct{ param any }

// AtBlock is the state after the canonical block of that number.
func AtBlock(number uint64) At { return At{} }

// AtHash is the state after the block of that hash.
func AtHash(hash common.Hash) At { return At{} }

// Latest is the state after the endpoint's latest block.
func Latest() At { return At{} }

// Call is one read of a contract.
type Call struct {
	To   common.Address
	Data []byte
}

// CallResult is the outcome of one Call of several.
type CallResult struct {
	// Data is what the contract returned.
	Data []byte
	// Err is set when the call reverted (kind Reverted).
	Err error
}

// CodeAt reads the code of an account; empty when it has none.
func (p *Pool) CodeAt(ctx context.Context, a common.Address, at At) ([]byte, error) {
	return nil, errNotBuilt
}

// Call reads a contract. A revert is an error of kind Reverted; IsNoState tells
// that no endpoint can say.
func (p *Pool) Call(ctx context.Context, call Call, at At) ([]byte, error) { return nil, errNotBuilt }

// Calls reads many at the same block, results in the order of the calls, by
// Multicall3 where it has code, else in batches, else singly. The error is set when
// the whole could not be read.
func (p *Pool) Calls(ctx context.Context, calls []Call, at At) ([]CallResult, error) {
	return nil, errNotBuilt
}

// ScanConfig says what Scan reads.
type ScanConfig struct {
	// Filter is what to read.
	Filter FilterSet
	// Ranges are the blocks to read; overlaps are read once.
	Ranges []Range
	// Workers is the number of requests in flight per endpoint. Zero: 4.
	Workers int
	// FirstRange is the number of blocks of an endpoint's first request. Zero: 2,000.
	FirstRange uint64
	// MaxRange bounds the number of blocks a request. Zero: 100,000.
	MaxRange uint64
	// HedgeAfter is how long a request may stay unanswered before another endpoint
	// is asked for the same. Zero: 10 s.
	HedgeAfter time.Duration
	// Attempts is how often one endpoint may fail on the same blocks for passing
	// reasons (timeout, outage) before it is not asked for them again. Zero: 6.
	Attempts int
}

// Chunk is a range of blocks, read and checked.
type Chunk struct {
	Range

	// Logs are the wanted logs of the range by block and log index. Block hash and
	// block time are always set.
	Logs []types.Log
	// Endpoint is the name of the endpoint that gave them.
	Endpoint string
}

// Scan reads the ranges and gives them to yield in chunks that together cover them
// exactly once, in any order. yield is called from one goroutine at a time; while it
// runs, finished answers wait, so memory is bounded by the requests in flight.
//
// An error of yield stops the scan and is returned. Ranges that no endpoint could
// give are named in a [*ScanError] after everything else was delivered.
func (p *Pool) Scan(ctx context.Context, cfg ScanConfig, yield func(Chunk) error) error {
	return errNotBuilt
}

// ScanError names the ranges that no endpoint could give.
type ScanError struct{ Missing []MissingRange }

// MissingRange is a range that was not read, and each endpoint's last refusal.
type MissingRange struct {
	Range

	Refusals []*Refusal
}

// Error implements error.
func (e *ScanError) Error() string { return "" }

// BlockLogs are the wanted logs of one block.
type BlockLogs struct {
	// Logs are by log index; block hash and time are always set.
	Logs []types.Log
	// Unproven is true when there are none although the header's bloom would allow
	// some: a false positive of the bloom, or an endpoint that has not indexed the
	// block yet. Only the block's receipts can tell.
	Unproven bool
	// Endpoint is the name of the endpoint that gave them.
	Endpoint string
}

// LogsByBlock reads the wanted logs of the block by its hash, from the endpoint that
// gave the header first, and checks them against the header. IsUnknownBlock tells
// that the block is gone (orphaned).
func (p *Pool) LogsByBlock(ctx context.Context, h Header, f FilterSet) (BlockLogs, error) {
	return BlockLogs{}, errNotBuilt
}

// Wake gives a channel that fires when it is worth looking at the head: on newHeads
// of any WebSocket endpoint, and at the poll interval (slower while a subscription
// lives). Firings that are not taken merge into one. It is closed when ctx ends.
func (p *Pool) Wake(ctx context.Context) <-chan struct{} { return nil }

// HeaderSource gives canonical headers by number. [*Pool] is one.
type HeaderSource interface {
	HeaderByNumber(ctx context.Context, number uint64) (Header, error)
}

// ReorgError says that a known block is no longer in the chain.
type ReorgError struct {
	// Known is the block that was thought canonical.
	Known Ref
	// Found is the canonical block that contradicts it: at Known's height, or right
	// above it with another parent.
	Found Header
}

// Error implements error.
func (e *ReorgError) Error() string { return "" }

// BehindError says that the source's head is below the last known block: it lags,
// or the chain was cut back. [Pool.Standing] tells which.
type BehindError struct {
	Known Ref
	Head  uint64
}

// Error implements error.
func (e *BehindError) Error() string { return "" }

// Walk gives the headers above last up to head, in order, each the child of the one
// before. It returns a *ReorgError when the first does not follow last (or a later
// one not its predecessor), a *BehindError when head is below last.
func Walk(ctx context.Context, src HeaderSource, last Ref, head uint64, yield func(Header) error) error {
	return errNotBuilt
}

// StoredHash gives the hash that is stored for a height; ok is false when none is.
type StoredHash func(ctx context.Context, number uint64) (hash common.Hash, ok bool, err error)

// CommonAncestor goes down from height from to the greatest block whose stored hash
// is canonical, at or above floor (the finalized block). A reorg below floor is a
// *DeepReorgError.
func CommonAncestor(ctx context.Context, src HeaderSource, stored StoredHash, from, floor uint64) (Ref, error) {
	return Ref{}, errNotBuilt
}

// DeepReorgError says that even the block at Floor is not canonical or not stored.
type DeepReorgError struct{ Floor uint64 }

// Error implements error.
func (e *DeepReorgError) Error() string { return "" }

// Standing is what the endpoints say of a block.
type Standing uint8

// The standings.
const (
	// Canonical: at least one endpoint has it in its chain.
	Canonical Standing = iota
	// Replaced: an endpoint has another block at its height, none has it.
	Replaced
	// Missing: every endpoint answered and none has a block at its height.
	Missing
)

// Standing asks every endpoint for the block at ref's height. It fails when an
// endpoint did not answer and no other has the block.
func (p *Pool) Standing(ctx context.Context, ref Ref) (Standing, error) { return 0, errNotBuilt }
