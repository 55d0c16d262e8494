package dashboards_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/stretchr/testify/require"

	"diemhouse/dashboards"
	"diemhouse/dashboards/grafana"
	"diemhouse/dashboards/panel"
)

// eachPanel calls f for every panel of every dashboard.
func eachPanel(t *testing.T, f func(t *testing.T, d panel.Dashboard, p panel.Panel)) {
	t.Helper()

	for _, d := range dashboards.All() {
		for _, p := range d.Panels() {
			t.Run(d.UID+"/"+p.Title, func(t *testing.T) { f(t, d, p) })
		}
	}
}

func TestDashboardsAreNamedOnce(t *testing.T) {
	t.Parallel()

	uids, titles := map[string]bool{}, map[string]bool{}

	for _, d := range dashboards.All() {
		require.Regexp(t, `^diemhouse-[a-z]+$`, d.UID)
		require.LessOrEqual(t, len(d.UID), 40)
		require.False(t, uids[d.UID], d.UID)
		require.False(t, titles[d.Title], d.Title)
		require.NotEmpty(t, d.Description, d.UID)
		require.Regexp(t, `^now-\d+[hd]$`, d.From)
		require.Regexp(t, `^\d+[sm]$`, d.Refresh)

		uids[d.UID], titles[d.Title] = true, true
	}

	require.Equal(t, dashboards.SupplyUID, dashboards.All()[0].UID, "home comes first")
}

func TestPanelsSayWhatTheyMean(t *testing.T) {
	t.Parallel()
	eachPanel(t, func(t *testing.T, _ panel.Dashboard, p panel.Panel) {
		t.Helper()

		require.NotEmpty(t, p.Title)
		require.Greater(t, len(p.Description), 40, "what the figure means and how it is computed")
		require.NotEmpty(t, p.NoValue, "what an empty panel says")
		require.NotEmpty(t, p.Query.SQL)
		require.Contains(t, panel.Kinds(), p.Kind)
		require.True(t, p.Unit.Known(), "unit %q", p.Unit)
	})
}

func TestIDsAndTitlesAreUniqueInADashboard(t *testing.T) {
	t.Parallel()

	for _, d := range dashboards.All() {
		ids, titles, descriptions := map[int]string{}, map[string]bool{}, map[string]bool{}

		for _, p := range d.Panels() {
			require.Positive(t, p.ID, p.Title)
			require.Less(t, p.ID, 10_000, "rows have the ids above")
			require.Empty(t, ids[p.ID], "%s has the id of %s", p.Title, ids[p.ID])
			require.False(t, titles[p.Title], p.Title)
			require.False(t, descriptions[p.Description], p.Title)

			ids[p.ID], titles[p.Title], descriptions[p.Description] = p.Title, true, true
		}
	}
}

func TestFieldsAreWhole(t *testing.T) {
	t.Parallel()
	eachPanel(t, func(t *testing.T, _ panel.Dashboard, p panel.Panel) {
		t.Helper()

		seen := map[string]bool{}

		for _, f := range p.Fields {
			require.False(t, seen[f.Column], f.Column)
			seen[f.Column] = true

			require.True(t, f.Unit == "" || f.Unit.Known(), f.Column)
		}

		for i := 1; i < len(p.Thresholds); i++ {
			require.Greater(t, p.Thresholds[i].From, p.Thresholds[max(i-1, 1)].From-boolFloat(i == 1), "thresholds rise")
		}

		if p.Kind == panel.Gauge {
			require.NotNil(t, p.Min)
			require.NotNil(t, p.Max)
		}
	})
}

func TestColoursOfAPanelDiffer(t *testing.T) {
	t.Parallel()
	eachPanel(t, func(t *testing.T, _ panel.Dashboard, p panel.Panel) {
		t.Helper()

		seen := map[panel.Colour]string{}

		for _, f := range p.Fields {
			if f.Colour == "" {
				continue
			}

			require.Contains(t, panel.Colours(), f.Colour)
			require.Empty(t, seen[f.Colour], "%s has the colour of %s", f.Column, seen[f.Colour])
			seen[f.Colour] = f.Column
		}

		require.False(t, seen[panel.Orange] != "" && seen[panel.Yellow] != "", "nobody who sees no green tells them apart")
	})
}

func TestSeriesAreNamedAndColoured(t *testing.T) {
	t.Parallel()
	eachPanel(t, func(t *testing.T, _ panel.Dashboard, p panel.Panel) {
		t.Helper()

		if !p.Kind.OverTime() && p.Kind != panel.Curve && p.Kind != panel.Categories {
			return
		}

		first := 1
		if p.Kind.OverTime() {
			first = 0
		}

		require.Greater(t, len(p.Fields), first)

		for _, f := range p.Fields[first:] {
			require.NotEmpty(t, f.Title, f.Column)
			require.NotEmpty(t, f.Colour, f.Column)
		}
	})
}

func boolFloat(b bool) float64 {
	if b {
		return 1
	}

	return 0
}

func TestTimeChartsKeepToTheTimeRange(t *testing.T) {
	t.Parallel()
	eachPanel(t, func(t *testing.T, _ panel.Dashboard, p panel.Panel) {
		t.Helper()

		if p.Kind.OverTime() {
			require.Regexp(t, `\$__(timeFilter|fromTime|dateFilter)`, p.Query.SQL)
			require.NotEmpty(t, p.Query.MinInterval)
		}
	})
}

func TestPanelsStandOnTheGridWithoutOverlap(t *testing.T) {
	t.Parallel()

	for _, d := range dashboards.All() {
		taken := map[[2]int]string{}
		built := build(t, d)

		for _, each := range built.Panels {
			var (
				pos   *dashboard.GridPos
				title string
			)

			if each.Panel != nil {
				pos, title = each.Panel.GridPos, *each.Panel.Title
			} else {
				pos, title = each.RowPanel.GridPos, *each.RowPanel.Title
			}

			require.NotNil(t, pos)
			require.Positive(t, pos.W, title)
			require.Positive(t, pos.H, title)
			require.LessOrEqual(t, int(pos.X+pos.W), panel.Columns, title)

			for x := pos.X; x < pos.X+pos.W; x++ {
				for y := pos.Y; y < pos.Y+pos.H; y++ {
					place := [2]int{int(x), int(y)}
					require.Empty(t, taken[place], "%s: %q covers %q", d.UID, title, taken[place])
					taken[place] = title
				}
			}
		}
	}
}

// What a variable becomes without a format is not escaped. Only $__conditionalAll,
// which looks at the variable and does not write it, takes it bare.
var (
	variableText = regexp.MustCompile(`\$\{?[a-z]\w*[^,\s)]*`)
	variableBare = regexp.MustCompile(`, \$[a-z]\w*\)`)
)

func TestVariablesAreEscaped(t *testing.T) {
	t.Parallel()

	eachPanel(t, func(t *testing.T, _ panel.Dashboard, p panel.Panel) {
		t.Helper()

		for _, use := range variableText.FindAllString(variableBare.ReplaceAllString(p.Query.SQL+p.Query.Trend, ")"), -1) {
			require.Regexp(t, `^\$\{\w+:sqlstring\}$`, use, p.Title)
		}
	})
}

var variableUse = regexp.MustCompile(`\$\{?(\w+)`)

// used are the names of the variables in all SQL of a dashboard.
func used(d panel.Dashboard) map[string]bool {
	names := map[string]bool{}

	texts := make([]string, 0, len(d.Panels()))
	for _, p := range d.Panels() {
		texts = append(texts, p.Query.SQL)
	}

	for _, v := range d.Variables {
		texts = append(texts, v.SQL)
	}

	for _, m := range variableUse.FindAllStringSubmatch(strings.Join(texts, "\n"), -1) {
		if !strings.HasPrefix(m[1], "__") {
			names[m[1]] = true
		}
	}

	return names
}

func TestVariablesAreDefinedAndUsed(t *testing.T) {
	t.Parallel()

	for _, d := range dashboards.All() {
		defined := map[string]bool{}

		for _, v := range d.Variables {
			require.NotEmpty(t, v.Label, v.Name)
			require.NotEmpty(t, v.Description, v.Name)
			require.NotEmpty(t, v.Pattern, "%s: what may go into SQL", v.Name)
			regexp.MustCompile(v.Pattern)

			defined[v.Name] = true
		}

		require.Equal(t, defined, used(d), d.UID)
	}
}

func TestAlertsAreWhole(t *testing.T) {
	t.Parallel()

	panels := map[string]map[int]bool{}
	for _, d := range dashboards.All() {
		panels[d.UID] = map[int]bool{}
		for _, p := range d.Panels() {
			panels[d.UID][p.ID] = true
		}
	}

	runbook := runbooks(t)
	seen := map[string]bool{}

	for _, a := range dashboards.Alerts() {
		require.Regexp(t, `^diemhouse-[a-z-]{1,30}$`, a.UID)
		require.False(t, seen[a.UID], a.UID)
		require.NotEmpty(t, a.Title)
		require.NotEmpty(t, a.Summary)
		require.Contains(t, []string{"critical", "warning", "notice"}, a.Severity)
		require.Contains(t, []panel.NoData{panel.NoDataFires, panel.NoDataOK}, a.NoData)
		require.True(t, panels[a.Dashboard][a.Panel], "%s leads to no panel", a.UID)
		require.Contains(t, runbook, a.Runbook, "%s has no paragraph in docs/OPERATIONS.md", a.UID)
		require.Greater(t, len(a.Description), 80, "%s: what it means and what to do", a.UID)
		require.NotContains(t, a.Description, "{{", "Grafana takes it for a template")
		require.NotContains(t, a.SQL, "$", "Grafana takes a dollar in this file for the environment")

		seen[a.UID] = true
	}

	require.GreaterOrEqual(t, len(seen), 9)
}

// schema teaches the SDK's runtime the panels and the query, once.
var schema = sync.OnceFunc(func() {
	plugins.RegisterDefaultPlugins()
	grafana.Register(cog.NewRuntime())
})

// build draws a dashboard and reads it back strictly: what Grafana's schema does not
// know is an error.
//
//nolint:staticcheck // the form that every Grafana reads from files; the newer one needs the newest
func build(t *testing.T, d panel.Dashboard) dashboard.Dashboard {
	t.Helper()
	schema()

	rendered, err := grafana.Render(d, dashboards.Config())
	require.NoError(t, err)

	raw, err := json.Marshal(rendered)
	require.NoError(t, err)

	var strict, back dashboard.Dashboard

	// The SDK's strict reader loses the headings of rows: it takes an empty list of
	// errors for an error. So it judges, and the lenient one reads.
	if err := strict.UnmarshalJSONStrict(raw); err != nil {
		require.Empty(t, err.Error(), d.UID)
	}

	require.NoError(t, json.Unmarshal(raw, &back))

	return back
}

func TestJSONSurvivesGrafanasSchema(t *testing.T) {
	t.Parallel()

	for _, d := range dashboards.All() {
		built := build(t, d)
		require.Equal(t, d.UID, *built.Uid)

		var ids []int

		for _, each := range built.Panels {
			if each.Panel == nil {
				continue
			}

			ids = append(ids, int(*each.Panel.Id))
			require.Equal(t, dashboards.DatasourceUID, *each.Panel.Datasource.Uid)
			require.Len(t, each.Panel.Targets, 1)

			query, ok := each.Panel.Targets[0].(grafana.Query)
			require.True(t, ok, "%T", each.Panel.Targets[0])
			require.Equal(t, dashboards.DatasourceUID, *query.Datasource.Uid)
		}

		want := make([]int, 0, len(d.Panels()))
		for _, p := range d.Panels() {
			want = append(want, p.ID)
		}

		require.Equal(t, want, ids, "the same panels")
	}
}
