package chain

import (
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/stretchr/testify/require"
)

// story is a sound answer: blocks 10 and 12, the first with two transactions.
func story() []types.Log {
	at := func(block uint64, tx, index uint) types.Log {
		l := transfer(contracts.VVV, common.Hash{}, someone)
		l.BlockNumber, l.BlockHash, l.BlockTimestamp = block, common.Hash{31: byte(block)}, 1000+2*block
		l.TxIndex, l.TxHash, l.Index = tx, common.Hash{30: byte(block), 31: byte(tx)}, index
		l.Data = []byte{1}

		return l
	}

	return []types.Log{at(10, 1, 3), at(10, 1, 4), at(10, 5, 9), at(12, 0, 0)}
}

func TestASoundAnswerIsTaken(t *testing.T) {
	t.Parallel()

	q := &filterSet(t, FilterAll).queries[0]
	require.NoError(t, verifyAnswer(story(), q, Range{From: 10, To: 12}))
	require.NoError(t, verifyMerged(story()))
	require.NoError(t, verifyMerged(nil))
}

// Each way in which an answer can contradict the request or itself.
func TestAnAnswerThatContradictsIsRefused(t *testing.T) {
	t.Parallel()

	q := &filterSet(t, FilterAll).queries[0]

	for name, spoil := range map[string]func(logs []types.Log){
		"removed":                         func(l []types.Log) { l[1].Removed = true },
		"before the range":                func(l []types.Log) { l[0].BlockNumber = 9 },
		"after the range":                 func(l []types.Log) { l[3].BlockNumber = 13 },
		"another contract's":              func(l []types.Log) { l[2].Address = common.HexToAddress("0x99") },
		"twice":                           func(l []types.Log) { l[1] = l[0] },
		"out of order":                    func(l []types.Log) { l[0], l[1] = l[1], l[0] },
		"blocks out of order":             func(l []types.Log) { l[0], l[3] = l[3], l[0] },
		"two hashes of a block":           func(l []types.Log) { l[1].BlockHash = common.Hash{1} },
		"two times of a block":            func(l []types.Log) { l[1].BlockTimestamp++ },
		"one hash of two blocks":          func(l []types.Log) { l[3].BlockHash = l[0].BlockHash },
		"time runs backwards":             func(l []types.Log) { l[3].BlockTimestamp = 1 },
		"transactions run backwards":      func(l []types.Log) { l[2].TxIndex = 0 },
		"two transactions at one place":   func(l []types.Log) { l[1].TxHash = common.Hash{1} },
		"one transaction at two places":   func(l []types.Log) { l[2].TxHash = l[0].TxHash },
		"it comes back after another one": func(l []types.Log) { l[1].TxIndex, l[1].TxHash, l[2].TxHash = 4, common.Hash{1}, l[0].TxHash },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			logs := story()
			spoil(logs)

			err := verifyAnswer(logs, q, Range{From: 10, To: 12})
			if err == nil {
				err = verifyMerged(logs)
			}

			var v *ViolationError

			require.ErrorAs(t, err, &v)
			require.NotEmpty(t, v.Problem)
		})
	}
}

func TestAnswersAreMerged(t *testing.T) {
	t.Parallel()

	all := story()
	got, err := mergeAnswers([][]types.Log{{all[1], all[3]}, {all[0], all[1]}, {all[2]}, nil})
	require.NoError(t, err)
	require.Equal(t, all, got, "a log that two queries match is there once")

	other := all[1]
	other.Data = []byte{2}
	_, err = mergeAnswers([][]types.Log{{all[1]}, {other}})
	require.ErrorContains(t, err, "differs between two answers")
}

func TestABlocksLogsAreCheckedAgainstItsHeader(t *testing.T) {
	t.Parallel()

	q := &filterSet(t, FilterAll).queries[0]
	logs := story()[:3]
	h := capturedStory(t, logs)

	require.NoError(t, verifyBlock(logs, q, h, true))

	for name, spoil := range map[string]func(logs []types.Log){
		"hash":             func(l []types.Log) { l[0].BlockHash = common.Hash{1} },
		"time":             func(l []types.Log) { l[0].BlockTimestamp++ },
		"number":           func(l []types.Log) { l[0].BlockNumber = 12 },
		"not in the bloom": func(l []types.Log) { l[0].Topics = []common.Hash{{0x77}} },
	} {
		spoiled := story()[:3]
		spoil(spoiled)
		require.Error(t, verifyBlock(spoiled, q, h, true), name)
	}

	unlisted := story()[:3]
	unlisted[0].Topics = []common.Hash{{0x77}}
	require.NoError(t, verifyBlock(unlisted, q, h, false), "a bloom that is not to be trusted")
}

// capturedStory is a header that fits the logs of block 10.
func capturedStory(tb testing.TB, logs []types.Log) Header {
	tb.Helper()

	h, err := decodeHeader(capturedHeaders(tb)[0].Header, false)
	require.NoError(tb, err)

	h.Number.SetUint64(10)
	h.Time, h.Hash, h.Bloom = logs[0].BlockTimestamp, logs[0].BlockHash, bloomOf(logs...)

	return h
}
