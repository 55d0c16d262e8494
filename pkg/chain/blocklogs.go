package chain

import (
	"context"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// BlockLogs are the wanted logs of one block.
type BlockLogs struct {
	// Logs are by log index; block hash and time are always set.
	Logs []types.Log
	// Unproven is true when there are none although the header's bloom would allow
	// some: a false positive of the bloom, or an endpoint that has not indexed the
	// block yet. Only the block's receipts can tell.
	Unproven bool
	// Endpoint is the name of the endpoint that gave them, empty when the bloom alone
	// proved that there are none.
	Endpoint string
}

// LogsByBlock reads the wanted logs of the block by its hash, from the endpoint that
// gave the header first, and checks them against the header. Where the header's
// bloom proves that there are none, nothing is asked. IsUnknownBlock tells that the
// block is gone (orphaned); a node that keeps orphaned blocks still serves it, so
// only a walk of headers tells what is canonical.
func (p *Pool) LogsByBlock(ctx context.Context, h Header, f FilterSet) (BlockLogs, error) {
	// A header that was not hashed here proves nothing by its bloom.
	if !p.cfg.TrustHeaderHash && !f.InBloom(h.Bloom) {
		return BlockLogs{}, nil
	}

	out := BlockLogs{}
	what := fmt.Sprintf("read the logs of block %s", h.Ref())

	err := p.do(ctx, what, h.Endpoint, func(ctx context.Context, e *endpoint) error {
		logs, err := e.readBlock(ctx, h, f)
		if err != nil {
			return err
		}

		out.Logs, out.Endpoint = logs, e.name

		return nil
	})
	if err != nil {
		return BlockLogs{}, err
	}

	out.Unproven = len(out.Logs) == 0

	return out, nil
}

// readBlock asks for all logs of the watched contracts and keeps the wanted ones.
func (e *endpoint) readBlock(ctx context.Context, h Header, f FilterSet) ([]types.Log, error) {
	all := query{addresses: f.Addresses()}
	params := all.params()
	params["blockHash"] = h.Hash

	results, err := e.batch(ctx, []rpcCall{{method: methodLogs, args: []any{params}}})
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

	wanted := logs[:0]

	for i := range logs {
		if f.Wanted(&logs[i]) {
			wanted = append(wanted, logs[i])
		}
	}

	return wanted, nil
}

// verifyBlock checks the logs of one block against each other and the header.
func verifyBlock(logs []types.Log, q *query, h Header, useBloom bool) error {
	number := h.Number.Uint64()
	if err := verifyAnswer(logs, q, Range{From: number, To: number}); err != nil {
		return err
	}

	for i := range logs {
		l := &logs[i]

		switch {
		case l.BlockHash != h.Hash:
			return violation(l, "has block hash %s, asked for %s", l.BlockHash, h.Hash)
		case l.BlockTimestamp != h.Time:
			return violation(l, "has time %d, the header %d", l.BlockTimestamp, h.Time)
		case useBloom && !logInBloom(l, h.Bloom):
			return violation(l, "is not in the header's bloom: the block does not hold it")
		}
	}

	return verifyMerged(logs)
}

func logInBloom(l *types.Log, b types.Bloom) bool {
	if !b.Test(l.Address.Bytes()) {
		return false
	}

	for _, topic := range l.Topics {
		if !b.Test(topic.Bytes()) {
			return false
		}
	}

	return true
}
