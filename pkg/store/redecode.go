package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"diemhouse/pkg/decode"
)

// redecodePage is how many unknown logs one query reads, and the rest of the last
// block.
const redecodePage = 1000

// Redecoded counts what [Store.Redecode] did.
type Redecoded struct {
	// Logs are the unknown logs that were looked at, Known those that are known now.
	Logs, Known int
}

// Redecode gives every unknown log up to and including a block to decode, and writes
// those that it knows now. The blocks must be final: a rewind that ran at the same
// time would be undone. It is safe to repeat.
func (s *Store) Redecode(
	ctx context.Context, upTo uint64, decode func([]decode.Event, []types.Log) ([]decode.Event, error),
) (done Redecoded, err error) {
	if err := s.beginRewrite(ctx); err != nil {
		return done, err
	}

	for next := uint64(0); ; {
		logs, version, err := s.unknownLogs(ctx, next, upTo)
		if err != nil {
			return done, err
		}

		if len(logs) == 0 {
			break
		}

		known, err := s.redecodePage(ctx, version, logs, decode)
		if err != nil {
			return done, fmt.Errorf("decode the unknown logs of blocks %d to %d again: %w",
				logs[0].BlockNumber, logs[len(logs)-1].BlockNumber, err)
		}

		done.Logs += len(logs)
		done.Known += known
		next = logs[len(logs)-1].BlockNumber + 1
	}

	return done, s.endRewrite(ctx)
}

func (s *Store) redecodePage(
	ctx context.Context, version uint64, logs []types.Log, decoder func([]decode.Event, []types.Log) ([]decode.Event, error),
) (known int, err error) {
	events, err := decoder(nil, logs)
	if err != nil {
		return 0, err
	}

	events = slices.DeleteFunc(events, func(e decode.Event) bool { return e.Kind == decode.KindUnknown })
	if len(events) == 0 {
		return 0, nil
	}

	if err := s.insertEvents(ctx, s.clock.next(version), events); err != nil {
		return 0, err
	}

	if err := s.done(ctx, afterRedecodeEvents); err != nil {
		return 0, err
	}

	return len(events), s.queueHours(ctx, hoursOf(events))
}

// unknownLogs reads a page of whole blocks, and the greatest version of its rows.
func (s *Store) unknownLogs(ctx context.Context, from, to uint64) (logs []types.Log, version uint64, err error) {
	err = s.each(ctx, func(read func(...any) error) error {
		var (
			l                         types.Log
			logIndex, txIndex         uint32
			blockHash, txHash, sender string
			topics                    []string
			data                      string
			at                        time.Time
			v                         uint64
		)

		err := read(&l.BlockNumber, &logIndex, &at, &blockHash, &txHash, &txIndex, &sender, &topics, &data, &v)
		if err != nil {
			return err
		}

		l.Index, l.TxIndex, l.BlockTimestamp = uint(logIndex), uint(txIndex), uint64(at.Unix())
		l.BlockHash, l.TxHash = common.BytesToHash([]byte(blockHash)), common.BytesToHash([]byte(txHash))
		l.Address, l.Data = common.BytesToAddress([]byte(sender)), []byte(data)

		for _, topic := range topics {
			l.Topics = append(l.Topics, common.BytesToHash([]byte(topic)))
		}

		logs, version = append(logs, l), max(version, v)

		return nil
	}, `SELECT block_number, log_index, block_time, block_hash, tx_hash, tx_index, address, topics, data, version
		FROM events FINAL WHERE kind = ? AND block_number BETWEEN ? AND ?
		ORDER BY block_number LIMIT ? WITH TIES`, string(decode.KindUnknown), from, to, redecodePage)
	if err != nil {
		return nil, 0, fmt.Errorf("read unknown logs from block %d on: %w", from, err)
	}

	slices.SortFunc(logs, func(a, b types.Log) int {
		return cmp.Or(cmp.Compare(a.BlockNumber, b.BlockNumber), cmp.Compare(a.Index, b.Index))
	})

	return logs, version, nil
}
