package board

import (
	"context"
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/testenv"
)

// open is the board's way into a real warehouse, as the given user.
func open(t *testing.T, l Limits) *warehouse {
	t.Helper()

	s := testenv.Open(t)
	dsn := testenv.DSN(t)

	options, err := clickhouse.ParseDSN(dsn)
	require.NoError(t, err)

	w, err := openWarehouse("clickhouse://default@"+options.Addr[0]+"/"+s.Database(), l.withDefaults(), func(string, time.Duration, error) {})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, w.close()) })

	return w
}

// TestEvenAWriterOnlyReads gives the board a user who may do anything.
func TestEvenAWriterOnlyReads(t *testing.T) {
	w := open(t, Limits{})

	for _, sql := range []string{
		"CREATE TABLE x (a UInt8) ENGINE = Memory", "INSERT INTO meta (key, value) VALUES ('a', 'b')", "DROP TABLE events",
		"ALTER TABLE events DELETE WHERE 1", "TRUNCATE TABLE events",
	} {
		_, err := w.query(t.Context(), forPanel, sql)

		var exception *clickhouse.Exception

		require.ErrorAs(t, err, &exception, sql)
		require.EqualValues(t, 164, exception.Code, "%s: %v", sql, err)
	}
}

func TestQueriesAreLimited(t *testing.T) {
	w := open(t, Limits{QueryTime: 300 * time.Millisecond})

	_, err := w.query(t.Context(), forPanel, "SELECT sum(sleepEachRow(1)) FROM numbers(60)")
	require.Error(t, err)

	a, err := w.query(t.Context(), forPanel, "SELECT number FROM numbers(1000000)")
	require.NoError(t, err)
	require.Equal(t, mostRows, a.Rows)
	require.True(t, a.Truncated)
}

func TestQueriesWaitForAFreeSlot(t *testing.T) {
	w := open(t, Limits{Queries: 1, QueryTime: 5 * time.Second})
	require.NoError(t, w.slots.Acquire(t.Context(), 1))

	ctx, stop := context.WithCancel(t.Context())
	failed := make(chan error)

	go func() {
		_, err := w.query(ctx, forPanel, "SELECT 1")
		failed <- err
	}()

	stop()
	require.ErrorIs(t, <-failed, context.Canceled)
	w.slots.Release(1)

	_, err := w.query(t.Context(), forPanel, "SELECT 1")
	require.NoError(t, err)
}

func TestEveryTypeBecomesJSON(t *testing.T) {
	w := open(t, Limits{})

	a, err := w.query(t.Context(), forPanel, `SELECT
    toUInt256('115792089237316195423570985008687907853269984665640564039457584007913129639935') AS largest,
    toInt256('-1') AS negative, CAST(NULL, 'Nullable(Int256)') AS unknown, CAST(toUInt128('5'), 'Nullable(UInt128)') AS known,
    toUInt64(9007199254740991) AS whole, toInt32(-7) AS small, 1.5 AS fraction, toFloat32(0.5) AS short, 1 / 0 AS infinite, 0 / 0 AS none,
    CAST(2.5, 'Nullable(Float64)') AS maybe, toDateTime('2026-09-19 12:00:03', 'UTC') AS time, toDateTime64('2026-09-19 12:00:03.25', 3, 'UTC') AS exactly,
    toDate('2026-09-19') AS day, 'text "<&' AS text, toLowCardinality('low') AS low, CAST('n', 'Nullable(String)') AS perhaps, true AS yes,
    [toUInt256(1), toUInt256(2)] AS list, ['a'] AS words`)
	require.NoError(t, err)

	row, types := map[string]any{}, map[string]Type{}
	for _, c := range a.Columns {
		row[c.Name], types[c.Name] = c.Values[0], c.Type
	}

	text, err := json.Marshal(row)
	require.NoError(t, err)
	require.JSONEq(t, `{
  "largest": "115792089237316195423570985008687907853269984665640564039457584007913129639935", "negative": "-1", "unknown": null, "known": "5",
  "whole": 9007199254740991, "small": -7, "fraction": 1.5, "short": 0.5, "infinite": null, "none": null, "maybe": 2.5,
  "time": 1789819203, "exactly": 1789819203.25, "day": 1789776000, "text": "text \"<&", "low": "low", "perhaps": "n", "yes": true,
  "list": ["1", "2"], "words": ["a"]}`, string(text))

	require.Equal(t, map[string]Type{
		"largest": TypeWhole, "negative": TypeWhole, "unknown": TypeWhole, "known": TypeWhole, "whole": TypeNumber, "small": TypeNumber,
		"fraction": TypeNumber, "short": TypeNumber, "infinite": TypeNumber, "none": TypeNumber, "maybe": TypeNumber, "time": TypeTime,
		"exactly": TypeTime, "day": TypeTime, "text": TypeText, "low": TypeText, "perhaps": TypeText, "yes": TypeOther, "list": TypeOther, "words": TypeOther,
	}, types)
	require.Nil(t, finite(math.Inf(-1)))
}
