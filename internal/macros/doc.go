// Package macros turns the SQL of a panel into the SQL that ClickHouse gets, as
// Grafana and its ClickHouse data source do: first what the browser replaces
// (variables, $__conditionalAll), then what the plugin's backend replaces
// ($__timeFilter and its like).
//
// It exists so that a panel's query can run where no Grafana is: in the tests and
// on the board. It follows version 4.20 of the plugin. Left out are the plugin's
// statement macros ($__columns, $__rateColumns, $__perSecondColumns,
// $__increaseColumns, $__lttb) and ad-hoc filters, which no panel uses: they stay
// in the text, as every unknown macro does.
package macros
