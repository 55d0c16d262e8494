package sim

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/holiman/uint256"

	"diemhouse/internal/devnet"
)

// steps are how many a script has.
const steps = 14

// step is one thing that happens.
type step struct {
	name   string
	weight int
	do     func(context.Context, *World, *rand.Rand) (string, error)
}

// script are the steps that a seed draws from. What each does is said by what it
// returns, for the trace.
func script() []step {
	return []step{
		{"mine", 5, mine},
		{"busy", 2, busy},
		{"hours pass", 2, hours},
		{"settings", 2, settings},
		{"unknown log", 1, unknown},
		{"reorg", 4, reorg},
		{"there and back", 2, thereAndBack},
		{"empty branch", 1, emptyBranch},
		{"the head falls", 1, headFalls},
		{"weather", 5, weather},
		{"let it work", 4, work},
		{"catch up", 2, catchUp},
		{"stop", 1, stop},
		{"kill", 1, kill},
		{"kill in a write", 3, killInWrite},
		{"start", 3, start},
		{"cut the database off", 2, cutOff},
		{"cut in a write", 2, cutInWrite},
		{"kill ClickHouse", 1, killEngine},
		{"disk full", 1, diskFull},
	}
}

// Play runs the seed's script. What happened is in the world's trace.
func (w *World) Play(ctx context.Context) error {
	r := dice(w.Seed, "script", 0)

	var deck []step

	for _, s := range script() {
		for range s.weight {
			deck = append(deck, s)
		}
	}

	if r.IntN(4) > 0 { // sometimes the chain moves on before anybody looks
		if err := w.Up(ctx); err != nil {
			return err
		}
	}

	for range steps {
		s := pick(r, deck)

		what, err := s.do(ctx, w, r)
		w.trace = append(w.trace, s.name+" "+what)

		if err != nil {
			return fmt.Errorf("%s %s: %w", s.name, what, err)
		}

		if w.process != nil {
			if fatal := w.process.died(); fatal != nil {
				return fmt.Errorf("after %s %s the daemon must not be started again: %w", s.name, what, fatal)
			}
		}
	}

	return nil
}

// outgrow takes the left branch out of sight before the chain finalizes what differs
// from it: no backend is that late.
func (w *World) outgrow(height uint64) {
	if w.fork != nil && height > w.fork.Ancestor+finalizedLag {
		w.show(nil)
	}
}

func mine(_ context.Context, w *World, r *rand.Rand) (string, error) {
	n := 1 + r.IntN(6)
	w.outgrow(w.height() + uint64(n))

	_, err := w.Net.Mine(n) //nolint:contextcheck // a block of the devnet cannot be interrupted

	return strconv.Itoa(n), err
}

// make makes one block of the actions.
func (w *World) make(actions ...devnet.Action) error {
	w.outgrow(w.height() + 1)

	_, _, err := w.Net.Do(actions...)

	return err
}

func busy(_ context.Context, w *World, r *rand.Rand) (string, error) {
	actions := make([]devnet.Action, 1+r.IntN(6))
	for i := range actions {
		actions[i] = devnet.BusyLife()
	}

	return strconv.Itoa(len(actions)), w.make(actions...) //nolint:contextcheck // a block of the devnet cannot be interrupted
}

func hours(ctx context.Context, w *World, r *rand.Rand) (string, error) {
	span := time.Duration(1+r.IntN(100)) * time.Minute
	w.Net.Wait(span)

	_, err := mine(ctx, w, r)

	return span.String(), err
}

func settings(_ context.Context, w *World, r *rand.Rand) (string, error) {
	change, what := devnet.SetEmissionRate(uint256.NewInt(1+r.Uint64N(1e18))), "emission rate"

	switch r.IntN(5) {
	case 0:
		change, what = devnet.SetCurve(uint64(38+r.IntN(8))*1000, 500), "curve"
	case 1:
		change, what = devnet.SetCooldown(time.Duration(1+r.IntN(100))*time.Second), "cooldown"
	case 2:
		change, what = devnet.SetPercentageWhenLocked(uint256.NewInt(r.Uint64N(1e18))), "treasury's share of locked stake"
	case 3:
		change, what = devnet.SetDiemCooldown(time.Duration(1+r.IntN(100))*time.Second), "cooldown of DIEM"
	}

	actions := []devnet.Action{change, devnet.Life()}
	if w.height()%2 > 0 { // What lives in the block may come before the change, too.
		slices.Reverse(actions)
	}

	return what, w.make(actions...) //nolint:contextcheck // a block of the devnet cannot be interrupted
}

func unknown(_ context.Context, w *World, _ *rand.Rand) (string, error) {
	return "", w.make(devnet.EmitUnknown()) //nolint:contextcheck // a block of the devnet cannot be interrupted
}

// room is how deep a reorg may be: nothing final is undone.
func (w *World) room(ctx context.Context) (int, error) {
	final, err := w.final(ctx)

	return int(w.height() - final), err
}

// leave does what abandons every block above the ancestor.
func (w *World) leave(ancestor uint64, do func() error) error {
	left := w.branch(ancestor)
	w.show(nil)

	if err := do(); err != nil {
		return err
	}

	w.show(left)
	w.outgrow(w.height())

	return nil
}

func reorg(ctx context.Context, w *World, r *rand.Rand) (string, error) {
	room, err := w.room(ctx)
	if err != nil || room < 1 {
		return "", err
	}

	depth := 1 + r.IntN(min(room, 1+r.IntN(room))) // shallow ones more often
	length := pick(r, []int{depth + 1, depth + 1, depth, 1 + r.IntN(depth), depth + r.IntN(8)})

	return fmt.Sprintf("%d for %d", length, depth), w.leave(w.height()-uint64(depth), func() error { //nolint:contextcheck // a block of the devnet cannot be interrupted
		_, err := w.Net.ReorgTo(depth, length)

		return err
	})
}

// thereAndBack leaves a branch and returns to it, perhaps while the daemon is at work
// on the other.
func thereAndBack(ctx context.Context, w *World, r *rand.Rand) (string, error) {
	room, err := w.room(ctx)
	if err != nil || room < 1 {
		return "", err
	}

	depth := 1 + r.IntN(room)
	head, ancestor := w.Net.Head().Hash(), w.height()-uint64(depth)
	length := 1 + r.IntN(depth) // nothing that differs becomes final on the way

	err = w.leave(ancestor, func() error { //nolint:contextcheck // a block of the devnet cannot be interrupted
		_, err := w.Net.ReorgTo(depth, length)

		return err
	})
	if err != nil {
		return "", err
	}

	if _, err := work(ctx, w, r); err != nil {
		return "", err
	}

	return strconv.Itoa(depth), w.leave(ancestor, func() error { return w.Net.SetCanonical(head) })
}

func emptyBranch(ctx context.Context, w *World, r *rand.Rand) (string, error) {
	room, err := w.room(ctx)
	if err != nil || room < 1 {
		return "", err
	}

	depth := 1 + r.IntN(room)
	ancestor := w.height() - uint64(depth)

	return strconv.Itoa(depth), w.leave(ancestor, func() error { //nolint:contextcheck // a block of the devnet cannot be interrupted
		if err := w.Net.SetCanonical(w.Net.Header(ancestor).Hash()); err != nil {
			return err
		}

		for range 1 + r.IntN(depth+1) {
			if _, _, err := w.Net.Do(); err != nil {
				return err
			}
		}

		return nil
	})
}

func headFalls(ctx context.Context, w *World, r *rand.Rand) (string, error) {
	room, err := w.room(ctx)
	if err != nil || room < 1 {
		return "", err
	}

	ancestor := w.height() - uint64(1+r.IntN(room))

	return strconv.FormatUint(w.height()-ancestor, 10), w.leave(ancestor, func() error {
		return w.Net.SetCanonical(w.Net.Header(ancestor).Hash())
	})
}
