package grafana

import (
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/units"

	"diemhouse/dashboards/panel"
)

// unitNames are Grafana's names of units. count: shortens (8.95M VVV), suffix: does
// not (499.98 VVV/DIEM).
var unitNames = map[panel.Unit]string{
	panel.VVV:          "count:VVV",
	panel.SVVV:         "count:sVVV",
	panel.DIEM:         "count:DIEM",
	panel.Rate:         "suffix:VVV/DIEM",
	panel.PerYear:      "count:VVV/year",
	panel.Share:        units.PercentUnit,
	panel.Count:        "locale",
	panel.Number:       units.NoUnit,
	panel.Seconds:      units.Seconds,
	panel.Milliseconds: units.Milliseconds,
	panel.Bytes:        units.BytesIEC,
	panel.PerSecond:    "suffix:/s",
	panel.Time:         "dateTimeAsIso",
	panel.Plaintext:    units.String,
}

// colours read well on light and on dark, and can be told apart without red and green.
var colours = map[panel.Colour]string{
	panel.Blue:    "#3274D9",
	panel.Orange:  "#E69F00",
	panel.Green:   "#009E73",
	panel.Pink:    "#CC79A7",
	panel.Sky:     "#56B4E9",
	panel.Red:     "#D55E00",
	panel.Yellow:  "#D6C326",
	panel.Neutral: "#6E6E6E",
}

var levels = map[panel.Level]string{
	panel.Plain: colours[panel.Blue],
	panel.Good:  colours[panel.Green],
	panel.Warn:  colours[panel.Orange],
	panel.Bad:   colours[panel.Red],
}

func thresholds(list []panel.Threshold) *dashboard.ThresholdsConfig {
	if len(list) == 0 {
		list = []panel.Threshold{{Level: panel.Plain}}
	}

	out := &dashboard.ThresholdsConfig{Mode: dashboard.ThresholdsModeAbsolute}

	for i, t := range list {
		step := dashboard.Threshold{Color: levels[t.Level]}
		if i > 0 {
			step.Value = &t.From
		}

		out.Steps = append(out.Steps, step)
	}

	return out
}

func mappings(list []panel.Text) []dashboard.ValueMapping {
	if len(list) == 0 {
		return nil
	}

	m := dashboard.NewValueMap()

	for i, t := range list {
		index := int32(i)
		result := dashboard.ValueMappingResult{Text: &t.Text, Index: &index}

		if t.Level != "" {
			colour := levels[t.Level]
			result.Color = &colour
		}

		m.Options[t.Value] = result
	}

	return []dashboard.ValueMapping{{ValueMap: m}}
}

func fixedColour(hex string) dashboard.FieldColor {
	return dashboard.FieldColor{Mode: dashboard.FieldColorModeIdFixed, FixedColor: &hex}
}
