package devnet_test

import (
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/devnet"
	"diemhouse/pkg/venice"
)

func topic(signature string) common.Hash { return crypto.Keccak256Hash([]byte(signature)) }

// line is what the order of logs is compared by: contract, event, and of a Transfer
// its two sides.
func line(l *types.Log) string {
	base := venice.Base()
	contract := map[common.Address]string{base.VVV: "VVV", base.Staking: "staking", base.DIEM: "DIEM"}[l.Address]
	name := map[common.Hash]string{
		topic("Staked(address,uint256)"): "Staked", topic("Claimed(address,uint256)"): "Claimed",
		topic("DiemMinted(uint256,uint256)"): "DiemMinted", topic("DiemBurned(uint256,uint256)"): "DiemBurned",
		topic("UnstakeInitiated(address,uint256)"): "UnstakeInitiated", topic("UnstakeFinalized(address,uint256)"): "UnstakeFinalized",
		topic("Unstaked(address,uint256)"): "Unstaked",
	}[l.Topics[0]]
	if l.Topics[0] != topic("Transfer(address,address,uint256)") {
		return contract + " " + name
	}
	side := func(h common.Hash) string {
		switch common.BytesToAddress(h[:]) {
		case common.Address{}:
			return "0x0"
		case base.Treasury:
			return "treasury"
		case base.Staking:
			return "staking"
		case base.DIEM:
			return "diem"
		default:
			return "user"
		}
	}
	return contract + " " + side(l.Topics[1]) + "->" + side(l.Topics[2])
}

func lines(logs []*types.Log) []string {
	out := make([]string, len(logs))
	for i, l := range logs {
		out[i] = line(l)
	}
	return out
}

// value is a log's only or first word of data.
func value(l *types.Log) *uint256.Int { return new(uint256.Int).SetBytes(l.Data[:32]) }

// somebody is an actor who has free stake and VVV, holds DIEM that it minted, and is
// no vault.
func somebody(t *testing.T, d *devnet.Devnet) devnet.Account {
	t.Helper()
	for _, a := range d.Actors() {
		w := wallet(t, d, a)
		free := new(uint256.Int).Sub(w.Staked, w.Locked)
		if !a.Vault && w.Unstaking.IsZero() && free.Gt(vvv(10_000)) && w.VVV.Gt(vvv(1000)) && w.Diem.Gt(vvv(1)) && w.Minted.Gt(vvv(1)) {
			return a
		}
	}
	require.Fail(t, "no actor has all of it")
	return devnet.Account{}
}

var claimLegs = []string{"VVV 0x0->treasury", "VVV 0x0->staking", "VVV staking->user", "staking Claimed"}

// DOMAIN's order of logs, as captured on Base.
func TestOrderOfLogs(t *testing.T) {
	t.Parallel()
	d := start(t, devnet.Config{Seed: 1})
	a := somebody(t, d)
	with := func(more ...string) []string { return append(append([]string{}, claimLegs...), more...) }

	require.Equal(t, with("staking 0x0->user", "VVV user->staking", "staking Staked"),
		lines(do(t, d, devnet.Stake(a, a.Address, vvv(5)))), "stake")
	require.Equal(t, with("DIEM 0x0->user", "staking DiemMinted"), lines(do(t, d, devnet.MintDiem(a, vvv(500)))), "mintDiem")
	require.Equal(t, with("DIEM user->0x0", "staking DiemBurned"), lines(do(t, d, devnet.BurnDiem(a, uint256.NewInt(1e17)))), "burnDiem")
	require.Equal(t, with(), lines(do(t, d, devnet.Claim(a))), "claim")
	require.Equal(t, []string{"VVV 0x0->treasury", "VVV 0x0->staking", "staking Claimed", "staking 0x0->user", "staking Staked"},
		lines(do(t, d, devnet.ClaimAndStake(a))), "claimAndStake")
	require.Equal(t, with("staking user->0x0", "staking UnstakeInitiated"), lines(do(t, d, devnet.InitiateUnstake(a, vvv(7)))), "initiateUnstake")
	d.Wait(8 * day)
	require.Equal(t, []string{"VVV staking->user", "staking UnstakeFinalized"}, lines(do(t, d, devnet.FinalizeUnstake(a))), "finalizeUnstake")
	require.Equal(t, []string{"DIEM user->diem", "DIEM Staked"}, lines(do(t, d, devnet.StakeDiem(a, uint256.NewInt(9)))), "DIEM stake")
	require.Equal(t, []string{"DIEM UnstakeInitiated"}, lines(do(t, d, devnet.InitiateDiemUnstake(a, uint256.NewInt(4)))), "DIEM initiateUnstake")
	d.Wait(2 * day)
	require.Equal(t, []string{"DIEM diem->user", "DIEM Unstaked"}, lines(do(t, d, devnet.UnstakeDiem(a))), "DIEM unstake")

	// Within one second nothing is emitted and nothing is pending.
	logs := lines(do(t, d, devnet.Claim(a), devnet.Claim(a), devnet.MintDiem(a, vvv(500))))
	require.Equal(t, with("DIEM 0x0->user", "staking DiemMinted"), logs, "legs that are absent")
}

func TestStakeIsTheRecipients(t *testing.T) {
	t.Parallel()
	d := start(t, devnet.Config{Seed: 1})
	payer := somebody(t, d)
	recipient := d.Actors()[3]
	before, paid := wallet(t, d, recipient), wallet(t, d, payer)
	logs := do(t, d, devnet.Stake(payer, recipient.Address, vvv(5)))
	last := logs[len(logs)-1]
	require.Equal(t, common.BytesToHash(recipient.Address[:]), last.Topics[1])
	require.Equal(t, vvv(5), value(last))
	require.Equal(t, new(uint256.Int).Add(before.Staked, vvv(5)), wallet(t, d, recipient).Staked)
	require.Equal(t, new(uint256.Int).Sub(paid.VVV, vvv(5)), wallet(t, d, payer).VVV)
}

// The two mints of a reward update are pkg/venice's, to the wei, whatever the
// percentages, the rate and the seconds.
func TestEmissionsToTheWei(t *testing.T) {
	t.Parallel()
	d := start(t, devnet.Config{Seed: 1})
	a := somebody(t, d)
	percent := func(n uint64) *uint256.Int { return new(uint256.Int).Mul(uint256.NewInt(n), uint256.NewInt(1e16)) }
	settings := []devnet.Action{
		devnet.SetPercentage(percent(0)), devnet.SetPercentage(percent(13)), devnet.SetPercentageWhenLocked(percent(37)),
		devnet.SetEmissionRate(uint256.NewInt(79_274_479_959_411_466)), devnet.SetPercentageWhenLocked(percent(0)),
		devnet.SetPercentage(percent(100)), devnet.SetPercentage(percent(50)),
	}
	for i, setting := range settings {
		do(t, d, setting)
		for _, wait := range []time.Duration{0, time.Second, 22 * time.Second, 31 * day} {
			f := figures(t, d)
			d.Wait(wait)
			logs := do(t, d, devnet.Claim(a))
			state := venice.RewardState{
				Rate: *f.EmissionRatePerSecond, Staked: *f.SVVVTotalSupply, Locked: *f.Locked,
				Percentage: *f.Percentage, PercentageWhenLocked: *f.PercentageWhenLocked,
			}
			want, err := state.Emit(d.Head().Time - f.LastRewardTimestamp)
			require.NoError(t, err)
			treasury, stakers := new(uint256.Int), new(uint256.Int)
			for _, l := range logs {
				switch line(l) {
				case "VVV 0x0->treasury":
					treasury.Add(treasury, value(l))
				case "VVV 0x0->staking":
					stakers.Add(stakers, value(l))
				}
			}
			require.Equal(t, &want.ToTreasury, treasury, "setting %d, %s", i, wait)
			require.Equal(t, &want.ToStakers, stakers, "setting %d, %s", i, wait)
			sum := new(uint256.Int).Add(treasury, stakers)
			require.True(t, new(uint256.Int).Sub(&want.Due, sum).LtUint64(3), "rounding keeps at most 2 wei back")
		}
	}
}

// What everybody can still claim, has in its cooldown and has staked is covered by
// the VVV that staking holds.
func TestStakingIsSolvent(t *testing.T) {
	t.Parallel()
	d := start(t, devnet.Config{Seed: 5})
	f := figures(t, d)
	owed, staked, locked := new(uint256.Int), new(uint256.Int), new(uint256.Int)
	for _, a := range d.Actors() {
		w := wallet(t, d, a)
		staked.Add(staked, w.Staked)
		locked.Add(locked, w.Locked)
		owed.Add(owed, w.Unstaking)
		owed.Add(owed, w.Staked)
	}
	require.Equal(t, f.SVVVTotalSupply, staked)
	require.Equal(t, f.Locked, locked)
	require.False(t, f.VVVInStaking.Lt(owed), "holds %s, owes %s", f.VVVInStaking.Dec(), owed.Dec())
}

func TestUnstakeCooldown(t *testing.T) {
	t.Parallel()
	d := start(t, devnet.Config{Seed: 1})
	a := somebody(t, d)
	do(t, d, devnet.SetCooldown(100*time.Second))
	require.EqualValues(t, 100, figures(t, d).CooldownDuration)
	before := wallet(t, d, a)
	do(t, d, devnet.InitiateUnstake(a, vvv(3)))
	after := wallet(t, d, a)
	require.Equal(t, new(uint256.Int).Sub(before.Staked, vvv(3)), after.Staked, "sVVV is burned at once")
	require.Equal(t, vvv(3), after.Unstaking)

	_, _, err := d.Do(devnet.InitiateUnstake(a, vvv(1)))
	require.ErrorIs(t, err, devnet.ErrReverted, "one request a user")
	d.Wait(90 * time.Second)
	_, _, err = d.Do(devnet.FinalizeUnstake(a))
	require.ErrorIs(t, err, devnet.ErrReverted, "too early")
	d.Wait(8 * time.Second)
	do(t, d, devnet.FinalizeUnstake(a))
	require.True(t, wallet(t, d, a).Unstaking.IsZero())
	_, _, err = d.Do(devnet.FinalizeUnstake(a))
	require.ErrorIs(t, err, devnet.ErrReverted, "nothing pending")
}

func TestLockedStakeStays(t *testing.T) {
	t.Parallel()
	d := start(t, devnet.Config{Seed: 1})
	a := somebody(t, d)
	w := wallet(t, d, a)
	free := new(uint256.Int).Sub(w.Staked, w.Locked)
	_, _, err := d.Do(devnet.InitiateUnstake(a, new(uint256.Int).AddUint64(free, 1)))
	require.ErrorIs(t, err, devnet.ErrReverted)
	_, _, err = d.Do(devnet.MintDiem(a, new(uint256.Int).AddUint64(free, 1)))
	require.ErrorIs(t, err, devnet.ErrReverted)
	do(t, d, devnet.InitiateUnstake(a, free))
}

func TestRefusedBlockLeavesNoTrace(t *testing.T) {
	t.Parallel()
	d := start(t, devnet.Config{Seed: 1})
	a := somebody(t, d)
	head := d.Head().Hash()
	_, _, err := d.Do(devnet.Claim(a), devnet.BurnDiem(a, vvv(1_000_000)))
	require.ErrorIs(t, err, devnet.ErrReverted)
	require.ErrorContains(t, err, "action 2 of 2")
	require.Equal(t, head, d.Head().Hash())
}

func TestBurnsKeepTheTotalSupply(t *testing.T) {
	t.Parallel()
	d := start(t, devnet.Config{Seed: 1})
	before := figures(t, d)
	logs := do(t, d, devnet.BurnFromPool(vvv(3), vvv(4)), devnet.TransferVVV(somebody(t, d), common.Address{}, vvv(5)), devnet.Buyback())
	after := figures(t, d)
	require.Equal(t, before.VVVTotalSupply, after.VVVTotalSupply)
	require.Equal(t, vvv(3+4+5+70_000), new(uint256.Int).Sub(after.VVVBurned, before.VVVBurned))
	require.Len(t, logs, 2+1+2)
}
