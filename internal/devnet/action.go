package devnet

import (
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"

	"diemhouse/contracts"
	"diemhouse/pkg/venice"
)

// Action is one thing done on the chain, for tests that need a certain history.
// Amounts are wei.
type Action func(*turn) error

// Do makes one block of just these actions, in this order and in one second, and
// returns it with its receipts. Where one of them reverts, nothing happens and
// the error wraps ErrReverted.
func (d *Devnet) Do(actions ...Action) (*types.Block, types.Receipts, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	b, t, err := d.open(d.Head(), d.nextTime())
	if err != nil {
		return nil, nil, err
	}
	for i, action := range actions {
		err = action(t)
		if err != nil {
			return nil, nil, fmt.Errorf("action %d of %d: %w", i+1, len(actions), err)
		}
	}
	block, err := d.extend(b)
	if err != nil {
		return nil, nil, err
	}
	return block, d.chain().GetReceiptsByHash(block.Hash()), nil
}

// Wait makes the next block come that much later. It is for chains that stand
// still; where blocks are live, time cannot be made.
func (d *Devnet) Wait(span time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ahead += uint64(span / time.Second)
}

// by is one call of an actor.
func by(actor Account, at func(*turn) common.Address, artifact contracts.Artifact, method string, args ...any) Action {
	return func(t *turn) error {
		return t.act(actor, at(t), artifact, method, args...)
	}
}

func onVVV(t *turn) common.Address     { return t.VVV }
func onStaking(t *turn) common.Address { return t.Staking }
func onDiem(t *turn) common.Address    { return t.Diem }
func onAirdrop(t *turn) common.Address { return t.Airdrop }
func onPool(t *turn) common.Address    { return t.WETHPool }

// Stake pays the payer's VVV into stake for recipient, approving first where
// that is needed.
func Stake(payer Account, recipient common.Address, amount *uint256.Int) Action {
	return func(t *turn) error { return t.stake(payer, recipient, amount) }
}

// Claim pays out what is pending.
func Claim(actor Account) Action { return by(actor, onStaking, stakingV1Contract, "claim") }

// ClaimAndStake turns what is pending into stake.
func ClaimAndStake(actor Account) Action {
	return by(actor, onStaking, stakingV1Contract, "claimAndStake")
}

// InitiateUnstake starts the cooldown of an amount of VVV.
func InitiateUnstake(actor Account, amount *uint256.Int) Action {
	return by(actor, onStaking, stakingV1Contract, "initiateUnstake", toBig(amount))
}

// FinalizeUnstake takes the VVV out after the cooldown.
func FinalizeUnstake(actor Account) Action {
	return by(actor, onStaking, stakingV1Contract, "finalizeUnstake")
}

// MintDiem locks an amount of sVVV.
func MintDiem(actor Account, lock *uint256.Int) Action {
	return by(actor, onStaking, stakingV2Contract, "mintDiem", toBig(lock), new(big.Int))
}

// BurnDiem burns an amount of DIEM that the actor minted.
func BurnDiem(actor Account, amount *uint256.Int) Action {
	return by(actor, onStaking, stakingV2Contract, "burnDiem", toBig(amount))
}

// StakeDiem stakes an amount of DIEM.
func StakeDiem(actor Account, amount *uint256.Int) Action {
	return by(actor, onDiem, diemContract, "stake", toBig(amount))
}

// InitiateDiemUnstake starts the cooldown of an amount of DIEM.
func InitiateDiemUnstake(actor Account, amount *uint256.Int) Action {
	return by(actor, onDiem, diemContract, "initiateUnstake", toBig(amount))
}

// UnstakeDiem takes the DIEM out after the cooldown.
func UnstakeDiem(actor Account) Action { return by(actor, onDiem, diemContract, "unstake") }

// TransferVVV sends VVV; to the zero address it burns it.
func TransferVVV(actor Account, to common.Address, amount *uint256.Int) Action {
	return by(actor, onVVV, vvvContract, "transfer", to, toBig(amount))
}

// TransferDiem sends DIEM.
func TransferDiem(actor Account, to common.Address, amount *uint256.Int) Action {
	return by(actor, onDiem, diemContract, "transfer", to, toBig(amount))
}

// ClaimAirdrop claims an index that nobody claimed before.
func ClaimAirdrop(actor Account, index uint64, amount *uint256.Int) Action {
	return by(actor, onAirdrop, airdropContract, "claim", new(big.Int).SetUint64(index), actor.Address, toBig(amount))
}

// BurnFromPool makes one programmatic burn of each amount, in one transaction.
func BurnFromPool(amounts ...*uint256.Int) Action {
	bigs := make([]*big.Int, len(amounts))
	for i, amount := range amounts {
		bigs[i] = toBig(amount)
	}
	return func(t *turn) error {
		return t.act(t.admin, onPool(t), poolContract, "swapToZero", bigs)
	}
}

// Buyback burns 70,000 VVV through the buyback Safe.
func Buyback() Action { return (*turn).buyback }

// SetCurve replaces the mint table by one generated for a target, with buckets of
// a width, both in whole DIEM.
func SetCurve(target, width uint64) Action { return curve(target, width) }

// SetCurveTable replaces the mint table by any ascending one.
func SetCurveTable(table venice.Curve) Action {
	return func(t *turn) error { return t.setCurveTable(table) }
}

// SetEmissionRate sets the emission in wei a second.
func SetEmissionRate(rate *uint256.Int) Action { return owner("setEmissionRate", toBig(rate)) }

// SetPercentage sets the treasury's share of all emissions, 1e18 = all.
func SetPercentage(share *uint256.Int) Action {
	return owner("setVeniceEmissionsPercentage", toBig(share))
}

// SetPercentageWhenLocked sets the treasury's share of what locked stake earns.
func SetPercentageWhenLocked(share *uint256.Int) Action {
	return owner("setVeniceEmissionsPercentageWhenLocked", toBig(share))
}

// SetCooldown sets the cooldown of VVV.
func SetCooldown(span time.Duration) Action {
	return owner("setCooldownDuration", big.NewInt(int64(span/time.Second)))
}

// SetDiemCooldown sets the cooldown of DIEM.
func SetDiemCooldown(span time.Duration) Action {
	return func(t *turn) error { return t.diemCooldown(span) }
}

// SetTreasury names another receiver of the treasury's share.
func SetTreasury(treasury common.Address) Action { return owner("setTreasury", treasury) }

// EmitUnknown has staking emit an event that no built-in decoder knows.
func EmitUnknown() Action { return (*turn).notice }

// Life is what happens in a live block.
func Life() Action {
	return func(t *turn) error { return t.live(1, livePace()) }
}

// BusyLife is what happens in a block of the history: more, and in larger amounts.
func BusyLife() Action {
	return func(t *turn) error { return t.live(1, busyPace()) }
}

// Launch begins Venice: the genesis mint, staking with its first emission rate,
// and the first tokens in everybody's hands. cooldown is that of VVV.
func Launch(cooldown time.Duration) Action {
	return func(t *turn) error {
		err := t.launch(cooldown)
		if err != nil {
			return err
		}
		return t.fund()
	}
}

// Upgrade brings DIEM with its first curve: target 38,000 in buckets of 475.
// cooldown is that of DIEM.
func Upgrade(cooldown time.Duration) Action {
	return func(t *turn) error {
		for _, step := range []Action{(*turn).upgrade, curve(firstTarget, firstWidth), emission(upgradeEmission), SetDiemCooldown(cooldown)} {
			err := step(t)
			if err != nil {
				return err
			}
		}
		return nil
	}
}

func owner(method string, args ...any) Action {
	return func(t *turn) error { return t.ownerCall(method, args...) }
}

// ErrReverted says that a contract refused a call.
var ErrReverted = errors.New("reverted")
