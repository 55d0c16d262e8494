package store_test

import (
	"math/big"
	"slices"
	"strconv"
	"testing"

	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/testenv"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
	"diemhouse/pkg/venice"
)

func TestRewardUpdates(t *testing.T) {
	t.Parallel()

	s, c := testenv.Open(t), lively(44, 300)
	require.NoError(t, s.Write(t.Context(), c.history(storeRange(1, 300))))

	settings := settingsOf(t, c.all())

	var (
		want   [][]string
		before int64
	)

	for n := 1; n < len(c.blocks); n++ {
		b := c.blocks[n]
		treasury, stakers, first := new(big.Int), new(big.Int), -1

		for i, e := range b.events {
			switch e.Kind { //nolint:exhaustive // the others emit nothing
			case decode.KindVVVEmissionTreasury:
				treasury.Add(treasury, e.VVVWei.ToBig())
			case decode.KindVVVEmissionStakers:
				stakers.Add(stakers, e.VVVWei.ToBig())
			default:
				continue
			}

			if first < 0 {
				first = i
			}
		}

		if first < 0 {
			continue
		}

		elapsed, rounding := "NULL", "NULL"
		rate := last(settings, func(s *setting) bool { return s.Name == store.ParamEmissionRate && s.Block < b.Number })

		if before > 0 {
			elapsed = strconv.FormatInt(int64(b.Time)-before, 10)

			if rate != nil {
				due, _ := new(big.Int).SetString(rate.Value, 10)
				due.Mul(due, big.NewInt(int64(b.Time)-before))
				rounding = due.Sub(due, treasury).Sub(due, stakers).String()
			}
		}

		before = int64(b.Time)
		want = append(want, []string{
			strconv.FormatUint(b.Number, 10), strconv.FormatUint(uint64(b.events[first].LogIndex), 10), second(int64(b.Time)),
			treasury.String(), stakers.String(), new(big.Int).Add(treasury, stakers).String(), elapsed, rounding,
		})
	}

	require.Greater(t, len(want), 20)

	columns := []string{
		"block_number", "log_index", "block_time", "vvv_treasury_wei", "vvv_stakers_wei", "vvv_wei", "elapsed", "rounding_wei",
	}
	require.Equal(t, want, texts(t, s, columns, "emissions ORDER BY block_number"))

	half := want[len(want)/2:]
	require.Equal(t, half, texts(t, s, columns, "emissions WHERE block_time >= '"+half[0][2]+"' ORDER BY block_number"),
		"the time since the update before does not depend on the query's range")
}

// TestLockedShareImplied: the treasury's part of a reward update tells how much of
// the stake is locked.
func TestLockedShareImplied(t *testing.T) {
	t.Parallel()

	s, c := testenv.Open(t), lively(45, 40)
	for i := range c.blocks {
		c.blocks[i].events = nil
	}

	token := uint256.NewInt(1e18)
	state := venice.RewardState{
		Rate:                 venice.RatePerSecond(2_500_000),
		Percentage:           *uint256.NewInt(5e16),
		PercentageWhenLocked: *uint256.NewInt(2e17),
		Staked:               *new(uint256.Int).Mul(uint256.NewInt(40_000_000), token),
		Locked:               *new(uint256.Int).Mul(uint256.NewInt(9_000_000), token),
	}

	params := map[string]uint256.Int{
		store.ParamEmissionRate: state.Rate, store.ParamVenicePercentage: state.Percentage,
		store.ParamVenicePercentageLocked: state.PercentageWhenLocked,
	}
	for name, value := range params {
		require.NoError(t, s.PutParam(t.Context(), store.Param{Name: name, FirstBlock: 1, Learned: store.LearnedSampled, Value: value}))
	}

	for n := 2; n < len(c.blocks); n++ {
		b := &c.blocks[n]

		emission, err := state.Emit(b.Time - c.blocks[n-1].Time)
		require.NoError(t, err)

		for i, amount := range []uint256.Int{emission.ToTreasury, emission.ToStakers} {
			b.events = append(b.events, decode.Event{
				BlockNumber: b.Number, LogIndex: uint32(i), BlockTime: b.Time, Contract: decode.ContractVVV, VVVWei: amount,
				Kind: []decode.Kind{decode.KindVVVEmissionTreasury, decode.KindVVVEmissionStakers}[i],
			})
		}
	}

	require.NoError(t, s.Write(t.Context(), c.history(storeRange(1, 40))))

	const share = "0.225"

	for view, expected := range map[string]uint64{"emissions": 39, "supply_hourly WHERE vvv_emitted > 0": 5} {
		require.GreaterOrEqual(t, number(t, s, "SELECT countIf(abs(locked_share_implied - "+share+") < 1e-9) FROM "+view), expected, view)
		require.Zero(t, number(t, s, "SELECT countIf(abs(locked_share_implied - "+share+") >= 1e-9) FROM "+view), view)
	}

	require.Equal(t, uint64(39), number(t, s, "SELECT count() FROM emissions WHERE rounding_wei IS NULL AND elapsed IS NULL OR rounding_wei BETWEEN 0 AND 2"))
	require.Equal(t, uint64(38), number(t, s, "SELECT countIf(abs(year_implied / 2500000 - 1) < 1e-9) FROM emissions"))
	require.Equal(t, uint64(39), number(t, s, "SELECT countIf(abs(year_announced / 2500000 - 1) < 1e-9) FROM emissions"))
	require.Zero(t, number(t, s, "SELECT countIf(abs(emission_year_implied / 2500000 - 1) > 1e-9) FROM supply_daily"))
}

// TestEmissionsImplied holds what the hours say of the emission rate against the
// reward updates.
func TestEmissionsImplied(t *testing.T) {
	t.Parallel()

	s, c := testenv.Open(t), lively(25, 150)
	require.NoError(t, s.Write(t.Context(), c.history(store.Range{From: 1, To: 150})))

	net := map[int64]sums{}
	until := map[int64]int64{}

	var hours []int64

	for _, e := range c.all() {
		if e.Kind != decode.KindVVVEmissionStakers && e.Kind != decode.KindVVVEmissionTreasury {
			continue
		}

		hour := int64(e.BlockTime) / 3600 * 3600
		if net[hour] == nil {
			net[hour], hours = sums{}, append(hours, hour)
		}

		net[hour].add("vvv_emitted", e.VVVWei.ToBig())

		until[hour] = int64(e.BlockTime)
	}

	require.Greater(t, len(hours), 5)
	require.True(t, slices.IsSorted(hours))

	want := make([][]string, 0, len(hours))

	for i, hour := range hours {
		seconds := int64(0)
		if i > 0 {
			seconds = until[hour] - until[hours[i-1]]
		}

		want = append(want, []string{second(hour), strconv.FormatInt(seconds, 10), net[hour]["vvv_emitted"].String()})
	}

	require.Equal(t, want, texts(t, s, []string{"hour", "emission_seconds", "vvv_emitted_delta_wei"},
		"supply_hourly WHERE vvv_emitted_delta_wei > 0 OR emission_seconds > 0 ORDER BY hour"))
	require.Zero(t, number(t, s, `SELECT count() FROM supply_hourly WHERE emission_seconds > 0
		AND abs(emission_rate_implied * emission_seconds / vvv_emitted_delta - 1) > 1e-9`))
	require.Zero(t, number(t, s, "SELECT count() FROM supply_hourly WHERE (emission_seconds = 0) != isNull(emission_rate_implied)"))
	require.Equal(t, number(t, s, "SELECT sum(emission_seconds) FROM supply_hourly"), number(t, s, "SELECT sum(emission_seconds) FROM supply_daily"))
}
