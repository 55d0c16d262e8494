package store_test

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"testing"
	"time"

	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/testenv"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
	"diemhouse/pkg/venice"
)

func TestMintRateFromEveryMoment(t *testing.T) {
	t.Parallel()

	s, c := testenv.Open(t), lively(40, 300)
	require.NoError(t, s.Write(t.Context(), c.history(storeRange(1, 300))))

	events := c.all()
	curves := epochs(t, events)
	supply := new(big.Int)
	want := make([][]string, 0, len(events))

	for _, e := range events {
		switch e.Kind { //nolint:exhaustive // the others do not move it
		case decode.KindDIEMTransferMint:
			supply.Add(supply, e.DIEMWei.ToBig())
		case decode.KindDIEMTransferBurn:
			supply.Sub(supply, e.DIEMWei.ToBig())
		case decode.KindCurveUpdated:
		default:
			continue
		}

		curve := last(curves, func(c *epoch) bool {
			return c.block < e.BlockNumber || c.block == e.BlockNumber && c.logIndex <= e.LogIndex
		})
		bucket, rate := curve.rateAt(supply)

		want = append(want, []string{
			strconv.FormatUint(e.BlockNumber, 10), strconv.FormatUint(uint64(e.LogIndex), 10), second(int64(e.BlockTime)),
			supply.String(), bucket, rate, curve.targetText(),
		})
	}

	require.Greater(t, len(want), 30)
	require.Equal(t, want, texts(t, s,
		[]string{"block_number", "log_index", "block_time", "diem_supply_wei", "mint_bucket", "mint_rate_wei", "diem_target"},
		"mint_rate ORDER BY block_number, log_index"))
}

// rateRow is the mint rate by the events up to a time and a block, nil without any: the
// last of them, its time, the supply of DIEM, bucket, rate and target.
func rateRow(events []decode.Event, curves []epoch, at, until uint64) []string {
	supply, end := new(big.Int), 0

	for ; end < len(events) && events[end].BlockTime <= at && events[end].BlockNumber <= until; end++ {
		switch e := events[end]; e.Kind { //nolint:exhaustive // the others do not move it
		case decode.KindDIEMTransferMint:
			supply.Add(supply, e.DIEMWei.ToBig())
		case decode.KindDIEMTransferBurn:
			supply.Sub(supply, e.DIEMWei.ToBig())
		}
	}

	if end == 0 {
		return nil
	}

	newest := events[end-1]
	curve := last(curves, func(c *epoch) bool { return c.block <= newest.BlockNumber })
	bucket, rate := curve.rateAt(supply)

	return []string{
		strconv.FormatUint(newest.BlockNumber, 10), second(int64(newest.BlockTime)), supply.String(), bucket, rate, curve.targetText(),
	}
}

// TestMintRateAtAMoment: the rate of any second is that of the events up to it, while a
// rewind is under way too.
func TestMintRateAtAMoment(t *testing.T) {
	t.Parallel()

	s, c := testenv.Open(t), lively(44, 300)
	require.NoError(t, s.Write(t.Context(), c.history(storeRange(1, 300))))

	events := c.all()
	curves := epochs(t, events)
	columns := []string{"block_number", "block_time", "diem_supply_wei", "mint_bucket", "mint_rate_wei", "diem_target"}

	requireRate := func(at, until uint64) {
		var want [][]string
		if row := rateRow(events, curves, at, until); row != nil {
			want = [][]string{row}
		}

		require.Equal(t, want, texts(t, s, columns, "mint_rate_at(time = '"+second(int64(at))+"')"), "at %d", at)
	}

	requireRate(events[0].BlockTime-1, math.MaxUint64)

	for i := 0; i < len(events); i += 1 + len(events)/40 {
		requireRate(events[i].BlockTime, math.MaxUint64)
		requireRate(events[i].BlockTime+1, math.MaxUint64)
	}

	end := events[len(events)-1].BlockTime + 86400
	requireRate(end, math.MaxUint64)

	require.NoError(t, s.Conn().Exec(t.Context(), "INSERT INTO rewinds (block_number, from_block, reason, version) "+
		"SELECT 150, 300, 'reorg', max(version) + 1 FROM coverage"))
	requireRate(end, 150)
}

// TestMintRateNowAndADayAgo: both are those of the events up to then, on any day of a
// history, in the middle of a rewind, and of nothing.
func TestMintRateNowAndADayAgo(t *testing.T) {
	t.Parallel()

	columns := []string{"block_number", "diem_supply_wei", "mint_bucket", "mint_rate_wei", "diem_target", "mint_rate_day_ago_wei"}

	for _, old := range []uint64{2, 40, 111, 180, 240, 300} {
		c := lively(47, 300)
		before := c.blocks[old].Time

		// A minute more than a day ago, so that what happens next is not reached while this runs.
		c.move(time.Now().Add(-24*time.Hour-time.Minute).Unix() - int64(before))

		events := c.all()
		curves := epochs(t, events)

		require.True(t, old == c.tip() || c.blocks[old+1].Time > c.blocks[old].Time+180, "block %d is followed too soon", old)

		s := testenv.Open(t)
		require.Empty(t, texts(t, s, columns, "mint_rate_now"))
		require.NoError(t, s.Write(t.Context(), c.history(storeRange(1, 300))))

		requireRate := func(until uint64) {
			now, then := rateRow(events, curves, math.MaxUint64, until), rateRow(events, curves, c.blocks[old].Time, until)

			rateThen := "NULL"
			if then != nil {
				rateThen = then[4]
			}

			require.Equal(t, [][]string{{strconv.FormatUint(until, 10), now[2], now[3], now[4], now[5], rateThen}},
				texts(t, s, columns, "mint_rate_now"), "a day after block %d", old)
		}

		requireRate(300)

		for until := uint64(297); until > 50; until -= 31 {
			require.NoError(t, s.Conn().Exec(t.Context(), fmt.Sprintf("INSERT INTO rewinds (block_number, from_block, reason, version) "+
				"SELECT %d, 300, 'reorg', max(version) + 1 FROM coverage", until)))
			requireRate(until)
		}
	}
}

func TestCurveEpochs(t *testing.T) {
	t.Parallel()

	s, c := testenv.Open(t), lively(41, 300)
	require.NoError(t, s.Write(t.Context(), c.history(storeRange(1, 300))))

	var before *epoch

	curves := epochs(t, c.all())
	want := make([][]string, 0, len(curves))

	require.Greater(t, len(curves), 5)

	for i := range curves {
		e := &curves[i]

		earlier := c.all()
		for n := range earlier {
			if earlier[n].BlockNumber == e.block && earlier[n].LogIndex == e.logIndex {
				earlier = earlier[:n]

				break
			}
		}

		net, _ := summed(earlier)
		_, rateBefore := before.rateAt(net.of("diem_supply"))
		_, rateAfter := e.rateAt(net.of("diem_supply"))

		want = append(want, []string{
			strconv.Itoa(i + 1), strconv.FormatUint(e.block, 10), strconv.FormatUint(uint64(e.logIndex), 10), second(e.time), "event",
			e.targetText(), before.targetText(), net.of("diem_supply").String(), tokensOf(rateBefore), tokensOf(rateAfter),
			strconv.Itoa(map[bool]int{true: 1}[i == len(curves)-1]),
		})
		before = e
	}

	require.Equal(t, want, texts(t, s, []string{
		"epoch", "block_number", "log_index", "block_time", "learned", "target", "target_before", "diem_supply_wei",
		"rate_before", "rate_after", "in_force",
	}, "curve_epochs ORDER BY epoch"))

	newest := curves[len(curves)-1]
	require.Equal(t, [][]string{{"256", newest.bounds[255].String(), newest.rates[255].String()}},
		texts(t, s, []string{"n", "b", "r"}, "(SELECT length(bounds) AS n, bounds[256] AS b, rates[256] AS r FROM curve_epochs WHERE in_force)"))
}

// tokensOf is a rate in wei as ClickHouse shows it in tokens.
func tokensOf(wei string) string {
	if wei == "NULL" {
		return wei
	}

	x, _ := new(big.Float).SetString(wei)
	f, _ := new(big.Float).Quo(x, big.NewFloat(1e18)).Float64()

	return strconv.FormatFloat(f, 'f', -1, 64)
}

// TestCurveThatFalls: a bound below an earlier one is never reached, because the
// first bucket whose bound is above the supply is in force.
func TestCurveThatFalls(t *testing.T) {
	t.Parallel()

	s, c := testenv.Open(t), lively(42, 10)

	var curve venice.Curve

	for i, bound := range []uint64{100, 300, 200, 300, 400} {
		curve.Bounds[i], curve.Rates[i] = *uint256.NewInt(bound), *uint256.NewInt(uint64(i + 1))
	}

	require.NoError(t, s.PutCurve(t.Context(), store.CurveEpoch{FirstBlock: 1, Learned: store.LearnedSampled, Curve: curve}))
	require.Equal(t, [][]string{{"0", "0", "100", "1"}, {"1", "100", "300", "2"}, {"4", "300", "400", "5"}},
		texts(t, s, []string{"bucket", "from_wei", "bound_wei", "rate_wei"}, "curve_buckets ORDER BY bucket"))

	for supply, rate := range map[uint64]string{0: "1", 99: "1", 100: "2", 299: "2", 300: "5", 399: "5", 400: "NULL"} {
		block := supply + 1
		batch := c.history(storeRange(1, 1))
		batch.Events = []decode.Event{{
			BlockNumber: block, BlockTime: c.blocks[1].Time, Contract: decode.ContractDIEM, Kind: decode.KindDIEMTransferMint,
			DIEMWei: *uint256.NewInt(supply),
		}}
		require.NoError(t, s.Write(t.Context(), batch))
		require.Equal(t, [][]string{{rate}}, texts(t, s, []string{"mint_rate_wei"}, "supply_at(block = "+strconv.FormatUint(block, 10)+")"))
		require.NoError(t, s.Rewind(t.Context(), 1))
		require.NoError(t, s.PutCurve(t.Context(), store.CurveEpoch{FirstBlock: 1, Learned: store.LearnedSampled, Curve: curve}))
	}
}

func TestParameterChanges(t *testing.T) {
	t.Parallel()

	s, c := testenv.Open(t), lively(43, 30)
	for i := range c.blocks {
		c.blocks[i].events = nil
	}

	at := func(block uint64, kind decode.Kind, value string) {
		c.blocks[block].events = []decode.Event{{
			BlockNumber: block, LogIndex: 3, BlockTime: c.blocks[block].Time, Contract: decode.ContractStaking, Kind: kind,
			Args: `{"value":"` + value + `"}`,
		}}
	}

	rate := venice.RatePerSecond(2_500_000)
	at(3, decode.KindEmissionRateUpdated, rate.Dec())
	at(5, decode.KindCooldownUpdated, "604800")
	at(7, decode.KindVenicePercentageLockedUpdated, "200000000000000000")
	at(9, decode.KindEmissionRateUpdated, rate.Dec()) // the same again
	at(11, decode.KindTreasuryUpdated, "0x00000000000000000000000000000000000000ab")
	at(25, decode.KindCooldownUpdated, "86400")
	require.NoError(t, s.Write(t.Context(), c.history(storeRange(1, 30))))

	// Read from the contract: the time is that of the events around it.
	require.NoError(t, s.PutParam(t.Context(), store.Param{
		Name: store.ParamVenicePercentage, FirstBlock: 7, Learned: store.LearnedBisected, Value: *uint256.NewInt(1e17),
	}))

	curve, err := venice.Generate(40_000, 500)
	require.NoError(t, err)

	for _, block := range []uint64{25, 27} {
		require.NoError(t, s.PutCurve(t.Context(), store.CurveEpoch{FirstBlock: block, Learned: store.LearnedSampled, Curve: curve}))
	}

	when := func(block uint64) string { return second(int64(c.blocks[block].Time)) }
	end := strconv.FormatUint(math.MaxUint32, 10)

	require.Equal(t, [][]string{
		{"emission_rate", "3", "3", when(3), "event", rate.Dec(), "NULL", "2500000 VVV a year", ""},
		{"cooldown", "5", "3", when(5), "event", "604800", "NULL", "7 days", ""},
		{"venice_percentage_locked", "7", "3", when(7), "event", "200000000000000000", "NULL", "20 %", ""},
		{"venice_percentage", "7", end, when(7), "bisected", "100000000000000000", "NULL", "10 %", ""},
		{"treasury", "11", "3", when(11), "event", "171", "NULL", "0x00000000000000000000000000000000000000ab", ""},
		{"cooldown", "25", "3", when(25), "event", "86400", "604800", "1 day", "7 days"},
		{"curve", "25", end, when(25), "sampled", "40000000000000000000000", "NULL", "target 40000 DIEM", ""},
	}, texts(t, s, []string{"name", "block_number", "log_index", "block_time", "learned", "value", "before", "text", "text_before"},
		"parameter_changes ORDER BY block_number, log_index"))
}
