package board_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"diemhouse/internal/board"
)

var noon = time.Date(2026, 9, 19, 12, 0, 0, 0, time.UTC)

const year = 366 * 24 * time.Hour

func TestRangesAreReadAsGrafanaWritesThem(t *testing.T) {
	t.Parallel()

	for name, c := range map[string]struct {
		from, to string
		span     time.Duration
		end      time.Time
	}{
		"defaults":     {"", "", 30 * 24 * time.Hour, noon},
		"hours":        {"now-6h", "now", 6 * time.Hour, noon},
		"minutes":      {"now-15m", "now-5m", 10 * time.Minute, noon.Add(-5 * time.Minute)},
		"months":       {"now-1M", "now", 31 * 24 * time.Hour, noon},
		"a year":       {"now-1y", "now", 365 * 24 * time.Hour, noon},
		"weeks":        {"now-2w", "now-1w", 7 * 24 * time.Hour, noon.Add(-7 * 24 * time.Hour)},
		"milliseconds": {"1788256800000", "1788861600000", 7 * 24 * time.Hour, time.UnixMilli(1788861600000).UTC()},
		"RFC 3339":     {"2026-09-01T00:00:00Z", "2026-09-02T02:00:00+02:00", 24 * time.Hour, time.Date(2026, 9, 2, 0, 0, 0, 0, time.UTC)},
		"the future":   {"now", "now+1h", time.Hour, noon.Add(time.Hour)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			r, err := board.ParseRange(c.from, c.to, "now-30d", noon, 10*year)
			require.NoError(t, err)
			require.Equal(t, c.span, r.Span())
			require.Equal(t, c.end, r.To)
		})
	}
}

func TestRangesThatAreNoneAreRefused(t *testing.T) {
	t.Parallel()

	for _, c := range [][2]string{
		{"now", "now-1h"}, {"now", "now"}, {"now-11y", "now"}, {"yesterday", "now"}, {"now-1", "now"}, {"now-1d;", "now"},
		{"now-5000y", "now"}, {"now-9999999d", "now"}, {"-1", "now"}, {"now", "99999999999999"}, {"now-1h", "'); DROP TABLE events"},
	} {
		_, err := board.ParseRange(c[0], c[1], "now-30d", noon, 10*year)
		require.Error(t, err, c)
	}
}

func TestPointsFallOnRoundTimes(t *testing.T) {
	t.Parallel()

	r := board.Range{From: noon.Add(-30 * 24 * time.Hour).Add(7 * time.Minute), To: noon}
	require.Equal(t, 2*time.Hour, r.Interval(400, time.Hour))
	require.Equal(t, 24*time.Hour, r.Interval(400, 24*time.Hour))
	require.Equal(t, 365*24*time.Hour, board.Range{From: time.Unix(0, 0), To: noon}.Interval(1, 0))

	aligned := r.Aligned(2 * time.Hour)
	require.Equal(t, noon.Add(-30*24*time.Hour), aligned.From)
	require.Equal(t, noon, aligned.To)
}
