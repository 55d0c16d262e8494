package board

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// Range is a stretch of time, both ends inclusive.
type Range struct {
	From, To time.Time
}

// Span is its length.
func (r Range) Span() time.Duration { return r.To.Sub(r.From) }

var (
	errReversed = errors.New("the time range ends before it starts")
	errTooLong  = errors.New("the time range is too long")
	errMoment   = errors.New("want now, now-30d (s, m, h, d, w, M, y), milliseconds since 1970 or RFC 3339")
)

// ParseRange reads the two ends as Grafana's links write them: now, now-30d,
// milliseconds since 1970, or RFC 3339. Empty ends mean the defaults. longest bounds
// the span.
func ParseRange(from, to, defaultFrom string, now time.Time, longest time.Duration) (Range, error) {
	start, err := parseMoment(or(from, defaultFrom), now)
	if err != nil {
		return Range{}, fmt.Errorf("from=%s: %w", from, err)
	}

	end, err := parseMoment(or(to, "now"), now)
	if err != nil {
		return Range{}, fmt.Errorf("to=%s: %w", to, err)
	}

	r := Range{From: start.UTC(), To: end.UTC()}

	switch {
	case r.Span() <= 0:
		return Range{}, errReversed
	case r.Span() > longest:
		return Range{}, fmt.Errorf("%w: %s, at most %s", errTooLong, r.Span(), longest)
	}

	return r, nil
}

var (
	relative     = regexp.MustCompile(`^now(?:([+-])(\d{1,6})([smhdwMy]))?$`)
	milliseconds = regexp.MustCompile(`^\d{1,14}$`)
)

// The ends of ClickHouse's DateTime.
var (
	firstMoment = time.Unix(0, 0)
	lastMoment  = time.Unix(1<<32-1, 0)
)

func parseMoment(s string, now time.Time) (time.Time, error) {
	var t time.Time

	if m := relative.FindStringSubmatch(s); m != nil {
		t = shift(now, m[1], m[2], m[3])
	} else if milliseconds.MatchString(s) {
		ms, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return t, errMoment
		}

		t = time.UnixMilli(ms)
	} else {
		var err error
		if t, err = time.Parse(time.RFC3339, s); err != nil {
			return t, errMoment
		}
	}

	if t.Before(firstMoment) || t.After(lastMoment) {
		return t, fmt.Errorf("%w, between 1970 and 2106", errMoment)
	}

	return t, nil
}

// shift moves by n units; m is a minute, M a month. The pattern has checked n.
func shift(t time.Time, sign, n, unit string) time.Time {
	count, err := strconv.Atoi(n)
	if err != nil {
		return t
	}

	if sign == "-" {
		count = -count
	}

	switch unit {
	case "s":
		return t.Add(time.Duration(count) * time.Second)
	case "m":
		return t.Add(time.Duration(count) * time.Minute)
	case "h":
		return t.Add(time.Duration(count) * time.Hour)
	case "d":
		return t.AddDate(0, 0, count)
	case "w":
		return t.AddDate(0, 0, 7*count)
	case "M":
		return t.AddDate(0, count, 0)
	default:
		return t.AddDate(count, 0, 0)
	}
}

// widths are those that a point of a chart may have, so that points fall on whole
// minutes, hours and days.
var widths = []time.Duration{
	time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour,
	2 * 24 * time.Hour, 7 * 24 * time.Hour, 30 * 24 * time.Hour, 365 * 24 * time.Hour,
}

// Interval is the width of one point so that the range has at most so many, and
// none is narrower than least.
func (r Range) Interval(points int, least time.Duration) time.Duration {
	wanted := r.Span() / time.Duration(max(points, 1))

	for _, w := range widths {
		if w >= wanted && w >= least {
			return w
		}
	}

	return widths[len(widths)-1]
}

// Aligned begins at the start of a point, so that the first is whole and the query
// stays the same from block to block.
func (r Range) Aligned(interval time.Duration) Range {
	r.From = time.Unix(r.From.Unix()-r.From.Unix()%max(int64(interval/time.Second), 1), 0).UTC()

	return r
}

var width = regexp.MustCompile(`^(\d+)([smhd])$`)

// parseWidth reads a width such as 1h or 7d; empty is 0.
func parseWidth(s string) (time.Duration, error) {
	if s == "" {
		return 0, nil
	}

	m := width.FindStringSubmatch(s)
	if m == nil {
		return 0, fmt.Errorf("no such width: %q, want a number and s, m, h or d", s)
	}

	n, err := strconv.Atoi(m[1])
	if err != nil {
		return 0, fmt.Errorf("width %q: %w", s, err)
	}

	unit := map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}[m[2]]

	return time.Duration(n) * unit, nil
}
