package store_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/testenv"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
	"diemhouse/pkg/venice"
)

var rows = flag.Int("store.rows", 5_000_000, "how many events BenchmarkViews asks of")

// usualDays is how long the history of usualEvents is.
const usualDays = 600

// usualEvents makes the server write n events in the usual mix: ten of fourteen are
// reward updates, two are burns. Four thousand wallets do the rest.
const usualEvents = `INSERT INTO events (block_number, log_index, block_time, tx_hash, contract, event, kind, account, vvv_wei, diem_wei, version)
WITH
    intDiv(number, 2) AS pair,
    number %% 14 AS slot,
    cityHash64(number) AS h,
    if(slot = 13, ['stake', 'claim', 'unstake_initiated', 'svvv_burn', 'diem_mint', 'diem_transfer_mint', 'diem_transfer', 'diem_stake'][h %% 8 + 1],
        ['vvv_emission_treasury', 'vvv_emission_stakers', 'vvv_burn_programmatic', 'svvv_mint'][if(slot < 10, slot %% 2 + 1, if(slot < 12, 3, 4))]) AS kind
SELECT
    toUInt64(25600000 + pair * %[2]d) AS block_number,
    number %% 2 AS log_index,
    toDateTime(1737990000 + pair * %[2]d * 2, 'UTC') AS block_time,
    unhex(hex(sipHash128(pair)) || hex(sipHash128(pair + 1))) AS tx_hash,
    multiIf(startsWith(kind, 'vvv'), 'vvv', startsWith(kind, 'diem_t'), 'diem', 'staking') AS contract,
    'Event' AS event,
    kind,
    toFixedString(unhex(leftPad(hex(toUInt32(1 + pow(h %% 100000 / 100000, 3) * 4000)), 40, '0')), 20) AS account,
    if(startsWith(kind, 'diem_') AND kind != 'diem_mint', toUInt256(0), toUInt256(h) * 10) AS vvv_wei,
    if(startsWith(kind, 'diem_'), toUInt256(h) * 3, toUInt256(0)) AS diem_wei,
    1 AS version
FROM numbers(%[1]d)`

// usual is a warehouse with n events in the usual mix, and a curve.
func usual(tb testing.TB, n int) *store.Store {
	tb.Helper()

	s := testenv.Open(tb)
	pace := usualDays * 43_200 / (n / 2) // blocks from one pair to the next
	require.Positive(tb, pace, "so many events do not fit into %d days", usualDays)

	for _, sql := range []string{
		fmt.Sprintf(usualEvents, n, pace),
		"INSERT INTO rollup_queue (hour) SELECT DISTINCT toStartOfHour(block_time) FROM events",
	} {
		require.NoError(tb, s.Conn().Exec(tb.Context(), sql))
	}

	curve, err := venice.Generate(40_000, 500)
	require.NoError(tb, err)
	require.NoError(tb, s.PutCurve(tb.Context(), store.CurveEpoch{FirstBlock: 34_455_271, Learned: store.LearnedBisected, Curve: curve}))
	require.NoError(tb, s.PutParam(tb.Context(), store.Param{Name: store.ParamEmissionRate, FirstBlock: 25_600_000, Value: venice.RatePerSecond(10_000_000)}))

	newest := uint64(25_600_000 + (n/2-1)*pace)
	require.NoError(tb, s.Write(tb.Context(), store.Batch{Filter: store.FilterCore, Covered: []store.Range{{From: 25_000_000, To: newest}}}))

	return s
}

// cost is what the server says a query took.
type cost struct {
	rows    uint64
	elapsed time.Duration
}

func costOf(tb testing.TB, database, sql string) cost {
	tb.Helper()

	answer, err := http.Post(testenv.HTTPURL(tb)+"/?"+url.Values{
		"database": {database}, "default_format": {"Null"}, "wait_end_of_query": {"1"},
	}.Encode(), "text/plain", strings.NewReader(sql))
	require.NoError(tb, err)

	text, err := io.ReadAll(answer.Body)
	require.NoError(tb, err)
	require.NoError(tb, answer.Body.Close())
	require.Equal(tb, http.StatusOK, answer.StatusCode, "%s", text)

	var summary struct {
		ReadRows  string `json:"read_rows"`
		ElapsedNs string `json:"elapsed_ns"`
	}

	require.NoError(tb, json.Unmarshal([]byte(answer.Header.Get("X-Clickhouse-Summary")), &summary))

	read, err := strconv.ParseUint(summary.ReadRows, 10, 64)
	require.NoError(tb, err)

	elapsed, err := strconv.ParseInt(summary.ElapsedNs, 10, 64)
	require.NoError(tb, err)

	return cost{read, time.Duration(elapsed)}
}

// TestWhatQueriesRead: a live figure does not read the ledger, and a query of a part
// of the history reads that part.
func TestWhatQueriesRead(t *testing.T) {
	t.Parallel()

	const events = 700_000

	s := usual(t, events)
	hours := number(t, s, "SELECT count() FROM rollup_hourly")
	granule := uint64(8192)
	block := number(t, s, "SELECT cursor FROM status") - 200_000

	for sql, most := range map[string]uint64{
		"SELECT vvv_locked FROM supply_now":                                   3 * hours,
		"SELECT * FROM supply_now":                                            3 * hours,
		"SELECT hour, mint_rate FROM supply_hourly WHERE hour > '2026-08-01'": 3 * hours,
		"SELECT hour, sum(vvv_emitted_stakers_delta) FROM supply_hourly WHERE hour > '2026-08-01' GROUP BY hour": 3 * hours,
		"SELECT day, vvv_locked, mint_rate FROM supply_daily":                                                    3 * hours,
		"SELECT * FROM status": 6 * hours,
		fmt.Sprintf("SELECT * FROM supply_at(block = %d)", block):                                           3*hours + 40*granule,
		"SELECT hour, vvv_locked, emission_year FROM figures_hourly WHERE hour > '2026-08-01'":              3 * hours,
		"SELECT hour, mint_rate FROM mint_rate_hourly WHERE hour > '2026-08-01'":                            3 * hours,
		"SELECT * FROM mint_rate_now":                                                                       3*hours + 4*granule,
		"SELECT * FROM mint_rate_at(time = '2026-08-20 12:34:56')":                                          2*hours + 40*granule,
		"SELECT * FROM diem_mints WHERE block_time > '2026-09-01'":                                          8 * granule,
		fmt.Sprintf("SELECT * FROM all_events WHERE block_number > %d", block+199_000):                      8 * granule,
		"SELECT * FROM emissions WHERE block_time > '2026-09-01'":                                           2*hours + 8*granule,
		"SELECT * FROM unknown_logs":                                                                        0,
		"SELECT metric, sum(delta_wei) FROM ledger_changes WHERE block_time > '2026-09-01' GROUP BY metric": 40 * granule,
	} {
		require.LessOrEqual(t, costOf(t, s.Database(), sql).rows, most+granule, sql)
	}

	// A wallet that acted once, a while ago.
	someone := decode.Event{
		BlockNumber: block, LogIndex: 99, BlockTime: number(t, s, "SELECT toUnixTimestamp(max(block_time))::UInt64 FROM events WHERE block_number <= "+strconv.FormatUint(block, 10)),
		Contract: decode.ContractStaking, Kind: decode.KindDIEMMint, Account: common.Address{1, 2, 3},
	}
	require.NoError(t, s.Write(t.Context(), store.Batch{Filter: store.FilterCore, Events: []decode.Event{someone}}))

	for sql, most := range map[string]uint64{
		"SELECT * FROM all_events WHERE account = '%[1]s' OR counterparty = '%[1]s'": 12 * granule,
		"SELECT * FROM diem_mints WHERE account = '%[1]s'":                           12 * granule,
		"SELECT * FROM wallets WHERE account = '%[1]s'":                              12 * granule,
		"SELECT * FROM ledger_changes WHERE account = '%[1]s'":                       12 * granule,
	} {
		sql = fmt.Sprintf(sql, hexOf(someone.Account))
		require.NotEmpty(t, ask(t, s.Database(), sql))
		require.LessOrEqual(t, costOf(t, s.Database(), sql).rows, most, sql)
	}
}

// BenchmarkViews asks what dashboards ask, of -store.rows events.
func BenchmarkViews(b *testing.B) {
	s := usual(b, *rows)

	var newest time.Time

	require.NoError(b, s.Conn().QueryRow(b.Context(), "SELECT max(hour) FROM rollup_hourly").Scan(&newest))

	month := newest.AddDate(0, -1, 0).UTC().Format(time.DateTime)
	hourly := func(columns string) string {
		return "SELECT toStartOfInterval(hour, INTERVAL 1 HOUR) AS time, " + columns + " FROM supply_hourly WHERE hour >= '" + month + "' GROUP BY time ORDER BY time"
	}

	for _, q := range []struct{ name, sql string }{
		{"supply_now/one", "SELECT vvv_locked FROM supply_now"},
		{"supply_now/rate", "SELECT mint_rate FROM supply_now"},
		{"supply_now/all", "SELECT * FROM supply_now"},
		{"supply_at", "SELECT vvv_locked_wei FROM supply_at(block = 40000000)"},
		{"supply_hourly/locked", hourly("argMax(vvv_locked, hour)")},
		{"supply_hourly/rate", hourly("argMax(mint_rate, hour)")},
		{"supply_hourly/emissions", hourly("sum(vvv_emitted_stakers_delta), sum(vvv_emitted_treasury_delta)")},
		{"figures_hourly", strings.ReplaceAll(hourly("argMax(vvv_locked, hour)"), "supply_hourly", "figures_hourly")},
		{"mint_rate_hourly", strings.ReplaceAll(hourly("argMax(mint_rate, hour)"), "supply_hourly", "mint_rate_hourly")},
		{"mint_rate_now", "SELECT mint_rate, mint_rate_day_ago FROM mint_rate_now"},
		{"mint_rate_at", "SELECT mint_rate FROM mint_rate_at(time = '" + month + "')"},
		{"supply_daily", "SELECT day, vvv_locked, mint_rate FROM supply_daily"},
		{"status", "SELECT * FROM status"},
		{"curve_epochs", "SELECT * FROM curve_epochs"},
		{"parameter_changes", "SELECT * FROM parameter_changes"},
		{"mint_rate", "SELECT * FROM mint_rate ORDER BY block_number DESC, log_index DESC LIMIT 1"},
		{"diem_mints/month", "SELECT sum(diem) FROM diem_mints WHERE block_time >= '" + month + "'"},
		{"diem_mints/all", "SELECT account, sum(svvv), sum(diem) FROM diem_mints GROUP BY account"},
		{"emissions/month", "SELECT * FROM emissions WHERE block_time >= '" + month + "' ORDER BY block_number DESC LIMIT 100"},
		{"wallets/one", "SELECT * FROM wallets WHERE account = '0x0000000000000000000000000000000000000f00'"},
		{"wallets/top", "SELECT account, locked FROM wallets WHERE locked > 0 ORDER BY locked DESC LIMIT 100"},
		{"cooldown_queue", "SELECT * FROM cooldown_queue"},
		{"all_events/wallet", "SELECT * FROM all_events WHERE account = '0x0000000000000000000000000000000000000f00' OR counterparty = '0x0000000000000000000000000000000000000f00'"},
	} {
		b.Run(q.name, func(b *testing.B) {
			var read uint64

			for b.Loop() {
				read = costOf(b, s.Database(), q.sql).rows
			}

			b.ReportMetric(float64(read), "rows_read")
		})
	}

	b.Run("rollup/hour", func(b *testing.B) {
		for b.Loop() {
			require.NoError(b, s.Conn().Exec(b.Context(), "INSERT INTO rollup_queue (hour) VALUES (?)", newest))
		}
	})
}
