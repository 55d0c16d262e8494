package devnet_test

import (
	"testing"
	"time"

	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/devnet"
	"diemhouse/pkg/venice"
)

// Quotes over any number of buckets, from any supply, are pkg/venice's to the wei.
func TestQuotesToTheWei(t *testing.T) {
	t.Parallel()
	d := start(t, devnet.Config{Seed: 1})
	a := somebody(t, d)
	oracle := d.Oracle()
	for _, change := range []devnet.Action{
		devnet.SetCurve(38_000, 475), devnet.MintDiem(a, vvv(123)), devnet.SetCurve(39_500, 500), devnet.SetCurve(40_000, 160),
		devnet.MintDiem(a, uint256.NewInt(1_234_567_891_234_567_891)), devnet.SetCurve(60_001, 800), nil,
	} {
		if change == nil {
			change = devnet.SetCurveTable(unevenCurve(t, d))
		}
		do(t, d, change)
		head := d.Head().Number.Uint64()
		f := figures(t, d)
		curve, err := oracle.Curve(t.Context(), head)
		require.NoError(t, err)
		amounts := append(edges(t, &curve, f.DiemTotalSupply),
			new(uint256.Int), uint256.NewInt(1), uint256.NewInt(999), vvv(1), vvv(1_000_000), vvv(50_000_000))
		for _, amount := range amounts {
			want, err := curve.DIEMOut(f.DiemTotalSupply, amount)
			got, refused := oracle.DiemAmountOut(t.Context(), amount, head)
			if err != nil {
				require.ErrorContains(t, refused, "execution reverted", "%s: %v", amount.Dec(), err)
				continue
			}
			require.NoError(t, refused, amount.Dec())
			require.Equal(t, &want, got, "DIEM for %s sVVV wei at a supply of %s", amount.Dec(), f.DiemTotalSupply.Dec())
		}
	}
}

// edges are the amounts that fill one, two, three and all buckets, and a wei to
// either side of each.
func edges(t *testing.T, curve *venice.Curve, supply *uint256.Int) []*uint256.Int {
	t.Helper()
	first, err := curve.Bucket(supply)
	require.NoError(t, err)
	buckets := []int{first, first + 1, first + 2, venice.Buckets - 1}
	out := make([]*uint256.Int, 0, 3*len(buckets))
	for _, i := range buckets {
		amount, err := curve.SVVVIn(supply, new(uint256.Int).Sub(&curve.Bounds[i], supply))
		require.NoError(t, err)
		out = append(out, &amount, new(uint256.Int).SubUint64(&amount, 1), new(uint256.Int).AddUint64(&amount, 1))
	}
	return out
}

// unevenCurve is a table that no generator makes: bounds that are wei apart, rates
// that go down and up.
func unevenCurve(t *testing.T, d *devnet.Devnet) venice.Curve {
	t.Helper()
	supply := figures(t, d).DiemTotalSupply
	var curve venice.Curve
	bound := new(uint256.Int).SubUint64(supply, 5)
	for i := range venice.Buckets {
		bound.AddUint64(bound, uint64(1+i*i*i%7_777_777_777))
		curve.Bounds[i] = *bound
		curve.Rates[i] = *new(uint256.Int).AddUint64(vvv(uint64(90+i*31%577)), uint64(i))
	}
	return curve
}

func TestMintFollowsTheQuote(t *testing.T) {
	t.Parallel()
	d := start(t, devnet.Config{Seed: 1})
	a := somebody(t, d)
	before, f := wallet(t, d, a), figures(t, d)
	quote, err := d.Oracle().DiemAmountOut(t.Context(), vvv(9000), f.Block)
	require.NoError(t, err)
	logs := do(t, d, devnet.MintDiem(a, vvv(9000)))
	minted := logs[len(logs)-1]
	require.Equal(t, "staking DiemMinted", line(minted))
	require.Len(t, minted.Topics, 1, "nothing indexed, no user")
	require.Equal(t, vvv(9000), value(minted))
	require.Equal(t, quote, new(uint256.Int).SetBytes(minted.Data[32:]))
	require.Equal(t, quote, value(logs[len(logs)-2]), "the DIEM Transfer just before it")

	after := wallet(t, d, a)
	require.Equal(t, vvv(9000), new(uint256.Int).Sub(after.Locked, before.Locked))
	require.Equal(t, quote, new(uint256.Int).Sub(after.Minted, before.Minted))
	require.Equal(t, before.Staked, after.Staked, "sVVV does not move")
	g := figures(t, d)
	require.Equal(t, vvv(9000), new(uint256.Int).Sub(g.Locked, f.Locked))
	require.Equal(t, quote, new(uint256.Int).Sub(g.DiemTotalSupply, f.DiemTotalSupply))
}

func TestBurnReleasesAtTheUsersOwnAverage(t *testing.T) {
	t.Parallel()
	d := start(t, devnet.Config{Seed: 1})
	a := somebody(t, d)
	do(t, d, devnet.MintDiem(a, vvv(5000)))
	before := wallet(t, d, a)
	amount := uint256.NewInt(777_777_777_777_777_777)
	unlocked, _ := new(uint256.Int).MulDivOverflow(before.Locked, amount, before.Minted)
	logs := do(t, d, devnet.BurnDiem(a, amount))
	burned := logs[len(logs)-1]
	require.Equal(t, unlocked, value(burned))
	require.Equal(t, amount, new(uint256.Int).SetBytes(burned.Data[32:]))
	after := wallet(t, d, a)
	require.Equal(t, unlocked, new(uint256.Int).Sub(before.Locked, after.Locked))
	require.Equal(t, amount, new(uint256.Int).Sub(before.Minted, after.Minted))

	// The last DIEM takes all of the lock with it, whatever rounding left over.
	if after.Diem.Lt(after.Minted) {
		giver := holder(t, d, a, new(uint256.Int).Sub(after.Minted, after.Diem))
		do(t, d, devnet.TransferDiem(giver, a.Address, new(uint256.Int).Sub(after.Minted, after.Diem)))
	}
	do(t, d, devnet.BurnDiem(a, after.Minted))
	last := wallet(t, d, a)
	require.True(t, last.Locked.IsZero())
	require.True(t, last.Minted.IsZero())
	_, _, err := d.Do(devnet.BurnDiem(a, uint256.NewInt(1)))
	require.ErrorIs(t, err, devnet.ErrReverted, "bought DIEM releases nothing")
}

// holder is another actor who has that much DIEM to give.
func holder(t *testing.T, d *devnet.Devnet, but devnet.Account, amount *uint256.Int) devnet.Account {
	t.Helper()
	for _, other := range d.Actors() {
		if other.Address != but.Address && !wallet(t, d, other).Diem.Lt(amount) {
			return other
		}
	}
	require.Fail(t, "nobody has enough DIEM")
	return devnet.Account{}
}

func TestSecondDiemUnstakeAddsAndRestartsTheClock(t *testing.T) {
	t.Parallel()
	d := start(t, devnet.Config{Seed: 1})
	a := somebody(t, d)
	do(t, d, devnet.SetDiemCooldown(100*time.Second), devnet.StakeDiem(a, uint256.NewInt(50)))
	before := figures(t, d)
	stakedBefore := wallet(t, d, a)
	do(t, d, devnet.InitiateDiemUnstake(a, uint256.NewInt(20)))
	d.Wait(90 * time.Second)
	do(t, d, devnet.InitiateDiemUnstake(a, uint256.NewInt(7)))
	w := wallet(t, d, a)
	require.Equal(t, uint256.NewInt(27), new(uint256.Int).Sub(w.DiemUnstaking, stakedBefore.DiemUnstaking))
	require.Equal(t, uint256.NewInt(27), new(uint256.Int).Sub(stakedBefore.DiemStaked, w.DiemStaked))
	require.Equal(t, uint256.NewInt(27), new(uint256.Int).Sub(before.DiemTotalStaked, figures(t, d).DiemTotalStaked))

	d.Wait(90 * time.Second)
	_, _, err := d.Do(devnet.UnstakeDiem(a))
	require.ErrorIs(t, err, devnet.ErrReverted, "the clock began again")
	d.Wait(8 * time.Second)
	do(t, d, devnet.UnstakeDiem(a))
	require.True(t, wallet(t, d, a).DiemUnstaking.IsZero())
}

func TestCurveMustAscend(t *testing.T) {
	t.Parallel()
	d := start(t, devnet.Config{Seed: 1})
	curve, err := venice.Generate(40_000, 500)
	require.NoError(t, err)
	curve.Bounds[9] = curve.Bounds[8]
	_, _, err = d.Do(devnet.SetCurveTable(curve))
	require.ErrorIs(t, err, devnet.ErrReverted)
}

// A curve update's data is the whole table: 16,384 bytes.
func TestCurveUpdateTellsTheTable(t *testing.T) {
	t.Parallel()
	d := start(t, devnet.Config{Seed: 1})
	logs := do(t, d, devnet.SetCurve(41_000, 512))
	update := logs[len(logs)-1]
	require.Equal(t, "0xa17dd66150b8ad4ee99c4d23c5cdbb44eaa4076e6e1d854c3005aa021511da5a", update.Topics[0].Hex())
	require.Len(t, update.Data, 16_384)
	want, err := venice.Generate(41_000, 512)
	require.NoError(t, err)
	for i := range venice.Buckets {
		require.Equal(t, want.Bounds[i].Bytes32(), [32]byte(update.Data[32*i:32*i+32]))
		require.Equal(t, want.Rates[i].Bytes32(), [32]byte(update.Data[8192+32*i:8192+32*i+32]))
	}
	got, err := d.Oracle().Curve(t.Context(), d.Head().Number.Uint64())
	require.NoError(t, err)
	require.Equal(t, want, got)
}
