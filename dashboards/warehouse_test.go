package dashboards_test

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/devnet"
	"diemhouse/internal/testenv"
	"diemhouse/pkg/audit"
	"diemhouse/pkg/chain"
	"diemhouse/pkg/contract"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/follow"
	"diemhouse/pkg/store"
	"diemhouse/pkg/store/embedded"
	"diemhouse/pkg/venice"
)

func TestMain(m *testing.M) { os.Exit(testenv.Main(m)) }

// warehouse is a migrated database, with a connection of the read-only user.
type warehouse struct {
	*store.Store

	reader driver.Conn
}

func openWarehouse(tb testing.TB) *warehouse {
	tb.Helper()

	dsn := testenv.DSN(tb)
	s, err := store.Open(tb.Context(), store.Config{DSN: dsn})
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, s.Close()) })
	require.NoError(tb, s.Migrate(tb.Context()))

	options, err := clickhouse.ParseDSN(dsn)
	require.NoError(tb, err)

	options.Auth.Username, options.Auth.Password = embedded.GrafanaUser, ""
	reader, err := clickhouse.Open(options)
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, reader.Close()) })

	return &warehouse{s, reader}
}

// answer is what a query gave.
type answer struct {
	names []string
	// types are ClickHouse's, without Nullable and LowCardinality.
	types []string
	// rows hold nil for null.
	rows [][]any
	// read counts the rows that the server read for it, cpu the time it computed.
	read uint64
	cpu  time.Duration
}

// column gives all values of a column.
func (a answer) column(t *testing.T, name string) []any {
	t.Helper()

	for i, n := range a.names {
		if n == name {
			out := make([]any, len(a.rows))
			for j, row := range a.rows {
				out[j] = row[i]
			}

			return out
		}
	}

	require.Fail(t, "no such column", "%s in %v", name, a.names)

	return nil
}

// ask runs a query as the read-only user.
func (w *warehouse) ask(tb testing.TB, sql string) (answer, error) {
	tb.Helper()

	var a answer

	ctx := clickhouse.Context(tb.Context(),
		clickhouse.WithProgress(func(p *clickhouse.Progress) { a.read += p.Rows }),
		clickhouse.WithProfileEvents(func(events []clickhouse.ProfileEvent) {
			for _, e := range events {
				if e.Name == "UserTimeMicroseconds" || e.Name == "SystemTimeMicroseconds" {
					a.cpu += time.Duration(e.Value) * time.Microsecond
				}
			}
		}))

	rows, err := w.reader.Query(ctx, sql)
	if err != nil {
		return a, fmt.Errorf("%w\n%s", err, sql)
	}

	defer func() { _ = rows.Close() }() // Err has told

	for _, c := range rows.ColumnTypes() {
		a.names = append(a.names, c.Name())
		a.types = append(a.types, bare(c.DatabaseTypeName()))
	}

	for rows.Next() {
		row := make([]any, len(a.names))
		for i, c := range rows.ColumnTypes() {
			row[i] = reflect.New(c.ScanType()).Interface()
		}

		if err := rows.Scan(row...); err != nil {
			return a, fmt.Errorf("%w\n%s", err, sql)
		}

		for i := range row {
			row[i] = value(row[i])
		}

		a.rows = append(a.rows, row)
	}

	if err := rows.Err(); err != nil {
		return a, fmt.Errorf("%w\n%s", err, sql)
	}

	return a, nil
}

func bare(name string) string {
	for _, wrapper := range []string{"LowCardinality(", "Nullable("} {
		if inner, ok := strings.CutPrefix(name, wrapper); ok {
			name = strings.TrimSuffix(inner, ")")
		}
	}

	return name
}

// value follows pointers; nil is null.
func value(v any) any {
	r := reflect.ValueOf(v)
	for r.Kind() == reflect.Pointer {
		if r.IsNil() {
			return nil
		}

		r = r.Elem()
	}

	return r.Interface()
}

// seededHistory is long enough for hours and days to differ and short enough for a
// test: the whole story of Venice, in two days.
const seededHistory = 48 * time.Hour

// seededAge is how old its head is at once: stale, however fast the test is.
const seededAge = 5 * time.Minute

// seed fills the warehouse from a devnet, as the indexer fills history, and tells of
// the endpoint. The devnet stands still, but for what the test does to it.
func seed(t *testing.T, w *warehouse) *devnet.Devnet {
	t.Helper()

	d, err := devnet.Start(t.Context(), devnet.Config{
		Seed: 1, History: seededHistory, Now: time.Now().Add(-seededAge), Blocks: 360, Actors: 60, AdminPort: -1,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })

	feed(t, w, d)

	return d
}

// feed brings the warehouse to the devnet's head.
func feed(t *testing.T, w *warehouse, d *devnet.Devnet) {
	t.Helper()

	base := venice.Base()
	stats := store.NewEndpointStats(w.Store)
	pool, err := chain.NewPool(chain.Config{URLs: []string{d.HTTPURL()}, ChainID: base.ChainID, Observe: func(r chain.Request) {
		outcome := "ok"
		if r.Refusal != nil {
			outcome = r.Refusal.Kind.String()
		}

		stats.Observe(r.Endpoint, r.Method, outcome, r.Took, time.Now())
	}})
	require.NoError(t, err)
	t.Cleanup(pool.Close)

	decoder, err := decode.New(decode.Config{Deployment: base})
	require.NoError(t, err)
	filter, err := chain.NewFilterSet(chain.FilterCore, chain.Contracts{
		VVV: base.VVV, Staking: base.Staking, DIEM: base.DIEM, Airdrop: base.Airdrop,
	})
	require.NoError(t, err)

	head := d.Head()
	number := head.Number.Uint64()
	history := follow.History{Source: pool, Decoder: decoder, Warehouse: w.Store, Filter: filter}
	require.NoError(t, history.Fill(t.Context(), chain.Range{From: 1, To: number}))
	require.NoError(t, w.SetHeads(t.Context(), store.Heads{
		Head: number, HeadTime: head.Time, Safe: number - devnet.DefaultSafeLag, Finalized: number - devnet.DefaultFinalizedLag,
	}))

	reader := contract.New(base, pool)
	parameters := follow.Parameters{Reader: reader, Warehouse: w.Store, First: 1}
	_, err = parameters.Learn(t.Context(), number)
	require.NoError(t, err)

	settled, err := pool.HeaderByNumber(t.Context(), number-devnet.DefaultFinalizedLag)
	require.NoError(t, err)

	auditor := audit.Auditor{Contracts: reader, Warehouse: w.Store, First: 1, Filter: filter.Name()}
	report, err := auditor.Audit(t.Context(), settled)
	require.NoError(t, err)
	require.True(t, report.Passed(), "%v", report.Failed())
	require.NoError(t, stats.Flush(t.Context(), time.Now()))
}
