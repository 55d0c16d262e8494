package devnet

import (
	"errors"
	"math"
	"math/big"
)

// pace says how much happens in one block.
type pace struct {
	actions   int     // tries of an actor to do something
	burns     float64 // chance of a programmatic burn
	burnSize  float64 // its largest amount, in tokens
	size      float64 // factor on what leaves stake
	claims    int     // airdrop claims
	claimSize float64 // average of one, in tokens
}

// story is where a block stands: 0 at the launch, 1 at the history's end and
// from then on.
type story float64

// diemBegin is the moment of the upgrade.
var diemBegin = story(moment(2025, 8, 20))

// Supply settles at this share of the target, in about this share of the story.
const (
	supplyShare  = 0.945
	supplySettle = 0.08
)

// goal is the DIEM supply, in tokens, that the market wants at a moment.
func (s story) goal() float64 {
	if s <= diemBegin {
		return 0
	}
	target := 38_000.0
	if s > 0.72 {
		target = 39_500
	}
	if s > story(moment(2026, 9, 14)) {
		target = 40_000
	}
	return target * supplyShare * (1 - math.Exp(-float64(s-diemBegin)/supplySettle))
}

// errIdle says that an actor cannot do what the dice asked.
var errIdle = errors.New("nothing to do")

// live fills a block with a turn's share of life.
func (t *turn) live(at story, p pace) error {
	for range p.claims {
		err := t.claimAirdrop(p.claimSize)
		if err != nil {
			return err
		}
	}
	for range p.actions {
		err := t.one(at, p)
		if err != nil && !errors.Is(err, errIdle) {
			return err
		}
	}
	if t.rng.Float64() < p.burns {
		return t.burnProgrammatically(p.burnSize)
	}
	return nil
}

// deed is something an actor may do, as often as its weight says.
type deed struct {
	weight int
	do     func(*turn, story, pace, Account, *purse) error
}

//nolint:gochecknoglobals // A table.
var deeds = []deed{
	{22, (*turn).stakeSome},
	{7, (*turn).unstakeSome},
	{10, (*turn).finalize},
	{20, (*turn).mintSome},
	{7, (*turn).burnSome},
	{9, (*turn).claimRewards},
	{7, (*turn).compound},
	{9, (*turn).stakeDiem},
	{4, (*turn).unstakeDiem},
	{3, (*turn).giveDiem},
	{2, (*turn).giveVVV},
}

// one lets an actor do something, with a few tries to find somebody who can.
func (t *turn) one(at story, p pace) error {
	const tries = 4
	for range tries {
		actor := t.actors[t.rng.IntN(len(t.actors))]
		h := &purse{turn: t, address: actor.Address}
		err := t.pickDeed().do(t, at, p, actor, h)
		if h.err != nil {
			return h.err
		}
		if !errors.Is(err, errIdle) {
			return err
		}
	}
	return errIdle
}

func (t *turn) pickDeed() deed {
	total := 0
	for _, d := range deeds {
		total += d.weight
	}
	roll := t.rng.IntN(total)
	for _, d := range deeds {
		roll -= d.weight
		if roll < 0 {
			return d
		}
	}
	return deeds[0]
}

func (t *turn) claimAirdrop(average float64) error {
	actor := t.actors[t.rng.IntN(len(t.actors))]
	index := big.NewInt(t.rng.Int64N(1 << 40))
	amount := t.part(tokens(uint64(average)), 0.2, 1.8)
	return t.act(actor, t.Airdrop, airdropContract, "claim", index, actor.Address, toBig(amount))
}

// burnProgrammatically sends a few amounts from the pool to 0x0.
func (t *turn) burnProgrammatically(largest float64) error {
	amounts := make([]*big.Int, 1+t.rng.IntN(4))
	for i := range amounts {
		amounts[i] = toBig(t.part(tokens(1), 0.02*largest, largest))
	}
	return t.act(t.admin, t.WETHPool, poolContract, "swapToZero", amounts)
}
