package devnet

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/rpc"
	"github.com/holiman/uint256"

	"diemhouse/contracts"
	"diemhouse/pkg/venice"
)

// Oracle reads what the contracts themselves answer at a block, over JSON-RPC.
// Tests compare the warehouse to it.
type Oracle struct {
	client *rpc.Client
	places places
}

// Figures are the contracts' answers at one block. Amounts are wei.
type Figures struct {
	Block uint64

	VVVTotalSupply *uint256.Int // VVV.totalSupply()
	VVVBurned      *uint256.Int // VVV.balanceOf(0x0)
	VVVInStaking   *uint256.Int // VVV.balanceOf(staking): stake, rewards not yet claimed, cooldowns

	SVVVTotalSupply       *uint256.Int // staking.totalSupply()
	Locked                *uint256.Int // staking.totalLockedStakedVVV(); 0 before the upgrade
	EmissionRatePerSecond *uint256.Int
	LastRewardTimestamp   uint64
	Percentage            *uint256.Int // staking.veniceEmissionsPercentage(), 1e18 = all
	PercentageWhenLocked  *uint256.Int // 0 before the upgrade
	CooldownDuration      uint64       // seconds
	Treasury              common.Address
	Upgraded              bool // staking knows DIEM

	DiemTotalSupply *uint256.Int
	DiemTotalStaked *uint256.Int
	DiemCooldown    uint64       // seconds
	DiemHeld        *uint256.Int // DIEM.balanceOf(DIEM): staked and cooling
}

// Wallet is one account's part of the Figures.
type Wallet struct {
	VVV, Staked, Diem *uint256.Int
	// Locked and Minted are lockedStakes: sVVV wei held for DIEM wei outstanding.
	Locked, Minted *uint256.Int
	Unstaking      *uint256.Int // VVV in its cooldown
	UnstakingUntil uint64       // Unix time from which on it can be taken out
	DiemStaked     *uint256.Int
	DiemUnstaking  *uint256.Int // DIEM in its cooldown
	DiemUntil      uint64       // as UnstakingUntil
}

// NewOracle returns an oracle on any node that carries Venice's contracts at
// their addresses and keeps the state of the blocks asked about.
func NewOracle(client *rpc.Client) *Oracle { return &Oracle{client: client, places: basePlaces()} }

// Oracle returns an oracle on the devnet's own node.
func (d *Devnet) Oracle() *Oracle { return NewOracle(d.Client()) }

// Figures reads every figure at a canonical block.
func (o *Oracle) Figures(ctx context.Context, block uint64) (Figures, error) {
	r := &reader{oracle: o, ctx: ctx, block: block}
	p := o.places
	f := Figures{
		Block:                 block,
		VVVTotalSupply:        r.word(p.VVV, vvvContract, "totalSupply"),
		VVVBurned:             r.word(p.VVV, vvvContract, "balanceOf", common.Address{}),
		VVVInStaking:          r.word(p.VVV, vvvContract, "balanceOf", p.Staking),
		SVVVTotalSupply:       r.word(p.Staking, stakingV1Contract, "totalSupply"),
		EmissionRatePerSecond: r.word(p.Staking, stakingV1Contract, "emissionRatePerSecond"),
		LastRewardTimestamp:   r.word(p.Staking, stakingV1Contract, "lastRewardTimestamp").Uint64(),
		Percentage:            r.word(p.Staking, stakingV1Contract, "veniceEmissionsPercentage"),
		CooldownDuration:      r.word(p.Staking, stakingV1Contract, "cooldownDuration").Uint64(),
		Treasury:              common.Address(r.word(p.Staking, stakingV1Contract, "treasury").Bytes20()),
		DiemTotalSupply:       r.word(p.Diem, diemContract, "totalSupply"),
		DiemTotalStaked:       r.word(p.Diem, diemContract, "totalStaked"),
		DiemCooldown:          r.word(p.Diem, diemContract, "cooldownDuration").Uint64(),
		DiemHeld:              r.word(p.Diem, diemContract, "balanceOf", p.Diem),
		Locked:                new(uint256.Int),
		PercentageWhenLocked:  new(uint256.Int),
	}
	f.Upgraded = r.upgraded()
	if f.Upgraded {
		f.Locked = r.word(p.Staking, stakingV2Contract, "totalLockedStakedVVV")
		f.PercentageWhenLocked = r.word(p.Staking, stakingV2Contract, "veniceEmissionsPercentageWhenLocked")
	}
	return f, r.err
}

// Wallet reads one account at a canonical block.
func (o *Oracle) Wallet(ctx context.Context, account common.Address, block uint64) (Wallet, error) {
	r := &reader{oracle: o, ctx: ctx, block: block}
	p := o.places
	w := Wallet{
		VVV:    r.word(p.VVV, vvvContract, "balanceOf", account),
		Staked: r.word(p.Staking, stakingV1Contract, "balanceOf", account),
		Diem:   r.word(p.Diem, diemContract, "balanceOf", account),
		Locked: new(uint256.Int),
		Minted: new(uint256.Int),
	}
	pending := r.words(2, p.Staking, stakingV1Contract, "unstakings", account)
	w.Unstaking, w.UnstakingUntil = pending[0], pending[1].Uint64()
	info := r.words(3, p.Diem, diemContract, "stakedInfos", account)
	w.DiemStaked, w.DiemUntil, w.DiemUnstaking = info[0], info[1].Uint64(), info[2]
	if r.upgraded() {
		lock := r.words(2, p.Staking, stakingV2Contract, "lockedStakes", account)
		w.Locked, w.Minted = lock[0], lock[1]
	}
	return w, r.err
}

// Curve reads the mint table at a canonical block. Before the upgrade there is
// none and the error wraps the node's.
func (o *Oracle) Curve(ctx context.Context, block uint64) (venice.Curve, error) {
	r := &reader{oracle: o, ctx: ctx, block: block}
	var table venice.Curve
	for i := range table.Bounds {
		index := big.NewInt(int64(i))
		table.Bounds[i] = *r.word(o.places.Staking, stakingV2Contract, "diemSupply", index)
		table.Rates[i] = *r.word(o.places.Staking, stakingV2Contract, "diemMintRates", index)
	}
	return table, r.err
}

// DiemAmountOut asks the contract for the DIEM wei that an amount of sVVV wei
// would mint after a block.
func (o *Oracle) DiemAmountOut(ctx context.Context, amount *uint256.Int, block uint64) (*uint256.Int, error) {
	r := &reader{oracle: o, ctx: ctx, block: block}
	return r.word(o.places.Staking, stakingV2Contract, "getDiemAmountOut", toBig(amount)), r.err
}

// errShortAnswer says that a view answered fewer words than its type has.
var errShortAnswer = errors.New("short answer")

// reader makes calls at one block until the first error, which it keeps.
type reader struct {
	oracle *Oracle
	ctx    context.Context //nolint:containedctx // Lives as long as one reading.
	block  uint64
	err    error
}

func (r *reader) word(at common.Address, artifact contracts.Artifact, method string, args ...any) *uint256.Int {
	return r.words(1, at, artifact, method, args...)[0]
}

// words returns n words, zero ones after an error.
func (r *reader) words(n int, at common.Address, artifact contracts.Artifact, method string, args ...any) []*uint256.Int {
	out := make([]*uint256.Int, n)
	for i := range out {
		out[i] = new(uint256.Int)
	}
	if r.err != nil {
		return out
	}
	input, err := pack(artifact, method, args...)
	if err != nil {
		r.err = err
		return out
	}
	var answer hexutil.Bytes
	err = r.oracle.client.CallContext(r.ctx, &answer, "eth_call",
		map[string]any{"to": at, "input": hexutil.Bytes(input)}, hexutil.Uint64(r.block))
	if err == nil && len(answer) < 32*n {
		err = errShortAnswer
	}
	if err != nil {
		r.err = fmt.Errorf("%s.%s at block %d: %w", artifact.Name, method, r.block, err)
		return out
	}
	for i := range out {
		out[i] = word(answer, i)
	}
	return out
}

func (r *reader) upgraded() bool {
	if r.err != nil {
		return false
	}
	var slot common.Hash
	err := r.oracle.client.CallContext(r.ctx, &slot, "eth_getStorageAt",
		r.oracle.places.Staking, implementationSlot, hexutil.Uint64(r.block))
	if err != nil {
		r.err = fmt.Errorf("implementation of staking at block %d: %w", r.block, err)
	}
	return common.BytesToAddress(slot.Bytes()) == implementationV2
}
