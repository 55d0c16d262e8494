package sim

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// weather changes what the endpoints are like.
func weather(_ context.Context, w *World, r *rand.Rand) (string, error) {
	said := make([]string, len(w.Endpoints))

	for i, e := range w.Endpoints {
		now := Weather{}

		if r.IntN(3) > 0 {
			now.Odds = pick(r, []float64{0.03, 0.1, 0.25, 0.5})

			for range 1 + r.IntN(5) {
				now.Faults = append(now.Faults, pick(r, Loud()))
			}

			if w.Silent() {
				now.Faults = append(now.Faults, pick(r, Silent()))
			}
		}

		if r.IntN(3) == 0 {
			now.MaxRange, now.Dialect = pick(r, []uint64{1, 3, 10}), r.IntN(len(Dialects()))
		}

		e.SetWeather(now)
		said[i] = fmt.Sprintf("%v %v", now.Odds, now.Faults)
	}

	return strings.Join(said, "; "), nil
}

// Silent reports whether the seed's endpoints tell lies that nothing contradicts.
func (w *World) Silent() bool { return w.Seed%4 == 3 }

// work lets the daemon work for a moment.
func work(ctx context.Context, _ *World, r *rand.Rand) (string, error) {
	span := time.Duration(r.IntN(400)) * time.Millisecond

	select {
	case <-ctx.Done():
	case <-time.After(span):
	}

	return span.String(), ctx.Err()
}

// clear makes everything well.
func (w *World) clear() {
	for _, e := range w.Endpoints {
		e.SetWeather(Weather{})
	}
}

func catchUp(ctx context.Context, w *World, _ *rand.Rand) (string, error) {
	w.clear()

	if err := w.Up(ctx); err != nil {
		return "", err
	}

	return "", w.CaughtUp(ctx)
}

func stop(_ context.Context, w *World, _ *rand.Rand) (string, error) {
	return "", w.Down(Stop)
}

func kill(_ context.Context, w *World, _ *rand.Rand) (string, error) {
	return "", w.Down(Kill)
}

// killInWrite kills the daemon at some step of what it does, and often starts it again.
func killInWrite(ctx context.Context, w *World, r *rand.Rand) (string, error) {
	const most, latest = 60_000, time.Second

	bytes := r.IntN(1 + r.IntN(most)) // statements are short, inserts are longer

	if err := w.Down(func(p *process) error { return p.killAfter(bytes, latest) }); err != nil {
		return "", err
	}

	if r.IntN(3) == 0 {
		return fmt.Sprintf("after %d bytes", bytes), nil
	}

	return fmt.Sprintf("after %d bytes, and start again", bytes), w.Up(ctx)
}

func start(ctx context.Context, w *World, _ *rand.Rand) (string, error) { return "", w.Up(ctx) }

func cutOff(_ context.Context, w *World, _ *rand.Rand) (string, error) {
	if w.process != nil {
		w.process.cutter.Cut()
	}

	return "", nil
}

func cutInWrite(_ context.Context, w *World, r *rand.Rand) (string, error) {
	const most = 60_000

	bytes := r.IntN(1 + r.IntN(most))
	if w.process != nil {
		w.process.cutter.CutAfter(bytes, false, nil)
	}

	return fmt.Sprintf("after %d bytes", bytes), nil
}

func killEngine(_ context.Context, w *World, _ *rand.Rand) (string, error) {
	return strconv.FormatBool(w.engine.Kill()), nil
}
