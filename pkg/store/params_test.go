package store_test

import (
	"fmt"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/testenv"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
	"diemhouse/pkg/venice"
)

func TestCurveInForce(t *testing.T) {
	t.Parallel()

	s, c := testenv.Open(t), newChain(50)
	first, second := c.curve(), c.curve()
	require.NotEqual(t, first, second)

	_, ok, err := s.CurveAt(t.Context(), 1000)
	require.NoError(t, err)
	require.False(t, ok)

	// Announced at 100; read again at 300 and at 500, where another one was in force,
	// whose start at 400 was found by looking back.
	require.NoError(t, s.Write(t.Context(), store.Batch{Filter: store.FilterCore, Events: []decode.Event{
		{BlockNumber: 100, LogIndex: 3, Kind: decode.KindCurveUpdated, Args: curveArgs(first)},
		{BlockNumber: 100, LogIndex: 4, Kind: decode.KindCurveUpdated, Args: `{"target":"1","bounds":["1"],"rates":["1"]}`},
		{BlockNumber: 101, LogIndex: 1, Kind: decode.KindCurveUpdated, Args: `{"bounds":["what"],"rates":`},
	}}))
	require.NoError(t, s.PutCurve(t.Context(), store.CurveEpoch{FirstBlock: 300, Learned: store.LearnedSampled, Curve: first}))
	require.NoError(t, s.PutCurve(t.Context(), store.CurveEpoch{FirstBlock: 500, Learned: store.LearnedSampled, Curve: second}))
	require.NoError(t, s.PutCurve(t.Context(), store.CurveEpoch{FirstBlock: 400, Learned: store.LearnedBisected, Curve: second}))

	for block, want := range map[uint64]store.CurveEpoch{
		100:  {FirstBlock: 100, Learned: store.LearnedEvent, Curve: first},
		299:  {FirstBlock: 100, Learned: store.LearnedEvent, Curve: first},
		399:  {FirstBlock: 100, Learned: store.LearnedEvent, Curve: first},
		400:  {FirstBlock: 400, Learned: store.LearnedBisected, Curve: second},
		9999: {FirstBlock: 400, Learned: store.LearnedBisected, Curve: second},
	} {
		have, ok, err := s.CurveAt(t.Context(), block)
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, want, have, "at %d", block)
	}

	_, ok, err = s.CurveAt(t.Context(), 99)
	require.NoError(t, err)
	require.False(t, ok, "what was in force before is not known")
}

func TestCurveKeepsItsTarget(t *testing.T) {
	t.Parallel()

	s := testenv.Open(t)

	var curve venice.Curve
	for i := range venice.Buckets {
		curve.Bounds[i].Mul(uint256.NewInt(uint64(i+1)), uint256.NewInt(1e18))
		curve.Rates[i].SetUint64(1)
	}

	require.NoError(t, s.PutCurve(t.Context(), store.CurveEpoch{FirstBlock: 1, Learned: store.LearnedSampled, Curve: curve}))
	require.Equal(t, []float64{0}, query(t, s, func(r *float64) []any { return []any{r} }, "SELECT target FROM curve FINAL"),
		"a table that fits no target has none")
}

func TestParamInForce(t *testing.T) {
	t.Parallel()

	s := testenv.Open(t)
	treasury := common.HexToAddress("0x2D8CB8DC596daD0e1E34E2042E7ae6Df93B11524")

	event := func(block uint64, contract decode.Contract, kind decode.Kind, args string) decode.Event {
		return decode.Event{BlockNumber: block, Contract: contract, Kind: kind, Args: args}
	}

	require.NoError(t, s.Write(t.Context(), store.Batch{Filter: store.FilterCore, Events: []decode.Event{
		event(10, decode.ContractStaking, decode.KindEmissionRateUpdated, `{"value":"79274479959411466","previous":"5"}`),
		event(11, decode.ContractStaking, decode.KindCooldownUpdated, `{"value":"604800"}`),
		event(12, decode.ContractDIEM, decode.KindCooldownUpdated, `{"value":"86400"}`),
		event(13, decode.ContractStaking, decode.KindTreasuryUpdated, `{"value":"0x2d8cb8dc596dad0e1e34e2042e7ae6df93b11524"}`),
		event(14, decode.ContractStaking, decode.KindVenicePercentageUpdated, `{"value":"0"}`),
		event(15, decode.ContractStaking, decode.KindVenicePercentageLockedUpdated, `{"value":"200000000000000000"}`),
	}}))
	require.NoError(t, s.PutParam(t.Context(), store.Param{
		Name: store.ParamEmissionRate, FirstBlock: 20, Learned: store.LearnedSampled, Value: *uint256.NewInt(79274479959411466),
	}))
	require.NoError(t, s.PutParam(t.Context(), store.Param{
		Name: store.ParamEmissionRate, FirstBlock: 30, Learned: store.LearnedBisected, Value: *uint256.NewInt(7),
	}))

	for _, want := range []store.Param{
		{Name: store.ParamEmissionRate, FirstBlock: 30, Learned: store.LearnedBisected, Value: *uint256.NewInt(7)},
		{Name: store.ParamCooldown, FirstBlock: 11, Learned: store.LearnedEvent, Value: *uint256.NewInt(604800)},
		{Name: store.ParamDIEMCooldown, FirstBlock: 12, Learned: store.LearnedEvent, Value: *uint256.NewInt(86400)},
		{Name: store.ParamTreasury, FirstBlock: 13, Learned: store.LearnedEvent, Value: *new(uint256.Int).SetBytes(treasury[:])},
		{Name: store.ParamVenicePercentage, FirstBlock: 14, Learned: store.LearnedEvent},
		{Name: store.ParamVenicePercentageLocked, FirstBlock: 15, Learned: store.LearnedEvent, Value: *uint256.NewInt(2e17)},
	} {
		have, ok, err := s.ParamAt(t.Context(), want.Name, 1000)
		require.NoError(t, err)
		require.True(t, ok, want.Name)
		require.Equal(t, want, have)
	}

	have, ok, err := s.ParamAt(t.Context(), store.ParamEmissionRate, 29)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, store.LearnedEvent, have.Learned, "a value that was read and is no other began with its event")
	require.Equal(t, uint64(10), have.FirstBlock)

	_, ok, err = s.ParamAt(t.Context(), store.ParamEmissionRate, 9)
	require.NoError(t, err)
	require.False(t, ok)
}

// A change that was read from the contract is told by an event of its block that sets the
// same, as its last word. Of one that may have come earlier than it was read no block is
// known.
func TestUntold(t *testing.T) {
	t.Parallel()

	s, c := testenv.Open(t), newChain(50)

	cooldown := func(block uint64, index uint32, seconds uint64) decode.Event {
		return decode.Event{
			BlockNumber: block, LogIndex: index, Contract: decode.ContractStaking, Kind: decode.KindCooldownUpdated,
			Args: fmt.Sprintf(`{"value":"%d"}`, seconds),
		}
	}

	told, lost := c.curve(), c.curve()

	require.NoError(t, s.Write(t.Context(), store.Batch{Filter: store.FilterCore, Events: []decode.Event{
		cooldown(90, 3, 5), cooldown(90, 4, 90), // the last of the block counts
		cooldown(100, 3, 100),
		cooldown(110, 3, 5), // after which there was another
		{BlockNumber: 200, LogIndex: 3, Kind: decode.KindCurveUpdated, Args: curveArgs(told)},
	}}))

	param := func(name string, block uint64, how string) store.Param {
		return store.Param{Name: name, FirstBlock: block, Learned: how, Value: *uint256.NewInt(block)}
	}

	for _, p := range []store.Param{
		param(store.ParamCooldown, 90, store.LearnedBisected),
		param(store.ParamCooldown, 100, store.LearnedBisected),
		param(store.ParamCooldown, 110, store.LearnedBisected),
		param(store.ParamCooldown, 150, store.LearnedBisected),
		param(store.ParamTreasury, 100, store.LearnedBisected), // the event is another setting's
		param(store.ParamTreasury, 160, store.LearnedSampled),
		param(store.ParamTreasury, 400, store.LearnedBisected),
	} {
		require.NoError(t, s.PutParam(t.Context(), p))
	}

	for block, curve := range map[uint64]venice.Curve{200: told, 300: lost} {
		require.NoError(t, s.PutCurve(t.Context(), store.CurveEpoch{FirstBlock: block, Learned: store.LearnedBisected, Curve: curve}))
	}

	blocks, err := s.Untold(t.Context(), 399)
	require.NoError(t, err)
	require.Equal(t, []uint64{100, 110, 150, 300}, blocks)
}
