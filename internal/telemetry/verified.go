package telemetry

import (
	"github.com/prometheus/client_golang/prometheus"

	"diemhouse/pkg/follow"
	"diemhouse/pkg/store"
)

var _ follow.VerifierObserver = (*Metrics)(nil)

// verifierMetrics tell how far the warehouse is proved.
type verifierMetrics struct {
	block  prometheus.Gauge
	mended *prometheus.CounterVec
	failed prometheus.Counter
}

func newVerifierMetrics() verifierMetrics {
	return verifierMetrics{
		block: prometheus.NewGauge(prometheus.GaugeOpts{
			Namespace: namespace, Name: "verified_block", Help: "Block up to which the verifier has proved the logs complete.",
		}),
		mended: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: namespace, Name: "mended_logs_total", Help: "Logs that were found wrong behind the head and mended, by what was wrong (missing, extra, changed).",
		}, []string{"what"}),
		failed: prometheus.NewCounter(prometheus.CounterOpts{
			Namespace: namespace, Name: "verifier_errors_total", Help: "Ranges that could not be proved and were tried again.",
		}),
	}
}

func (m verifierMetrics) collectors() []prometheus.Collector {
	return []prometheus.Collector{m.block, m.mended, m.failed}
}

// Verified implements follow.VerifierObserver.
func (m *Metrics) Verified(block uint64, mended store.Replaced) {
	m.verifier.block.Set(float64(block))
	m.Mended(mended)
	m.log.Debug().Uint64("verified_block", block).Msg("logs proved complete")
}

// Mended implements follow.Observer.
func (m *Metrics) Mended(found store.Replaced) {
	m.verifier.mended.WithLabelValues("missing").Add(float64(len(found.Missing)))
	m.verifier.mended.WithLabelValues("extra").Add(float64(len(found.Extra)))
	m.verifier.mended.WithLabelValues("changed").Add(float64(len(found.Changed)))

	if found.Len() > 0 {
		m.log.Error().Stringer("logs", &found).Msg("an endpoint had given wrong logs; they were proved and mended")
	}
}

// Unverified implements follow.VerifierObserver.
func (m *Metrics) Unverified(err error) {
	m.verifier.failed.Inc()
	m.log.Warn().Err(err).Msg("logs could not be proved; it is tried again")
}
