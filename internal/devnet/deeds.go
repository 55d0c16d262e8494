package devnet

import (
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/holiman/uint256"
)

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

// giveDiem sends DIEM to somebody, or now and then lets the pool take some.
func (t *turn) giveDiem(_ story, _ pace, actor Account, h *purse) error {
	amount := t.part(h.diem(), 0, 0.3)
	if amount.IsZero() {
		return errIdle
	}
	if t.rng.IntN(8) == 0 {
		return t.act(actor, t.Diem, diemContract, "approve", t.DiemPool, toBig(amount))
	}
	to := t.actors[t.rng.IntN(len(t.actors))].Address
	return t.act(actor, t.Diem, diemContract, "transfer", to, toBig(amount))
}

// giveVVV sells to the pool, sends to somebody, or rarely burns a little.
func (t *turn) giveVVV(_ story, _ pace, actor Account, h *purse) error {
	amount := t.part(h.vvv(), 0, 0.1)
	if amount.IsZero() {
		return errIdle
	}
	to := t.WETHPool
	switch roll := t.rng.IntN(20); {
	case roll == 0:
		to, amount = common.Address{}, new(uint256.Int).Div(amount, uint256.NewInt(100))
	case roll < 10:
		to = t.actors[t.rng.IntN(len(t.actors))].Address
	}
	return t.act(actor, t.VVV, vvvContract, "transfer", to, toBig(amount))
}
