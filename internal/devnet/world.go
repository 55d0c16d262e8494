package devnet

import (
	"fmt"
	"math/rand/v2"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"

	"diemhouse/contracts"
)

// places is where the contracts are.
type places struct {
	VVV, Staking, Diem, Treasury, Airdrop, Buyback, WETHPool, DiemPool, Multicall3 common.Address
}

// world is everything a transaction's author needs to know that never changes.
type world struct {
	places

	admin  Account
	actors []Account
}

// turn is one author's pass at a block: the block so far and the dice.
type turn struct {
	*block
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
func (t *turn) act(from Account, to common.Address, artifact contracts.Artifact, method string, args ...any) (*types.Receipt, error) {
	data, err := pack(artifact, method, args...)
	if err != nil {
		return nil, err
	}
	receipt, err := t.send(from, to, data, txGasLimit)
	if err != nil {
		return receipt, fmt.Errorf("%s.%s by %s: %w", artifact.Name, method, from.Address, err)
	}
	return receipt, nil
}

// rule sends calls of the treasury, the owner of staking, in one transaction.
func (t *turn) rule(safe common.Address, calls ...call) error {
	data, err := packExecute(calls...)
	if err != nil {
		return err
	}
	_, err = t.send(t.admin, safe, data, adminGasLimit)
	return err
}

// holdings is what one account has.
type holdings struct {
	vvv, staked, locked, minted, diem, diemStaked *uint256.Int
	// cooling amounts and the times from which they can be had.
	unstaking, diemUnstaking     *uint256.Int
	unstakingAt, diemUnstakingAt uint64
}

func (h holdings) free() *uint256.Int { return new(uint256.Int).Sub(h.staked, h.locked) }

func (t *turn) holdings(address common.Address) (holdings, error) {
	var h holdings
	var err error
	h.vvv, err = t.readWord(t.VVV, vvvContract, "balanceOf", address)
	if err != nil {
		return h, err
	}
	h.staked, err = t.readWord(t.Staking, stakingV1Contract, "balanceOf", address)
	if err != nil {
		return h, err
	}
	h.diem, err = t.readWord(t.Diem, diemContract, "balanceOf", address)
	if err != nil {
		return h, err
	}
	out, err := t.read(t.Staking, stakingV1Contract, "unstakings", address)
	if err != nil {
		return h, err
	}
	h.unstaking, h.unstakingAt = word(out, 0), word(out, 1).Uint64()
	out, err = t.read(t.Diem, diemContract, "stakedInfos", address)
	if err != nil {
		return h, err
	}
	h.diemStaked, h.diemUnstakingAt, h.diemUnstaking = word(out, 0), word(out, 1).Uint64(), word(out, 2)
	h.locked, h.minted = new(uint256.Int), new(uint256.Int)
	if !t.upgraded() {
		return h, nil
	}
	out, err = t.read(t.Staking, stakingV2Contract, "lockedStakes", address)
	if err != nil {
		return h, err
	}
	h.locked, h.minted = word(out, 0), word(out, 1)
	return h, nil
}

// implementationSlot is ERC-1967's.
var implementationSlot = common.HexToHash("0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc")

func (t *turn) upgraded() bool {
	return common.BytesToAddress(t.state.GetState(t.Staking, implementationSlot).Bytes()) == implementationV2
}

// part returns a share of v between low and high, both of 1.
func (t *turn) part(v *uint256.Int, low, high float64) *uint256.Int {
	const grains = 1_000_000
	grain := uint64((low + (high-low)*t.rng.Float64()) * grains)
	out, _ := new(uint256.Int).MulDivOverflow(v, uint256.NewInt(grain), uint256.NewInt(grains))
	return out
}
