package board

import "diemhouse/dashboards/panel"

// DashboardInfo names a dashboard.
type DashboardInfo struct {
	UID         string `json:"uid"`
	Title       string `json:"title"`
	Description string `json:"description"`
	// URL is its page, and API its definition.
	URL string `json:"url"`
	API string `json:"api"`
}

// Definition is a whole dashboard.
type Definition struct {
	DashboardInfo

	From      string         `json:"from"`
	Refresh   string         `json:"refresh"`
	Variables []VariableInfo `json:"variables"`
	Rows      []RowInfo      `json:"rows"`
}

// VariableInfo is a choice of the viewer's.
type VariableInfo struct {
	Name        string `json:"name"`
	Label       string `json:"label"`
	Description string `json:"description"`
	Default     string `json:"default,omitempty"`
	Pattern     string `json:"pattern"`
	Multi       bool   `json:"multi,omitempty"`
	Custom      bool   `json:"custom,omitempty"`
	// Choices is where the values to choose from are; empty for free text.
	Choices string `json:"choices,omitempty"`
}

// RowInfo is a titled group of panels.
type RowInfo struct {
	Title  string      `json:"title"`
	Panels []PanelInfo `json:"panels"`
}

// PanelInfo is how a panel is drawn.
type PanelInfo struct {
	ID          int             `json:"id"`
	Title       string          `json:"title"`
	Description string          `json:"description"`
	Kind        panel.Kind      `json:"kind"`
	Width       int             `json:"width"`
	Height      int             `json:"height"`
	Unit        panel.Unit      `json:"unit"`
	Decimals    int             `json:"decimals"`
	Min         *float64        `json:"min,omitempty"`
	Max         *float64        `json:"max,omitempty"`
	Log         bool            `json:"log,omitempty"`
	Thresholds  []ThresholdInfo `json:"thresholds,omitempty"`
	Texts       []TextInfo      `json:"texts,omitempty"`
	NoValue     string          `json:"no_value"`
	Fields      []FieldInfo     `json:"fields"`
	SQL         string          `json:"sql"`
	// Data is where its rows are.
	Data string `json:"data"`
}

// FieldInfo says how one column is shown.
type FieldInfo struct {
	Column     string          `json:"column"`
	Title      string          `json:"title"`
	Unit       panel.Unit      `json:"unit"`
	Decimals   int             `json:"decimals"`
	Colour     panel.Colour    `json:"colour,omitempty"`
	Dashed     bool            `json:"dashed,omitempty"`
	Points     bool            `json:"points,omitempty"`
	Line       bool            `json:"line,omitempty"`
	Right      bool            `json:"right,omitempty"`
	Link       panel.Link      `json:"link,omitempty"`
	Thresholds []ThresholdInfo `json:"thresholds,omitempty"`
	Texts      []TextInfo      `json:"texts,omitempty"`
	Width      int             `json:"width,omitempty"`
}

// ThresholdInfo gives values from a bound upwards a level.
type ThresholdInfo struct {
	From  float64     `json:"from"`
	Level panel.Level `json:"level"`
}

// TextInfo stands for one value.
type TextInfo struct {
	Value string      `json:"value"`
	Text  string      `json:"text"`
	Level panel.Level `json:"level,omitempty"`
}

const apiRoot = "/api/v1"

func infoOf(d *panel.Dashboard) DashboardInfo {
	return DashboardInfo{
		UID: d.UID, Title: d.Title, Description: d.Description,
		URL: "/d/" + d.UID, API: apiRoot + "/dashboards/" + d.UID,
	}
}

func definitionOf(d *panel.Dashboard) Definition {
	out := Definition{DashboardInfo: infoOf(d), From: d.From, Refresh: d.Refresh, Variables: []VariableInfo{}}

	for _, v := range d.Variables {
		info := VariableInfo{
			Name: v.Name, Label: v.Label, Description: v.Description, Default: v.Default,
			Pattern: v.Pattern, Multi: v.Multi, Custom: v.Custom,
		}
		if v.SQL != "" {
			info.Choices = out.API + "/variables/" + v.Name
		}

		out.Variables = append(out.Variables, info)
	}

	for _, row := range d.Rows {
		info := RowInfo{Title: row.Title, Panels: []PanelInfo{}}
		for _, p := range row.Panels {
			info.Panels = append(info.Panels, panelInfo(d, p))
		}

		out.Rows = append(out.Rows, info)
	}

	return out
}

func panelInfo(d *panel.Dashboard, p panel.Panel) PanelInfo {
	out := PanelInfo{
		ID: p.ID, Title: p.Title, Description: p.Description, Kind: p.Kind, Width: p.W, Height: p.H,
		Unit: p.Unit, Decimals: panel.DecimalsOf(p.Unit, p.Decimals), Min: p.Min, Max: p.Max, Log: p.Log,
		Thresholds: thresholds(p.Thresholds), Texts: texts(p.Texts), NoValue: p.NoValue, Fields: []FieldInfo{},
		SQL: p.Query.SQL, Data: dataURL(d, p),
	}

	for _, f := range p.Fields {
		unit := or(f.Unit, p.Unit)
		decimals := f.Decimals

		if f.Unit == "" {
			decimals = or(f.Decimals, p.Decimals)
		}

		out.Fields = append(out.Fields, FieldInfo{
			Column: f.Column, Title: or(f.Title, f.Column), Unit: unit, Decimals: panel.DecimalsOf(unit, decimals),
			Colour: f.Colour, Dashed: f.Dashed, Points: f.Points, Line: f.Line, Right: f.Right, Link: f.Link,
			Thresholds: thresholds(f.Thresholds), Texts: texts(f.Texts), Width: f.Width,
		})
	}

	return out
}

func thresholds(list []panel.Threshold) []ThresholdInfo {
	out := make([]ThresholdInfo, 0, len(list))
	for _, t := range list {
		out = append(out, ThresholdInfo(t))
	}

	return out
}

func texts(list []panel.Text) []TextInfo {
	out := make([]TextInfo, 0, len(list))
	for _, t := range list {
		out = append(out, TextInfo(t))
	}

	return out
}
