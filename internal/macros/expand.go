package macros

import (
	"fmt"
	"strings"
	"time"
)

// Context is what a query is expanded for.
type Context struct {
	// From and To bound the time range, both inclusive.
	From, To time.Time
	// Interval is the width of one point of a chart. Less than a second counts as
	// a second in macros of second precision.
	Interval time.Duration
	// Variables are the dashboard's: one value, or several of a multi-value one.
	// No value at all means "All" to $__conditionalAll.
	Variables map[string][]string
}

// Prefix starts every macro.
const Prefix = "$__"

// Expand gives the SQL that ClickHouse runs. Comments become spaces, so that a
// macro in a comment is never evaluated. A macro that nobody knows stays as it is;
// the error says which macro has the wrong arguments.
func Expand(sql string, c Context) (string, error) {
	sql = replaceVariables(conditionalAll(sql, c), c)

	return expand(blankComments(sql), c)
}

// expand replaces the backend's macros, the innermost first.
func expand(sql string, c Context) (string, error) {
	var out strings.Builder

	for {
		i := strings.Index(sql, Prefix)
		if i < 0 {
			out.WriteString(sql)

			return out.String(), nil
		}

		out.WriteString(sql[:i])
		sql = sql[i:]

		end := len(Prefix) + wordLength(sql[len(Prefix):])
		name := sql[len(Prefix):end]

		handler, known := handlers[name]
		if !known {
			out.WriteString(sql[:end])
			sql = sql[end:]

			continue
		}

		var args []string

		if closing := closingParen(sql, end); closing > 0 {
			inner, err := expand(sql[end+1:closing], c)
			if err != nil {
				return "", err
			}

			args, end = splitArgs(inner), closing+1
		}

		text, err := handler(c, args)
		if err != nil {
			return "", fmt.Errorf("macro %s%s(%s): %w", Prefix, name, strings.Join(args, ", "), err)
		}

		out.WriteString(text)
		sql = sql[end:]
	}
}
