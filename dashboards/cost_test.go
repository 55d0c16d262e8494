package dashboards_test

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"math"
	"os"
	"runtime"
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

// cost is what a query took at best.
type cost struct {
	name string
	time time.Duration
	cpu  time.Duration
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
			c := cost{name: q.name, time: math.MaxInt64, cpu: math.MaxInt64}

			for b.Loop() {
				began := time.Now()
				a, err := w.ask(b, sql)
				require.NoError(b, err)

				c.time, c.cpu = min(c.time, time.Since(began)), min(c.cpu, a.cpu)
				c.read, c.rows = a.read, len(a.rows)
			}

			b.ReportMetric(float64(c.read), "rows-read/op")

			costs[q.name] = c
		})
	}

	if *benchReport != "" {
		require.NoError(b, os.WriteFile(*benchReport, report(b, w, costs), 0o600))
	}
}

// reportHead is the prose of docs/QUERIES.md: cores, ClickHouse's version, events, rows
// of the ledger, hours, load average, and the rows again.
const reportHead = `# What the queries cost

Every query of the dashboards, of their variables and annotations, and of the alerts, on a made history: %d cores, the embedded ClickHouse %s on the same machine, %d events, %d rows of the ledger over 400 days, %d hours of the rollup. Each time is the least of the runs, for a default time range and a wallet in the middle: from asking to the last row read, which grows with what else the machine does (its load average at the end: %s), and what ClickHouse computed meanwhile on all cores, which hardly does. Rows read are ClickHouse's own count, over all tables.

The home (*diemhouse-supply*) reads the hours and the newest changes, never the history: it reads the same on a tenth of these rows, and a test holds it to that. What reads most is what looks at every wallet or every mint at once, and refreshes when somebody looks.

Written by

    go test ./dashboards -run '^$' -bench DashboardQueries -benchtime 5x -rows %d -report ../docs/QUERIES.md

| query | ms | of it computing | rows read | rows given |
|---|---:|---:|---:|---:|
`

// report is docs/QUERIES.md, the slowest first.
func report(b *testing.B, w *warehouse, costs map[string]cost) []byte {
	b.Helper()

	var (
		version               string
		events, ledger, hours uint64
	)

	require.NoError(b, w.Conn().QueryRow(b.Context(),
		`SELECT version(), (SELECT count() FROM events), (SELECT count() FROM ledger), (SELECT count() FROM rollup_hourly)`).
		Scan(&version, &events, &ledger, &hours))

	all := slices.SortedFunc(maps.Values(costs), func(x, y cost) int { return cmp.Compare(y.cpu, x.cpu) })

	var out strings.Builder

	fmt.Fprintf(&out, reportHead, runtime.NumCPU(), version, events, ledger, hours, loadAverage(), *benchRows)

	for _, c := range all {
		fmt.Fprintf(&out, "| %s | %.1f | %.1f | %d | %d |\n", c.name, milliseconds(c.time), milliseconds(c.cpu), c.read, c.rows)
	}

	return []byte(out.String())
}

// loadAverage is how many processes wanted a core in the last five minutes, where the
// system says.
func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if fields := strings.Fields(string(text)); err == nil && len(fields) > 1 {
		return fields[1]
	}

	return "unknown"
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

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
