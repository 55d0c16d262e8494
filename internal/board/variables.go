package board

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"diemhouse/dashboards/panel"
)

// allValues is how a choice of everything is written, as in Grafana's links.
const allValues = "$__all"

// mostValues and longestValue bound what goes into a query.
const (
	mostValues   = 50
	longestValue = 200
)

// unsafe can end or escape a string literal, whatever a pattern allows: the macros
// double quotes, but to ClickHouse a backslash escapes too.
const unsafe = "'\"`\\$\x00\r\n"

var (
	errNoPattern = errors.New("no pattern: what may go into SQL is not said")
	errValue     = errors.New("no such value")
)

// patternOf is what a whole value must match.
func patternOf(v panel.Variable) (*regexp.Regexp, error) {
	if v.Pattern == "" {
		return nil, errNoPattern
	}

	re, err := regexp.Compile(`^(?:` + v.Pattern + `)$`)
	if err != nil {
		return nil, fmt.Errorf("pattern: %w", err)
	}

	return re, nil
}

// parseVariables reads var-NAME=VALUE. Every value must match its variable's
// pattern: the macros write it into the SQL. What the dashboard does not define is
// ignored, so that links between dashboards can carry all.
func parseVariables(variables []panel.Variable, q url.Values) (map[string][]string, error) {
	out := make(map[string][]string, len(variables))

	for _, v := range variables {
		values := nonEmpty(q["var-"+v.Name])

		switch {
		case len(values) > mostValues:
			return nil, fmt.Errorf("var-%s: %d values, at most %d", v.Name, len(values), mostValues)
		case len(values) > 1 && !v.Multi:
			return nil, fmt.Errorf("var-%s: several values where one is wanted", v.Name)
		case len(values) == 0 && v.Multi:
			values = []string{allValues}
		case len(values) == 0 && v.Default != "":
			values = []string{v.Default}
		case len(values) == 0:
			// One that is empty, as Grafana has it: in SQL it is '' and not nothing.
			out[v.Name] = []string{""}

			continue
		}

		checked, err := checkValues(v, values)
		if err != nil {
			return nil, err
		}

		out[v.Name] = checked
	}

	return out, nil
}

func checkValues(v panel.Variable, values []string) ([]string, error) {
	if v.Multi && len(values) == 1 && values[0] == allValues {
		return values, nil
	}

	re, err := patternOf(v)
	if err != nil {
		return nil, fmt.Errorf("var-%s: %w", v.Name, err)
	}

	out := make([]string, len(values))

	for i, value := range values {
		// Addresses are written in mixed case as a checksum; the warehouse has them
		// in lower case.
		for _, form := range []string{value, strings.ToLower(value)} {
			if len(form) <= longestValue && !strings.ContainsAny(form, unsafe) && re.MatchString(form) {
				out[i] = form

				break
			}
		}

		if out[i] == "" {
			return nil, fmt.Errorf("var-%s: %w: want %s", v.Name, errValue, v.Pattern)
		}
	}

	return out, nil
}

func nonEmpty(values []string) []string {
	var out []string

	for _, value := range values {
		if value = strings.TrimSpace(value); value != "" {
			out = append(out, value)
		}
	}

	return out
}
