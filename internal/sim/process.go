package sim

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"diemhouse/pkg/audit"
	"diemhouse/pkg/chain"
	"diemhouse/pkg/contract"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/follow"
	"diemhouse/pkg/store"
	"diemhouse/pkg/venice"
)

const (
	// maxAnswer is the longest answer that the daemon takes, in bytes.
	maxAnswer = 8 << 20
	// lease is how long a daemon waits for one that was killed.
	lease = time.Second
	// restartPause is how long the supervisor waits before it starts the daemon again.
	restartPause = 20 * time.Millisecond
)

// source says what a daemon reads and writes.
type source struct {
	urls    []string
	engine  *Engine
	db      string
	decoder *decode.Decoder
	filter  chain.FilterSet
	// history is how far answers of history are checked, behind how far the verifier
	// proves behind the loops.
	history, behind chain.Verification
	// mended hears of what daemons found in blocks that they read again.
	mended *mended
}

// mended is an observer that keeps what was mended.
type mended struct {
	follow.Silent

	mu    sync.Mutex
	found store.Replaced
}

// Mended implements follow.Observer.
func (m *mended) Mended(found store.Replaced) {
	m.mu.Lock()
	defer m.mu.Unlock()

	m.found.Add(found)
}

// process is an indexer with its supervisor, as a process of its own would be: it has
// its own connections, which end with it.
type process struct {
	source

	cutter *Cutter
	cancel context.CancelFunc
	done   chan struct{}
	waits  chan struct{} // closed when it first found the warehouse taken
	taken  sync.Once

	mu    sync.Mutex
	ends  []error // why it had to be started again
	fatal error   // why it was not
}

func startProcess(ctx context.Context, from source) (*process, error) {
	cutter, err := NewCutter(ctx, from.engine.address())
	if err != nil {
		return nil, err
	}

	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	p := &process{source: from, cutter: cutter, cancel: cancel, done: make(chan struct{}), waits: make(chan struct{})}

	go func() {
		defer close(p.done)

		p.supervise(ctx)
	}()

	return p, nil
}

// stop ends it as SIGTERM does.
func (p *process) stop() error {
	p.cancel()
	<-p.done

	return p.cutter.Close()
}

// kill ends it as SIGKILL does: nothing of it reaches the database any more.
func (p *process) kill() error {
	p.cutter.Refuse()

	return p.stop()
}

// killAfter ends it as SIGKILL does, when so many bytes more were sent to the database,
// or at last after a while.
func (p *process) killAfter(bytes int, latest time.Duration) error {
	dead := make(chan struct{})

	p.cutter.CutAfter(bytes, true, func() { close(dead) })

	select {
	case <-dead:
	case <-time.After(latest):
	}

	return p.kill()
}

// supervise keeps the daemon running until ctx ends or it must not be started again.
func (p *process) supervise(ctx context.Context) {
	for {
		err := p.live(ctx)
		if ctx.Err() != nil {
			return
		}

		p.mu.Lock()
		p.ends = append(p.ends, err)

		if isFatal(err) {
			p.fatal = err
		}

		fatal := p.fatal
		p.mu.Unlock()

		if fatal != nil {
			return
		}

		select {
		case <-ctx.Done():
			return
		case <-time.After(restartPause):
		}
	}
}

// isFatal reports whether a supervisor would be wrong to start again.
func isFatal(err error) bool {
	_, settled := errors.AsType[*follow.SettledError](err)
	_, other := errors.AsType[*store.OtherWarehouseError](err)

	return settled || other || errors.Is(err, decode.ErrOrder)
}

// live is one life of the daemon, as cmd/indexer lives it.
func (p *process) live(ctx context.Context) (err error) {
	warehouse, err := store.Open(ctx, store.Config{DSN: p.engine.dsn(p.cutter.Addr(), p.db)})
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}

	defer func() { err = errors.Join(err, warehouse.Close()) }()

	if err := warehouse.Migrate(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}

	if err := warehouse.Bind(ctx, venice.Base()); err != nil {
		return fmt.Errorf("bind: %w", err)
	}

	held, err := warehouse.Lease(ctx, store.LeaseConfig{Holder: "simulated", TTL: lease, Waiting: func(*store.HeldError) {
		p.taken.Do(func() { close(p.waits) })
	}})
	if err != nil {
		return fmt.Errorf("lease: %w", err)
	}

	defer func() {
		parting, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()

		err = errors.Join(err, held.Release(parting))
	}()

	pool, err := newPool(p.urls)
	if err != nil {
		return err
	}
	defer pool.Close()

	g, ctx := errgroup.WithContext(ctx)

	g.Go(func() error { return p.daemon(pool, warehouse).Run(ctx) })

	if p.behind != chain.VerifyNone {
		g.Go(func() error { return p.verifier(pool, warehouse).Run(ctx) })
	}

	g.Go(func() error {
		select {
		case <-held.Lost():
			return store.ErrLeaseLost
		case <-ctx.Done():
			return ctx.Err()
		}
	})

	return g.Wait()
}

// newPool is one that loses no time, and settles whatever it doubts.
func newPool(urls []string) (*chain.Pool, error) {
	return chain.NewPool(chain.Config{
		URLs: urls, ChainID: venice.Base().ChainID, CallTimeout: 2 * time.Second, MaxAnswer: maxAnswer, Rounds: 2,
		PollInterval: 20 * time.Millisecond, HeadStall: 300 * time.Millisecond, SettleRate: 1e6,
	})
}

func (p *process) daemon(pool *chain.Pool, warehouse *store.Store) *follow.Daemon {
	history := &follow.History{
		Source: pool, Decoder: p.decoder, Warehouse: warehouse, Filter: p.filter, InsertEvents: 100,
		FlushAfter: 50 * time.Millisecond, Verify: p.history,
	}

	return &follow.Daemon{
		Head: &follow.Head{
			Source: pool, Decoder: p.decoder, Warehouse: warehouse, Filter: p.filter, History: history, Batch: 5,
		},
		History:     history,
		Parameters:  &follow.Parameters{Reader: contract.New(venice.Base(), pool), Warehouse: warehouse},
		Untold:      untold(pool, warehouse, p.decoder, p.filter),
		SampleEvery: time.Minute, Observer: p.mended,
	}
}

func untold(pool *chain.Pool, warehouse *store.Store, decoder *decode.Decoder, filter chain.FilterSet) *audit.Untold {
	return &audit.Untold{Warehouse: warehouse, Rereader: &audit.Rereader{
		Source: audit.Prover{Blocks: pool}, Replacer: warehouse, Decoder: decoder, Filter: filter,
	}}
}

func (p *process) verifier(pool *chain.Pool, warehouse *store.Store) *follow.Verifier {
	return &follow.Verifier{
		Source: pool, Warehouse: warehouse, Decoder: p.decoder, Filter: p.filter, Level: p.behind, Observer: unheard{},
	}
}

// unheard is a verifier's observer that keeps nothing: what it mends the oracle sees.
type unheard struct{}

// Verified implements follow.VerifierObserver.
func (unheard) Verified(uint64, store.Replaced) {}

// Unverified implements follow.VerifierObserver.
func (unheard) Unverified(error) {}

// ended says what the supervisor saw.
func (p *process) ended() error {
	p.mu.Lock()
	defer p.mu.Unlock()

	const shown = 5

	return errors.Join(p.ends[max(0, len(p.ends)-shown):]...)
}

func (p *process) died() error {
	p.mu.Lock()
	defer p.mu.Unlock()

	return p.fatal
}
