package grafana

import (
	"github.com/grafana/grafana-foundation-sdk/go/barchart"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/gauge"
	"github.com/grafana/grafana-foundation-sdk/go/stat"
	"github.com/grafana/grafana-foundation-sdk/go/table"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"
	"github.com/grafana/grafana-foundation-sdk/go/xychart"

	"diemhouse/dashboards/panel"
)

// visual is what a kind of panel is in Grafana: the plugin, its options and the
// custom part of its field configuration.
type visual struct {
	plugin  string
	options any
	custom  any
}

func visualOf(p panel.Panel) visual {
	switch p.Kind {
	case panel.Stat:
		return statVisual(p)
	case panel.Gauge:
		return gaugeVisual()
	case panel.Lines, panel.Bars:
		return chartVisual(p)
	case panel.Categories:
		return categoriesVisual()
	case panel.Curve:
		return curveVisual(p)
	case panel.Table:
		return tableVisual()
	}

	return visual{}
}

func lastOfNumbers() common.ReduceDataOptions {
	return common.ReduceDataOptions{Values: new(false), Calcs: []string{"lastNotNull"}, Fields: new("")}
}

func statVisual(p panel.Panel) visual {
	options := stat.NewOptions()
	options.GraphMode = common.BigValueGraphModeNone
	options.ReduceOptions = lastOfNumbers()
	options.Orientation = common.VizOrientationAuto
	options.TextMode = common.BigValueTextModeValue

	if len(p.Fields) > 1 {
		options.TextMode = common.BigValueTextModeValueAndName
	}

	return visual{plugin: "stat", options: options}
}

func gaugeVisual() visual {
	options := gauge.NewOptions()
	options.ReduceOptions = lastOfNumbers()
	options.Orientation = common.VizOrientationAuto

	return visual{plugin: "gauge", options: options}
}

func legend(p panel.Panel) common.VizLegendOptions {
	return common.VizLegendOptions{
		DisplayMode: common.LegendDisplayModeList, Placement: common.LegendPlacementBottom,
		ShowLegend: len(p.Fields) != 1, Calcs: []string{},
	}
}

func tooltip() common.VizTooltipOptions {
	return common.VizTooltipOptions{Mode: common.TooltipDisplayModeMulti, Sort: common.SortOrderDescending}
}

func scale(log bool) *common.ScaleDistributionConfig {
	if log {
		return &common.ScaleDistributionConfig{Type: common.ScaleDistributionLog, Log: new(10.0)}
	}

	return &common.ScaleDistributionConfig{Type: common.ScaleDistributionLinear}
}

func chartVisual(p panel.Panel) visual {
	custom := timeseries.FieldConfig{
		DrawStyle:         new(common.GraphDrawStyleLine),
		LineInterpolation: new(common.LineInterpolationLinear),
		LineWidth:         new(2.0),
		FillOpacity:       new(0.0),
		ShowPoints:        new(common.VisibilityModeAuto),
		ScaleDistribution: scale(p.Log),
		Stacking:          &common.StackingConfig{Mode: new(common.StackingModeNone), Group: new("A")},
	}

	if p.Kind == panel.Bars {
		custom.DrawStyle = new(common.GraphDrawStyleBars)
		custom.LineWidth = new(0.0)
		custom.FillOpacity = new(90.0)
		custom.BarAlignment = new(common.BarAlignmentAfter)
		custom.Stacking.Mode = new(common.StackingModeNormal)
	}

	return visual{
		plugin:  "timeseries",
		options: timeseries.Options{Legend: legend(p), Tooltip: tooltip()},
		custom:  custom,
	}
}

func categoriesVisual() visual {
	options := barchart.NewOptions()
	options.Orientation = common.VizOrientationAuto
	options.ShowValue = common.VisibilityModeNever
	options.Stacking = common.StackingModeNone
	options.XTickLabelSpacing = new(int32(50))
	options.Legend = legend(panel.Panel{})
	options.Tooltip = tooltip()

	return visual{plugin: "barchart", options: options, custom: barchart.NewFieldConfig()}
}

func curveVisual(p panel.Panel) visual {
	return visual{
		plugin: "xychart",
		options: xychart.Options{
			Mapping: xychart.SeriesMappingAuto, Legend: legend(panel.Panel{}),
			Tooltip: common.VizTooltipOptions{Mode: common.TooltipDisplayModeSingle, Sort: common.SortOrderNone},
			Series:  []xychart.XYSeriesConfig{},
		},
		custom: xychart.FieldConfig{
			Show:              new(xychart.XYShowModeLines),
			LineWidth:         new(int32(2)),
			PointSize:         &xychart.XychartFieldConfigPointSize{Fixed: new(int32(12))},
			ScaleDistribution: scale(p.Log),
		},
	}
}

func tableVisual() visual {
	options := table.NewOptions()
	options.CellHeight = new(common.TableCellHeightSm)
	options.Footer = nil

	custom := common.NewTableFieldOptions()
	custom.Filterable = new(true)
	custom.Inspect = true

	return visual{plugin: "table", options: options, custom: custom}
}
