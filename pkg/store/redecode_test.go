package store_test

import (
	"context"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/testenv"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
)

// unknownChain is a chain with many logs that nothing knows, some of them of a topic
// that learn knows.
func unknownChain(blocks int) *madeChain {
	c := newChain(60)
	c.grow(blocks)

	for n := range c.blocks {
		for i := range c.blocks[n].events {
			e := &c.blocks[n].events[i]
			if e.Kind == decode.KindUnknown && i%2 == 0 {
				e.Topics = []common.Hash{{0xAB}}
			}
		}
	}

	return c
}

// learn is a decoder that has learned what 0xAB means: an unstake of 42 wei.
func learn(dst []decode.Event, logs []types.Log) ([]decode.Event, error) {
	for _, l := range logs {
		e := decode.Event{
			BlockNumber: l.BlockNumber, LogIndex: uint32(l.Index), BlockTime: l.BlockTimestamp, BlockHash: l.BlockHash,
			TxHash: l.TxHash, TxIndex: uint32(l.TxIndex), Address: l.Address, Contract: decode.ContractStaking,
			Kind: decode.KindUnknown, Topics: l.Topics, Data: l.Data, Problem: "unknown",
		}
		if l.Topics[0] == (common.Hash{0xAB}) {
			e.Kind, e.Topics, e.Data, e.Problem = decode.KindUnstakeFinalized, nil, nil, ""
			e.VVVWei = *uint256.NewInt(42)
		}

		dst = append(dst, e)
	}

	return dst, nil
}

// learned is what the chain's events are once 0xAB is known up to a block.
func learned(t *testing.T, c *madeChain, upTo uint64) (events []decode.Event, unknown, known int) {
	t.Helper()

	for _, e := range c.between(store.Range{From: 1, To: c.tip()}) {
		if e.Kind == decode.KindUnknown && e.BlockNumber <= upTo {
			unknown++

			out, err := learn(nil, []types.Log{{
				BlockNumber: e.BlockNumber, Index: uint(e.LogIndex), BlockTimestamp: e.BlockTime, BlockHash: e.BlockHash,
				TxHash: e.TxHash, TxIndex: uint(e.TxIndex), Address: e.Address, Topics: e.Topics, Data: e.Data,
			}})
			require.NoError(t, err)

			if out[0].Kind != decode.KindUnknown {
				known++
				e = out[0]
			}
		}

		events = append(events, e)
	}

	return events, unknown, known
}

func TestRedecode(t *testing.T) {
	t.Parallel()

	s, c := testenv.Open(t), unknownChain(200)
	require.NoError(t, s.Write(t.Context(), c.history(store.Range{From: 1, To: 200})))

	for _, upTo := range []uint64{120, 120, 200} {
		want, unknown, known := learned(t, c, upTo)
		require.NotZero(t, known)
		require.Greater(t, unknown, known)

		_, err := s.Redecode(t.Context(), upTo, learn)
		require.NoError(t, err)
		requireHolds(t, s, want)
	}

	again, err := s.Redecode(t.Context(), 200, learn)
	require.NoError(t, err)
	require.Zero(t, again.Known)
	require.NotZero(t, again.Logs)
}

func TestRedecodeIsKilled(t *testing.T) {
	t.Parallel()

	for name, finish := range map[string]func(*testing.T, *store.Store){
		"ThenRunAgain": func(t *testing.T, s *store.Store) {
			t.Helper()

			_, err := s.Redecode(t.Context(), 200, learn)
			require.NoError(t, err)
		},
		"ThenTheDaemonStarts": func(t *testing.T, s *store.Store) {
			t.Helper()
			require.NoError(t, s.RewindAboveCursor(t.Context()))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			dsn, c := testenv.DSN(t), unknownChain(200)
			s := open(t, dsn)
			require.NoError(t, s.Migrate(t.Context()))
			require.NoError(t, s.Write(t.Context(), c.history(store.Range{From: 1, To: 200})))

			killed(t, dsn, store.StepRedecodeEvents, func(s *store.Store) error {
				_, err := s.Redecode(t.Context(), 200, learn)

				return err
			})
			require.NotEmpty(t, staleHours(t, s), "the case under test: rows whose hours no rollup knows of")

			finish(t, s)

			want, _, _ := learned(t, c, 200)
			requireHolds(t, s, want)
		})
	}
}

func TestRedecodeErrorsComeBack(t *testing.T) {
	t.Parallel()

	s, c := testenv.Open(t), unknownChain(30)
	require.NoError(t, s.Write(t.Context(), c.history(store.Range{From: 1, To: 30})))

	_, err := s.Redecode(t.Context(), 30, func([]decode.Event, []types.Log) ([]decode.Event, error) {
		return nil, context.DeadlineExceeded
	})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.ErrorContains(t, err, "unknown logs of blocks")
}
