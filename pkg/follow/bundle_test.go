package follow_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"diemhouse/internal/devnet"
	"diemhouse/internal/testenv"
	"diemhouse/pkg/chain"
	"diemhouse/pkg/contract"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/follow"
	"diemhouse/pkg/store"
	"diemhouse/pkg/venice"
)

const (
	// patience bounds what a test waits for; nothing is measured by it.
	patience = time.Minute
	poll     = 5 * time.Millisecond
	// finalizedLag is how many blocks the finalized one is behind the head.
	finalizedLag = 12
)

// bundle is a chain, a warehouse and what lies between.
type bundle struct {
	net     *devnet.Devnet
	store   *store.Store
	pool    *chain.Pool
	decoder *decode.Decoder
	filter  chain.FilterSet
	heard   *listener
}

// setup makes a chain that stands still, with the whole story in a minute of
// history, and an empty warehouse.
func setup(t *testing.T, cfg devnet.Config) *bundle {
	t.Helper()

	if cfg.Seed == 0 {
		cfg.Seed = 7
	}

	cfg.FinalizedLag, cfg.SafeLag, cfg.AdminPort = finalizedLag, 4, -1
	if cfg.Actors == 0 {
		cfg.Actors = 30
	}

	net, err := devnet.Start(context.WithoutCancel(t.Context()), cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, net.Close()) })

	b := &bundle{net: net, store: testenv.Open(t), heard: &listener{}}
	require.NoError(t, b.store.Bind(t.Context(), venice.Base()))
	b.read(t, net.HTTPURL())

	d := venice.Base()

	b.filter, err = chain.NewFilterSet(chain.FilterCore, chain.Contracts{VVV: d.VVV, Staking: d.Staking, DIEM: d.DIEM, Airdrop: d.Airdrop})
	require.NoError(t, err)
	b.decoder, err = decode.New(decode.Config{Deployment: d})
	require.NoError(t, err)

	return b
}

// read makes the bundle read the chain from the endpoints.
func (b *bundle) read(t *testing.T, urls ...string) {
	t.Helper()

	pool, err := chain.NewPool(chain.Config{URLs: urls, PollInterval: 20 * time.Millisecond, Rounds: 2})
	require.NoError(t, err)
	t.Cleanup(pool.Close)

	b.pool = pool
}

// daemon is a new one on the bundle's warehouse, as after a restart.
func (b *bundle) daemon() *follow.Daemon {
	history := &follow.History{
		Source: b.pool, Decoder: b.decoder, Warehouse: b.store, Filter: b.filter, Observer: b.heard,
	}

	return &follow.Daemon{
		Head: &follow.Head{
			Source: b.pool, Decoder: b.decoder, Warehouse: b.store, Filter: b.filter, History: history, Batch: 8, Observer: b.heard,
		},
		History: history,
		Parameters: &follow.Parameters{
			Reader: contract.New(venice.Base(), b.pool), Warehouse: b.store,
		},
		SampleEvery: time.Hour, Observer: b.heard,
	}
}

// running is a daemon at work.
type running struct {
	stop func() error
	done chan struct{}
	err  error
}

// run starts a daemon. It is stopped at the end of the test at the latest.
func (b *bundle) run(t *testing.T, d *follow.Daemon) *running {
	t.Helper()

	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	r := &running{done: make(chan struct{})}

	go func() {
		defer close(r.done)

		r.err = d.Run(ctx)
	}()

	r.stop = func() error {
		cancel()
		<-r.done

		return r.err
	}

	t.Cleanup(func() { _ = r.stop() })

	return r
}

// caughtUp waits until the warehouse holds the chain's head and all before it.
func (b *bundle) caughtUp(t *testing.T, r *running) {
	t.Helper()

	require.Eventually(t, func() bool {
		select {
		case <-r.done:
			t.Errorf("the daemon ended: %v", r.err)

			return true
		default:
		}

		head := b.net.Head()

		hash, ok, err := b.store.BlockHash(t.Context(), head.Number.Uint64())
		if err != nil || !ok || hash != head.Hash() {
			return false
		}

		gaps, err := b.store.Gaps(t.Context(), b.filter.Name(), 0, head.Number.Uint64())
		require.NoError(t, err)

		cursor, _, err := b.store.Cursor(t.Context())
		require.NoError(t, err)

		return len(gaps) == 0 && cursor == head.Number.Uint64()
	}, patience, poll)

	if t.Failed() {
		t.FailNow()
	}
}

// stopped ends a daemon that should be well.
func stopped(t *testing.T, r *running) {
	t.Helper()
	require.ErrorIs(t, r.stop(), context.Canceled)
}

// listener remembers what the loops tell.
type listener struct {
	follow.Silent

	mu       sync.Mutex
	depths   []uint64
	stumbles []error
	samples  []error
	changed  int
	mended   int
	filled   uint64
	advanced int
}

func (l *listener) Filled(blocks, _ uint64, _, _ int) {
	l.mu.Lock()
	defer l.mu.Unlock()

	l.filled += blocks
}

func (l *listener) Advanced(uint64, uint64, int, int) {
	l.mu.Lock()
	defer l.mu.Unlock()

	l.advanced++
}

func (l *listener) Reorganized(_, depth uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()

	l.depths = append(l.depths, depth)
}

func (l *listener) Sampled(_ uint64, changed int, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()

	l.samples = append(l.samples, err)
	l.changed += changed
}

func (l *listener) Mended(found store.Replaced) {
	l.mu.Lock()
	defer l.mu.Unlock()

	l.mended += found.Len()
}

func (l *listener) Stumbled(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()

	l.stumbles = append(l.stumbles, err)
}

// mendedLogs is how many logs were mended so far.
func (l *listener) mendedLogs() int {
	l.mu.Lock()
	defer l.mu.Unlock()

	return l.mended
}

// reorgs are the depths of the rewinds so far.
func (l *listener) reorgs() []uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()

	return append([]uint64(nil), l.depths...)
}

// stumbled is what went wrong so far, in one.
func (l *listener) stumbled() error {
	l.mu.Lock()
	defer l.mu.Unlock()

	return errors.Join(l.stumbles...)
}

// all are the errors of the samples so far, nil ones included.
func (l *listener) all() []error {
	l.mu.Lock()
	defer l.mu.Unlock()

	return append([]error(nil), l.samples...)
}

// sampled waits for the n-th sample and gives its error.
func (l *listener) sampled(t *testing.T, n int) error {
	t.Helper()

	require.Eventually(t, func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()

		return len(l.samples) >= n
	}, patience, poll)

	l.mu.Lock()
	defer l.mu.Unlock()

	return l.samples[n-1]
}

// everything is the range from the first to the finalized block.
func everything(b *bundle) chain.Range {
	return chain.Range{To: b.net.Head().Number.Uint64() - finalizedLag}
}
