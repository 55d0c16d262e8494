package macros

import "strings"

// blankComments replaces line and block comments by as many spaces, and leaves
// what looks like one inside quotes.
func blankComments(sql string) string {
	out := []byte(sql)

	for i := 0; i < len(sql); {
		end := i + 1
		comment := false

		switch {
		case isQuote(sql[i]):
			end = quoteEnd(sql, i)
		case sql[i] == '$':
			end = dollarQuoteEnd(sql, i)
		case strings.HasPrefix(sql[i:], "--"):
			comment = true

			if end = i + strings.IndexAny(sql[i:], "\r\n"); end < i {
				end = len(sql)
			}
		case strings.HasPrefix(sql[i:], "/*"):
			comment = true

			if end = i + 2 + strings.Index(sql[i+2:], "*/") + len("*/"); end < i+2+len("*/") {
				end = len(sql)
			}
		}

		for j := i; comment && j < end; j++ {
			out[j] = ' '
		}

		i = end
	}

	return string(out)
}

func isQuote(b byte) bool { return b == '\'' || b == '"' || b == '`' }

// quoteEnd is the place after the closing quote of the one at i. Quotes inside are
// doubled or escaped by a backslash.
func quoteEnd(s string, i int) int {
	quote := s[i]

	for j := i + 1; j < len(s); j++ {
		switch {
		case s[j] == '\\':
			j++
		case s[j] != quote:
		case j+1 < len(s) && s[j+1] == quote:
			j++
		default:
			return j + 1
		}
	}

	return len(s)
}

// dollarQuoteEnd is the place after $tag$…$tag$ that starts at i, or after the
// dollar where no such literal starts.
func dollarQuoteEnd(s string, i int) int {
	tagEnd := i + 1 + wordLength(s[i+1:])
	if tagEnd >= len(s) || s[tagEnd] != '$' {
		return i + 1
	}

	tag := s[i : tagEnd+1]

	length := strings.Index(s[tagEnd+1:], tag)
	if length < 0 {
		return i + 1
	}

	return tagEnd + 1 + length + len(tag)
}

// wordLength counts the letters, digits and underscores that s starts with.
func wordLength(s string) int {
	for i := range len(s) {
		b := s[i]
		if b != '_' && (b < '0' || b > '9') && (b < 'A' || b > 'Z') && (b < 'a' || b > 'z') {
			return i
		}
	}

	return len(s)
}

// closingParen is the place of the parenthesis that closes the one at i; -1 when
// there is none at i or none that closes it.
func closingParen(s string, i int) int {
	if i >= len(s) || s[i] != '(' {
		return -1
	}

	depth := 0

	for j := i; j < len(s); {
		switch {
		case isQuote(s[j]):
			j = quoteEnd(s, j)

			continue
		case s[j] == '(':
			depth++
		case s[j] == ')':
			depth--
			if depth == 0 {
				return j
			}
		}

		j++
	}

	return -1
}

// splitArgs splits at the commas that are in no parentheses and in no quotes.
func splitArgs(s string) []string {
	if strings.TrimSpace(s) == "" {
		return nil
	}

	var (
		args  []string
		start int
		depth int
	)

	for i := 0; i < len(s); {
		switch {
		case isQuote(s[i]):
			i = quoteEnd(s, i)

			continue
		case s[i] == '(':
			depth++
		case s[i] == ')':
			depth--
		case s[i] == ',' && depth == 0:
			args = append(args, strings.TrimSpace(s[start:i]))
			start = i + 1
		}

		i++
	}

	return append(args, strings.TrimSpace(s[start:]))
}
