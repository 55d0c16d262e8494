package store_test

import (
	"context"
	"math/big"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"diemhouse/internal/testenv"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
)

// figuresAt are the figures and rules after a block, as text.
func figuresAt(t *testing.T, events []decode.Event, block uint64) []string {
	t.Helper()

	net, _ := summed(upTo(events, block))

	row := make([]string, 0, len(figures)+len(ruleColumns))
	for _, name := range figures {
		row = append(row, net.of(name).String())
	}

	return append(row, rulesAt(t, events, block)...)
}

var figureColumns = append(suffixed(figures, "_wei"), ruleColumns...)

func TestFiguresAtEveryBlock(t *testing.T) {
	t.Parallel()

	s, c := testenv.Open(t), lively(20, 90)
	follow(t, s, c, 1, 1)

	for block := uint64(1); block <= c.tip(); block++ {
		require.Equal(t, [][]string{figuresAt(t, c.all(), block)},
			texts(t, s, figureColumns, "supply_at(block = "+strconv.FormatUint(block, 10)+")"), "block %d", block)
	}

	known, err := s.FiguresAt(t.Context(), c.tip())
	require.NoError(t, err)

	now, ok, err := s.Figures(t.Context())
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, int64(c.blocks[c.tip()].Time), now.Time.Unix())

	now.Time = time.Time{}
	require.Equal(t, known, now)

	net, _ := summed(c.all())
	require.Equal(t, net.of("vvv_locked"), now.VVVLocked.Big())
	require.Equal(t, net.of("diem_cooling").String(), now.DIEMCooling.String())

	metrics, err := s.MetricsAt(t.Context(), 57)
	require.NoError(t, err)

	for metric, value := range metrics {
		require.Equal(t, [][]string{{metric, "57", value.String()}},
			texts(t, s, []string{"metric", "block_number", "value_wei"}, "metric_at(metric = '"+metric+"', block = 57)"))
	}
}

// TestFiguresAreTrueAtTheirBlock holds the figures against the events up to the block
// that they name, while writes and rewinds stand still at every one of their steps.
func TestFiguresAreTrueAtTheirBlock(t *testing.T) {
	t.Parallel()

	s, c := testenv.Open(t), lively(21, 50)
	require.Empty(t, texts(t, s, figureColumns, "supply_now"), "nothing is covered yet")

	canonical := c.all()
	looks := 0

	s.OnStep(func(context.Context, string) error {
		looks++

		for _, row := range texts(t, s, append([]string{"block_number"}, figureColumns...), "supply_now") { //nolint:contextcheck // what looks is the test, not the operation
			block, err := strconv.ParseUint(row[0], 10, 64)
			require.NoError(t, err)
			require.Equal(t, figuresAt(t, canonical, block), row[1:], "block %d", block)
		}

		return nil
	})

	follow(t, s, c, 1, 1)

	for _, ancestor := range []uint64{49, 40, 46} {
		// Until the rewind has begun the old branch is true, and then what both share.
		c.abandon(ancestor)

		shared := c.tip()

		c.grow(int(50 - ancestor))
		c.tame(ancestor + 1)

		require.NoError(t, s.Rewind(t.Context(), ancestor))
		require.Equal(t, figuresAt(t, canonical, shared), texts(t, s, figureColumns, "supply_now")[0])

		canonical = c.all()

		follow(t, s, c, 1, ancestor+1)
	}

	require.Greater(t, looks, 50)
	require.Equal(t, figuresAt(t, c.all(), c.tip()), texts(t, s, figureColumns, "supply_now")[0])
}

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

// TestTokensBesideWei: every exact column has one for people beside it that is the
// same amount.
func TestTokensBesideWei(t *testing.T) {
	t.Parallel()

	s, c := testenv.Open(t), lively(24, 60)
	follow(t, s, c, 1, 1)

	pairs := texts(t, s, []string{"table", "name"}, `system.columns WHERE database = currentDatabase() AND endsWith(name, '_wei')
		AND table IN (SELECT name FROM system.tables WHERE database = currentDatabase() AND engine = 'View')
		AND (table, name) NOT IN (('audits', 'warehouse_wei'), ('audits', 'contract_wei'), ('audits', 'difference_wei'), ('emissions', 'rounding_wei'))`)
	require.Greater(t, len(pairs), 150)

	byView := map[string][]string{}

	for _, pair := range pairs {
		view, exact := pair[0], pair[1]
		tokens := strings.TrimSuffix(exact, "_wei")
		byView[view] = append(byView[view], "countIf(abs(`"+tokens+"` - toFloat64(`"+exact+"`) / 1e18) > abs(`"+tokens+"`) / 1e9)")
	}

	for view, differ := range byView {
		require.Zero(t, number(t, s, "SELECT "+strings.Join(differ, " + ")+" FROM "+view), view)
	}
}

// TestSupplyAtIsSupplyNow: ClickHouse gives a view no way to pass a block on, so one
// is written twice. Apart from the block they are the same.
func TestSupplyAtIsSupplyNow(t *testing.T) {
	t.Parallel()

	between := func(file, from, to string) string {
		text, err := os.ReadFile("../../schema/" + file)
		require.NoError(t, err)

		_, after, ok := strings.Cut(string(text), from)
		require.True(t, ok)

		before, _, ok := strings.Cut(after, to)
		require.True(t, ok)

		return before
	}

	for _, part := range [][2]string{{" AS until,", "AS block_number"}, {"vvv_supply_wei,\n", ") AS f\n"}} {
		require.Equal(t, between("0007_supply_now.sql", part[0], part[1]), between("0008_supply_at.sql", part[0], part[1]))
	}
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
