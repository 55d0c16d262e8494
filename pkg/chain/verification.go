package chain

import (
	"context"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// Verification says how far logs are checked against the headers of their blocks.
type Verification uint8

// The levels. Each includes the one before.
const (
	// VerifyNone checks an answer against itself and the request only.
	VerifyNone Verification = iota
	// VerifyBloom reads every header of a range, recomputes its hash, follows the
	// parents, and checks each log against its header: hash, time, bloom. A block whose
	// bloom has none of ours is proven empty.
	VerifyBloom
	// VerifyReceipts reads the receipts of every block whose bloom may have ours,
	// recomputed to the header's receipts root: all logs are proven, and no other.
	VerifyReceipts
)

var verificationNames = []string{"none", "bloom", "receipts"}

// String gives the level as the user writes it.
func (v Verification) String() string { return verificationNames[v] }

// ParseVerification reads none, bloom or receipts.
func ParseVerification(text string) (Verification, error) {
	if i := slices.Index(verificationNames, text); i >= 0 {
		return Verification(i), nil
	}

	return VerifyNone, fmt.Errorf("verification %q: want one of %v", text, verificationNames)
}

// verifiedRange bounds the blocks of a request whose headers are read as well: its
// answer is held until they are.
const verifiedRange = 10_000

// rangeJob is a range to be read and verified.
type rangeJob struct {
	Range

	filter FilterSet
	verify Verification
	// anchor is a block whose hash is known; the zero value is none.
	anchor Ref
	// prove gives the proven logs of a block.
	prove func(ctx context.Context, h Header) ([]types.Log, error)
	// progress is called between the requests.
	progress func()
}

// rangeAnswer is a range that was read and verified.
type rangeAnswer struct {
	logs []types.Log
	// unproven is the number of blocks that may hold logs which were not read.
	unproven uint64
	// parent is the hash before the first block, last that of the last; both zero when
	// headers were not read.
	parent, last common.Hash
}

// verifyHeaders checks sorted logs of a range against all its headers, and completes
// them.
func (e *endpoint) verifyHeaders(ctx context.Context, job rangeJob, answer *rangeAnswer) error {
	var before *Header

	left := answer.logs

	for r := (Range{From: job.From}); r.From <= job.To; r.From = r.To + 1 {
		r.To = min(job.To, r.From+uint64(e.batches.take())-1)

		headers, err := e.chainOf(ctx, r, before)
		if err != nil {
			return err
		}

		job.progress()

		for i := range headers {
			h := &headers[i]

			n := 0
			for n < len(left) && left[n].BlockNumber == h.Number.Uint64() {
				n++
			}

			if err := e.verifyOne(ctx, job, *h, left[:n], answer); err != nil {
				return err
			}

			left = left[n:]
		}

		if before == nil {
			answer.parent = headers[0].ParentHash
		}

		before = &headers[len(headers)-1]
		answer.last = before.Hash
	}

	return nil
}

// verifyOne checks the logs of one block against its header.
func (e *endpoint) verifyOne(ctx context.Context, job rangeJob, h Header, logs []types.Log, answer *rangeAnswer) error {
	if h.Number.Uint64() == job.anchor.Number && job.anchor.Hash != (common.Hash{}) && h.Hash != job.anchor.Hash {
		return e.refusal(Untrue, methodHeader, fmt.Errorf("has block %s, known is %s", h.Ref(), job.anchor.Hash))
	}

	for i := range logs {
		l := &logs[i]
		if l.BlockHash == (common.Hash{}) {
			l.BlockHash = h.Hash
		}

		if l.BlockTimestamp == 0 {
			l.BlockTimestamp = h.Time
		}

		if err := verifyInHeader(l, h, true); err != nil {
			return e.refusal(Untrue, methodLogs, err)
		}
	}

	if !job.filter.InBloom(h.Bloom) {
		return nil
	}

	if job.verify < VerifyReceipts {
		if job.filter.Unexplained(h.Bloom, logs) {
			answer.unproven++
		}

		return nil
	}

	proven, err := job.prove(ctx, h)
	job.progress()

	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		answer.unproven++ // The refusals are counted where they happen.

		return nil //nolint:nilerr // documented: what nobody can prove is unproven, and no error
	case !slices.EqualFunc(logs, proven, samePlaceAndLog):
		return e.refusal(Untrue, methodLogs, fmt.Errorf("gave %d logs of block %s, its receipts hold %d",
			len(logs), h.Ref(), len(proven)))
	}

	return nil
}
