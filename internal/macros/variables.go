package macros

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// reference is $name, ${name}, ${name:format} or [[name:format]].
var reference = regexp.MustCompile(`\$(\w+)|\[\[(\w+?)(?::(\w+))?\]\]|\$\{(\w+)(?::([^}]+))?\}`)

// replaceVariables fills in what the browser fills in: the dashboard's variables
// and the few names that Grafana itself defines. Others stay.
func replaceVariables(sql string, c Context) string {
	return reference.ReplaceAllStringFunc(sql, func(whole string) string {
		m := reference.FindStringSubmatch(whole)
		name, format := m[1]+m[2]+m[4], m[3]+m[5]

		if values, ok := c.Variables[name]; ok {
			return formatValues(values, format)
		}

		switch name {
		case "__interval":
			return shortDuration(c.Interval)
		case "__interval_ms":
			return strconv.FormatInt(c.Interval.Milliseconds(), 10)
		case "__from":
			return strconv.FormatInt(c.From.UnixMilli(), 10)
		case "__to":
			return strconv.FormatInt(c.To.UnixMilli(), 10)
		}

		return whole
	})
}

// formatValues writes values as Grafana's format of that name does. Without a
// format one value stands as it is, and several as the plugin has them written:
// between quotes, with nothing escaped.
func formatValues(values []string, format string) string {
	switch format {
	case "sqlstring":
		return quoted(values, `''`)
	case "singlequote":
		return quoted(values, `\'`)
	case "csv", "raw":
		return strings.Join(values, ",")
	}

	if len(values) > 1 {
		return "'" + strings.Join(values, "','") + "'"
	}

	return strings.Join(values, "")
}

func quoted(values []string, escapedQuote string) string {
	out := make([]string, len(values))
	for i, value := range values {
		out[i] = "'" + strings.ReplaceAll(value, "'", escapedQuote) + "'"
	}

	return strings.Join(out, ",")
}

// conditionalAll replaces $__conditionalAll(condition, $variable) by the condition,
// or by 1=1 when the variable has no value or all of them.
func conditionalAll(sql string, c Context) string {
	const macro = Prefix + "conditionalAll"

	for {
		i := strings.LastIndex(sql, macro+"(")
		if i < 0 {
			return sql
		}

		closing := closingParen(sql, i+len(macro))
		if closing < 0 {
			return sql
		}

		args := splitArgs(sql[i+len(macro)+1 : closing])
		if len(args) != 2 {
			return sql
		}

		condition := args[0]

		if m := reference.FindStringSubmatch(args[1]); m != nil {
			value := strings.Join(c.Variables[m[1]+m[2]+m[4]], ",")
			if value == "" || value == "$__all" {
				condition = "1=1"
			}
		}

		sql = sql[:i] + condition + sql[closing+1:]
	}
}

// shortDuration is d in the largest unit that divides it: 5m, 300s is 5m, 90s.
func shortDuration(d time.Duration) string {
	for _, unit := range []struct {
		width time.Duration
		name  string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}} {
		if d >= unit.width && d%unit.width == 0 {
			return fmt.Sprintf("%d%s", d/unit.width, unit.name)
		}
	}

	return fmt.Sprintf("%dms", d.Milliseconds())
}
