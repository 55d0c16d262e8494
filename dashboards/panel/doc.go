// Package panel is what a dashboard is, without anything that draws it: figures,
// their queries, units and places. Grafana's JSON and the board are drawn from the
// same values.
//
// # Rows
//
// A panel's query is one SELECT with the macros and variables of package macros. What
// it gives depends on the panel's [Kind]:
//
//   - [Stat]: one row; each column is a number of the panel's or its field's unit,
//     null where nothing is known. No row, or nothing but nulls, is shown as
//     [Panel.NoValue].
//   - [Gauge]: as Stat with one column, drawn between Min and Max.
//   - [Lines] and [Bars]: the first column is time, a DateTime of UTC that rises; the
//     others are numbers, one series a column, null where there is none. Bars are
//     stacked, negative ones downwards, but for fields with [Field.Line].
//   - [Categories]: the first column is text, each further one a number: a group of
//     bars a row.
//   - [Table]: any columns, shown in their order. Times are DateTime or DateTime64 of
//     UTC; addresses and hashes are 0x text; exact wei are decimal text. Numbers that
//     are no wei are 64 bits or narrower.
//   - [Curve]: the first column is a number that rises, the others are numbers over it.
//     A field with [Field.Points] is null almost everywhere and shows as points.
//
// Numbers of tokens are scaled to tokens (wei / 1e18) as Float64 for drawing. Where
// exactness is shown, the column is the text of a whole number of wei.
package panel
