package devnet

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// busyPace is that of a block which stands for hours.
func busyPace() pace { return pace{actions: 9, burns: 0.9, burnSize: 150, size: 1} }

// makeHistory builds the blocks from the launch to Config.Now.
//
//nolint:contextcheck // ctx is heeded between blocks; within one see untraced.
func (d *Devnet) makeHistory(ctx context.Context) error {
	times := d.blockTimes()
	steps := timeline(d.config.History)
	slices.SortStableFunc(steps, func(a, b step) int {
		switch {
		case a.at < b.at:
			return -1
		case a.at > b.at:
			return 1
		}
		return 0
	})
	last := times[len(times)-1]
	begin := d.Head().Time
	claimSize := float64(airdropClaimed) / max(1, airdropEnd*float64(len(times)*airdropClaims))
	for i, at := range times {
		err := ctx.Err()
		if err != nil {
			return fmt.Errorf("history, block %d of %d: %w", i+1, len(times), err)
		}
		b, t, err := d.open(d.Head(), at)
		if err != nil {
			return err
		}
		now := story(float64(at-begin) / float64(last-begin))
		for len(steps) > 0 && (steps[0].at <= float64(now) || i == len(times)-1) {
			err = steps[0].run(t)
			if err != nil {
				return fmt.Errorf("history, block %d: %w", i+1, err)
			}
			steps = steps[1:]
		}
		p := busyPace()
		if now < airdropEnd {
			p.claims, p.claimSize = airdropClaims, claimSize
		}
		err = t.live(now, p)
		if err != nil {
			return fmt.Errorf("history, block %d: %w", i+1, err)
		}
		_, err = d.insert(b)
		if err != nil {
			return err
		}
		if d.config.Progress != nil {
			d.config.Progress(i+1, len(times))
		}
	}
	d.moveTags()
	return nil
}

// blockTimes spreads the history's blocks over its time, uneven as life is, the
// last one exactly at Config.Now.
func (d *Devnet) blockTimes() []uint64 {
	n := d.config.Blocks
	rng := rand.New(rand.NewPCG(d.config.Seed, 1)) //nolint:gosec // Play.
	weights := make([]float64, n)
	sum := 0.0
	for i := range weights {
		weights[i] = 0.2 + rng.ExpFloat64()
		sum += weights[i]
	}
	// One second each is theirs for certain, the rest is shared out.
	begin := d.Head().Time
	spare := float64(int(d.config.History/time.Second) - n)
	times := make([]uint64, n)
	reached := 0.0
	for i, weight := range weights {
		reached += weight
		times[i] = begin + uint64(i+1) + uint64(spare*reached/sum)
	}
	times[n-1] = uint64(d.config.Now.Unix())
	return times
}
