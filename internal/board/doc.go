// Package board shows the dashboards without Grafana: the same panels, queries and
// annotations, drawn by a page that this program serves itself, with a JSON API
// beside it.
//
// A request names a dashboard, a panel and a time range, never SQL. Each query runs
// once for everybody who looks: answers are kept until a new block comes, and open
// pages are fed by one stream (server-sent events) for each view that somebody has
// open, however many have the same one.
package board
