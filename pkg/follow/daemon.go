package follow

import (
	"context"
	"errors"
	"time"

	"github.com/cenkalti/backoff/v5"
	"golang.org/x/sync/errgroup"

	"diemhouse/pkg/chain"
	"diemhouse/pkg/store"
)

const (
	// DefaultSampleEvery is how often the contracts' parameters are read when nothing
	// calls for it sooner.
	DefaultSampleEvery = 10 * time.Minute
	// resampleAfter is how soon a sample that failed is tried again.
	resampleAfter = 30 * time.Second
)

// Untold reads again the blocks in which the contracts changed without an event, up to a
// final one, and writes what they hold. It is safe to repeat.
type Untold interface {
	Read(ctx context.Context, final uint64) ([]chain.Range, store.Replaced, error)
}

// Daemon follows the head from the settled block on while history fills behind it.
type Daemon struct {
	Head    *Head
	History *History
	// Parameters reads what events do not tell. Nil: nobody does.
	Parameters *Parameters
	// Untold reads again the blocks of what they told and no event did. Nil: nobody does.
	Untold Untold
	// From is the first block of the warehouse.
	From uint64
	// NoHistory leaves what is older than the first run as it is.
	NoHistory bool
	// SampleEvery is the pace of reading the parameters. Zero: DefaultSampleEvery.
	SampleEvery time.Duration
	// Observer hears of samples and of what history stumbles over. Nil: nobody.
	Observer Observer

	sample chan struct{} // asks for a sample now
}

// Run works until ctx ends, or something happens that no retry mends.
func (d *Daemon) Run(ctx context.Context) error {
	err := d.run(ctx)
	if ctx.Err() != nil {
		return ctx.Err() // whatever it broke on its way out
	}

	return err
}

func (d *Daemon) run(ctx context.Context) error {
	d.sample = make(chan struct{}, 1)
	d.Head.noticed = d.ask

	settled, err := d.Head.Start(ctx)
	if err != nil {
		return err
	}

	filled := make(chan struct{})

	g, ctx := errgroup.WithContext(ctx)

	g.Go(func() error { return d.Head.Run(ctx) })
	g.Go(func() error { return d.fill(ctx, settled, filled) })

	if d.Parameters != nil {
		g.Go(func() error { return d.watch(ctx, filled) })
	}

	return g.Wait()
}

// fill closes the gaps of history, however often that has to be tried. Its error
// says that no retry would help.
func (d *Daemon) fill(ctx context.Context, settled uint64, filled chan<- struct{}) error {
	if d.NoHistory || d.From > settled {
		return nil
	}

	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval = 2 * time.Second
	pause.MaxInterval = 5 * time.Minute

	for {
		err := d.History.Fill(ctx, chain.Range{From: d.From, To: settled})

		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
			close(filled)

			return nil
		case permanent(err):
			return err
		}

		d.observer().Stumbled(err)

		if err := sleep(ctx, pause.NextBackOff()); err != nil {
			return err
		}
	}
}

// watch reads the parameters at the start, when history is complete (events may have
// told then what need not be looked for), when asked, and now and then.
func (d *Daemon) watch(ctx context.Context, filled <-chan struct{}) error {
	every := d.SampleEvery
	if every <= 0 {
		every = DefaultSampleEvery
	}

	timer := time.NewTimer(every)
	defer timer.Stop()

	for reach := (*Reach)(nil); ; {
		wait := every
		if !d.sampleOnce(ctx, reach) {
			wait = min(every, resampleAfter)
		}

		timer.Reset(wait)

		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-filled:
			reach, filled = new(Reach), nil
		case <-d.sample:
		case <-timer.C:
		}
	}
}

// sampleOnce reports whether the contracts could be read. A block that a reorg takes
// away meanwhile needs no more: the reorg asks for the next sample.
func (d *Daemon) sampleOnce(ctx context.Context, reach *Reach) bool {
	block := d.Head.newest()

	final, changed, err := d.sampleAt(ctx, block, reach)
	if ctx.Err() != nil || errors.Is(err, ErrMoved) {
		return true
	}

	d.observer().Sampled(block.Number, changed, err)

	if err != nil {
		return false
	}

	if err := d.readUntold(ctx, final); err != nil && ctx.Err() == nil {
		d.observer().Stumbled(err)
	}

	return true
}

// sampleAt gives the block that is final beside how much was learned.
func (d *Daemon) sampleAt(ctx context.Context, block chain.Ref, reach *Reach) (final uint64, changed int, err error) {
	heads, err := d.Head.Source.Heads(ctx)
	if err != nil {
		return 0, 0, err
	}

	settled, err := Settled(ctx, d.Head.Source, heads)
	if err != nil {
		return 0, 0, err
	}

	final = settled.Number.Uint64()
	if reach != nil {
		reach.Final = final
	}

	found, err := d.Parameters.Sample(ctx, block.Number, reach)
	if err != nil {
		return 0, 0, err
	}

	// What was read by number is the warehouse's block only if the chain has it still.
	header, err := d.Head.Source.HeaderByNumber(ctx, block.Number)
	if err != nil {
		return 0, 0, err
	}

	if header.Hash != block.Hash {
		return 0, 0, ErrMoved
	}

	return final, found.Len(), d.Head.keep(ctx, block, func() error { return d.Parameters.Put(ctx, found) })
}

// readUntold looks for the events of what only a reading told. What is not final yet
// waits for a later sample.
func (d *Daemon) readUntold(ctx context.Context, final uint64) error {
	if d.Untold == nil {
		return nil
	}

	_, found, err := d.Untold.Read(ctx, final)
	if found.Len() > 0 {
		d.observer().Mended(found)
	}

	return err
}

// ask asks for a sample as soon as possible.
func (d *Daemon) ask() {
	select {
	case d.sample <- struct{}{}:
	default:
	}
}

func (d *Daemon) observer() Observer {
	if d.Observer == nil {
		return Silent{}
	}

	return d.Observer
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()

	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
