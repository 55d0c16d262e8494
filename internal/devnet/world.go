package devnet

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/ethereum/go-ethereum/common"
	"github.com/holiman/uint256"

	"diemhouse/contracts"
	"diemhouse/pkg/venice"
)

// places is where the contracts are.
type places struct {
	VVV, Staking, Diem, Treasury, Airdrop, Buyback, WETHPool, DiemPool, Multicall3 common.Address
}

// basePlaces are Base's.
func basePlaces() places {
	d := venice.Base()
	return places{
		VVV: d.VVV, Staking: d.Staking, Diem: d.DIEM, Treasury: d.Treasury, Airdrop: d.Airdrop, Buyback: d.BuybackSafe,
		WETHPool: d.Pools[0], DiemPool: d.Pools[1],
		Multicall3: common.HexToAddress("0xcA11bde05977b3631167028862bE2a173976CA11"),
	}
}

// world is everything a transaction's author needs to know that never changes.
type world struct {
	places

	admin  Account
	actors []Account
}

func newWorld(actors int) *world {
	return &world{
		places: basePlaces(),
		admin:  newAccount(deriveKey("admin", 0)),
		actors: newActors(actors),
	}
}

// ground is where a turn acts: a block under construction in this process, or a
// node that is reached over JSON-RPC.
type ground interface {
	// now is the time of the block that the turn's transactions go into.
	now() uint64
	// view answers a call, slot a word of storage.
	view(to common.Address, input []byte) ([]byte, error)
	slot(at common.Address, slot common.Hash) (common.Hash, error)
	// send signs a call and hands it in. A vault's goes through the vault.
	send(from Account, to common.Address, data []byte, gas uint64) error
}

// turn is one author's pass at a block: the block so far and the dice.
type turn struct {
	ground
	*world

	rng *rand.Rand
}

// read answers one view in words of 32 bytes.
func (t *turn) read(at common.Address, artifact contracts.Artifact, method string, args ...any) ([]byte, error) {
	input, err := pack(artifact, method, args...)
	if err != nil {
		return nil, err
	}
	out, err := t.view(at, input)
	if err != nil {
		return nil, fmt.Errorf("%s.%s: %w", artifact.Name, method, err)
	}
	return out, nil
}

func (t *turn) readWord(at common.Address, artifact contracts.Artifact, method string, args ...any) (*uint256.Int, error) {
	out, err := t.read(at, artifact, method, args...)
	if err != nil {
		return nil, err
	}
	return word(out, 0), nil
}

// act packs and sends one call of an account.
func (t *turn) act(from Account, to common.Address, artifact contracts.Artifact, method string, args ...any) error {
	data, err := pack(artifact, method, args...)
	if err != nil {
		return err
	}
	err = t.send(from, to, data, txGasLimit)
	if err != nil {
		return fmt.Errorf("%s.%s by %s: %w", artifact.Name, method, from.Address, err)
	}
	return nil
}

// rule sends calls of the treasury, the owner of staking, in one transaction.
func (t *turn) rule(safe common.Address, calls ...call) error {
	data, err := packExecute(calls...)
	if err != nil {
		return err
	}
	return t.send(t.admin, safe, data, adminGasLimit)
}

// purse reads what one account has, each figure when it is asked for. The first
// error sticks, and is looked at once, when the account is done.
type purse struct {
	turn    *turn
	address common.Address
	err     error
}

func (p *purse) words(n int, at common.Address, artifact contracts.Artifact, method string) []*uint256.Int {
	out := make([]*uint256.Int, n)
	for i := range out {
		out[i] = new(uint256.Int)
	}
	if p.err != nil {
		return out
	}
	answer, err := p.turn.read(at, artifact, method, p.address)
	if err != nil {
		p.err = err
		return out
	}
	for i := range out {
		out[i] = word(answer, i)
	}
	return out
}

func (p *purse) vvv() *uint256.Int {
	return p.words(1, p.turn.VVV, vvvContract, "balanceOf")[0]
}

func (p *purse) staked() *uint256.Int {
	return p.words(1, p.turn.Staking, stakingV1Contract, "balanceOf")[0]
}

func (p *purse) diem() *uint256.Int {
	return p.words(1, p.turn.Diem, diemContract, "balanceOf")[0]
}

// locked and minted are zero before the upgrade.
func (p *purse) lock() (locked, minted *uint256.Int) {
	upgraded, err := p.turn.upgraded()
	if err != nil || !upgraded {
		p.err = errors.Join(p.err, err)
		return new(uint256.Int), new(uint256.Int)
	}
	out := p.words(2, p.turn.Staking, stakingV2Contract, "lockedStakes")
	return out[0], out[1]
}

// free is stake that no DIEM holds.
func (p *purse) free() *uint256.Int {
	locked, _ := p.lock()
	return new(uint256.Int).Sub(p.staked(), locked)
}

// unstaking is VVV in its cooldown, and when it is over.
func (p *purse) unstaking() (amount *uint256.Int, availableAt uint64) {
	out := p.words(2, p.turn.Staking, stakingV1Contract, "unstakings")
	return out[0], out[1].Uint64()
}

// diemStake is staked DIEM, that in its cooldown, and when that is over.
func (p *purse) diemStake() (staked, cooling *uint256.Int, availableAt uint64) {
	out := p.words(3, p.turn.Diem, diemContract, "stakedInfos")
	return out[0], out[2], out[1].Uint64()
}

// implementationSlot is ERC-1967's.
var implementationSlot = common.HexToHash("0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc")

// upgraded says whether staking knows DIEM.
func (t *turn) upgraded() (bool, error) {
	slot, err := t.slot(t.Staking, implementationSlot)
	if err != nil {
		return false, fmt.Errorf("implementation of staking: %w", err)
	}
	return common.BytesToAddress(slot.Bytes()) == implementationV2, nil
}

// part returns a share of v between low and high, both of 1.
func (t *turn) part(v *uint256.Int, low, high float64) *uint256.Int {
	const grains = 1_000_000
	grain := uint64((low + (high-low)*t.rng.Float64()) * grains)
	out, _ := new(uint256.Int).MulDivOverflow(v, uint256.NewInt(grain), uint256.NewInt(grains))
	return out
}
