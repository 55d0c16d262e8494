package telemetry

import (
	"github.com/prometheus/client_golang/prometheus"

	"diemhouse/pkg/audit"
)

// auditMetrics tell how the last comparison with the contracts went.
type auditMetrics struct {
	block, differing prometheus.Gauge
	audits           *prometheus.CounterVec
}

func newAuditMetrics() auditMetrics {
	return auditMetrics{
		block: prometheus.NewGauge(prometheus.GaugeOpts{
			Namespace: namespace, Name: "audit_block", Help: "Block of the last audit.",
		}),
		differing: prometheus.NewGauge(prometheus.GaugeOpts{
			Namespace: namespace, Name: "audit_differences", Help: "Figures that differed from the contracts' in the last audit.",
		}),
		audits: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: namespace, Name: "audits_total", Help: "Audits by result (passed, differed, not_possible).",
		}, []string{"result"}),
	}
}

func (m auditMetrics) collectors() []prometheus.Collector {
	return []prometheus.Collector{m.block, m.differing, m.audits}
}

// Audited takes note of an audit, and logs each figure that differs.
func (m *Metrics) Audited(r audit.Report) {
	failed := r.Failed()

	m.audit.block.Set(float64(r.Block))
	m.audit.differing.Set(float64(len(failed)))

	if r.Passed() {
		m.audit.audits.WithLabelValues("passed").Inc()
		m.log.Info().Uint64("block", r.Block).Int("figures", len(r.Checks)-len(r.Unknown())).
			Msg("audited: no figure differs from the contracts'")

		return
	}

	m.audit.audits.WithLabelValues("differed").Inc()

	for _, c := range failed {
		m.log.Error().Uint64("block", r.Block).Stringer("figure", c).
			Msg("a figure differs from the contract's: do not act on it; indexer audit --repair mends it")
	}
}

// NotAudited takes note of an audit that could not be made.
func (m *Metrics) NotAudited() { m.audit.audits.WithLabelValues("not_possible").Inc() }
