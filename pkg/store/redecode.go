package store

import (
	"context"
	"fmt"
	"slices"

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

// Decoder decodes events again that are stored as unknown: [decode.Decoder.Redecode].
type Decoder func(dst, stored []decode.Event) ([]decode.Event, error)

// Redecode gives every unknown event up to and including a block to decode, together
// with its neighbours in the block, and writes what decode makes of it: those that it
// knows now, and those that are unknown for another reason. The blocks must be final: a
// rewind that ran at the same time would be undone. It is safe to repeat.
func (s *Store) Redecode(ctx context.Context, upTo uint64, decoder Decoder) (done Redecoded, err error) {
	s.rewrite.Lock()
	defer s.rewrite.Unlock()

	begun := false

	for next := uint64(0); ; {
		stored, version, err := s.unknownEvents(ctx, next, upTo)
		if err != nil {
			return done, err
		}

		if len(stored) == 0 {
			break
		}

		if !begun {
			if err := s.beginRewrite(ctx); err != nil {
				return done, err
			}

			begun = true
		}

		known, err := s.redecodePage(ctx, version, stored, decoder)
		if err != nil {
			return done, fmt.Errorf("decode the unknown logs of blocks %d to %d again: %w",
				stored[0].BlockNumber, stored[len(stored)-1].BlockNumber, err)
		}

		done.Logs += unknown(stored)
		done.Known += known
		next = stored[len(stored)-1].BlockNumber + 1
	}

	if !begun {
		return done, nil
	}

	return done, s.endRewrite(ctx)
}

// unknown counts the events that nothing decodes.
func unknown(events []decode.Event) (n int) {
	for i := range events {
		if events[i].Kind == decode.KindUnknown {
			n++
		}
	}

	return n
}

func (s *Store) redecodePage(ctx context.Context, version uint64, stored []decode.Event, decoder Decoder) (known int, err error) {
	events, err := decoder(nil, stored)
	if err != nil || len(events) == 0 {
		return 0, err
	}

	if err := s.insertEvents(ctx, s.clock.next(version), slices.Values([][]decode.Event{events})); err != nil {
		return 0, err
	}

	if err := s.done(ctx, afterRedecodeEvents); err != nil {
		return 0, err
	}

	return len(events) - unknown(events), s.queueHours(ctx, hoursOf(events))
}

// unknownEvents reads the unknown events of a page of whole blocks and what is at the
// log index before and after each, in order of place, and the greatest version among
// them.
func (s *Store) unknownEvents(ctx context.Context, from, to uint64) (stored []decode.Event, version uint64, err error) {
	err = s.each(ctx, func(read func(...any) error) error {
		e, v, err := readEvent(read)
		if err != nil {
			return err
		}

		stored, version = append(stored, e), max(version, v)

		return nil
	}, "SELECT "+storedEvent+` FROM events FINAL
		WHERE block_number BETWEEN ? AND ? AND (block_number, log_index) IN
		(
			SELECT block_number, toUInt32(arrayJoin([log_index, log_index + 1, greatest(log_index, 1) - 1]))
			FROM
			(
				SELECT block_number, log_index FROM events FINAL WHERE kind = ? AND block_number BETWEEN ? AND ?
				ORDER BY block_number LIMIT ? WITH TIES
			)
		)
		ORDER BY block_number, log_index`, from, to, string(decode.KindUnknown), from, to, redecodePage)
	if err != nil {
		return nil, 0, fmt.Errorf("read unknown logs from block %d on: %w", from, err)
	}

	return stored, version, nil
}
