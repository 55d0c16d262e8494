package store_test

import (
	"math/big"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"diemhouse/internal/testenv"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
)

// rollupRow is what an hour or a day changed and how it ended.
func rollupRow(t *testing.T, events []decode.Event, from, to int64) []string {
	t.Helper()

	var within []decode.Event

	block := uint64(0)

	for _, e := range events {
		if at := int64(e.BlockTime); at < to {
			block = e.BlockNumber

			if at >= from {
				within = append(within, e)
			}
		}
	}

	row := append([]string{strconv.FormatUint(block, 10)}, figuresAt(t, events, block)...)
	net, in := summed(within)

	for _, name := range figures {
		row = append(row, net.of(name).String())
	}

	for _, name := range grossFigures {
		row = append(row, in.of(name).String(), new(big.Int).Sub(in.of(name), net.of(name)).String())
	}

	burned := new(big.Int).Sub(in.of("diem_supply"), net.of("diem_supply"))

	return append(row, in.of("diem_supply").String(), burned.String())
}

func rollupColumns(first string) []string {
	columns := append([]string{first, "block_number"}, figureColumns...)
	columns = append(columns, suffixed(figures, "_delta_wei")...)

	for _, name := range grossFigures {
		columns = append(columns, name+"_in_wei", name+"_out_wei")
	}

	return append(columns, "diem_minted_wei", "diem_burned_wei")
}

// requireRollups holds the hours and days against the events. They end with the hour
// of the newest block.
func requireRollups(t *testing.T, s *store.Store, events []decode.Event, newest int64) {
	t.Helper()

	starts := hoursBetween(int64(events[0].BlockTime), newest)
	hours, days := make([][]string, 0, len(starts)), [][]string{}

	for _, hour := range starts {
		hours = append(hours, append([]string{second(hour)}, rollupRow(t, events, hour, hour+3600)...))

		if day := hour / 86400 * 86400; len(days) == 0 || days[len(days)-1][0] != second(day)[:10] {
			days = append(days, append([]string{second(day)[:10]}, rollupRow(t, events, day, day+86400)...))
		}
	}

	require.Equal(t, hours, texts(t, s, rollupColumns("hour"), "supply_hourly ORDER BY hour"))

	for _, part := range []string{"figures_hourly", "mint_rate_hourly"} {
		columns := columnsOf(t, s, part)
		require.Equal(t, texts(t, s, columns, "supply_hourly ORDER BY hour"), texts(t, s, columns, part+" ORDER BY hour"), part)
	}

	require.Equal(t, days, texts(t, s, rollupColumns("day"), "supply_daily ORDER BY day"))
}

func TestHoursAndDays(t *testing.T) {
	t.Parallel()

	s, c := testenv.Open(t), lively(22, 150)
	follow(t, s, c, 100, 100)
	requireRollups(t, s, c.between(store.Range{From: 100, To: 150}), int64(c.blocks[150].Time))

	// History lands in any order and more than once.
	for _, r := range []store.Range{{From: 30, To: 70}, {From: 71, To: 99}, {From: 1, To: 50}, {From: 30, To: 70}} {
		require.NoError(t, s.Write(t.Context(), c.history(r)))
	}

	requireRollups(t, s, c.all(), int64(c.blocks[150].Time))

	c.abandon(110)
	c.grow(25)
	c.tame(111)
	require.NoError(t, s.Rewind(t.Context(), 110))
	follow(t, s, c, 100, 111)
	requireRollups(t, s, c.all(), int64(c.blocks[c.tip()].Time))

	// Of an abandoned hour nothing is left.
	require.NoError(t, s.Rewind(t.Context(), 100))
	requireRollups(t, s, c.between(store.Range{From: 1, To: 100}), int64(c.blocks[100].Time))
}

// TestClockSetBack: the newest computation of an hour wins, whatever the clock says.
func TestClockSetBack(t *testing.T) {
	t.Parallel()

	s, c := testenv.Open(t), lively(23, 30)
	half := c.history(store.Range{From: 1, To: 30})
	half.Events = slices.DeleteFunc(half.Events, func(e decode.Event) bool { return e.BlockNumber%2 == 0 })
	require.NoError(t, s.Write(t.Context(), half))

	// As if these rows had been computed tomorrow.
	require.NoError(t, s.Conn().Exec(t.Context(),
		"INSERT INTO rollup_hourly SELECT * REPLACE(computed_at + INTERVAL 1 DAY AS computed_at) FROM rollup_hourly"))
	require.NoError(t, s.Write(t.Context(), c.history(store.Range{From: 1, To: 30})))
	require.Empty(t, staleHours(t, s))
}
