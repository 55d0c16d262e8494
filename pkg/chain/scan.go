package chain

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/core/types"
)

// Defaults of [ScanConfig].
const (
	DefaultWorkers    = 4
	DefaultFirstRange = 2000
	DefaultMaxRange   = 100_000
	DefaultHedgeAfter = 10 * time.Second
	DefaultAttempts   = 6
	DefaultGiveUp     = 3 * time.Minute
)

// ScanConfig says what Scan reads.
type ScanConfig struct {
	// Filter is what to read.
	Filter FilterSet
	// Ranges are the blocks to read; overlaps are read once.
	Ranges []Range
	// Verify is how far the answers are checked against headers and receipts.
	Verify Verification
	// Anchor is a block whose hash is known, best the finalized one that ends the last
	// range: with Verify, an answer that holds another block in its place is refused.
	// The zero value: none.
	Anchor Ref
	// SingleReceipts is the number of transactions up to which the receipts of a block
	// are read one by one where no endpoint gives them by block. Zero: never.
	SingleReceipts int
	// Workers is the number of requests in flight per endpoint. Zero: DefaultWorkers.
	Workers int
	// FirstRange is the number of blocks of an endpoint's first request. Zero:
	// DefaultFirstRange.
	FirstRange uint64
	// MaxRange bounds the number of blocks a request. Zero: DefaultMaxRange.
	MaxRange uint64
	// HedgeAfter is how long a request may stay unanswered before another endpoint
	// is asked for the same. Zero: DefaultHedgeAfter.
	HedgeAfter time.Duration
	// Attempts is how often one endpoint may fail on the same blocks for passing
	// reasons (timeout, outage, nonsense) before it is not asked for them again. Zero:
	// DefaultAttempts.
	Attempts int
	// GiveUp is how long an endpoint may go without any answer while it is asked
	// before the scan goes on without it. Zero: DefaultGiveUp.
	GiveUp time.Duration
}

func (c ScanConfig) withDefaults() ScanConfig {
	setDefault(&c.Workers, DefaultWorkers)
	setDefault(&c.FirstRange, DefaultFirstRange)
	setDefault(&c.MaxRange, DefaultMaxRange)
	setDefault(&c.HedgeAfter, DefaultHedgeAfter)
	setDefault(&c.Attempts, DefaultAttempts)
	setDefault(&c.GiveUp, DefaultGiveUp)

	if c.Verify != VerifyNone {
		c.MaxRange = min(c.MaxRange, verifiedRange)
	}

	return c
}

func setDefault[T int | uint64 | time.Duration](v *T, def T) {
	if *v <= 0 {
		*v = def
	}
}

// Chunk is a range of blocks, read and checked.
type Chunk struct {
	Range

	// Logs are the wanted logs of the range by block and log index. Block hash and
	// block time are always set.
	Logs []types.Log
	// Unproven is the number of blocks of the answer whose bloom allows logs that were
	// not read and whose receipts were not read either. Zero without ScanConfig.Verify,
	// where nothing is proven.
	Unproven uint64
	// Endpoint is the name of the endpoint that gave them.
	Endpoint string
}

// ScanError names the ranges that no endpoint could give.
type ScanError struct{ Missing []MissingRange }

// MissingRange is a range that was not read, and each endpoint's last refusal.
type MissingRange struct {
	Range

	Refusals []*Refusal
}

// Error implements error.
func (e *ScanError) Error() string {
	parts := make([]string, len(e.Missing))

	for i, m := range e.Missing {
		u := UnavailableError{What: m.String(), Refusals: m.Refusals}
		parts[i] = u.Error()
	}

	return "not read: " + strings.Join(parts, "; ")
}

// Unwrap gives the refusals of all ranges.
func (e *ScanError) Unwrap() []error {
	var errs []error

	for _, m := range e.Missing {
		for _, r := range m.Refusals {
			errs = append(errs, r)
		}
	}

	return errs
}

// Scan reads the ranges and gives them to yield in chunks that together cover them
// exactly once, in any order. yield is called from Scan's own goroutine; while it
// runs, finished answers wait, so memory is bounded by the requests in flight
// (Workers per endpoint) times the size of an answer (Config.MaxAnswer).
//
// Each endpoint is asked for as many blocks a request as it answers: more after an
// answer, fewer after a refusal, what it states as its limit once it states one. An
// endpoint that answers far smaller ranges than another is left to what the other
// cannot give.
//
// An error of yield stops the scan and is returned as it is. Ranges that no endpoint
// could give are named in a [*ScanError] after everything else was delivered.
func (p *Pool) Scan(ctx context.Context, cfg ScanConfig, yield func(Chunk) error) error {
	cfg = cfg.withDefaults()

	workCtx, stop := context.WithCancel(ctx)
	defer stop()

	s := newScan(p, cfg, stop)
	if len(s.left) == 0 {
		return nil
	}

	// Waiters are woken when the context ends and when a request may have stalled.
	defer context.AfterFunc(workCtx, s.broadcast)()

	var workers sync.WaitGroup

	for _, e := range p.endpoints {
		for range cfg.Workers {
			workers.Go(func() { s.work(workCtx, e) })
		}
	}

	workers.Go(func() { s.tick(workCtx) })

	// However it ends: no goroutine outlives Scan.
	defer workers.Wait()
	defer stop()

	for {
		select {
		case c := <-s.chunks:
			if err := yield(c); err != nil {
				return err
			}
		case <-workCtx.Done():
			if ctx.Err() != nil {
				return ctx.Err()
			}

			return s.result()
		}
	}
}
