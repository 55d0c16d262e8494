package board

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"diemhouse/dashboards/panel"
	"diemhouse/internal/macros"
)

// How many points a chart over time has at most: bars must be wide enough to tell
// apart. It is the same for every screen, so that all viewers share one query.
const (
	points    = 400
	barPoints = 120
)

// trendPoints is the same for the small line beside a figure.
const trendPoints = 60

// trendHolds is how long a trend is kept: it is of hours and days.
const trendHolds = time.Minute

// selection is what a viewer has chosen on a dashboard.
type selection struct {
	dashboard *panel.Dashboard
	from, to  string
	variables map[string][]string
}

// key is the same for selections that want the same answers.
func (s selection) key() string {
	q := url.Values{"from": {s.from}, "to": {s.to}}
	for name, values := range s.variables {
		q["var-"+name] = slices.Sorted(slices.Values(values))
	}

	return s.dashboard.UID + "?" + q.Encode()
}

// select reads a selection of the dashboard from a link's parameters.
func (b *Board) selectFrom(d *panel.Dashboard, q url.Values) (selection, error) {
	variables, err := parseVariables(d.Variables, q)
	if err != nil {
		return selection{}, refuse(http.StatusBadRequest, "%v", err)
	}

	s := selection{dashboard: d, from: or(q.Get("from"), d.From), to: or(q.Get("to"), "now"), variables: variables}

	// Whether it is a range at all does not depend on the moment.
	if _, err := b.rangeOf(s, Moment{Now: time.Now()}); err != nil {
		return selection{}, err
	}

	return s, nil
}

func (b *Board) rangeOf(s selection, m Moment) (Range, error) {
	r, err := ParseRange(s.from, s.to, s.dashboard.From, m.Now, b.config.Limits.Span)
	if err != nil {
		return r, refuse(http.StatusBadRequest, "%v", err)
	}

	return r, nil
}

// PanelData is what a panel shows at a moment.
type PanelData struct {
	// ID is the panel's.
	ID int `json:"id"`
	// Interval is the width of a point of a chart in seconds.
	Interval int64 `json:"interval"`
	// Columns are those of the query, in its order.
	Columns []Column `json:"columns"`
	// Exact is the first number in wei, where the panel's definition names its figure.
	Exact string `json:"exact,omitempty"`
	// Trend is time and the figure's value, where the panel has one.
	Trend []Column `json:"trend,omitempty"`
	// Truncated says that there were more rows than are given.
	Truncated bool `json:"truncated,omitempty"`
	// Error says why there are no columns.
	Error string `json:"error,omitempty"`
}

// data runs the panel's query, or takes the answer that the moment has already.
func (b *Board) data(ctx context.Context, m Moment, s selection, p *panel.Panel) (PanelData, Range, error) {
	out := PanelData{ID: p.ID, Columns: []Column{}}

	r, err := b.rangeOf(s, m)
	if err != nil {
		return out, r, err
	}

	least, err := parseWidth(p.Query.MinInterval)
	if err != nil {
		return out, r, fmt.Errorf("panel %d: %w", p.ID, err)
	}

	most := points
	if p.Kind == panel.Bars {
		most = barPoints
	}

	interval := r.Interval(most, least)
	if p.Kind.OverTime() {
		r = r.Aligned(interval)
	}

	out.Interval = int64(interval / time.Second)

	a, err := b.ask(ctx, m.Seq, fresh, p.Query.SQL, s, r, interval)
	if err != nil {
		return out, r, fmt.Errorf("dashboard %s, panel %d: %w", s.dashboard.UID, p.ID, err)
	}

	out.Columns, out.Truncated = a.Columns, a.Truncated

	if out.Exact, err = b.exact(ctx, m, p); err != nil {
		return out, r, fmt.Errorf("dashboard %s, exact figure of panel %d: %w", s.dashboard.UID, p.ID, err)
	}

	if out.Trend, err = b.trend(ctx, s, r, p); err != nil {
		return out, r, fmt.Errorf("dashboard %s, trend of panel %d: %w", s.dashboard.UID, p.ID, err)
	}

	return out, r, nil
}

// exact is the panel's figure in wei. One query gives those of all panels.
func (b *Board) exact(ctx context.Context, m Moment, p *panel.Panel) (string, error) {
	if p.Exact == "" {
		return "", nil
	}

	a, err := b.ask(ctx, m.Seq, fresh, figuresSQL, selection{}, Range{}, time.Second)
	if err != nil {
		return "", err
	}

	wei, _ := firstRow(a)[p.Exact+"_wei"].(string) // not known: no text

	return wei, nil
}

// trend is the panel's past, whole points of an hour or more.
func (b *Board) trend(ctx context.Context, s selection, r Range, p *panel.Panel) ([]Column, error) {
	if p.Query.Trend == "" {
		return nil, nil
	}

	width := r.Interval(trendPoints, time.Hour)
	r = r.Aligned(width)
	r.To = r.To.Truncate(trendHolds)

	a, err := b.ask(ctx, 0, trendHolds, p.Query.Trend, s, r, width)
	if err != nil {
		return nil, err
	}

	return a.Columns, nil
}

// ask expands the macros and gives the answer, from the cache where it has one.
func (b *Board) ask(ctx context.Context, moment uint64, holds time.Duration, sql string, s selection, r Range, interval time.Duration) (*answer, error) {
	expanded, err := macros.Expand(sql, macros.Context{From: r.From, To: r.To, Interval: interval, Variables: s.variables})
	if err != nil {
		return nil, fmt.Errorf("expand the query: %w", err)
	}

	return b.cache.get(ctx, expanded, moment, holds, func() (*answer, error) {
		return b.warehouse.query(b.running, forPanel, expanded)
	})
}

// panelOf finds a panel by the number in a path.
func panelOf(d *panel.Dashboard, id string) (*panel.Panel, error) {
	n, err := strconv.Atoi(id)
	if err == nil {
		for i := range d.Rows {
			for j := range d.Rows[i].Panels {
				if d.Rows[i].Panels[j].ID == n {
					return &d.Rows[i].Panels[j], nil
				}
			}
		}
	}

	return nil, refuse(http.StatusNotFound, "dashboard %s has no panel %s", d.UID, id)
}
