package devnet

import (
	"fmt"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/holiman/uint256"

	"diemhouse/contracts"
)

// The story is Venice's own between its launch and the end of storyEnd, laid
// over whatever time the history has.
var (
	storyBegin = time.Date(2025, 1, 27, 0, 0, 0, 0, time.UTC)
	storyEnd   = time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
)

// Token figures of the story, in tokens.
const (
	genesisSupply  = 100_000_000
	airdropFund    = 50_000_000
	airdropClaimed = 18_000_000
	poolFund       = 8_000_000
	firstGrant     = 12_000_000
	laterGrant     = 5_000_000
	buybackAmount  = 70_000
	buybacks       = 18 // about monthly

	upgradeEmission = 10_000_000 // a year, from the upgrade on
	firstTarget     = 38_000     // DIEM
	firstWidth      = 475        // DIEM a bucket
)

const (
	airdropEnd    = 0.12 // share of the story in which the airdrop can be claimed
	lockedPercent = 200_000_000_000_000_000
	onePercent    = 10_000_000_000_000_000
	launchPercent = 80 // of emissions, to the treasury, before anybody uses the API
	unstakeDays   = 7 * 24 * time.Hour
	yearSeconds   = 31_536_000
)

// step is something the people behind Venice do at a point of the story.
type step struct {
	at  float64 // 0 at the launch, 1 at the history's end
	run func(*turn) error
}

// moment places a date of the real story.
func moment(year int, month time.Month, day int) float64 {
	at := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	return float64(at.Sub(storyBegin)) / float64(storyEnd.Sub(storyBegin))
}

// timeline lists the steps in their order. span is the history's length: where
// it is short, so are the cooldowns.
func timeline(span time.Duration) []step {
	cooldown := min(unstakeDays, span/50)
	diemCooldown := min(24*time.Hour, span/400)
	launch := func(t *turn) error { return t.launch(cooldown) }
	return append(monthly(), []step{
		{0, launch},
		{0, (*turn).fund},
		{0.05, percentage(60)},
		{0.10, percentage(35)},
		{0.2, percentage(20)},
		{airdropEnd + 0.01, (*turn).burnAirdrop},
		{0.2, grant},
		{moment(2025, time.August, 20), (*turn).upgrade},
		{moment(2025, time.August, 20), curve(firstTarget, firstWidth)},
		{moment(2025, time.August, 20), emission(upgradeEmission)},
		{0.32, func(t *turn) error { return t.diemCooldown(diemCooldown) }},
		{0.4, grant},
		{0.43, func(t *turn) error {
			return t.ownerCall("setCooldownDuration", big.NewInt(int64(cooldown/time.Second)))
		}},
		{moment(2025, time.November, 10), emission(8_000_000)},
		{0.45, func(t *turn) error { return t.ownerCall("setTreasury", t.Treasury) }},
		{moment(2026, time.February, 10), emission(6_000_000)},
		{0.6, grant},
		{moment(2026, time.May, 1), emission(5_000_000)},
		{0.72, curve(39_500, 500)},
		{moment(2026, time.June, 1), emission(4_000_000)},
		{moment(2026, time.July, 1), emission(3_000_000)},
		{0.8, (*turn).notice},
		{moment(2026, time.September, 1), emission(2_500_000)},
		{moment(2026, time.September, 14), curve(40_000, 500)},
		{moment(2026, time.October, 1), emission(2_000_000)},
	}...)
}

// monthly lists the buybacks.
func monthly() []step {
	steps := make([]step, buybacks)
	for i := range steps {
		steps[i] = step{(float64(i) + 2.5) / (buybacks + 2), (*turn).buyback}
	}
	return steps
}

func (t *turn) launch(cooldown time.Duration) error {
	err := t.act(t.admin, t.VVV, vvvContract, "mint", t.Treasury, toBig(tokens(genesisSupply)))
	if err != nil {
		return err
	}
	err = t.act(t.admin, t.VVV, vvvContract, "transferOwnership", t.Staking)
	if err != nil {
		return err
	}
	err = t.act(t.admin, t.Staking, stakingV1Contract, "initialize", t.VVV, t.Treasury, t.Treasury,
		toBig(emissionRate(14_000_000)), big.NewInt(launchPercent*onePercent), big.NewInt(int64(cooldown/time.Second)))
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

// must packs a call whose shape is fixed in this package.
func must(artifact contracts.Artifact, method string, args ...any) []byte {
	data, err := pack(artifact, method, args...)
	if err != nil {
		panic(err)
	}
	return data
}

func grant(t *turn) error { return t.rule(t.Treasury, t.spread(laterGrant)...) }

func (t *turn) burnAirdrop() error {
	return t.act(t.admin, t.Airdrop, airdropContract, "burnRemainder")
}

// upgrade brings DIEM: the second implementation, and the right to mint.
func (t *turn) upgrade() error {
	err := t.act(t.admin, t.Diem, diemContract, "grantRole", [32]byte(crypto.Keccak256([]byte("MINTER_ROLE"))), t.Staking)
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

// emissionRate is in wei a second, from whole tokens a year.
func emissionRate(annual uint64) *uint256.Int {
	return new(uint256.Int).Div(tokens(annual), uint256.NewInt(yearSeconds))
}

func emission(annual uint64) func(*turn) error {
	return func(t *turn) error { return t.ownerCall("setEmissionRate", toBig(emissionRate(annual))) }
}

func curve(target, width uint64) func(*turn) error {
	return func(t *turn) error { return t.setCurve(target, width) }
}

func (t *turn) setCurve(target, width uint64) error {
	bounds, rates := curveTable(target, width)
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
