package board

import (
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are the board's own figures.
type metrics struct {
	registry prometheus.Registerer // nil: nobody asks
	queries  *prometheus.HistogramVec
	viewers  prometheus.GaugeFunc
	views    prometheus.GaugeFunc
}

func newMetrics(b *Board) (*metrics, error) {
	m := &metrics{
		registry: b.config.Metrics,
		queries: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "diemhouse_board_query_seconds", Help: "How long the board's queries took, by purpose (panel, moment) and outcome.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20},
		}, []string{"purpose", "outcome"}),
		viewers: prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "diemhouse_board_viewers", Help: "Pages that are open.",
		}, func() float64 { viewers, _ := b.hub.counts(); return float64(viewers) }),
		views: prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "diemhouse_board_views", Help: "Different ones among the open pages: what the warehouse is asked for.",
		}, func() float64 { _, views := b.hub.counts(); return float64(views) }),
	}

	if m.registry == nil {
		return m, nil
	}

	for _, c := range m.all() {
		if err := m.registry.Register(c); err != nil {
			m.unregister()

			return nil, fmt.Errorf("register the board's metrics: %w", err)
		}
	}

	return m, nil
}

func (m *metrics) all() []prometheus.Collector {
	return []prometheus.Collector{m.queries, m.viewers, m.views}
}

// unregister lets another board take the names.
func (m *metrics) unregister() {
	if m.registry != nil {
		for _, c := range m.all() {
			m.registry.Unregister(c)
		}
	}
}

func (m *metrics) query(purpose string, took time.Duration, err error) {
	outcome := "ok"
	if err != nil {
		outcome = "failed"
	}

	m.queries.WithLabelValues(purpose, outcome).Observe(took.Seconds())
}
