package store_test

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/testenv"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
)

// views are the names of all views that can be read without a parameter.
func views(t *testing.T, s *store.Store) []string {
	t.Helper()

	rows := texts(t, s, []string{"name"}, `system.tables WHERE database = currentDatabase() AND engine = 'View'
		AND create_table_query NOT LIKE '%{%:%}%' ORDER BY name`)
	out := make([]string, len(rows))

	for i, row := range rows {
		out[i] = row[0]
	}

	require.Greater(t, len(out), 30)

	return out
}

// TestTextOfEveryViewIsText: a query may ask how long a text is, or whether there is one.
// Where a view shows a dictionary as text, ClickHouse refuses that.
func TestTextOfEveryViewIsText(t *testing.T) {
	t.Parallel()

	s := testenv.Open(t)

	columns := strings.Fields(ask(t, s.Database(), `SELECT concat(c.table, '.', c.name) FROM system.columns AS c
		INNER JOIN system.tables AS t ON t.database = c.database AND t.name = c.table
		WHERE c.database = currentDatabase() AND t.engine = 'View' AND c.type = 'String' FORMAT TSV`))
	require.Greater(t, len(columns), 30)

	for _, column := range columns {
		view, name, _ := strings.Cut(column, ".")
		number(t, s, "SELECT count() FROM "+view+" WHERE "+name+" = '' OR empty("+name+") OR length("+name+") > 100")
	}
}

// TestEmptyWarehouse: every view answers before there is anything to say.
func TestEmptyWarehouse(t *testing.T) {
	t.Parallel()

	s := testenv.Open(t)

	for _, view := range views(t, s) {
		rows := number(t, s, "SELECT count() FROM (SELECT * FROM "+view+")")

		switch view {
		case "status":
			require.Equal(t, uint64(1), rows)
		case "table_sizes": // what migrating left
		default:
			require.Zero(t, rows, view)
		}
	}

	require.Equal(t, uint64(1), number(t, s, "SELECT count() FROM supply_at(block = 5)"))
	require.Zero(t, number(t, s, "SELECT count() FROM metric_at(metric = 'vvv_locked', block = 5)"))

	st, err := s.Status(t.Context())
	require.NoError(t, err)
	require.Nil(t, st.Figures)
	require.Zero(t, st.Cursor)

	_, ok, err := s.Figures(t.Context())
	require.NoError(t, err)
	require.False(t, ok)

	f, err := s.FiguresAt(t.Context(), 5)
	require.NoError(t, err)
	require.Equal(t, "0", f.VVVSupply.String())
	require.False(t, f.MintRate.Known())
	require.Nil(t, f.DIEMTarget)
}

// TestEveryColumnIsDescribed: the comments are the data dictionary. ClickHouse keeps
// none for a materialized view, whose target has them, nor for a view with parameters.
func TestEveryColumnIsDescribed(t *testing.T) {
	t.Parallel()

	s := testenv.Open(t)

	require.Empty(t, texts(t, s, []string{"table", "name"}, `system.columns WHERE database = currentDatabase() AND comment = ''
		AND table NOT IN (SELECT name FROM system.tables WHERE database = currentDatabase() AND engine = 'MaterializedView')
		AND table NOT LIKE '%goose%' AND table NOT LIKE '%version%'`))
	require.Empty(t, texts(t, s, []string{"name"}, `system.tables WHERE database = currentDatabase() AND comment = ''
		AND engine != 'MaterializedView' AND name NOT LIKE '%goose%' AND name NOT LIKE '%version%'`))
	require.Empty(t, texts(t, s, []string{"table", "name"}, `system.columns WHERE database = currentDatabase()
		AND endsWith(name, '_wei') AND type NOT IN ('Int256', 'UInt256', 'Nullable(Int256)', 'Nullable(UInt256)')`), "what is exact is whole")
}

func TestCoverageRangesAndGaps(t *testing.T) {
	t.Parallel()

	s := testenv.Open(t)
	ranges := []string{"filter", "from_block", "to_block", "blocks"}

	cover := func(filter string, from, to uint64) {
		require.NoError(t, s.Write(t.Context(), store.Batch{Filter: filter, Covered: []store.Range{{From: from, To: to}}}))
	}

	cover(store.FilterCore, 10, 20)
	cover(store.FilterCore, 21, 30)
	cover(store.FilterCore, 15, 18)
	cover(store.FilterAll, 40, 50)
	cover(store.FilterCore, 48, 60)
	cover(store.FilterCore, 100, 100)
	cover(store.FilterCore, 200, 210)

	require.Equal(t, [][]string{
		{"all", "40", "50", "11"},
		{"core", "10", "30", "21"},
		{"core", "40", "60", "21"},
		{"core", "100", "100", "1"},
		{"core", "200", "210", "11"},
	}, texts(t, s, ranges, "coverage_ranges ORDER BY filter::String, from_block"))

	gaps := [][]string{{"core", "31", "39", "9"}, {"core", "61", "99", "39"}, {"core", "101", "199", "99"}}
	require.Equal(t, gaps, texts(t, s, ranges, "coverage_gaps ORDER BY from_block"))

	status := []string{"cursor", "first_block", "covered_blocks", "missing_blocks", "gaps"}
	require.Equal(t, [][]string{{"210", "10", "54", "147", "3"}}, texts(t, s, status, "status"))

	require.NoError(t, s.SetFirstBlock(t.Context(), 5))
	require.Equal(t, append([][]string{{"core", "5", "9", "5"}}, gaps...), texts(t, s, ranges, "coverage_gaps ORDER BY from_block"))
	require.Equal(t, [][]string{{"210", "5", "54", "152", "4"}}, texts(t, s, status, "status"))

	// The views say what the program acts on.
	acted, err := s.Gaps(t.Context(), store.FilterCore, 5, 210)
	require.NoError(t, err)
	require.Len(t, acted, 4)

	require.NoError(t, s.Rewind(t.Context(), 55))
	require.Equal(t, [][]string{{"core", "5", "9", "5"}, {"core", "31", "39", "9"}}, texts(t, s, ranges, "coverage_gaps ORDER BY from_block"))
	require.Equal(t, [][]string{{"55", "5", "37", "14", "2"}}, texts(t, s, status, "status"))
}

func TestStatus(t *testing.T) {
	t.Parallel()

	s, c := testenv.Open(t), lively(50, 60)
	follow(t, s, c, 1, 1)

	headTime := c.blocks[60].Time + 1_000_000
	require.NoError(t, s.SetHeads(t.Context(), store.Heads{Head: 64, HeadTime: headTime, Safe: 50, Finalized: 40}))

	c.abandon(52)
	c.grow(4)
	c.tame(53)
	require.NoError(t, s.Rewind(t.Context(), 52))
	follow(t, s, c, 1, 53)

	at := time.Unix(int64(c.blocks[40].Time), 0)
	failed := store.AuditRow{Figure: "vvv_locked", Warehouse: big.NewInt(7), Contract: big.NewInt(9)}

	// An older audit, of which nothing counts any more.
	require.NoError(t, s.PutAudit(t.Context(), 39, at, []store.AuditRow{failed, failed}))
	require.NoError(t, s.Conn().Exec(t.Context(), "INSERT INTO audit_results SELECT * REPLACE(audited_at - INTERVAL 1 HOUR AS audited_at) FROM audit_results"))
	require.NoError(t, s.Conn().Exec(t.Context(), "ALTER TABLE audit_results DELETE WHERE audited_at > now() - INTERVAL 1 MINUTE SETTINGS mutations_sync = 2"))
	require.NoError(t, s.PutAudit(t.Context(), 40, at, []store.AuditRow{
		failed,
		{Figure: "wallet_locked", Account: common.Address{19: 5}, Warehouse: big.NewInt(-3), Contract: big.NewInt(-3)},
		{Figure: "emission_rate", Contract: big.NewInt(3)},
	}))
	require.Equal(t, [][]string{
		{"40", "emission_rate", "", "NULL", "3", "NULL", "1"},
		{"40", "vvv_locked", "", "7", "9", "-2", "0"},
		{"40", "wallet_locked", "0x0000000000000000000000000000000000000005", "-3", "-3", "0", "1"},
	}, texts(t, s, []string{"block_number", "figure", "account", "warehouse_wei", "contract_wei", "difference_wei", "passed"},
		"audits WHERE block_number = 40 ORDER BY figure"))

	st, err := s.Status(t.Context())
	require.NoError(t, err)

	tip := c.blocks[56]
	require.Equal(t, store.Status{
		Cursor: 56, CursorTime: st.CursorTime, Head: 64, HeadTime: st.HeadTime, Safe: 50, Finalized: 40, SeenAt: st.SeenAt,
		LagBlocks: 8, LagSeconds: headTime - tip.Time, FirstBlock: 1, CoveredBlocks: 56,
		Events: uint64(len(c.all())), UnknownLogs: uint64(countKind(c.all(), decode.KindUnknown)),
		Reorgs: 1, DeepestReorg: 8, AuditBlock: 40, AuditFailures: 1,
		Coverage: []store.StatusRange{{Filter: "core", From: 1, To: 56, Blocks: 56}}, Gaps: []store.StatusRange{},
		Tables: st.Tables, Figures: st.Figures,
	}, st)
	require.Equal(t, int64(tip.Time), st.CursorTime.Unix())
	require.Equal(t, int64(headTime), st.HeadTime.Unix())
	require.WithinDuration(t, time.Now(), st.SeenAt, time.Hour)
	require.Equal(t, uint64(56), st.Figures.Block)

	rows := map[string]uint64{}
	for _, table := range st.Tables {
		rows[table.Table] = table.Rows
	}

	require.GreaterOrEqual(t, rows["events"], uint64(len(c.all())))

	// Whoever reads the JSON gets every figure back to the wei.
	text, err := json.Marshal(st)
	require.NoError(t, err)

	var back store.Status

	require.NoError(t, json.Unmarshal(text, &back))
	require.Equal(t, st.Figures, back.Figures)
	require.Contains(t, string(text), `"vvv_locked_wei":"`)
}

func countKind(events []decode.Event, kind decode.Kind) (n int) {
	for i := range events {
		if events[i].Kind == kind {
			n++
		}
	}

	return n
}
