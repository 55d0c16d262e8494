package chain

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"
	"golang.org/x/time/rate"
)

// settleBurst is how many blocks may be settled at once beyond Config.SettleRate: a
// few minutes of Base that came while nobody looked.
const settleBurst = 64

// Pool is a set of endpoints of one chain, used as one source. It is safe for
// concurrent use.
type Pool struct {
	cfg       Config
	endpoints []*endpoint
	// preferred is the index of the endpoint asked first.
	preferred atomic.Int32
	heads     headWatch
	// settles bounds how often receipts are read to settle a block at the head.
	settles *rate.Limiter
	// unsettled are the blocks whose receipts could not be had.
	unsettled patience
}

// NewPool checks the URLs and prepares the endpoints; it connects to none of them.
func NewPool(cfg Config) (*Pool, error) {
	cfg = cfg.withDefaults()
	if len(cfg.URLs) == 0 {
		return nil, errors.New("no RPC endpoint given")
	}

	p := &Pool{cfg: cfg, settles: rate.NewLimiter(rate.Limit(cfg.SettleRate), settleBurst)}
	names := make(map[string]int)

	for i, raw := range cfg.URLs {
		e, err := newEndpoint(raw, cfg)
		if err != nil {
			return nil, fmt.Errorf("RPC endpoint %d: %w", i+1, err)
		}

		names[e.name]++
		if n := names[e.name]; n > 1 {
			e.name = fmt.Sprintf("%s#%d", e.name, n)
		}

		p.endpoints = append(p.endpoints, e)
	}

	return p, nil
}

// Close ends the connections.
func (p *Pool) Close() {
	for _, e := range p.endpoints {
		e.wire.close()
	}
}

// EndpointStatus is the state of one endpoint.
type EndpointStatus struct {
	// Name is the endpoint's name; it carries no secret.
	Name string
	// Usable is false while the endpoint is dropped or waits after a failure.
	Usable bool
	// Range is the number of blocks a request that is asked of it at present, zero
	// before the first.
	Range uint64
	// Untrue is how many of its answers contradicted themselves, the header or the
	// receipts.
	Untrue uint64
	// Refusal is its last refusal, nil after an answer.
	Refusal *Refusal
}

// Endpoints gives the state of each endpoint, in the order of the configuration.
func (p *Pool) Endpoints() []EndpointStatus {
	out := make([]EndpointStatus, len(p.endpoints))

	for i, e := range p.endpoints {
		until, _, last := e.health.down()
		out[i] = EndpointStatus{
			Name: e.name, Usable: !time.Now().Before(until), Range: e.width.current(),
			Untrue: e.health.lies(), Refusal: last,
		}
	}

	return out
}

// CheckChain asks every endpoint for its chain id. It fails when one serves another
// chain than Config.ChainID (kind WrongChain), or when none answers.
func (p *Pool) CheckChain(ctx context.Context) error {
	var refusals []*Refusal

	for _, e := range p.endpoints {
		err := e.checkChain(ctx)
		if err == nil && e.cfg.ChainID == 0 {
			_, err = e.chainID(ctx)
		}

		if ctx.Err() != nil {
			return ctx.Err()
		}

		if r, ok := errors.AsType[*Refusal](err); ok {
			if r.Kind == WrongChain {
				return r
			}

			refusals = append(refusals, r)
		}
	}

	if len(refusals) == len(p.endpoints) {
		return &UnavailableError{What: "eth_chainId", Refusals: refusals}
	}

	return nil
}

// ChainID gives the chain id of the first endpoint that answers.
func (p *Pool) ChainID(ctx context.Context) (uint64, error) {
	var id uint64

	err := p.do(ctx, "eth_chainId", "", func(ctx context.Context, e *endpoint) error {
		var err error
		id, err = e.chainID(ctx)

		return err
	})

	return id, err
}

// do asks one endpoint after the other until ask succeeds: first the one named
// prefer, then the preferred one, then by order, those in good health first. After a
// round of passing failures it pauses and asks again, Config.Rounds times.
func (p *Pool) do(ctx context.Context, what, prefer string, ask func(context.Context, *endpoint) error) error {
	return p.doRounds(ctx, what, prefer, p.cfg.Rounds, ask)
}

func (p *Pool) doRounds(
	ctx context.Context, what, prefer string, rounds int, ask func(context.Context, *endpoint) error,
) error {
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval = 250 * time.Millisecond
	pauses.MaxInterval = 5 * time.Second

	refusals := make(map[*endpoint]*Refusal)
	final := make(map[*endpoint]bool)

	for round := 0; ; round++ {
		for _, e := range p.order(prefer) {
			if final[e] {
				continue
			}

			err := ask(ctx, e)
			if err == nil {
				return nil
			}

			if ctx.Err() != nil {
				return ctx.Err()
			}

			var r *Refusal
			if !errors.As(err, &r) {
				return err
			}

			refusals[e] = r

			switch r.Kind.Action() {
			case Stop:
				return r
			case Elsewhere, Drop:
				final[e] = true
			case Again, Wait, Shrink, Unbatch:
			}
		}

		if len(final) == len(p.endpoints) || round+1 >= rounds {
			return p.unavailable(what, refusals)
		}

		if err := sleepUntil(ctx, time.Now().Add(pauses.NextBackOff())); err != nil {
			return err
		}
	}
}

func (p *Pool) unavailable(what string, refusals map[*endpoint]*Refusal) error {
	u := &UnavailableError{What: what}

	for _, e := range p.endpoints {
		if r := refusals[e]; r != nil {
			u.Refusals = append(u.Refusals, r)
		} else if _, _, last := e.health.down(); last != nil {
			u.Refusals = append(u.Refusals, last)
		}
	}

	return u
}

// order gives the endpoints in the order in which to ask them. Dropped ones are
// left out, unless there is no other.
func (p *Pool) order(prefer string) []*endpoint {
	now := time.Now()

	var named, good, waiting, dropped []*endpoint

	start := int(p.preferred.Load())
	for i := range p.endpoints {
		e := p.endpoints[(start+i)%len(p.endpoints)]
		until, isDropped, _ := e.health.down()

		switch {
		case isDropped:
			dropped = append(dropped, e)
		case now.Before(until) || now.Before(e.throttle.paused()):
			waiting = append(waiting, e)
		case e.name == prefer:
			named = append(named, e)
		default:
			good = append(good, e)
		}
	}

	order := append(append(named, good...), waiting...)
	if len(order) == 0 {
		return dropped
	}

	return order
}

// each asks every endpoint that is not dropped, one after the other.
func (p *Pool) each(ask func(e *endpoint)) {
	for _, e := range p.order("") {
		ask(e)
	}
}
