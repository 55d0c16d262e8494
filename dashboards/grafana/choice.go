package grafana

import (
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"diemhouse/dashboards/panel"
)

func renderVariable(v panel.Variable, c Config) dashboard.VariableModel {
	out := dashboard.VariableModel{
		Name: v.Name, Label: &v.Label, Description: &v.Description,
		Hide: new(dashboard.VariableHideDontHide), SkipUrlSync: new(false),
	}

	if v.SQL == "" {
		out.Type = dashboard.VariableTypeTextbox
		out.Query = text(v.Default)
		out.Current = option(v.Default)

		return out
	}

	out.Type = dashboard.VariableTypeQuery
	out.Datasource = new(reference(c.Datasource))
	out.Query = &dashboard.StringOrMap{Map: map[string]any{"refId": v.Name, "queryType": "sql", "rawSql": v.SQL}}
	out.Definition = &v.SQL
	out.Refresh = new(dashboard.VariableRefreshOnDashboardLoad)
	out.Sort = new(dashboard.VariableSortDisabled)
	out.Multi, out.IncludeAll, out.AllowCustomValue = &v.Multi, &v.Multi, &v.Custom

	switch {
	case v.Multi:
		out.Current = &dashboard.VariableOption{
			Selected: new(true),
			Text:     dashboard.StringOrArrayOfString{ArrayOfString: []string{"All"}},
			Value:    dashboard.StringOrArrayOfString{ArrayOfString: []string{"$__all"}},
		}
	case v.Default != "":
		out.Current = option(v.Default)
	}

	return out
}

func text(s string) *dashboard.StringOrMap { return &dashboard.StringOrMap{String: &s} }

func option(value string) *dashboard.VariableOption {
	return &dashboard.VariableOption{
		Selected: new(true),
		Text:     dashboard.StringOrArrayOfString{String: &value},
		Value:    dashboard.StringOrArrayOfString{String: &value},
	}
}

func renderAnnotation(a panel.Annotation, c Config) (dashboard.AnnotationQuery, error) {
	target, err := NewQuery(c.Datasource, a.SQL).RefID("Anno").Build()
	if err != nil {
		return dashboard.AnnotationQuery{}, err
	}

	return dashboard.AnnotationQuery{
		Name: a.Name, Datasource: new(reference(c.Datasource)), Enable: true,
		IconColor: colours[a.Colour], Target: target,
	}, nil
}

// builtInAnnotations are those that people write themselves, and the alerts'.
func builtInAnnotations() dashboard.AnnotationQuery {
	return dashboard.AnnotationQuery{
		Name: "Annotations & Alerts", Enable: true, Hide: new(true), BuiltIn: new(1.0),
		IconColor: colours[panel.Neutral], Type: new("dashboard"),
		Datasource: &common.DataSourceRef{Type: new("grafana"), Uid: new("-- Grafana --")},
	}
}
