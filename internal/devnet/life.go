package devnet

import (
	"errors"
	"math"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/holiman/uint256"
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

// stakeSome stakes until the actor's own liking is met: between 45 and 85 % of
// what it has. Now and then it pays for somebody else.
func (t *turn) stakeSome(_ story, _ pace, actor Account, h *purse) error {
	vvv, staked := h.vvv(), h.staked()
	all := new(uint256.Int).Add(vvv, staked)
	liking := 0.45 + 0.4*float64(actor.Address[0])/255
	if vvv.Lt(tokens(1)) || staked.Gt(t.part(all, liking, liking)) {
		return errIdle
	}
	recipient := actor.Address
	if t.rng.IntN(20) == 0 {
		recipient = t.actors[t.rng.IntN(len(t.actors))].Address
	}
	return t.stake(actor, recipient, t.part(vvv, 0.2, 0.8))
}

func (t *turn) stake(actor Account, recipient common.Address, amount *uint256.Int) error {
	allowed, err := t.readWord(t.VVV, vvvContract, "allowance", actor.Address, t.Staking)
	if err != nil {
		return err
	}
	if allowed.Lt(amount) {
		err = t.act(actor, t.VVV, vvvContract, "approve", t.Staking, toBig(new(uint256.Int).SetAllOne()))
		if err != nil {
			return err
		}
	}
	return t.act(actor, t.Staking, stakingV1Contract, "stake", recipient, toBig(amount))
}

func (t *turn) unstakeSome(_ story, p pace, actor Account, h *purse) error {
	free := h.free()
	unstaking, _ := h.unstaking()
	if !unstaking.IsZero() || free.Lt(tokens(1)) {
		return errIdle
	}
	return t.act(actor, t.Staking, stakingV1Contract, "initiateUnstake", toBig(t.part(free, 0.02*p.size, 0.3*p.size)))
}

// finalize takes what has cooled down, VVV before DIEM.
func (t *turn) finalize(_ story, _ pace, actor Account, h *purse) error {
	amount, availableAt := h.unstaking()
	if !amount.IsZero() && availableAt <= t.now() {
		return t.act(actor, t.Staking, stakingV1Contract, "finalizeUnstake")
	}
	_, amount, availableAt = h.diemStake()
	if !amount.IsZero() && availableAt <= t.now() {
		return t.act(actor, t.Diem, diemContract, "unstake")
	}
	return errIdle
}

// mintSome mints while the market wants more DIEM than there is. Vaults mint
// twice in one transaction.
func (t *turn) mintSome(at story, _ pace, actor Account, h *purse) error {
	upgraded, err := t.upgraded()
	if err != nil {
		return err
	}
	if !upgraded {
		return errIdle
	}
	supply, err := t.readWord(t.Diem, diemContract, "totalSupply")
	if err != nil {
		return err
	}
	gap := at.goal() - supply.Float64()/1e18
	if gap <= 0.01 {
		return errIdle
	}
	rate, err := t.mintRate(supply)
	if err != nil {
		return err
	}
	lock := t.part(new(uint256.Int).Mul(rate, uint256.NewInt(uint64(gap)+1)), 0.02, 0.2)
	limit := t.part(h.free(), 0.2, 0.7)
	if lock.Gt(limit) {
		lock = limit
	}
	if lock.Lt(new(uint256.Int).Div(tokens(1), uint256.NewInt(10))) {
		return errIdle
	}
	if actor.Vault {
		half := must(stakingV2Contract, "mintDiem", toBig(new(uint256.Int).Rsh(lock, 1)), new(big.Int))
		data, err := packExecute(call{t.Staking, half}, call{t.Staking, half})
		if err != nil {
			return err
		}
		return t.send(newAccount(actor.Key), actor.Address, data, txGasLimit)
	}
	return t.act(actor, t.Staking, stakingV2Contract, "mintDiem", toBig(lock), new(big.Int))
}

// mintRate is the price now: sVVV wei for 1e18 wei of DIEM.
func (t *turn) mintRate(supply *uint256.Int) (*uint256.Int, error) {
	low, high := int64(0), int64(256)
	for low < high {
		middle := (low + high) / 2
		bound, err := t.readWord(t.Staking, stakingV2Contract, "diemSupply", big.NewInt(middle))
		if err != nil {
			return nil, err
		}
		if supply.Lt(bound) {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return t.readWord(t.Staking, stakingV2Contract, "diemMintRates", big.NewInt(low))
}

// burnSome burns DIEM that the actor minted and still holds.
func (t *turn) burnSome(_ story, p pace, actor Account, h *purse) error {
	most := h.diem()
	if _, minted := h.lock(); minted.Lt(most) {
		most = minted
	}
	if most.IsZero() {
		return errIdle
	}
	amount := t.part(most, 0.05*p.size, 0.9*p.size)
	if t.rng.IntN(20) == 0 {
		amount = most
	}
	if amount.IsZero() {
		return errIdle
	}
	return t.act(actor, t.Staking, stakingV2Contract, "burnDiem", toBig(amount))
}

func (t *turn) claimRewards(_ story, _ pace, actor Account, h *purse) error {
	if h.staked().IsZero() {
		return errIdle
	}
	return t.act(actor, t.Staking, stakingV1Contract, "claim")
}

func (t *turn) compound(_ story, _ pace, actor Account, h *purse) error {
	if h.staked().IsZero() {
		return errIdle
	}
	return t.act(actor, t.Staking, stakingV1Contract, "claimAndStake")
}

func (t *turn) stakeDiem(_ story, _ pace, actor Account, h *purse) error {
	amount := t.part(h.diem(), 0.3, 1)
	if amount.IsZero() {
		return errIdle
	}
	return t.act(actor, t.Diem, diemContract, "stake", toBig(amount))
}

func (t *turn) unstakeDiem(_ story, p pace, actor Account, h *purse) error {
	staked, _, _ := h.diemStake()
	amount := t.part(staked, 0.05*p.size, 0.7*p.size)
	if amount.IsZero() {
		return errIdle
	}
	return t.act(actor, t.Diem, diemContract, "initiateUnstake", toBig(amount))
}

func (t *turn) giveDiem(_ story, _ pace, actor Account, h *purse) error {
	amount := t.part(h.diem(), 0, 0.3)
	if amount.IsZero() {
		return errIdle
	}
	to := t.actors[t.rng.IntN(len(t.actors))].Address
	return t.act(actor, t.Diem, diemContract, "transfer", to, toBig(amount))
}

func (t *turn) giveVVV(_ story, _ pace, actor Account, h *purse) error {
	amount := t.part(h.vvv(), 0, 0.1)
	if amount.IsZero() {
		return errIdle
	}
	to := t.WETHPool
	if t.rng.IntN(2) == 0 {
		to = t.actors[t.rng.IntN(len(t.actors))].Address
	}
	return t.act(actor, t.VVV, vvvContract, "transfer", to, toBig(amount))
}
