package store_test

import (
	"context"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/testenv"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
	"diemhouse/pkg/venice"
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
func learn(dst, stored []decode.Event) ([]decode.Event, error) {
	for _, e := range stored {
		if e.Kind == decode.KindUnknown && e.Topics[0] == (common.Hash{0xAB}) {
			e.Contract, e.Kind, e.Topics, e.Data, e.Problem = decode.ContractStaking, decode.KindUnstakeFinalized, nil, nil, ""
			e.VVVWei = *uint256.NewInt(42)
			dst = append(dst, e)
		}
	}

	return dst, nil
}

// learned is what the chain's events are once 0xAB is known up to a block.
func learned(t *testing.T, c *madeChain, upTo uint64) (events []decode.Event, unknown, known int) {
	t.Helper()

	for _, e := range c.between(store.Range{From: 1, To: c.tip()}) {
		if e.Kind == decode.KindUnknown && e.BlockNumber <= upTo {
			unknown++

			out, err := learn(nil, []decode.Event{e})
			require.NoError(t, err)

			if len(out) > 0 {
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

// TestRedecodeSeesTheNeighbours has a DiemMinted that only the user's ABI can read: who
// minted is told by the transfer before it, which was stored decoded.
func TestRedecodeSeesTheNeighbours(t *testing.T) {
	t.Parallel()

	base := venice.Base()
	alice := common.HexToAddress("0xa11ce")
	log := func(address common.Address, signature string, topics []common.Hash, data uint64) types.Log {
		word := uint256.NewInt(data).Bytes32()

		return types.Log{
			Address: address, Topics: append([]common.Hash{crypto.Keccak256Hash([]byte(signature))}, topics...), Data: word[:],
			BlockNumber: 9, BlockHash: common.Hash{9}, BlockTimestamp: 1_790_000_000, TxHash: common.Hash{1},
		}
	}
	logs := []types.Log{
		log(base.Staking, "Nobody(uint256)", nil, 1),
		log(base.VVV, "Transfer(address,address,uint256)", []common.Hash{{}, common.BytesToHash(alice[:])}, 5),
		log(base.DIEM, "Transfer(address,address,uint256)", []common.Hash{{}, common.BytesToHash(alice[:])}, 7),
		log(base.Staking, "DiemMinted(uint256,uint256)", []common.Hash{{31: 200}}, 7),
		log(base.Staking, "Set(uint256)", nil, 1),
	}

	for i := range logs {
		logs[i].Index = uint(i)
	}

	logs[4].Data = nil // too short for the ABI that will be given

	young, err := decode.New(decode.Config{Deployment: base})
	require.NoError(t, err)
	stored, err := young.Decode(nil, logs)
	require.NoError(t, err)

	s := testenv.Open(t)
	require.NoError(t, s.Write(t.Context(), store.Batch{
		Filter: store.FilterCore, Events: stored, Covered: []store.Range{{From: 1, To: 10}},
	}))

	parsed, err := decode.ParseABI("staking", strings.NewReader(`[
		{"type": "event", "name": "DiemMinted", "inputs": [{"name": "x", "type": "uint256", "indexed": true}, {"name": "y", "type": "uint256"}]},
		{"type": "event", "name": "Set", "inputs": [{"name": "a", "type": "uint256"}]}]`))
	require.NoError(t, err)
	taught, err := decode.New(decode.Config{Deployment: base, ABIs: map[decode.Contract][]abi.ABI{decode.ContractStaking: {parsed}}})
	require.NoError(t, err)
	want, err := taught.Decode(nil, logs)
	require.NoError(t, err)
	require.Equal(t, decode.KindDIEMMint, want[3].Kind)
	require.Equal(t, alice, want[3].Account)

	done, err := s.Redecode(t.Context(), 10, taught.Redecode)
	require.NoError(t, err)
	require.Equal(t, store.Redecoded{Logs: 3, Known: 1}, done)
	requireHolds(t, s, want)
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

	_, err := s.Redecode(t.Context(), 30, func(_, _ []decode.Event) ([]decode.Event, error) {
		return nil, context.DeadlineExceeded
	})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.ErrorContains(t, err, "unknown logs of blocks")
}
