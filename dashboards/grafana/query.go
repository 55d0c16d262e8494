// Package grafana draws the dashboards of package panel as Grafana's JSON, and the
// alerts as its provisioning files. It brings the typed query of the ClickHouse
// data source that the Foundation SDK does not have.
package grafana

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/cog/variants"
	"github.com/grafana/grafana-foundation-sdk/go/common"
)

// PluginID is the data source's plugin.
const PluginID = "grafana-clickhouse-datasource"

// PluginVersion is the version of the plugin that the queries are written for. The
// editor takes a query that names none for one of the third version and rewrites it.
const PluginVersion = "4.20.0"

// Format is the shape that the plugin's backend gives the answer.
type Format int

// The formats, by the plugin's numbers.
const (
	// FormatTimeSeries wants a time column and makes series of the others.
	FormatTimeSeries Format = 0
	// FormatTable takes the rows as they are.
	FormatTable Format = 1
)

// Query is one query of the ClickHouse data source, written in SQL.
//
//nolint:tagliatelle // the names are the plugin's
type Query struct {
	// RefID names the query within its panel.
	RefID string `json:"refId"`
	// Hide keeps the answer out of the panel.
	Hide *bool `json:"hide,omitempty"`
	// Datasource is the provisioned one, by uid.
	Datasource common.DataSourceRef `json:"datasource"`
	// PluginVersion is that of the plugin which the query was written for.
	PluginVersion string `json:"pluginVersion"`
	// EditorType is sql: the other editor builds the query itself.
	EditorType string `json:"editorType"`
	// RawSQL may hold variables and macros.
	RawSQL string `json:"rawSql"`
	// QueryType is table or timeseries, for the editor.
	QueryType string `json:"queryType"`
	// Format is the same for the backend.
	Format Format `json:"format"`
}

var (
	_                                     variants.Dataquery              = Query{}
	_                                     cog.Builder[variants.Dataquery] = (*QueryBuilder)(nil)
	errNoSQL, errNoRefID, errNoDatasource                                 = errors.New("query without SQL"),
		errors.New("query without refId"), errors.New("query without the uid of a data source")
)

// ImplementsDataqueryVariant makes it a query to the SDK.
func (Query) ImplementsDataqueryVariant() {}

// DataqueryType is the plugin's id.
func (Query) DataqueryType() string { return PluginID }

// Equals compares by what is written to JSON.
func (q Query) Equals(other variants.Dataquery) bool {
	a, errA := json.Marshal(q)
	b, errB := json.Marshal(other)

	return errA == nil && errB == nil && bytes.Equal(a, b)
}

// Validate wants a name, SQL and a data source.
func (q Query) Validate() error {
	var errs []error

	if q.RefID == "" {
		errs = append(errs, errNoRefID)
	}

	if q.RawSQL == "" {
		errs = append(errs, errNoSQL)
	}

	if q.Datasource.Uid == nil || *q.Datasource.Uid == "" {
		errs = append(errs, errNoDatasource)
	}

	return errors.Join(errs...)
}

// Register teaches the SDK's runtime to read the query back from JSON.
func Register(runtime *cog.Runtime) {
	runtime.RegisterDataqueryVariant(variants.DataqueryConfig{
		Identifier:                 PluginID,
		DataqueryUnmarshaler:       func(raw []byte) (variants.Dataquery, error) { return unmarshal(raw, false) },
		StrictDataqueryUnmarshaler: func(raw []byte) (variants.Dataquery, error) { return unmarshal(raw, true) },
	})
}

func unmarshal(raw []byte, strict bool) (variants.Dataquery, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if strict {
		decoder.DisallowUnknownFields()
	}

	var q Query
	if err := decoder.Decode(&q); err != nil {
		return nil, fmt.Errorf("read a ClickHouse query: %w", err)
	}

	return q, nil
}

// QueryBuilder builds a Query in the SDK's manner.
type QueryBuilder struct{ query Query }

// NewQuery begins a query in SQL of a provisioned data source. It is a table until
// TimeSeries is called.
func NewQuery(datasource, sql string) *QueryBuilder {
	return &QueryBuilder{Query{
		RefID: "A", Datasource: reference(datasource), PluginVersion: PluginVersion, EditorType: "sql",
		RawSQL: sql, QueryType: "table", Format: FormatTable,
	}}
}

// RefID names the query; A is the default.
func (b *QueryBuilder) RefID(name string) *QueryBuilder {
	b.query.RefID = name

	return b
}

// TimeSeries makes series of the columns beside time.
func (b *QueryBuilder) TimeSeries() *QueryBuilder {
	b.query.QueryType, b.query.Format = "timeseries", FormatTimeSeries

	return b
}

// Build gives the query, or says what it lacks.
func (b *QueryBuilder) Build() (variants.Dataquery, error) {
	if err := b.query.Validate(); err != nil {
		return nil, err
	}

	return b.query, nil
}

func reference(uid string) common.DataSourceRef {
	plugin := PluginID

	return common.DataSourceRef{Type: &plugin, Uid: &uid}
}
