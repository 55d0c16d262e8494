package dashboards_test

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"diemhouse/dashboards"
)

var (
	benchRows   = flag.Int("rows", 1_000_000, "rows of the ledger that the benchmark's history has")
	benchReport = flag.String("report", "", "file to write the benchmark's table to, as Markdown")
)

// cost is what a query took.
type cost struct {
	name string
	time time.Duration
	read uint64
	rows int
}

// BenchmarkDashboardQueries asks every query of every dashboard, annotation and alert
// on a made history of -rows rows of the ledger, for a wallet in the middle.
func BenchmarkDashboardQueries(b *testing.B) {
	w := made(b, *benchRows)
	a, err := w.ask(b, "SELECT account FROM wallets WHERE locked > 0 ORDER BY staked DESC, account")
	require.NoError(b, err)
	require.NotEmpty(b, a.rows)

	costs := map[string]cost{}

	for _, q := range everyQuery(b, a.rows[len(a.rows)/2][0].(string)) {
		b.Run(strings.ReplaceAll(q.name, " ", "_"), func(b *testing.B) {
			sql := q.expanded(b)
			c := cost{name: q.name}

			for b.Loop() {
				a, err := w.ask(b, sql)
				require.NoError(b, err)

				c.read, c.rows = a.read, len(a.rows)
			}

			c.time = b.Elapsed() / time.Duration(b.N)
			b.ReportMetric(float64(c.read), "rows-read/op")

			costs[q.name] = c
		})
	}

	if *benchReport != "" {
		require.NoError(b, os.WriteFile(*benchReport, report(b, w, costs), 0o600))
	}
}

// report is the table of docs/QUERIES.md.
func report(b *testing.B, w *warehouse, costs map[string]cost) []byte {
	b.Helper()

	var size struct {
		Events, Ledger, Hours uint64
	}

	require.NoError(b, w.Conn().QueryRow(b.Context(), `SELECT (SELECT count() FROM events), (SELECT count() FROM ledger), (SELECT count() FROM rollup_hourly)`).
		Scan(&size.Events, &size.Ledger, &size.Hours))

	all := make([]cost, 0, len(costs))
	for _, c := range costs {
		all = append(all, c)
	}

	slices.SortFunc(all, func(x, y cost) int { return cmp.Compare(y.time, x.time) })

	var out strings.Builder

	fmt.Fprintf(&out, "%d events, %d rows of the ledger, %d hours of the rollup.\n\n", size.Events, size.Ledger, size.Hours)
	out.WriteString("| query | ms | rows read | rows given |\n|---|---:|---:|---:|\n")

	for _, c := range all {
		fmt.Fprintf(&out, "| %s | %.1f | %d | %d |\n", c.name, float64(c.time.Microseconds())/1000, c.read, c.rows)
	}

	return []byte(out.String())
}

// TestHomeReadsNoMoreThanItMust: the home is drawn every few seconds, so none of its
// queries may read the history, only its hours (a few times over: now, then, and the
// rules in force) and the newest changes.
func TestHomeReadsNoMoreThanItMust(t *testing.T) {
	t.Parallel()

	const ledger = 400_000

	w := made(t, ledger)

	for _, q := range everyQuery(t, nobody) {
		if !strings.HasPrefix(q.name, dashboards.SupplyUID+"/") {
			continue
		}

		a, err := w.ask(t, q.expanded(t))
		require.NoError(t, err)
		require.NotEmpty(t, a.rows, q.name)
		require.Less(t, a.read, uint64(5*madeDays*24), q.name)
	}
}
