package chain

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// atHead is the number of transactions up to which receipts are read one by one for
// a block at the head.
const atHead = 30

// BlockLogs are the wanted logs of one block.
type BlockLogs struct {
	// Logs are by log index; block hash and time are always set.
	Logs []types.Log
	// Settled is true when the block's receipts were read, because the header's bloom
	// left something open: the logs are proven then, all of them and no other.
	Settled bool
	// Unproven is true when the header's bloom left something open that no endpoint
	// offers to settle, or more often than Config.SettleRate allows: a chance hit of the
	// bloom, or logs that whoever answered does not have yet.
	Unproven bool
	// Endpoint is the name of the endpoint that gave them, empty when the bloom alone
	// proved that there are none.
	Endpoint string
}

// LogsByBlock reads the wanted logs of the block by its hash, from the endpoint that
// gave the header first, and checks them against the header.
//
// Where the header's bloom proves that there are none, nothing is asked. Where it has
// a watched contract of which nothing was read, or nobody gives logs that it allows,
// the block's receipts decide, recomputed to the header's receipts root. On Base that
// is about every second block, since a bloom there is so full that one of three
// addresses passes by chance. Receipts that cannot be had just now are an error, so
// that the block is asked for again, a number of times; where nobody offers them it is
// Unproven, which is no error.
//
// IsUnknownBlock tells that the block is gone (orphaned); a node that keeps orphaned
// blocks still serves it, so only a walk of headers tells what is canonical.
func (p *Pool) LogsByBlock(ctx context.Context, h Header, f FilterSet) (BlockLogs, error) {
	// A header that was not hashed here proves nothing by its bloom.
	if !p.cfg.TrustHeaderHash && !f.InBloom(h.Bloom) {
		return BlockLogs{}, nil
	}

	var (
		out  BlockLogs
		from *endpoint
		open bool
	)

	what := fmt.Sprintf("read the logs of block %s", h.Ref())

	err := p.do(ctx, what, h.Endpoint, func(ctx context.Context, e *endpoint) error {
		logs, err := e.readBlock(ctx, h, f)
		if err != nil {
			return err
		}

		open = f.Unexplained(h.Bloom, logs)
		out.Logs, out.Endpoint, from = f.only(logs), e.name, e

		return nil
	})

	switch {
	case err != nil && (!isUntrue(err) || p.cfg.TrustHeaderHash):
		return BlockLogs{}, err
	case err == nil && !open:
		return out, nil
	case p.cfg.TrustHeaderHash: // Its receipts root is no more proof than its bloom.
		out.Unproven = true

		return out, nil
	}

	proven, settled, later := p.settle(ctx, h, f)

	switch {
	case ctx.Err() != nil:
		return BlockLogs{}, ctx.Err()
	case !settled && err != nil:
		return BlockLogs{}, err
	case later != nil:
		return BlockLogs{}, later
	case !settled:
		out.Unproven = true

		return out, nil
	}

	if from != nil && !slices.EqualFunc(out.Logs, proven, samePlaceAndLog) {
		// Marked and counted; the proof serves in its place.
		_ = from.refusal(Untrue, methodLogs, fmt.Errorf("gave %d logs of block %s, its receipts hold %d",
			len(out.Logs), h.Ref(), len(proven)))
	}

	out.Logs, out.Settled = proven, true

	return out, nil
}

// settle proves a block's logs by its receipts, as often as Config.SettleRate allows.
// ok is false when it could not: the refusals are counted where they happen. later is
// why it should be tried again.
func (p *Pool) settle(ctx context.Context, h Header, f FilterSet) (logs []types.Log, ok bool, later error) {
	if !p.settles.Allow() {
		return nil, false, nil
	}

	logs, err := p.ProvenLogs(ctx, h, f, atHead)

	switch {
	case err == nil:
		p.unsettled.renew()
	case maySettle(err) && !p.unsettled.ends():
		return nil, false, err
	}

	return logs, err == nil, nil
}

// isUntrue reports whether an endpoint's answer was refused as untrue, among whatever
// else.
func isUntrue(err error) bool {
	if u, ok := errors.AsType[*UnavailableError](err); ok {
		return slices.ContainsFunc(u.Refusals, func(r *Refusal) bool { return r.Kind == Untrue })
	}

	kind, _ := KindOf(err)

	return kind == Untrue
}

func samePlaceAndLog(a, b types.Log) bool { return comparePlace(&a, &b) == 0 && sameLog(&a, &b) }

// readBlock gives all logs of the watched contracts.
func (e *endpoint) readBlock(ctx context.Context, h Header, f FilterSet) ([]types.Log, error) {
	all := query{addresses: f.Addresses()}
	params := all.params()
	params["blockHash"] = h.Hash

	results, err := e.readLogs(ctx, []map[string]any{params})
	if err != nil {
		return nil, err
	}

	result := &results[0]
	if result.err != nil {
		return nil, result.err
	}

	if result.logs == nil && isNull(result.data) { // anvil's way to say that it does not have the block
		return nil, e.refusal(UnknownBlock, methodLogs, errors.New("answer is null"))
	}

	logs, err := result.logList()
	if err != nil {
		return nil, e.refusal(Malformed, methodLogs, err)
	}

	for i := range logs {
		if logs[i].BlockHash == (common.Hash{}) {
			logs[i].BlockHash = h.Hash
		}

		if logs[i].BlockTimestamp == 0 {
			logs[i].BlockTimestamp = h.Time
		}
	}

	if err := verifyBlock(logs, &all, h, !e.cfg.TrustHeaderHash); err != nil {
		return nil, e.refusal(Untrue, methodLogs, err)
	}

	return logs, nil
}

// verifyBlock checks the logs of one block against each other and the header.
func verifyBlock(logs []types.Log, q *query, h Header, useBloom bool) error {
	number := h.Number.Uint64()
	if err := verifyAnswer(logs, q, Range{From: number, To: number}); err != nil {
		return err
	}

	for i := range logs {
		if err := verifyInHeader(&logs[i], h, useBloom); err != nil {
			return err
		}
	}

	return verifyMerged(logs)
}

// verifyInHeader checks that the block of the header can hold the log.
func verifyInHeader(l *types.Log, h Header, useBloom bool) error {
	switch {
	case l.BlockHash != h.Hash:
		return violation(l, "has block hash %s, its header %s", l.BlockHash, h.Hash)
	case l.BlockTimestamp != h.Time:
		return violation(l, "has time %d, its header %d", l.BlockTimestamp, h.Time)
	case useBloom && !logInBloom(l, &h.Bloom):
		return violation(l, "is not in its header's bloom: the block does not hold it")
	}

	return nil
}
