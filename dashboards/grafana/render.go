package grafana

import (
	"fmt"

	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"diemhouse/dashboards/panel"
)

// Tag is on every dashboard; the links at their top list those that have it.
const Tag = "diemhouse"

// firstRowID is above every panel's id: rows have ids too.
const firstRowID = 10_000

// Config says what dashboards refer to outside of themselves.
type Config struct {
	// Datasource is the uid of the provisioned data source.
	Datasource string
	// Wallet is the uid of the dashboard that addresses lead to.
	Wallet string
	// Annotations are drawn on every dashboard.
	Annotations []panel.Annotation
}

// Render draws a dashboard as Grafana's. The error names the panel.
//
//nolint:staticcheck // the form that every Grafana reads from files; the newer one needs the newest
func Render(d panel.Dashboard, c Config) (dashboard.Dashboard, error) {
	out := *dashboard.NewDashboard()
	out.Uid, out.Title, out.Description = &d.UID, &d.Title, &d.Description
	out.Tags = []string{Tag}
	out.Timezone = new("utc")
	out.Editable = new(true)
	out.GraphTooltip = new(dashboard.DashboardCursorSyncCrosshair)
	out.Refresh = &d.Refresh
	out.Time = &dashboard.DashboardDashboardTime{From: d.From, To: "now"}
	out.Links = []dashboard.DashboardLink{navigation()}

	for i, placed := range d.Layout() {
		if placed.Panel == nil {
			out.Panels = append(out.Panels, dashboard.PanelOrRowPanel{RowPanel: heading(placed, firstRowID+i)})

			continue
		}

		p, err := renderPanel(*placed.Panel, placed.Place, c)
		if err != nil {
			return out, fmt.Errorf("dashboard %s, panel %d (%s): %w", d.UID, placed.Panel.ID, placed.Panel.Title, err)
		}

		out.Panels = append(out.Panels, dashboard.PanelOrRowPanel{Panel: p})
	}

	for _, v := range d.Variables {
		out.Templating.List = append(out.Templating.List, renderVariable(v, c))
	}

	out.Annotations.List = append(out.Annotations.List, builtInAnnotations())

	for _, a := range c.Annotations {
		rendered, err := renderAnnotation(a, c)
		if err != nil {
			return out, fmt.Errorf("annotation %s: %w", a.Name, err)
		}

		out.Annotations.List = append(out.Annotations.List, rendered)
	}

	return out, nil
}

func navigation() dashboard.DashboardLink {
	link := *dashboard.NewDashboardLink()
	link.Type = dashboard.DashboardLinkTypeDashboards
	link.Title = "Diemhouse"
	link.Icon = "external link"
	link.Tags = []string{Tag}
	link.KeepTime, link.IncludeVars = true, true

	return link
}

func gridPos(p panel.Place) *dashboard.GridPos {
	return &dashboard.GridPos{X: uint32(p.X), Y: uint32(p.Y), W: uint32(p.W), H: uint32(p.H)}
}

func heading(placed panel.Placed, id int) *dashboard.RowPanel {
	row := dashboard.NewRowPanel()
	row.Title, row.Id, row.GridPos = &placed.Row, uint32(id), gridPos(placed.Place)

	return row
}

func renderPanel(p panel.Panel, place panel.Place, c Config) (*dashboard.Panel, error) {
	look := visualOf(p)
	if look.plugin == "" {
		return nil, fmt.Errorf("no such kind of panel: %q", p.Kind)
	}

	query := NewQuery(c.Datasource, p.Query.SQL)
	if p.Kind.OverTime() {
		query.TimeSeries()
	}

	target, err := query.Build()
	if err != nil {
		return nil, err
	}

	out := dashboard.NewPanel()
	out.Type, out.Options = look.plugin, look.options
	out.Id = new(uint32(p.ID))
	out.Title, out.Description = &p.Title, &p.Description
	out.Datasource = new(reference(c.Datasource))
	out.GridPos = gridPos(place)
	out.Targets = append(out.Targets, target)

	if p.Query.MinInterval != "" {
		out.Interval = &p.Query.MinInterval
	}

	out.FieldConfig = &dashboard.FieldConfigSource{
		Defaults: dashboard.FieldConfig{
			Unit:       new(unitNames[p.Unit]),
			Decimals:   new(float64(panel.DecimalsOf(p.Unit, p.Decimals))),
			Min:        p.Min,
			Max:        p.Max,
			Thresholds: thresholds(p.Thresholds),
			Mappings:   mappings(p.Texts),
			NoValue:    &p.NoValue,
			Color:      colourMode(p),
			Custom:     look.custom,
		},
		Overrides: overrides(p, c),
	}

	return out, nil
}

// colourMode: figures take the colour of their threshold, series that of the palette.
func colourMode(p panel.Panel) *dashboard.FieldColor {
	if p.Kind == panel.Stat || p.Kind == panel.Gauge || p.Kind == panel.Table {
		return &dashboard.FieldColor{Mode: dashboard.FieldColorModeIdThresholds}
	}

	return &dashboard.FieldColor{Mode: dashboard.FieldColorModeIdPaletteClassic}
}

func overrides(p panel.Panel, c Config) []dashboard.DashboardFieldConfigSourceOverrides {
	out := []dashboard.DashboardFieldConfigSourceOverrides{}

	for _, f := range p.Fields {
		if properties := fieldProperties(p, f, c); len(properties) > 0 {
			out = append(out, dashboard.DashboardFieldConfigSourceOverrides{
				Matcher:    dashboard.MatcherConfig{Id: "byName", Options: f.Column},
				Properties: properties,
			})
		}
	}

	return out
}

func fieldProperties(p panel.Panel, f panel.Field, c Config) []dashboard.DynamicConfigValue {
	var out []dashboard.DynamicConfigValue

	set := func(id string, value any) { out = append(out, dashboard.DynamicConfigValue{Id: id, Value: value}) }

	if f.Title != "" {
		set("displayName", f.Title)
	}

	if f.Unit != "" {
		set("unit", unitNames[f.Unit])
		set("decimals", panel.DecimalsOf(f.Unit, f.Decimals))
	} else if f.Decimals != 0 {
		set("decimals", panel.DecimalsOf(p.Unit, f.Decimals))
	}

	if f.Colour != "" {
		set("color", fixedColour(colours[f.Colour]))
	}

	if len(f.Thresholds) > 0 {
		set("thresholds", thresholds(f.Thresholds))
	}

	if len(f.Texts) > 0 {
		set("mappings", mappings(f.Texts))
	}

	if p.Kind == panel.Table && len(f.Thresholds)+len(f.Texts) > 0 {
		set("custom.cellOptions", cellColour)
	}

	if links := dataLinks(f.Link, c.Wallet); len(links) > 0 {
		set("links", links)
	}

	if f.Width > 0 {
		set("custom.width", f.Width)
	}

	return append(out, seriesProperties(p, f)...)
}

func seriesProperties(p panel.Panel, f panel.Field) []dashboard.DynamicConfigValue {
	var out []dashboard.DynamicConfigValue

	if f.Dashed {
		out = append(out, dashboard.DynamicConfigValue{
			Id:    "custom.lineStyle",
			Value: common.LineStyle{Fill: new(common.LineStyleFillDash), Dash: []float64{10, 10}},
		})
	}

	if f.Right {
		out = append(out, dashboard.DynamicConfigValue{Id: "custom.axisPlacement", Value: common.AxisPlacementRight})
	}

	if f.Line {
		out = append(out,
			dashboard.DynamicConfigValue{Id: "custom.drawStyle", Value: common.GraphDrawStyleLine},
			dashboard.DynamicConfigValue{Id: "custom.lineWidth", Value: 2},
			dashboard.DynamicConfigValue{Id: "custom.fillOpacity", Value: 0},
			dashboard.DynamicConfigValue{Id: "custom.stacking", Value: common.StackingConfig{
				Mode: new(common.StackingModeNone), Group: new("line"),
			}})
	}

	if f.Points {
		id, value := "custom.drawStyle", "points"
		if p.Kind == panel.Curve {
			id = "custom.show"
		}

		out = append(out, dashboard.DynamicConfigValue{Id: id, Value: value})
	}

	return out
}

// cellColour writes the text of a table's cell in the colour of its threshold.
var cellColour = common.TableColorTextCellOptions{Type: "color-text"}
