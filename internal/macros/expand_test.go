package macros_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"diemhouse/internal/macros"
)

var (
	from = time.Date(2026, 9, 1, 10, 0, 0, 123e6, time.UTC)
	to   = time.Date(2026, 9, 8, 10, 0, 0, 456e6, time.UTC)
)

const (
	fromSQL   = "toDateTime(1788256800)"
	toSQL     = "toDateTime(1788861600)"
	fromMsSQL = "fromUnixTimestamp64Milli(1788256800123)"
	toMsSQL   = "fromUnixTimestamp64Milli(1788861600456)"
)

func TestExpandsAsThePluginDoes(t *testing.T) {
	t.Parallel()

	for name, c := range map[string]struct{ sql, want string }{
		"timeFilter":             {"$__timeFilter(t)", "t >= " + fromSQL + " AND t <= " + toSQL},
		"timeFilter of a cast":   {"$__timeFilter( cast(t as DateTime) )", "cast(t as DateTime) >= " + fromSQL + " AND cast(t as DateTime) <= " + toSQL},
		"timeFilter_ms":          {"$__timeFilter_ms(t)", "t >= " + fromMsSQL + " AND t <= " + toMsSQL},
		"dateFilter":             {"$__dateFilter(d)", "d >= toDate('2026-09-01') AND d <= toDate('2026-09-08')"},
		"dateTimeFilter":         {"$__dateTimeFilter(d, t)", "(d >= toDate('2026-09-01') AND d <= toDate('2026-09-08')) AND (t >= " + fromSQL + " AND t <= " + toSQL + ")"},
		"dt":                     {"$__dt(d,t)", "(d >= toDate('2026-09-01') AND d <= toDate('2026-09-08')) AND (t >= " + fromSQL + " AND t <= " + toSQL + ")"},
		"fromTime and toTime":    {"( t >= $__fromTime ) and t<$__toTime", "( t >= " + fromSQL + " ) and t<" + toSQL},
		"fromTime with brackets": {"$__fromTime()", fromSQL},
		"fromTime_ms":            {"$__fromTime_ms,$__toTime_ms", fromMsSQL + "," + toMsSQL},
		"timeFrom and timeTo":    {"$__timeFrom(t) AND $__timeTo(t)", "t >= " + fromSQL + " AND t <= " + toSQL},
		"timeInterval":           {"$__timeInterval(t)", "toStartOfInterval(toDateTime(t), INTERVAL 300 second)"},
		"timeInterval_ms":        {"$__timeInterval_ms(t)", "toStartOfInterval(toDateTime64(t, 3), INTERVAL 300000 millisecond)"},
		"timeGroup":              {"$__timeGroup(t, '1h')", "toStartOfInterval(toDateTime(t), INTERVAL 3600 second)"},
		"interval_s":             {"$__interval_s", "300"},
		"interval of Grafana":    {"$__interval $__interval_ms", "5m 300000"},
		"from and to of Grafana": {"${__from} $__to", "1788256800123 1788861600456"},
		"one inside another":     {"$__timeInterval($__fromTime)", "toStartOfInterval(toDateTime(" + fromSQL + "), INTERVAL 300 second)"},
		"one deep inside":        {"$__timeFilter(coalesce(t, $__toTime))", "coalesce(t, " + toSQL + ") >= " + fromSQL + " AND coalesce(t, " + toSQL + ") <= " + toSQL},
		"unknown stays":          {"$__nobody(t) + $__fromTimes", "$__nobody(t) + $__fromTimes"},
		"unclosed":               {"$__fromTime(", fromSQL + "("},
		"in a line comment":      {"a -- $__timeFilter\n,$__toTime", "a                 \n," + toSQL},
		"in a block comment":     {"a/* $__timeFilter */,$__toTime", "a" + strings.Repeat(" ", 19) + "," + toSQL},
		"comment never closed":   {"a/* $__timeFilter", "a                "},
		"comment in quotes":      {`'it\'s -- fine' "/*" ` + "`a--b`" + ` 'x''--' $t$--$t$ $__toTime`, `'it\'s -- fine' "/*" ` + "`a--b`" + ` 'x''--' $t$--$t$ ` + toSQL},
		"bracket in quotes":      {"$__timeFilter(f(')'))", "f(')') >= " + fromSQL + " AND f(')') <= " + toSQL},
		"in quotes too":          {"'$__interval_s'", "'300'"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, err := macros.Expand(c.sql, macros.Context{From: from, To: to, Interval: 5 * time.Minute})
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestIntervalsAreNeverLessThanOneUnit(t *testing.T) {
	t.Parallel()

	got, err := macros.Expand("$__interval_s $__timeInterval(t) $__timeInterval_ms(t)", macros.Context{})
	require.NoError(t, err)
	require.Equal(t, "1 toStartOfInterval(toDateTime(t), INTERVAL 1 second) "+
		"toStartOfInterval(toDateTime64(t, 3), INTERVAL 1 millisecond)", got)
}

func TestVariablesAreFilledInAsTheBrowserDoes(t *testing.T) {
	t.Parallel()

	variables := map[string][]string{
		"wallet": {"0xab"}, "kind": {"stake", "claim"}, "quote": {"it's"}, "none": {}, "all": {"$__all"},
	}

	for name, c := range map[string]struct{ sql, want string }{
		"plain":                     {"a = '$wallet'", "a = '0xab'"},
		"braces":                    {"a = '${wallet}'", "a = '0xab'"},
		"old brackets":              {"a = '[[wallet]]'", "a = '0xab'"},
		"several":                   {"${kind}", "'stake','claim'"},
		"csv":                       {"${kind:csv}", "stake,claim"},
		"sqlstring":                 {"k IN (${kind:sqlstring})", "k IN ('stake','claim')"},
		"sqlstring with a quote":    {"${quote:sqlstring}", "'it''s'"},
		"singlequote":               {"${quote:singlequote}", `'it\'s'`},
		"unknown stays":             {"$wallets ${nobody:csv}", "$wallets ${nobody:csv}"},
		"condition with a value":    {"$__conditionalAll(a IN (${wallet:sqlstring}), $wallet)", "a IN ('0xab')"},
		"condition without a value": {"x AND $__conditionalAll(a = '$none', $none)", "x AND 1=1"},
		"condition with all":        {"$__conditionalAll(a IN ($all), ${all})", "1=1"},
		"two conditions":            {"$__conditionalAll(a, $none) AND $__conditionalAll(b, $wallet)", "1=1 AND b"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, err := macros.Expand(c.sql, macros.Context{Variables: variables})
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestWrongArgumentsAreNamed(t *testing.T) {
	t.Parallel()

	for sql, word := range map[string]string{
		"$__timeFilter":              "timeFilter",
		"$__timeFilter(a, b)":        "have 2",
		"$__dateTimeFilter(a)":       "want 2",
		"$__timeGroup(a, soon)":      "soon",
		"$__timeGroup(a, '0s')":      "second or more",
		"f($__timeFilter($__dt(a)))": "$__dt(a)",
	} {
		_, err := macros.Expand(sql, macros.Context{})
		require.ErrorContains(t, err, word, sql)
	}
}

func FuzzExpandNeverPanics(f *testing.F) {
	for _, seed := range []string{"$__timeFilter(a)", "$__dt(a,(b", "'\\", "$a$", "--", "/*", "$__conditionalAll(a, $b)", "${"} {
		f.Add(seed)
	}

	f.Fuzz(func(t *testing.T, sql string) {
		got, err := macros.Expand(sql, macros.Context{From: from, To: to})
		if err == nil && !strings.Contains(sql, "$") && len(got) != len(sql) && !strings.Contains(sql, "[[") {
			t.Errorf("%q became %q without a macro in it", sql, got)
		}
	})
}
