package macros

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

type handler func(c Context, args []string) (string, error)

// handlers are the backend's macros by name.
var handlers = map[string]handler{
	"fromTime":        constant(func(c Context) string { return seconds(c.From) }),
	"toTime":          constant(func(c Context) string { return seconds(c.To) }),
	"fromTime_ms":     constant(func(c Context) string { return milliseconds(c.From) }),
	"toTime_ms":       constant(func(c Context) string { return milliseconds(c.To) }),
	"interval_s":      constant(func(c Context) string { return strconv.FormatInt(wholeSeconds(c.Interval), 10) }),
	"timeFilter":      ofColumn(func(c Context, col string) string { return between(col, c, seconds) }),
	"timeFilter_ms":   ofColumn(func(c Context, col string) string { return between(col, c, milliseconds) }),
	"dateFilter":      ofColumn(func(c Context, col string) string { return between(col, c, date) }),
	"timeFrom":        ofColumn(func(c Context, col string) string { return col + " >= " + seconds(c.From) }),
	"timeTo":          ofColumn(func(c Context, col string) string { return col + " <= " + seconds(c.To) }),
	"timeInterval":    ofColumn(func(c Context, col string) string { return bucket(col, wholeSeconds(c.Interval)) }),
	"timeInterval_ms": ofColumn(bucketMilliseconds),
	"timeGroup":       timeGroup,
	"dateTimeFilter":  dateTimeFilter,
	"dt":              dateTimeFilter,
}

func constant(f func(Context) string) handler {
	return func(c Context, _ []string) (string, error) { return f(c), nil }
}

func ofColumn(f func(c Context, column string) string) handler {
	return func(c Context, args []string) (string, error) {
		if err := want(1, args); err != nil {
			return "", err
		}

		return f(c, args[0]), nil
	}
}

func want(n int, args []string) error {
	if len(args) != n {
		return fmt.Errorf("want %d argument(s), have %d", n, len(args))
	}

	return nil
}

func seconds(t time.Time) string { return fmt.Sprintf("toDateTime(%d)", t.Unix()) }

func milliseconds(t time.Time) string {
	return fmt.Sprintf("fromUnixTimestamp64Milli(%d)", t.UnixMilli())
}

func date(t time.Time) string { return "toDate('" + t.Format(time.DateOnly) + "')" }

func between(column string, c Context, literal func(time.Time) string) string {
	return column + " >= " + literal(c.From) + " AND " + column + " <= " + literal(c.To)
}

func bucket(column string, width int64) string {
	return fmt.Sprintf("toStartOfInterval(toDateTime(%s), INTERVAL %d second)", column, width)
}

func bucketMilliseconds(c Context, column string) string {
	return fmt.Sprintf("toStartOfInterval(toDateTime64(%s, 3), INTERVAL %d millisecond)",
		column, max(c.Interval.Milliseconds(), 1))
}

func wholeSeconds(d time.Duration) int64 { return max(int64(d/time.Second), 1) }

func dateTimeFilter(c Context, args []string) (string, error) {
	if err := want(2, args); err != nil {
		return "", err
	}

	return "(" + between(args[0], c, date) + ") AND (" + between(args[1], c, seconds) + ")", nil
}

// timeGroup takes the width from its second argument: $__timeGroup(col, 5m).
func timeGroup(_ Context, args []string) (string, error) {
	if err := want(2, args); err != nil {
		return "", err
	}

	width, err := time.ParseDuration(strings.Trim(args[1], `'"`))
	if err != nil {
		return "", fmt.Errorf("width of a group: %w", err)
	}

	rounded := int64(width.Round(time.Second) / time.Second)
	if rounded <= 0 {
		return "", fmt.Errorf("width of a group is %s, want a second or more", width)
	}

	return bucket(args[0], rounded), nil
}
