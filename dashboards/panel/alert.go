package panel

import "time"

// Alert is a condition that somebody should be told of.
type Alert struct {
	// UID is its stable identity.
	UID string
	// Title says what is wrong.
	Title string
	// Summary is the message. It may use {{ .Values.B }}, the figure as text,
	// and {{ .Values.B.Value }}, the number.
	Summary string
	// Runbook is the anchor of its paragraph in docs/OPERATIONS.md.
	Runbook string
	// Description is that paragraph: what it means and what to do.
	Description string
	// Severity is critical (the figures are not to be trusted), warning (they soon
	// will not be) or notice (Venice itself did something).
	Severity string
	// SQL gives one row with one number.
	SQL string
	// Above fires when the number is greater.
	Above float64
	// For is how long it must be so.
	For time.Duration
	// NoData is what no rows mean.
	NoData NoData
	// Dashboard and Panel are where to look first.
	Dashboard string
	Panel     int
}

// NoData is what it means that an alert's query gives no row.
type NoData string

const (
	// NoDataFires treats silence as the failure itself.
	NoDataFires NoData = "Alerting"
	// NoDataOK treats silence as health: there is nothing to say.
	NoDataOK NoData = "OK"
)
