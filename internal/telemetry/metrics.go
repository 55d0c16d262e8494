// Package telemetry is what a program tells of itself: Prometheus metrics, log
// lines and the health endpoints. It is the only place where the loops' and the
// endpoints' observers turn into either.
package telemetry

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/rs/zerolog"

	"diemhouse/pkg/chain"
	"diemhouse/pkg/follow"
)

// namespace starts the name of every metric.
const namespace = "diemhouse"

// Metrics counts what the loops and the endpoints do, and logs what an operator
// should read.
type Metrics struct {
	Registry *prometheus.Registry

	log zerolog.Logger

	headBlock      *prometheus.GaugeVec
	cursorBlock    prometheus.Gauge
	cursorTime     prometheus.Gauge
	historyLeft    prometheus.Gauge
	events         *prometheus.CounterVec
	unknown        prometheus.Counter
	reorgs         prometheus.Counter
	reorgDepth     prometheus.Histogram
	stumbles       prometheus.Counter
	samples        *prometheus.CounterVec
	requests       *prometheus.CounterVec
	requestSeconds *prometheus.HistogramVec

	audit    auditMetrics
	verifier verifierMetrics

	head, cursor, looked, left atomic.Uint64

	leftKnown atomic.Bool
	quiet     quiet
}

var _ follow.Observer = (*Metrics)(nil)

// NewMetrics registers everything; log hears what an operator should read.
func NewMetrics(log zerolog.Logger) *Metrics {
	name := func(n string) prometheus.Opts { return prometheus.Opts{Namespace: namespace, Name: n} }
	gauge := func(n, help string) prometheus.Gauge {
		o := name(n)
		o.Help = help

		return prometheus.NewGauge(prometheus.GaugeOpts(o))
	}
	counter := func(n, help string, labels ...string) *prometheus.CounterVec {
		o := name(n)
		o.Help = help

		return prometheus.NewCounterVec(prometheus.CounterOpts(o), labels)
	}

	m := &Metrics{
		Registry: prometheus.NewRegistry(),
		log:      log,
		audit:    newAuditMetrics(),
		verifier: newVerifierMetrics(),
		headBlock: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Namespace: namespace, Name: "chain_block", Help: "Newest block the endpoint names, by tag (head, safe, finalized).",
		}, []string{"tag"}),
		cursorBlock: gauge("cursor_block", "Newest block whose events are in the warehouse."),
		cursorTime:  gauge("cursor_timestamp_seconds", "Time of that block, unix seconds."),
		historyLeft: gauge("history_blocks_left", "Blocks of history still to fill in this run."),
		events:      counter("events_total", "Events written, by loop (history, head). A rewritten event counts again.", "loop"),
		unknown:     counter("unknown_logs_total", "Logs of the watched contracts that nothing decodes; they are kept raw.").WithLabelValues(),
		reorgs:      counter("reorgs_total", "Reorgs undone.").WithLabelValues(),
		reorgDepth: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: namespace, Name: "reorg_depth_blocks", Help: "Blocks that a reorg abandoned.",
			Buckets: []float64{1, 2, 4, 8, 16, 32, 64, 128, 256, 512},
		}),
		stumbles: counter("follow_errors_total", "Steps of following head and history, and of reading blocks again, that failed and were tried again.").WithLabelValues(),
		samples:  counter("parameter_samples_total", "Reads of the contracts' parameters, by result (same, changed, failed).", "result"),
		requests: counter("rpc_requests_total", "Requests by endpoint, method and outcome (ok or the kind of refusal).",
			"endpoint", "method", "outcome"),
		requestSeconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: namespace, Name: "rpc_request_seconds", Help: "Time from sending a request to its whole answer.",
			Buckets: prometheus.ExponentialBuckets(0.001, 2.5, 12),
		}, []string{"endpoint", "method"}),
	}

	m.Registry.MustRegister(collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		m.headBlock, m.cursorBlock, m.cursorTime, m.historyLeft, m.events, m.unknown, m.reorgs, m.reorgDepth,
		m.stumbles, m.samples, m.requests, m.requestSeconds)
	m.Registry.MustRegister(append(m.audit.collectors(), m.verifier.collectors()...)...)

	return m
}

// Outcome is ok or the kind of refusal, in a word fit for a label.
func Outcome(r chain.Request) string {
	if r.Refusal != nil {
		return r.Refusal.Kind.String()
	}

	return "ok"
}

// Request counts one finished RPC request; it is chain.Config.Observe.
func (m *Metrics) Request(r chain.Request) {
	if r.Refusal != nil {
		m.log.Debug().Str("endpoint", r.Endpoint).Str("method", r.Method).Err(r.Refusal).Msg("endpoint refused")
	}

	m.requests.WithLabelValues(r.Endpoint, r.Method, Outcome(r)).Inc()
	m.requestSeconds.WithLabelValues(r.Endpoint, r.Method).Observe(r.Took.Seconds())
}

// Filled implements follow.Observer.
func (m *Metrics) Filled(blocks, left uint64, events, unknown int) {
	m.left.Store(left)
	m.leftKnown.Store(true)
	m.historyLeft.Set(float64(left))
	m.events.WithLabelValues("history").Add(float64(events))
	m.countUnknown(unknown)
	m.log.Debug().Uint64("blocks", blocks).Uint64("left", left).Int("events", events).Msg("history filled")
}

// Advanced implements follow.Observer.
func (m *Metrics) Advanced(block, blockTime uint64, events, unknown int) {
	m.cursor.Store(block)
	m.cursorBlock.Set(float64(block))
	m.cursorTime.Set(float64(blockTime))
	m.events.WithLabelValues("head").Add(float64(events))
	m.countUnknown(unknown)
	m.log.Debug().Uint64("block", block).Int("events", events).Msg("head advanced")
}

// Reorganized implements follow.Observer.
func (m *Metrics) Reorganized(ancestor, depth uint64) {
	m.reorgs.Inc()
	m.reorgDepth.Observe(float64(depth))
	m.cursor.Store(ancestor)
	m.log.Info().Uint64("ancestor", ancestor).Uint64("depth", depth).Msg("reorg undone")
}

// Saw implements follow.Observer.
func (m *Metrics) Saw(h chain.Heads, newest uint64) {
	m.cursor.Store(newest)
	m.cursorBlock.Set(float64(newest))
	m.looked.Store(uint64(time.Now().Unix()))
	m.head.Store(h.Head.Number.Uint64())
	m.headBlock.WithLabelValues("head").Set(float64(h.Head.Number.Uint64()))

	if h.Safe != nil {
		m.headBlock.WithLabelValues("safe").Set(float64(h.Safe.Number.Uint64()))
	}

	if h.Finalized != nil {
		m.headBlock.WithLabelValues("finalized").Set(float64(h.Finalized.Number.Uint64()))
	}
}

// Sampled implements follow.Observer.
func (m *Metrics) Sampled(block uint64, changed int, err error) {
	switch {
	case err != nil:
		m.samples.WithLabelValues("failed").Inc()
		m.log.Warn().Err(err).Msg("the contracts' parameters could not be read; what no event tells stays unknown until they can")
	case changed > 0:
		m.samples.WithLabelValues("changed").Inc()
		m.log.Info().Uint64("block", block).Int("changed", changed).Msg("parameters learned by reading the contracts")
	default:
		m.samples.WithLabelValues("same").Inc()
	}
}

// Stumbled implements follow.Observer.
func (m *Metrics) Stumbled(err error) {
	m.stumbles.Inc()

	level := zerolog.DebugLevel
	if m.quiet.speak(err.Error(), time.Now()) {
		level = zerolog.WarnLevel
	}

	m.log.WithLevel(level).Err(err).Msg("a step failed for now; trying again")
}

// NoHistory says that this process fills none, so that readiness does not wait for it.
func (m *Metrics) NoHistory() { m.leftKnown.Store(true) }

// Limits of readiness: past them the figures are old.
const (
	staleAfter = time.Minute
	farBehind  = 30 // blocks, a minute of Base
)

// Ready says why the figures are not to be believed yet, nil when they are: the head
// was looked at lately, the warehouse is near it, and history is complete.
func (m *Metrics) Ready(context.Context) error {
	looked := m.looked.Load()
	if looked == 0 {
		return errors.New("starting: the chain's head has not been seen yet")
	}

	if ago := time.Since(time.Unix(int64(looked), 0)); ago > staleAfter {
		return fmt.Errorf("the chain's head was last seen %s ago", ago.Round(time.Second))
	}

	if head, cursor := m.head.Load(), m.cursor.Load(); head > cursor+farBehind {
		return fmt.Errorf("%d blocks behind the head", head-cursor)
	}

	if !m.leftKnown.Load() {
		return errors.New("starting: what history is missing is not known yet")
	}

	if left := m.left.Load(); left > 0 {
		return fmt.Errorf("history is not complete: %d blocks are left", left)
	}

	return nil
}

func (m *Metrics) countUnknown(n int) {
	if n == 0 {
		return
	}

	m.unknown.Add(float64(n))
	m.log.Warn().Int("logs", n).Msg("logs that nothing decodes were kept raw; see the view unknown_logs, and --abi to decode them")
}
