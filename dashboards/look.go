package dashboards

import "diemhouse/dashboards/panel"

// What repeats from panel to panel.

// nothingYet is what a figure says while the warehouse is empty.
const nothingYet = "No data yet"

// The narrowest points of charts: hours come from the hourly rollup.
const (
	hourly   = "1h"
	minutely = "1m"
)

// figure is a single large number.
func figure(id int, title, description string, unit panel.Unit, sql string) panel.Panel {
	return panel.Panel{
		ID: id, Title: title, Description: description, Kind: panel.Stat, W: 4, H: 4,
		Unit: unit, NoValue: nothingYet, Query: panel.Query{SQL: sql},
	}
}

// known is a figure of supply_now: exact to the wei, with its past beside it.
func known(p panel.Panel, figure string) panel.Panel {
	p.Exact = figure

	return past(p, figure)
}

// past shows beside a figure how an expression of figures_hourly came to be it. Of
// supply_hourly it would be the same, and dearer to plan.
func past(p panel.Panel, expression string) panel.Panel {
	return trend(p, expression, "figures_hourly")
}

// trend shows beside a figure how an expression of a view of the hours came to be it.
func trend(p panel.Panel, expression, view string) panel.Panel {
	p.Query.Trend = `SELECT $__timeInterval(hour) AS time, argMax(` + expression + `, hour) AS value
FROM ` + view + ` WHERE $__timeFilter(hour) GROUP BY time ORDER BY time`

	return p
}

// series is a chart over time of half the width.
func series(id int, title, description string, kind panel.Kind, unit panel.Unit, sql string, fields ...panel.Field) panel.Panel {
	return panel.Panel{
		ID: id, Title: title, Description: description, Kind: kind, W: 12, H: 9,
		Unit: unit, NoValue: "Nothing in this time range", Fields: fields,
		Query: panel.Query{SQL: sql, MinInterval: hourly},
	}
}

// table is rows, over the whole width.
func table(id int, title, description, none, sql string, fields ...panel.Field) panel.Panel {
	return panel.Panel{
		ID: id, Title: title, Description: description, Kind: panel.Table, W: panel.Columns, H: 9,
		Unit: panel.Plaintext, NoValue: none, Query: panel.Query{SQL: sql}, Fields: fields,
	}
}

// size gives a panel another width and height.
func size(p panel.Panel, w, h int) panel.Panel {
	p.W, p.H = w, h

	return p
}

// levels colours a figure: plain below the first bound.
func levels(p panel.Panel, base panel.Level, steps ...panel.Threshold) panel.Panel {
	p.Thresholds = append([]panel.Threshold{{Level: base}}, steps...)

	return p
}

// accountColumn is the wallet that a row is about.
const accountColumn = "account"

// ageLevels colour how long ago the newest block was.
var ageLevels = []panel.Threshold{{Level: panel.Good}, {From: 30, Level: panel.Warn}, {From: 120, Level: panel.Bad}}

// Columns that many tables share.
var (
	timeField     = panel.Field{Column: "block_time", Title: "Time", Unit: panel.Time, Width: 160}
	blockField    = panel.Field{Column: "block_number", Title: "Block", Unit: panel.Number, Link: panel.ToBlock, Width: 100}
	accountField  = panel.Field{Column: accountColumn, Title: "Wallet", Link: panel.ToWallet, Width: 170}
	releasesField = panel.Field{Column: "releases_at", Title: "can be taken from", Unit: panel.Time, Width: 160}
	releasedField = panel.Field{Column: "released", Title: "State", Unit: panel.Number, Width: 80, Texts: []panel.Text{
		{Value: "0", Text: "cooling", Level: panel.Warn}, {Value: "1", Text: "ready", Level: panel.Good},
	}}
	counterpartyField = panel.Field{Column: "counterparty", Title: "Other side", Link: panel.ToWallet, Width: 170}
	vvvField          = panel.Field{Column: "vvv", Title: "VVV or sVVV", Unit: panel.VVV, Width: 140}
	diemField         = panel.Field{Column: "diem", Title: "DIEM", Unit: panel.DIEM, Width: 130}
	mintField         = panel.Field{Column: "what", Title: "What", Width: 80, Texts: []panel.Text{
		{Value: "mint", Text: "mint", Level: panel.Good}, {Value: "burn", Text: "burn", Level: panel.Bad},
	}}
	txField = panel.Field{Column: "tx_hash", Title: "Transaction", Link: panel.ToTransaction, Width: 170}
)

// stakeTexts colour the steps of a stake.
var stakeTexts = []panel.Text{
	{Value: "staked", Text: "staked", Level: panel.Good},
	{Value: "unstaking", Text: "unstaking", Level: panel.Bad},
	{Value: "taken out", Text: "taken out", Level: panel.Warn},
}
