package decode

import (
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"

	"diemhouse/pkg/venice"
)

func curveLog(signature string, halves ...[venice.Buckets]uint256.Int) types.Log {
	l := logOf(ContractStaking, signature, nil, nil)

	for _, half := range halves {
		for i := range half {
			word := half[i].Bytes32()
			l.Data = append(l.Data, word[:]...)
		}
	}

	return l
}

func generate(tb testing.TB, target float64, step uint64) venice.Curve {
	tb.Helper()

	c, err := venice.Generate(target, step)
	require.NoError(tb, err)

	return c
}

// requireCurve checks that args hold the table.
func requireCurve(tb testing.TB, want venice.Curve, target string, e *Event) {
	tb.Helper()

	got := args(tb, e)
	require.Equal(tb, target, got["target"])

	bounds, rates := got["bounds"].([]any), got["rates"].([]any)
	require.Len(tb, bounds, venice.Buckets)
	require.Len(tb, rates, venice.Buckets)

	for i := range venice.Buckets {
		require.Equal(tb, want.Bounds[i].Dec(), bounds[i])
		require.Equal(tb, want.Rates[i].Dec(), rates[i])
	}
}

func TestCurveUpdatesUnderBothNames(t *testing.T) {
	t.Parallel()

	c := generate(t, 39_500, 500)

	for _, name := range []string{"DiemMintRatesUpdated", "DiemMintCurveUpdated"} {
		l := curveLog(name+"(uint256[256],uint256[256])", c.Bounds, c.Rates)
		e := decodeOne(t, newDecoder(t, nil), l)
		requireSound(t, &l, &e)
		require.Equal(t, KindCurveUpdated, e.Kind)
		require.Equal(t, name, e.Name)
		require.Empty(t, e.Problem)
		require.NotContains(t, args(t, &e), "topics")
		requireCurve(t, c, "39500", &e)
	}
}

func TestACurveIsKnownByItsSizeWhateverItsTopic(t *testing.T) {
	t.Parallel()

	d := newDecoder(t, nil)
	c := generate(t, 40_000, 500)

	l := curveLog("NewCurve(uint256[256],uint256[256])", c.Bounds, c.Rates)
	e := decodeOne(t, d, l)
	require.Equal(t, KindCurveUpdated, e.Kind)
	require.Empty(t, e.Name)
	require.Equal(t, []any{l.Topics[0].Hex()}, args(t, &e)["topics"])
	requireCurve(t, c, "40000", &e)

	l.Topics = append(l.Topics, common.HexToHash("0x05"))
	e = decodeOne(t, d, l)
	require.Len(t, args(t, &e)["topics"], 2)

	l.Topics[0] = topicOf("DiemMintRatesUpdated(uint256[256],uint256[256])")
	e = decodeOne(t, d, l)
	require.Equal(t, "DiemMintRatesUpdated", e.Name)
	require.Len(t, args(t, &e)["topics"], 2)

	l.Topics = []common.Hash{topicOf("Staked(address,uint256)")}
	e = decodeOne(t, d, l)
	require.Equal(t, KindCurveUpdated, e.Kind)
	require.Empty(t, e.Name)

	l.Topics = nil
	e = decodeOne(t, d, l)
	require.Equal(t, KindCurveUpdated, e.Kind)
	require.Empty(t, args(t, &e)["topics"])

	l = curveLog("DiemMintRatesUpdated(uint256[256],uint256[256])", c.Bounds, c.Rates)
	l.Address = base.DIEM
	require.Equal(t, KindUnknown, decodeOne(t, d, l).Kind, "only staking has a curve")
}

func TestACurveWithItsHalvesTheOtherWayRound(t *testing.T) {
	t.Parallel()

	c := generate(t, 38_000, 475)
	e := decodeOne(t, newDecoder(t, nil), curveLog("Swapped()", c.Rates, c.Bounds))
	require.Empty(t, e.Problem)
	requireCurve(t, c, "38000", &e)
}

func TestACurveThatFitsNoTargetIsOneAllTheSame(t *testing.T) {
	t.Parallel()

	c := generate(t, 40_000, 500)
	for i := range c.Rates {
		c.Rates[i] = *token(uint64(100 + i))
	}

	e := decodeOne(t, newDecoder(t, nil), curveLog("DiemMintRatesUpdated(uint256[256],uint256[256])", c.Bounds, c.Rates))
	require.Equal(t, KindCurveUpdated, e.Kind)
	require.Empty(t, e.Problem)
	requireCurve(t, c, "0", &e)
}

func TestACurveThatCannotQuoteIsFlagged(t *testing.T) {
	t.Parallel()

	c := generate(t, 40_000, 500)
	c.Bounds[9] = c.Bounds[8]

	e := decodeOne(t, newDecoder(t, nil), curveLog("DiemMintRatesUpdated(uint256[256],uint256[256])", c.Bounds, c.Rates))
	require.Equal(t, KindCurveUpdated, e.Kind)
	require.Equal(t, ProblemCurve, e.Problem)
	requireCurve(t, c, "40000", &e)
}

func TestACurveOfAnotherLengthIsMalformed(t *testing.T) {
	t.Parallel()

	c := generate(t, 40_000, 500)
	l := curveLog("DiemMintRatesUpdated(uint256[256],uint256[256])", c.Bounds, c.Rates)

	for _, data := range [][]byte{l.Data[:len(l.Data)-1], l.Data[:32], nil, append(slices.Clip(l.Data), 0)} {
		short := l
		short.Data = data
		e := decodeOne(t, newDecoder(t, nil), short)
		requireSound(t, &short, &e)
		require.Equal(t, KindUnknown, e.Kind)
		require.Contains(t, e.Problem, "malformed: DiemMintRatesUpdated: data: want 16384 bytes, got ")
	}
}
