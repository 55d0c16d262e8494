package dashboards_test

import (
	"math"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"diemhouse/dashboards"
	"diemhouse/dashboards/panel"
	"diemhouse/internal/macros"
)

// query is one piece of SQL that a Grafana or the board would run.
type query struct {
	name string
	sql  string
	// context is that of its dashboard's defaults.
	context macros.Context
	// check holds the columns and rows against what shows them.
	check func(t *testing.T, a answer)
	// figure says that a single row of numbers is shown, and a null would be shown as
	// nothing.
	figure bool
}

// expanded is what ClickHouse gets.
func (q query) expanded(tb testing.TB) string {
	tb.Helper()

	sql, err := macros.Expand(q.sql, q.context)
	require.NoError(tb, err, q.name)
	require.NotContains(tb, sql, "$", "%s: what nothing expands", q.name)

	return sql
}

// everyQuery is all SQL of all dashboards, annotations and alerts, for a viewer who
// looks at the wallet and chose nothing else.
func everyQuery(tb testing.TB, wallet string) []query {
	tb.Helper()

	var all []query

	now := time.Now()

	for _, d := range dashboards.All() {
		c := macros.Context{From: now.Add(-span(tb, d.From)), To: now, Variables: map[string][]string{}}

		for _, v := range d.Variables {
			c.Variables[v.Name] = choice(v)
			if v.Name == "wallet" && d.UID == dashboards.WalletUID {
				c.Variables[v.Name] = []string{wallet}
			}

			if v.SQL != "" {
				all = append(all, query{d.UID + "/variable " + v.Name, v.SQL, c, checkVariable, false})
			}
		}

		for _, p := range d.Panels() {
			c.Interval = interval(tb, c, p.Query.MinInterval)
			all = append(all, query{d.UID + "/" + p.Title, p.Query.SQL, c, func(t *testing.T, a answer) {
				t.Helper()
				checkPanel(t, p, a)
			}, p.Kind == panel.Stat || p.Kind == panel.Gauge})

			if p.Query.Trend != "" {
				c.Interval = interval(tb, c, "1h")
				all = append(all, query{d.UID + "/" + p.Title + ", past", p.Query.Trend, c, checkTrend, false})
			}
		}
	}

	recent := macros.Context{From: now.Add(-90 * 24 * time.Hour), To: now, Interval: time.Hour}

	for _, a := range dashboards.Annotations() {
		all = append(all, query{"annotation " + a.Name, a.SQL, recent, checkAnnotation, false})
	}

	for _, a := range dashboards.Alerts() {
		all = append(all, query{"alert " + a.UID, a.SQL, recent, checkAlert, true})
	}

	return all
}

// choice is what a viewer who chose nothing has.
func choice(v panel.Variable) []string {
	if v.Multi {
		return []string{"$__all"}
	}

	return []string{v.Default}
}

func span(tb testing.TB, from string) time.Duration {
	tb.Helper()

	text := strings.TrimPrefix(from, "now-")
	days := strings.HasSuffix(text, "d")

	d, err := time.ParseDuration(strings.TrimSuffix(text, "d") + map[bool]string{true: "h"}[days])
	require.NoError(tb, err)

	if days {
		d *= 24
	}

	return d
}

// interval is Grafana's for a panel a thousand pixels wide.
func interval(tb testing.TB, c macros.Context, least string) time.Duration {
	tb.Helper()

	if least == "" {
		least = "1s"
	}

	d, err := time.ParseDuration(least)
	require.NoError(tb, err)

	return max(d, (c.To.Sub(c.From) / 1000).Truncate(time.Second))
}

var (
	numberType = regexp.MustCompile(`^(U?Int(8|16|32|64)|Float(32|64))$`)
	timeType   = regexp.MustCompile(`^DateTime(64)?\b`)
	textType   = regexp.MustCompile(`^String$`)
	anyType    = regexp.MustCompile(numberType.String() + "|" + timeType.String() + "|" + textType.String())
)

func checkPanel(t *testing.T, p panel.Panel, a answer) {
	t.Helper()

	first, rest := numberType, numberType

	switch p.Kind {
	case panel.Stat, panel.Gauge:
		require.LessOrEqual(t, len(a.rows), 1, "a figure is one row")
		require.Len(t, a.names, max(len(p.Fields), 1), "a number a field")
	case panel.Lines, panel.Bars:
		first = timeType
		require.Equal(t, "time", a.names[0])
		checkRising(t, a)
	case panel.Curve:
		checkRising(t, a)
	case panel.Categories:
		first = textType
	case panel.Table:
		first, rest = anyType, anyType
	}

	for i, name := range a.names {
		want := rest
		if i == 0 {
			want = first
		}

		require.Regexp(t, want, a.types[i], "column %s", name)

		if strings.HasSuffix(name, "wei") {
			require.Regexp(t, textType, a.types[i], "%s: a number that long is rounded on its way to the screen", name)
		}
	}

	for _, f := range p.Fields {
		require.Contains(t, a.names, f.Column, "a field without a column")
		checkField(t, p, f, a)
	}

	checkFinite(t, a)
}

// checkField holds the type of a column against how it is shown.
func checkField(t *testing.T, p panel.Panel, f panel.Field, a answer) {
	t.Helper()

	unit := f.Unit
	if unit == "" {
		unit = p.Unit
	}

	want := numberType

	if unit == panel.Plaintext {
		want = textType
	}

	if unit == panel.Time {
		want = timeType
	}

	for i, name := range a.names {
		if name == f.Column {
			require.Regexp(t, want, a.types[i], "column %s is shown as %s", name, unit)
		}
	}
}

// checkRising wants every point of a chart once and in order.
func checkRising(t *testing.T, a answer) {
	t.Helper()

	for i := 1; i < len(a.rows); i++ {
		switch x := a.rows[i][0].(type) {
		case time.Time:
			require.True(t, x.After(a.rows[i-1][0].(time.Time)), "%s after %s", x, a.rows[i-1][0])
		case float64:
			require.Greater(t, x, a.rows[i-1][0].(float64))
		default:
			require.Fail(t, "no axis", "%T", x)
		}
	}
}

// checkFinite: JSON knows neither infinity nor what is not a number.
func checkFinite(t *testing.T, a answer) {
	t.Helper()

	for _, row := range a.rows {
		for i, v := range row {
			if f, ok := v.(float64); ok {
				require.False(t, math.IsInf(f, 0) || math.IsNaN(f), "%s is %v", a.names[i], f)
			}
		}
	}
}

func checkTrend(t *testing.T, a answer) {
	t.Helper()
	require.Equal(t, []string{"time", "value"}, a.names)
	require.Regexp(t, timeType, a.types[0])
	require.Regexp(t, numberType, a.types[1])
	checkRising(t, a)
	checkFinite(t, a)
}

func checkVariable(t *testing.T, a answer) {
	t.Helper()
	require.Len(t, a.names, 1)
	require.Regexp(t, textType, a.types[0])
}

func checkAnnotation(t *testing.T, a answer) {
	t.Helper()
	require.Equal(t, []string{"time", "title", "text", "tags"}, a.names)
	require.Regexp(t, timeType, a.types[0])

	for _, name := range a.types[1:] {
		require.Regexp(t, textType, name)
	}
}

func checkAlert(t *testing.T, a answer) {
	t.Helper()
	require.Len(t, a.names, 1)
	require.Regexp(t, numberType, a.types[0])
	require.LessOrEqual(t, len(a.rows), 1)
	checkFinite(t, a)
}

// empty says that a query shows nothing: no row, or nothing but nulls.
func (a answer) empty() bool {
	for _, row := range a.rows {
		for _, v := range row {
			if v != nil {
				return false
			}
		}
	}

	return true
}

// float is a number of any type.
func float(t *testing.T, v any) float64 {
	t.Helper()

	r := reflect.ValueOf(v)
	if r.CanUint() {
		return float64(r.Uint())
	}

	if r.CanInt() {
		return float64(r.Int())
	}

	require.True(t, r.CanFloat(), "%T", v)

	return r.Float()
}

const nobody = "0x00000000000000000000000000000000000000ff"

func TestEveryQueryRunsOnAnEmptyWarehouse(t *testing.T) {
	t.Parallel()

	w := openWarehouse(t)

	for _, q := range everyQuery(t, nobody) {
		t.Run(q.name, func(t *testing.T) {
			a, err := w.ask(t, q.expanded(t))
			require.NoError(t, err)
			q.check(t, a)
		})
	}
}
