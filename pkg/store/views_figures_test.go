package store_test

import (
	"context"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"diemhouse/internal/testenv"
	"diemhouse/pkg/decode"
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

			rate := texts(t, s, []string{"block_number", "diem_supply_wei"}, "mint_rate_now") //nolint:contextcheck // as above
			require.Equal(t, [][]string{{row[0], row[1+slices.Index(figures, "diem_supply")]}}, rate)
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
