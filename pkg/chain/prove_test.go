package chain

import (
	"errors"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/stretchr/testify/require"
)

// What is proven of a chain is what its node reads, block for block.
func TestProveProvesEveryBlock(t *testing.T) {
	t.Parallel()

	for node, all := range chains(t) {
		p := newPool(t, quick(node))

		for _, set := range []string{FilterCore, FilterAll} {
			f := filterSet(t, set)
			end, err := p.HeaderByNumber(t.Context(), all.To)
			require.NoError(t, err)

			var (
				logs []types.Log
				next = all.From
			)

			last, err := p.Prove(t.Context(), ProveConfig{Filter: f, Range: all, Level: VerifyReceipts, Anchor: end.Ref()},
				func(b BlockProof) error {
					require.Equal(t, next, b.Header.Number.Uint64())
					require.NoError(t, b.Err)
					require.NotEqual(t, ProofOpen, b.Proof)
					require.Equal(t, f.InBloom(b.Header.Bloom), b.Proof == ProofLogs)

					next++

					logs = append(logs, b.Logs...)

					return nil
				})
			require.NoError(t, err)
			require.Equal(t, end.Ref(), last)
			require.Equal(t, truth(t, node, f, all), logs)
		}
	}
}

// Ranges go on where the last ended, and nowhere else.
func TestProveGoesOnFromItsEnd(t *testing.T) {
	t.Parallel()

	node := sharedNode(t)
	p := newPool(t, quick(node.HTTPURL()))
	cfg := ProveConfig{Filter: filterSet(t, FilterCore), Range: Range{From: 1, To: 150}, Level: VerifyBloom}
	nothing := func(BlockProof) error { return nil }

	last, err := p.Prove(t.Context(), cfg, nothing)
	require.NoError(t, err)
	require.Equal(t, node.Header(150).Hash(), last.Hash)

	cfg.Parent, cfg.Range = last.Hash, Range{From: 151, To: 151}
	_, err = p.Prove(t.Context(), cfg, nothing)
	require.NoError(t, err)

	cfg.Parent = common.Hash{1}
	_, err = p.Prove(t.Context(), cfg, nothing)
	require.ErrorContains(t, err, "has parent")

	cfg.Parent, cfg.Anchor = common.Hash{}, Ref{Number: 151, Hash: common.Hash{2}}
	_, err = p.Prove(t.Context(), cfg, nothing)
	require.ErrorContains(t, err, "known is")

	cfg.Anchor = Ref{}
	stop := errors.New("enough")
	_, err = p.Prove(t.Context(), cfg, func(BlockProof) error { return stop })
	require.ErrorIs(t, err, stop)

	cfg.Range = Range{From: 2, To: 1}
	_, err = p.Prove(t.Context(), cfg, nothing)
	require.Error(t, err)
}

func TestProveLeavesOpenWhatItIsToldTo(t *testing.T) {
	t.Parallel()

	var asked atomic.Int64

	node := sharedNode(t)
	f := filterSet(t, FilterAll)
	without := withoutReceipts(t, node.HTTPURL(), &asked)
	cfg := ProveConfig{Filter: f, Range: Range{From: 1, To: 120}, Level: VerifyReceipts}

	open := func(url string, cfg ProveConfig) (open, failed int) {
		_, err := newPool(t, quick(url)).Prove(t.Context(), cfg, func(b BlockProof) error {
			if b.Proof == ProofOpen {
				open++

				if b.Err != nil {
					require.True(t, OnlyKinds(b.Err, NotOffered), "%v", b.Err)

					failed++
				}
			}

			return nil
		})
		require.NoError(t, err)

		return open, failed
	}

	n, failed := open(without.URL, cfg)
	require.Positive(t, n)
	require.Equal(t, n, failed)

	cfg.Level = VerifyBloom
	n, failed = open(node.HTTPURL(), cfg)
	require.Positive(t, n)
	require.Zero(t, failed)

	cfg.Level = VerifyReceipts
	cfg.Settle = func(h Header) bool { return h.Number.Uint64() > 60 }
	some, failed := open(node.HTTPURL(), cfg)
	require.Less(t, some, n)
	require.Positive(t, some)
	require.Zero(t, failed)
}

// What a warehouse lacks, has too many, or has from another branch, is found.
func TestVerifyRangeFindsWhatIsWrong(t *testing.T) {
	t.Parallel()

	node := sharedNode(t)
	p := newPool(t, quick(node.HTTPURL()))
	f, err := NewFilterSet(FilterCore, Contracts{DIEM: contracts.DIEM})
	require.NoError(t, err)

	cfg := ProveConfig{Filter: f, Range: Range{From: 1, To: 290}, Level: VerifyReceipts}

	var right []HeldBlock

	for _, l := range truth(t, node.HTTPURL(), f, cfg.Range) {
		if n := len(right); n == 0 || right[n-1].Number != l.BlockNumber {
			right = append(right, HeldBlock{Number: l.BlockNumber, Hash: l.BlockHash})
		}

		right[len(right)-1].Indexes = append(right[len(right)-1].Indexes, l.Index)
	}

	verdict, err := p.VerifyRange(t.Context(), cfg, right)
	require.NoError(t, err)
	require.Empty(t, verdict.Wrong)
	require.Equal(t, node.Header(290).Hash(), verdict.Last.Hash)
	require.Zero(t, verdict.Open)
	require.GreaterOrEqual(t, verdict.Proven, uint64(len(right)))
	require.Equal(t, uint64(290), verdict.Proven+verdict.Empty)

	// An empty block, whatever of these it is.
	empty := uint64(1)
	for slices.ContainsFunc(right, func(b HeldBlock) bool { return b.Number == empty }) {
		empty++
	}

	full := slices.IndexFunc(right, func(b HeldBlock) bool { return len(b.Indexes) > 2 })
	block := right[full]

	for name, c := range map[string]struct {
		spoil func() []HeldBlock
		want  WrongBlock
	}{
		"a log is missing": {
			func() []HeldBlock {
				held := slices.Clone(right)
				held[full].Indexes = slices.Delete(slices.Clone(block.Indexes), 1, 2)

				return held
			}, WrongBlock{Missing: block.Indexes[1:2]},
		},
		"a block is missing": {
			func() []HeldBlock { return slices.Delete(slices.Clone(right), full, full+1) },
			WrongBlock{Missing: block.Indexes},
		},
		"a log too many": {
			func() []HeldBlock {
				held := slices.Clone(right)
				held[full].Indexes = append(slices.Clone(block.Indexes), 9999)

				return held
			}, WrongBlock{Extra: []uint{9999}},
		},
		"logs in an empty block": {
			func() []HeldBlock {
				held := append(slices.Clone(right), HeldBlock{Number: empty, Indexes: []uint{3}})
				slices.SortFunc(held, func(a, b HeldBlock) int { return int(a.Number) - int(b.Number) })

				return held
			}, WrongBlock{Extra: []uint{3}},
		},
		"from another branch": {
			func() []HeldBlock {
				held := slices.Clone(right)
				held[full].Hash = common.Hash{7}

				return held
			}, WrongBlock{Held: common.Hash{7}},
		},
	} {
		verdict, err := p.VerifyRange(t.Context(), cfg, c.spoil())
		require.NoError(t, err, name)
		require.Len(t, verdict.Wrong, 1, name)

		got := verdict.Wrong[0]
		require.Equal(t, c.want.Missing, got.Missing, name)
		require.Equal(t, c.want.Extra, got.Extra, name)
		require.Equal(t, c.want.Held, got.Held, name)

		var indexes []uint
		for _, l := range got.Logs {
			indexes = append(indexes, l.Index)
		}

		if got.Header.Number.Uint64() == block.Number {
			require.Equal(t, block.Indexes, indexes, "what should be there comes with it")
		}
	}

	// Blooms alone prove what is too many in empty blocks, and other branches.
	cfg.Level = VerifyBloom
	verdict, err = p.VerifyRange(t.Context(), cfg, []HeldBlock{{Number: block.Number, Hash: common.Hash{7}}})
	require.NoError(t, err)
	require.Len(t, verdict.Wrong, 1)
	require.Equal(t, ProofOpen, verdict.Wrong[0].Proof)
	require.Positive(t, verdict.Open)
	require.NoError(t, verdict.Why)

	for _, held := range [][]HeldBlock{{{Number: 291}}, {{Number: 0}}, {{Number: 5}, {Number: 5}}} {
		_, err = p.VerifyRange(t.Context(), cfg, held)
		require.ErrorContains(t, err, "held block")
	}
}
