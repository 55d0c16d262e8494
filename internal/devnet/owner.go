package devnet

import (
	"fmt"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/holiman/uint256"

	"diemhouse/pkg/venice"
)

func (t *turn) launch(cooldown time.Duration) error {
	rate := venice.RatePerSecond(launchEmission)
	err := t.act(t.admin, t.VVV, vvvContract, "mint", t.Treasury, toBig(tokens(genesisSupply)))
	if err != nil {
		return err
	}
	err = t.act(t.admin, t.VVV, vvvContract, "transferOwnership", t.Staking)
	if err != nil {
		return err
	}
	err = t.act(t.admin, t.Staking, stakingV1Contract, "initialize", t.VVV, t.Treasury, t.Treasury,
		rate.ToBig(), big.NewInt(launchPercent*onePercent), big.NewInt(int64(cooldown/time.Second)))
	return err
}

// fund spreads the first tokens: airdrop, pools, and the wallets with a few
// large ones among many small.
func (t *turn) fund() error {
	calls := append(t.spread(firstGrant),
		t.vvvTransfer(t.Airdrop, tokens(airdropFund)),
		t.vvvTransfer(t.WETHPool, tokens(poolFund*3/4)),
		t.vvvTransfer(t.DiemPool, tokens(poolFund/4)))
	return t.rule(t.Treasury, calls...)
}

// spread splits an amount of tokens over all actors by the weights of wealth.
func (t *turn) spread(amount uint64) []call {
	var total uint64
	for i := range t.actors {
		total += wealth(i)
	}
	calls := make([]call, 0, len(t.actors))
	for i, actor := range t.actors {
		share, _ := new(uint256.Int).MulDivOverflow(tokens(amount), uint256.NewInt(wealth(i)), uint256.NewInt(total))
		calls = append(calls, t.vvvTransfer(actor.Address, share))
	}
	return calls
}

// wealth weighs an actor: the i-th has about 1/i of the first.
func wealth(i int) uint64 { return 1_000_000 / uint64(i+8) }

func (t *turn) vvvTransfer(to common.Address, amount *uint256.Int) call {
	return call{t.VVV, must(vvvContract, "transfer", to, toBig(amount))}
}

func grant(t *turn) error { return t.rule(t.Treasury, t.spread(laterGrant)...) }

func (t *turn) burnAirdrop() error {
	return t.act(t.admin, t.Airdrop, airdropContract, "burnRemainder")
}

// minterRole is the right to mint and burn DIEM.
var minterRole = crypto.Keccak256Hash([]byte("MINTER_ROLE"))

// lendMinting gives the treasury the right to mint DIEM and takes it back.
func (t *turn) lendMinting() error {
	err := t.act(t.admin, t.Diem, diemContract, "grantRole", minterRole, t.Treasury)
	if err != nil {
		return err
	}
	return t.act(t.admin, t.Diem, diemContract, "revokeRole", minterRole, t.Treasury)
}

// upgrade brings DIEM: the second implementation, and the right to mint.
func (t *turn) upgrade() error {
	err := t.act(t.admin, t.Diem, diemContract, "grantRole", minterRole, t.Staking)
	if err != nil {
		return err
	}
	initialize, err := pack(stakingV2Contract, "initializeV2", t.Diem, big.NewInt(lockedPercent))
	if err != nil {
		return err
	}
	return t.ownerCall("upgradeToAndCall", implementationV2, initialize)
}

func (t *turn) diemCooldown(d time.Duration) error {
	return t.act(t.admin, t.Diem, diemContract, "setCooldownDuration", big.NewInt(int64(max(d, time.Second)/time.Second)))
}

// ownerCall has the treasury call staking.
func (t *turn) ownerCall(method string, args ...any) error {
	data, err := pack(stakingV2Contract, method, args...)
	if err != nil {
		return err
	}
	err = t.rule(t.Treasury, call{t.Staking, data})
	if err != nil {
		return fmt.Errorf("staking.%s: %w", method, err)
	}
	return nil
}

func percentage(percent int64) func(*turn) error {
	return func(t *turn) error {
		return t.ownerCall("setVeniceEmissionsPercentage", big.NewInt(percent*onePercent))
	}
}

// emission sets the rate of whole tokens a year.
func emission(annual uint64) func(*turn) error {
	rate := venice.RatePerSecond(annual)
	return func(t *turn) error { return t.ownerCall("setEmissionRate", rate.ToBig()) }
}

func curve(target, width uint64) func(*turn) error {
	return func(t *turn) error { return t.setCurve(target, width) }
}

func (t *turn) setCurve(target, width uint64) error {
	table, err := venice.Generate(float64(target), width)
	if err != nil {
		return fmt.Errorf("curve for a target of %d in buckets of %d: %w", target, width, err)
	}
	return t.setCurveTable(table)
}

// setCurveTable replaces the mint table.
func (t *turn) setCurveTable(table venice.Curve) error {
	var bounds, rates [venice.Buckets]*big.Int
	for i := range bounds {
		bounds[i], rates[i] = table.Bounds[i].ToBig(), table.Rates[i].ToBig()
	}
	return t.ownerCall("setDiemMintCurve", bounds, rates)
}

// notice emits an event that no decoder of the warehouse knows.
func (t *turn) notice() error {
	return t.ownerCall("noticeGuardian", t.admin.Address, crypto.Keccak256Hash([]byte("drill")), big.NewInt(3), "a drill, nothing else")
}

// buyback moves VVV from the treasury to the Safe, which burns it.
func (t *turn) buyback() error {
	amount := tokens(buybackAmount)
	err := t.rule(t.Treasury, t.vvvTransfer(t.Buyback, amount))
	if err != nil {
		return err
	}
	return t.rule(t.Buyback, t.vvvTransfer(common.Address{}, amount))
}
