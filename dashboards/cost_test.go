package dashboards_test

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/stretchr/testify/require"

	"diemhouse/dashboards"
)

var (
	benchRows   = flag.String("rows", "1000000", "rows of the ledger that the benchmark's history has; several sizes apart by commas")
	benchReport = flag.String("report", "", "file to write the benchmark's table to, as Markdown")
)

// cost is what a query took at best.
type cost struct {
	time time.Duration
	cpu  time.Duration
	read uint64
	rows int
	// over says of what it asked for more than a reader has, empty when it was answered.
	over string
}

// repeats is how often a run asks for what cost so much in the runs before: never for what
// a reader does not get, once at first, and more often for what is quick, because a pause
// of the machine would be most of its time.
func (c cost) repeats() int {
	switch {
	case c.over != "":
		return 0
	case c.time < 100*time.Millisecond:
		return 10
	default:
		return 1
	}
}

// size is a made history and what the queries cost on it.
type size struct {
	ledger, events, hours uint64
	version               string
	costs                 map[string]cost
}

// BenchmarkDashboardQueries asks every query of every dashboard, annotation and alert,
// for a wallet in the middle, and every example of docs/SQL.md, on made histories of
// -rows rows of the ledger.
func BenchmarkDashboardQueries(b *testing.B) {
	var sizes []size

	for text := range strings.SplitSeq(*benchRows, ",") {
		rows, err := strconv.Atoi(text)
		require.NoError(b, err)

		b.Run("rows="+text, func(b *testing.B) {
			w := made(b, rows)
			sizes = append(sizes, costsOn(b, w.settled(b)))

			// The next size is not to be measured beside what is left to do for this one.
			require.NoError(b, w.Conn().Exec(b.Context(), "DROP DATABASE `"+w.Database()+"` SYNC"))
		})
	}

	slices.SortFunc(sizes, func(x, y size) int { return cmp.Compare(x.events, y.events) })

	if *benchReport != "" {
		require.NoError(b, os.WriteFile(*benchReport, report(sizes), 0o600))
	}
}

// settled waits for the merges that a fill leaves to be done.
func (w *warehouse) settled(b *testing.B) *warehouse {
	b.Helper()

	require.Eventually(b, func() bool {
		var merges uint64
		require.NoError(b, w.Conn().QueryRow(b.Context(), "SELECT count() FROM system.merges WHERE database = currentDatabase()").Scan(&merges))

		return merges == 0
	}, time.Hour, time.Second)

	return w
}

func costsOn(b *testing.B, w *warehouse) size {
	b.Helper()

	s := size{costs: map[string]cost{}}
	require.NoError(b, w.Conn().QueryRow(b.Context(),
		`SELECT version(), (SELECT count() FROM events), (SELECT count() FROM ledger), (SELECT count() FROM rollup_hourly)`).
		Scan(&s.version, &s.events, &s.ledger, &s.hours))

	a, err := w.ask(b, "SELECT account FROM wallets WHERE locked > 0 ORDER BY staked DESC, account")
	require.NoError(b, err)
	require.NotEmpty(b, a.rows)

	queries := cookbook(b)
	for _, q := range everyQuery(b, a.rows[len(a.rows)/2][0].(string)) {
		queries[q.name] = q.expanded(b)
	}

	for name, sql := range queries {
		b.Run(strings.ReplaceAll(name, " ", "_"), func(b *testing.B) {
			c := cost{time: math.MaxInt64, cpu: math.MaxInt64}

			for b.Loop() {
				for range c.repeats() {
					began := time.Now()

					a, err := w.ask(b, sql)
					if c.over = limit(err); c.over != "" {
						break
					}

					require.NoError(b, err)

					c.time, c.cpu = min(c.time, time.Since(began)), min(c.cpu, a.cpu)
					c.read, c.rows = a.read, len(a.rows)
				}
			}

			b.ReportMetric(float64(c.read), "rows-read/op")

			s.costs[name] = c
		})
	}

	return s
}

// limit says which limit of a reader ended a query, empty when none did.
func limit(err error) string {
	exception, ok := errors.AsType[*clickhouse.Exception](err)
	if !ok {
		return ""
	}

	return map[int32]string{158: "rows", 159: "time", 241: "memory", 396: "result"}[exception.Code]
}

// cookbook are the examples of docs/SQL.md by the heading above them.
func cookbook(tb testing.TB) map[string]string {
	tb.Helper()

	page, err := os.ReadFile("../docs/SQL.md")
	require.NoError(tb, err)

	var (
		queries = map[string]string{}
		heading string
	)

	for i, part := range strings.Split(string(page), "```") {
		if i%2 == 0 {
			if at := strings.LastIndex(part, "\n#"); at >= 0 {
				heading, _, _ = strings.Cut(strings.TrimLeft(part[at:], "\n# "), "\n")
			}
		} else if sql, found := strings.CutPrefix(part, "sql\n"); found {
			name := "SQL.md/" + heading
			for n := 2; queries[name] != ""; n++ {
				name = fmt.Sprintf("SQL.md/%s (%d)", heading, n)
			}

			queries[name] = sql
		}
	}

	return queries
}

// reportHead is the prose of docs/QUERIES.md: cores, ClickHouse's version, load average,
// sizes, and the rows as they were asked for.
const reportHead = `# What the queries cost

Every query of the dashboards, of their variables and annotations, of the alerts, and every example of [SQL.md](SQL.md), on made histories of 400 days: %d cores, the embedded ClickHouse %s on the same machine. Each time is the least of three runs, of some twenty where it is quick, for a default time range and a wallet in the middle: from asking to the last row read, which grows with what else the machine does (its load average at the end: %s), and what ClickHouse computed meanwhile on all cores, which hardly does. Rows read are ClickHouse's own count, over all tables.

%s
The home (*diemhouse-supply*) reads the hours and the newest changes, never the history: it costs the same on any size, and a test holds it to that. What reads most is what looks at every wallet or every mint at once, and refreshes when somebody looks.

Written by ` + "`make bench`" + `: ` + "`-rows %s`" + `.

`

// report is docs/QUERIES.md, the slowest first.
func report(sizes []size) []byte {
	var told, out strings.Builder

	for i, s := range sizes {
		fmt.Fprintf(&told, "- Size %d: %d events, %d rows of the ledger, %d hours of the rollup.\n", i+1, s.events, s.ledger, s.hours)
	}

	last := sizes[len(sizes)-1]
	fmt.Fprintf(&out, reportHead, runtime.NumCPU(), last.version, loadAverage(), told.String(), *benchRows)

	out.WriteString("| query |")

	for i := range sizes {
		fmt.Fprintf(&out, " ms (%[1]d) | computing (%[1]d) | rows read (%[1]d) |", i+1)
	}

	out.WriteString("\n|---|" + strings.Repeat("---:|---:|---:|", len(sizes)) + "\n")

	names := slices.SortedFunc(maps.Keys(last.costs), func(x, y string) int { return cmp.Compare(last.costs[y].cpu, last.costs[x].cpu) })
	for _, name := range names {
		out.WriteString("| " + name + " |")

		for _, s := range sizes {
			c := s.costs[name]
			if c.over != "" {
				fmt.Fprintf(&out, " over the reader's %s | | |", c.over)

				continue
			}

			fmt.Fprintf(&out, " %.1f | %.1f | %d |", milliseconds(c.time), milliseconds(c.cpu), c.read)
		}

		out.WriteString("\n")
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
// queries may read the history, only its hours and the rules (a few times over: now,
// then, and those in force), the changes since the hour began, and those of one hour (of
// yesterday's mint rate: one or two granules of the events, and of the ledger).
func TestHomeReadsNoMoreThanItMust(t *testing.T) {
	t.Parallel()

	const (
		ledger  = 400_000
		hour    = 2 * ledger / (madeDays * 24) // its rows of the ledger and its events
		granule = 8192
	)

	w := made(t, ledger)

	// As stored: what was replaced is read too until it is merged away.
	var few uint64

	require.NoError(t, w.Conn().QueryRow(t.Context(),
		"SELECT sum(rows) FROM table_sizes WHERE table NOT IN ('events', 'ledger', 'rollup_queue')").Scan(&few))
	require.Less(t, few, uint64(2*madeDays*24), "hours and rules")

	for _, q := range everyQuery(t, nobody) {
		if !strings.HasPrefix(q.name, dashboards.SupplyUID+"/") {
			continue
		}

		a, err := w.ask(t, q.expanded(t))
		require.NoError(t, err)
		require.NotEmpty(t, a.rows, q.name)
		require.LessOrEqual(t, a.read, 5*few+4*granule+hour, q.name)
	}
}
