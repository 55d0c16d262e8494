package grafana

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/expr"

	"diemhouse/dashboards/panel"
)

const (
	// expressionUID is Grafana's own data source that computes on answers.
	expressionUID = "__expr__"
	// evaluateEvery is how often the rules are looked at.
	evaluateEvery = time.Minute
	// lookBack is the range that Grafana passes with a rule's query. The queries
	// themselves say what they look at.
	lookBack = 10 * time.Minute
)

// The file of alert rules, as Grafana's provisioning reads it. It replaces $NAME by
// the environment, so nothing in it may hold a dollar.
//
//nolint:tagliatelle // the names are Grafana's
type (
	ruleFile struct {
		APIVersion int         `yaml:"apiVersion"`
		Groups     []ruleGroup `yaml:"groups"`
	}

	ruleGroup struct {
		OrgID    int    `yaml:"orgId"`
		Name     string `yaml:"name"`
		Folder   string `yaml:"folder"`
		Interval string `yaml:"interval"`
		Rules    []rule `yaml:"rules"`
	}

	rule struct {
		UID          string            `yaml:"uid"`
		Title        string            `yaml:"title"`
		Condition    string            `yaml:"condition"`
		Data         []ruleQuery       `yaml:"data"`
		NoDataState  string            `yaml:"noDataState"`
		ExecErrState string            `yaml:"execErrState"`
		For          string            `yaml:"for"`
		Annotations  map[string]string `yaml:"annotations"`
		Labels       map[string]string `yaml:"labels"`
		IsPaused     bool              `yaml:"isPaused"`
	}

	ruleQuery struct {
		RefID             string         `yaml:"refId"`
		DatasourceUID     string         `yaml:"datasourceUid"`
		RelativeTimeRange timeRange      `yaml:"relativeTimeRange"`
		Model             map[string]any `yaml:"model"`
	}

	timeRange struct {
		From int `yaml:"from"`
		To   int `yaml:"to"`
	}
)

// rules are the alerts as Grafana's: A asks, B takes the last number, C compares.
func rules(alerts []panel.Alert, datasource, folder, runbooks string) (ruleFile, error) {
	group := ruleGroup{OrgID: 1, Name: Tag, Folder: folder, Interval: seconds(evaluateEvery)}

	for _, a := range alerts {
		data, err := ruleQueries(a, datasource)
		if err != nil {
			return ruleFile{}, fmt.Errorf("alert %s: %w", a.UID, err)
		}

		group.Rules = append(group.Rules, rule{
			UID: a.UID, Title: a.Title, Condition: "C", Data: data,
			NoDataState: string(a.NoData), ExecErrState: "Error", For: seconds(a.For),
			Annotations: map[string]string{
				"summary":          a.Summary,
				"description":      a.Description,
				"runbook_url":      runbooks + "#" + a.Runbook,
				"__dashboardUid__": a.Dashboard,
				"__panelId__":      strconv.Itoa(a.Panel),
			},
			Labels: map[string]string{"app": Tag, "severity": a.Severity},
		})
	}

	return ruleFile{APIVersion: 1, Groups: []ruleGroup{group}}, nil
}

func ruleQueries(a panel.Alert, datasource string) ([]ruleQuery, error) {
	ask, err := NewQuery(datasource, a.SQL).Build()
	if err != nil {
		return nil, err
	}

	expressions := common.DataSourceRef{Type: new(expressionUID), Uid: new(expressionUID)}
	last := expr.TypeReduce{
		Type: "reduce", RefId: new("B"), Expression: "A",
		Reducer: expr.TypeReduceReducerLast, Datasource: &expressions,
	}
	above := expr.TypeThreshold{
		Type: "threshold", RefId: new("C"), Expression: "B", Datasource: &expressions,
		Conditions: []expr.ExprTypeThresholdConditions{{
			Evaluator: expr.ExprTypeThresholdConditionsEvaluator{
				Type: expr.ExprTypeThresholdConditionsEvaluatorTypeGt, Params: []float64{a.Above},
			},
		}},
	}

	var out []ruleQuery

	for _, q := range []struct {
		ref, datasource string
		model           any
	}{{"A", datasource, ask}, {"B", expressionUID, last}, {"C", expressionUID, above}} {
		model, err := asMap(q.model)
		if err != nil {
			return nil, err
		}

		out = append(out, ruleQuery{
			RefID: q.ref, DatasourceUID: q.datasource,
			RelativeTimeRange: timeRange{From: int(lookBack.Seconds())}, Model: model,
		})
	}

	return out, nil
}

func asMap(v any) (map[string]any, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("write a query as JSON: %w", err)
	}

	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, fmt.Errorf("read a query back: %w", err)
	}

	return m, nil
}

func seconds(d time.Duration) string { return strconv.Itoa(int(d.Seconds())) + "s" }
