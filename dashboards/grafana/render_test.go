package grafana

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"diemhouse/dashboards/panel"
)

func TestEveryKindUnitColourAndLinkIsDrawn(t *testing.T) {
	t.Parallel()

	for _, kind := range panel.Kinds() {
		require.NotEmpty(t, visualOf(panel.Panel{Kind: kind}).plugin, kind)
	}

	for _, unit := range panel.Units() {
		_, ok := unitNames[unit]
		require.True(t, ok, unit)
	}

	require.Len(t, unitNames, len(panel.Units()))

	for _, colour := range panel.Colours() {
		require.Regexp(t, `^#[0-9A-F]{6}$`, colours[colour], colour)
	}

	for _, link := range []panel.Link{panel.ToTransaction, panel.ToBlock, panel.ToWallet, panel.ToAddress} {
		require.NotEmpty(t, dataLinks(link, "w"), link)
	}
}

func TestErrorsNameThePanel(t *testing.T) {
	t.Parallel()

	one := func(p panel.Panel) panel.Dashboard {
		return panel.Dashboard{UID: "d", Rows: []panel.Row{{Panels: []panel.Panel{p}}}}
	}

	_, err := Render(one(panel.Panel{ID: 7, Title: "Odd", Kind: "pie", Query: panel.Query{SQL: "SELECT 1"}}), Config{Datasource: "x"})
	require.ErrorContains(t, err, `dashboard d, panel 7 (Odd): no such kind of panel: "pie"`)

	_, err = Render(one(panel.Panel{ID: 8, Title: "Mute", Kind: panel.Stat}), Config{Datasource: "x"})
	require.ErrorIs(t, err, errNoSQL)

	_, err = Render(one(panel.Panel{ID: 8, Title: "Lost", Kind: panel.Stat, Query: panel.Query{SQL: "SELECT 1"}}), Config{})
	require.ErrorIs(t, err, errNoDatasource)
}

func TestLinksKeepTimeAndVariables(t *testing.T) {
	t.Parallel()

	d, err := Render(panel.Dashboard{UID: "d"}, Config{Datasource: "x"})
	require.NoError(t, err)
	require.True(t, d.Links[0].KeepTime)
	require.True(t, d.Links[0].IncludeVars)
	require.Equal(t, []string{Tag}, d.Links[0].Tags)
	require.Equal(t, []string{Tag}, d.Tags, "the links find it")
	require.Contains(t, dataLinks(panel.ToWallet, "w")[0].URL, "/d/w?var-wallet=${__value.raw}&${__url_time_range}")
}

func TestFieldsBecomeOverrides(t *testing.T) {
	t.Parallel()

	p := panel.Panel{Kind: panel.Table, Unit: panel.VVV, Fields: []panel.Field{{
		Column: "x", Title: "X", Unit: panel.Share, Decimals: 1, Width: 90, Link: panel.ToBlock,
		Texts: []panel.Text{{Value: "1", Text: "yes", Level: panel.Good}},
	}}}

	raw, err := json.Marshal(overrides(p, Config{}))
	require.NoError(t, err)
	require.JSONEq(t, `[{"matcher": {"id": "byName", "options": "x"}, "properties": [
		{"id": "displayName", "value": "X"},
		{"id": "unit", "value": "percentunit"},
		{"id": "decimals", "value": 1},
		{"id": "mappings", "value": [{"type": "value", "options": {"1": {"text": "yes", "color": "#009E73", "index": 0}}}]},
		{"id": "custom.cellOptions", "value": {"type": "color-text"}},
		{"id": "links", "value": [{"title": "Open in the explorer", "url": "https://basescan.org/block/${__value.raw}", "targetBlank": true}]},
		{"id": "custom.width", "value": 90}]}]`, string(raw))
}

func TestChartsAskForTimeSeriesAndTheRestForTables(t *testing.T) {
	t.Parallel()

	for kind, want := range map[panel.Kind]Format{
		panel.Lines: FormatTimeSeries, panel.Bars: FormatTimeSeries, panel.Stat: FormatTable, panel.Table: FormatTable, panel.Curve: FormatTable,
	} {
		p, err := renderPanel(panel.Panel{Kind: kind, Query: panel.Query{SQL: "SELECT 1"}}, panel.Place{}, Config{Datasource: "x"})
		require.NoError(t, err)

		query, ok := p.Targets[0].(Query)
		require.True(t, ok)
		require.Equal(t, want, query.Format, kind)
	}
}

// The plugin's editor migrates, and so rewrites, what does not look like its own.
func TestQueriesAreWhatThePluginItselfWrites(t *testing.T) {
	t.Parallel()

	query, err := NewQuery("x", "SELECT 1").TimeSeries().Build()
	require.NoError(t, err)

	raw, err := json.Marshal(query)
	require.NoError(t, err)
	require.JSONEq(t, `{"refId": "A", "datasource": {"type": "grafana-clickhouse-datasource", "uid": "x"}, "pluginVersion": "4.20.0",
		"editorType": "sql", "rawSql": "SELECT 1", "queryType": "timeseries", "format": 0}`, string(raw))

	raw, err = json.Marshal(renderVariable(panel.Variable{Name: "kind", SQL: "SELECT 2"}, Config{Datasource: "x"}).Query)
	require.NoError(t, err)
	require.JSONEq(t, `{"refId": "kind", "queryType": "sql", "rawSql": "SELECT 2"}`, string(raw))
}

func TestAnAlertMustNotHoldADollar(t *testing.T) {
	t.Parallel()

	source := Source{UID: "x", Protocol: "native"}
	alert := panel.Alert{UID: "a", SQL: "SELECT 1", For: time.Minute, NoData: panel.NoDataOK}
	_, err := Build(nil, []panel.Alert{alert}, Config{Datasource: "x"}, source)
	require.NoError(t, err)

	alert.SQL = "SELECT $__toTime"
	_, err = Build(nil, []panel.Alert{alert}, Config{Datasource: "x"}, source)
	require.ErrorIs(t, err, errDollar)
}
