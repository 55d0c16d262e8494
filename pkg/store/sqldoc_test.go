package store_test

import (
	"flag"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"diemhouse/internal/testenv"
)

var update = flag.Bool("update", false, "write what docs/SQL.md's examples answer into it")

const sqlDoc = "../../docs/SQL.md"

// example is a query of docs/SQL.md and, where it always is the same, its answer.
var example = regexp.MustCompile("(?s)```sql\n(.*?)```\n(?:\n```text\n.*?```\n)?")

// ask runs a query as the page's readers would, and gives the answer as text.
func ask(t *testing.T, database, sql string) string {
	t.Helper()

	settings := url.Values{
		"database": {database}, "default_format": {"PrettyCompactMonoBlock"}, "output_format_pretty_color": {"0"},
		"output_format_pretty_row_numbers": {"0"}, "output_format_pretty_single_large_number_tip_threshold": {"0"},
	}

	answer, err := http.Post(testenv.HTTPURL(t)+"/?"+settings.Encode(), "text/plain", strings.NewReader(sql))
	require.NoError(t, err)

	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusOK, answer.StatusCode, "%s\n%s", sql, text)

	return string(text)
}

// TestExamplesOfTheCookbook runs every query of docs/SQL.md: it answers, with rows,
// and with what the page shows. -update writes the answers into the page.
func TestExamplesOfTheCookbook(t *testing.T) {
	t.Parallel()

	s := testenv.Open(t)
	tell(t).write(s)

	page, err := os.ReadFile(sqlDoc)
	require.NoError(t, err)

	examples := 0
	answered := example.ReplaceAllStringFunc(string(page), func(block string) string {
		parts := example.FindStringSubmatch(block)
		answer := ask(t, s.Database(), parts[1])
		examples++

		require.NotEmpty(t, answer, "no rows: %s", parts[1])

		if !strings.Contains(block, "```text") {
			return block
		}

		shown := "```sql\n" + parts[1] + "```\n\n```text\n" + answer + "```\n"
		if !*update {
			require.Equal(t, shown, block, "run: go test ./pkg/store -run Cookbook -update")
		}

		return shown
	})

	require.Greater(t, examples, 25)

	if *update {
		require.NoError(t, os.WriteFile(sqlDoc, []byte(answered), 0o600))
	}
}

var (
	backticked = regexp.MustCompile("`([a-z0-9_]+)`")
	listRow    = regexp.MustCompile("(?m)^\\| `([a-z_]+)(?:\\([^`]*\\))?`((?:, `[a-z_]+`)*) \\| [^|]* \\| ([^|]*) \\|$")
)

// TestListOfViews: the list at the top of docs/SQL.md names every view, and the
// columns that it has.
func TestListOfViews(t *testing.T) {
	t.Parallel()

	s := testenv.Open(t)

	page, err := os.ReadFile(sqlDoc)
	require.NoError(t, err)

	listed := map[string][]string{}

	for _, row := range listRow.FindAllStringSubmatch(string(page), -1) {
		var columns []string
		for _, m := range backticked.FindAllStringSubmatch(row[3], -1) {
			columns = append(columns, m[1])
		}

		if strings.HasPrefix(row[3], "shared") {
			columns = append(columns, "block_number", "log_index", "block_time", "tx_hash", "account")
		}

		listed[row[1]] = columns
		for _, m := range backticked.FindAllStringSubmatch(row[2], -1) {
			listed[m[1]] = columns
		}
	}

	for _, view := range append(views(t, s), "supply_at", "metric_at", "mint_rate_at") {
		require.Contains(t, listed, view)

		columns := columnsOf(t, s, view)
		for _, column := range columns {
			if family := strings.HasPrefix(view, "supply_") || view == "figures_hourly"; !family || !familyColumn(column) {
				require.Contains(t, listed[view], column, "%s is not in the list's row of %s", column, view)
			}
		}

		for _, column := range listed[view] {
			require.Contains(t, columns, column, "the list's row of %s", view)
		}
	}
}

// columnsOf are a view's columns. ClickHouse keeps none of a view with a parameter.
func columnsOf(t *testing.T, s interface{ Database() string }, view string) []string {
	t.Helper()

	source := map[string]string{
		"supply_at": "supply_at(block = 1)", "metric_at": "metric_at(metric = 'vvv_locked', block = 1)",
		"mint_rate_at": "mint_rate_at(time = '2026-01-01 00:00:00')",
	}[view]
	if source == "" {
		source = view
	}

	lines := strings.Split(strings.TrimSpace(ask(t, s.Database(), "DESCRIBE (SELECT * FROM "+source+") FORMAT TSV")), "\n")

	columns := make([]string, len(lines))
	for i, line := range lines {
		columns[i], _, _ = strings.Cut(line, "\t")
	}

	return columns
}

// familyColumn reports whether the page's list of figures and rules explains a column
// of the views that share them.
func familyColumn(column string) bool {
	column = strings.TrimSuffix(column, "_wei")
	for _, ending := range []string{"_delta", "_in", "_out"} {
		column = strings.TrimSuffix(column, ending)
	}

	return slices.Contains(figures, column) ||
		slices.Contains([]string{"mint_rate", "mint_bucket", "diem_target", "emission_rate", "emission_year"}, column)
}
