package devnet_test

import (
	"math/big"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/devnet"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/venice"
)

// told are the events of the long history, decoded once.
var told struct {
	once   sync.Once
	events []decode.Event
}

// events are everything that Venice's contracts emitted in the long history.
func events(t *testing.T) []decode.Event {
	t.Helper()
	d := longHistory(t)
	told.once.Do(func() { told.events = decodeAll(t, d) })
	require.NotEmpty(t, told.events)
	return told.events
}

// decodeAll reads and decodes everything on a chain.
func decodeAll(t *testing.T, d *devnet.Devnet) []decode.Event {
	t.Helper()
	base := venice.Base()
	decoder, err := decode.New(decode.Config{Deployment: base})
	require.NoError(t, err)
	c := ethclient.NewClient(d.Client())
	var out []decode.Event
	const step = 100 // blocks, so that no answer takes long
	for from := uint64(0); from <= d.Head().Number.Uint64(); from += step {
		logs, err := c.FilterLogs(t.Context(), ethereum.FilterQuery{
			FromBlock: new(big.Int).SetUint64(from), ToBlock: new(big.Int).SetUint64(min(from+step-1, d.Head().Number.Uint64())),
			Addresses: []common.Address{base.VVV, base.Staking, base.DIEM, base.Airdrop},
		})
		require.NoError(t, err)
		out, err = decoder.Decode(out, logs)
		require.NoError(t, err)
	}
	return out
}

// possible are the kinds that Venice's contracts emit, here as on Base. What is not
// here cannot be: sVVV does not move, nobody but staking mints VVV, roles keep their
// admins.
var possible = []decode.Kind{
	decode.KindVVVGenesis, decode.KindVVVEmissionTreasury, decode.KindVVVEmissionStakers,
	decode.KindVVVBurnProgrammatic, decode.KindVVVBurnBuyback, decode.KindVVVBurnAirdrop, decode.KindVVVBurnOther, decode.KindVVVTransfer,
	decode.KindSVVVMint, decode.KindSVVVBurn, decode.KindDIEMTransferMint, decode.KindDIEMTransferBurn, decode.KindDIEMTransfer,
	decode.KindStake, decode.KindUnstakeInitiated, decode.KindUnstakeFinalized, decode.KindClaim, decode.KindDIEMMint, decode.KindDIEMBurn,
	decode.KindDIEMStake, decode.KindDIEMUnstakeInitiated, decode.KindDIEMUnstake, decode.KindAirdropClaim,
	decode.KindEmissionRateUpdated, decode.KindCooldownUpdated, decode.KindTreasuryUpdated, decode.KindVenicePercentageUpdated,
	decode.KindVenicePercentageLockedUpdated, decode.KindCurveUpdated, decode.KindUpgraded, decode.KindInitialized,
	decode.KindOwnershipTransferred, decode.KindApproval, decode.KindRoleGranted, decode.KindRoleRevoked, decode.KindUnknown,
}

func TestHistoryHoldsEveryKindOfEvent(t *testing.T) {
	seen := make(map[decode.Kind]int)
	problems := make(map[string]int)
	for _, e := range events(t) {
		seen[e.Kind]++
		if e.Problem != "" {
			problems[e.Problem]++
		}
	}
	for _, kind := range possible {
		require.NotZero(t, seen[kind], kind)
	}
	require.Len(t, seen, len(possible), "%v", seen)
	require.Equal(t, map[string]int{decode.ProblemUnknownEvent: 1}, problems, "one drill, and nothing that the decoder stumbles on")
	require.Equal(t, 3, seen[decode.KindCurveUpdated], "curves")
	require.Equal(t, 9, seen[decode.KindEmissionRateUpdated], "emission steps")
	require.Equal(t, 18, seen[decode.KindVVVBurnBuyback], "monthly buybacks")
	require.Greater(t, seen[decode.KindVVVBurnProgrammatic], leastBurns)
	require.Greater(t, seen[decode.KindDIEMMint], leastMints)
	require.Greater(t, seen[decode.KindDIEMBurn], leastMints)
}

func TestHistoryHasTheScaleOfTheRealThing(t *testing.T) {
	d := longHistory(t)
	f, err := d.Oracle().Figures(t.Context(), longBlocks)
	require.NoError(t, err)
	curve, err := d.Oracle().Curve(t.Context(), longBlocks)
	require.NoError(t, err)
	rate, err := curve.RateAt(f.DiemTotalSupply)
	require.NoError(t, err)
	target, err := curve.Target()
	require.NoError(t, err)

	effective := tokens(f.VVVTotalSupply) - tokens(f.VVVBurned)
	share := tokens(f.Locked) / effective
	require.InDelta(t, 0.12, share, 0.04, "share of effective supply that is locked")
	require.InDelta(t, 500, tokens(&rate), 150, "sVVV a DIEM")
	require.InDelta(t, 40_000, target, 1e-6)
	require.InDelta(t, 0.94, tokens(f.DiemTotalSupply)/target, 0.05, "DIEM supply in targets")
	require.InDelta(t, 110e6, tokens(f.VVVTotalSupply), 5e6)
	require.InDelta(t, burnedVVV, tokens(f.VVVBurned), 2e6)
	require.InDelta(t, 0.66, tokens(f.DiemTotalStaked)/tokens(f.DiemTotalSupply), 0.25, "share of DIEM that is staked")
	require.InDelta(t, 0.3, tokens(f.Locked)/tokens(f.SVVVTotalSupply), 0.1, "share of stake that is locked")
	require.Equal(t, *f.EmissionRatePerSecond, venice.RatePerSecond(2_000_000))
}

func TestHistoryIsLivedByHundreds(t *testing.T) {
	stakers, minters, burners := make(map[common.Address]bool), make(map[common.Address]bool), make(map[common.Address]bool)
	for _, e := range events(t) {
		switch e.Kind { //nolint:exhaustive // three are counted
		case decode.KindStake:
			stakers[e.Account] = true
		case decode.KindDIEMMint:
			minters[e.Account] = true
		case decode.KindDIEMBurn:
			burners[e.Account] = true
		}
	}
	require.Greater(t, len(stakers), 250)
	require.Greater(t, len(minters), 200)
	require.Greater(t, len(burners), 150)
}

// The user of a mint is not always the transaction's sender: vaults are contracts.
func TestVaultsMintForThemselves(t *testing.T) {
	d := longHistory(t)
	vaults := make(map[common.Address]devnet.Account)
	for _, a := range d.Actors() {
		if a.Vault {
			vaults[a.Address] = a
		}
	}
	require.NotEmpty(t, vaults)
	c := client(t, d)
	found, twice := 0, 0
	mints := make(map[common.Hash]int)
	for _, e := range events(t) {
		vault, isVault := vaults[e.Account]
		if e.Kind != decode.KindDIEMMint || !isVault {
			continue
		}
		found++
		mints[e.TxHash]++
		if mints[e.TxHash] == 2 {
			twice++
		}
		tx, _, err := c.TransactionByHash(t.Context(), e.TxHash)
		require.NoError(t, err)
		sender, err := types.Sender(types.LatestSignerForChainID(big.NewInt(devnet.ChainID)), tx)
		require.NoError(t, err)
		require.Equal(t, vault.Sender(), sender)
		require.NotEqual(t, vault.Address, sender)
	}
	require.NotZero(t, found)
	require.NotZero(t, twice, "two mints in one transaction")
}

func TestHistoryCoversItsTime(t *testing.T) {
	d := longHistory(t)
	require.EqualValues(t, longBlocks, d.Head().Number.Uint64())
	require.Equal(t, uint64(now().Unix()), d.Head().Time)
	require.Equal(t, uint64(now().Add(-400*day).Unix()), d.Header(0).Time)
	for n := uint64(1); n <= longBlocks; n++ {
		require.Greater(t, d.Header(n).Time, d.Header(n-1).Time)
	}
}

// One wallet can be followed through the story: what its events say it has is what
// the contracts say.
func TestEventsAddUpToTheContractsFigures(t *testing.T) {
	d := longHistory(t)
	var locked, minted, staked big.Int
	for _, e := range events(t) {
		switch e.Kind { //nolint:exhaustive // what moves the three sums
		case decode.KindDIEMMint:
			locked.Add(&locked, e.VVVWei.ToBig())
			minted.Add(&minted, e.DIEMWei.ToBig())
		case decode.KindDIEMBurn:
			locked.Sub(&locked, e.VVVWei.ToBig())
			minted.Sub(&minted, e.DIEMWei.ToBig())
		case decode.KindDIEMStake:
			staked.Add(&staked, e.DIEMWei.ToBig())
		case decode.KindDIEMUnstakeInitiated:
			staked.Sub(&staked, e.DIEMWei.ToBig())
		}
	}
	f := figures(t, d)
	require.Equal(t, f.Locked.Dec(), locked.String())
	require.Equal(t, f.DiemTotalSupply.Dec(), minted.String())
	require.Equal(t, f.DiemTotalStaked.Dec(), staked.String())
}

func TestSeedDecidesEverything(t *testing.T) {
	t.Parallel()
	hash := func(config devnet.Config) common.Hash {
		d := start(t, config)
		_, err := d.Mine(5)
		require.NoError(t, err)
		_, err = d.Reorg(2)
		require.NoError(t, err)
		return d.Head().Hash()
	}
	one := hash(devnet.Config{Seed: 7})
	require.Equal(t, one, hash(devnet.Config{Seed: 7}))
	require.NotEqual(t, one, hash(devnet.Config{Seed: 8}))
	require.NotEqual(t, one, hash(devnet.Config{Seed: 7, Now: now().Add(time.Second)}))
	require.NotEqual(t, one, hash(devnet.Config{Seed: 7, Actors: 61}))
	require.NotEqual(t, one, hash(devnet.Config{Seed: 7, History: 2 * time.Minute}))
}

func TestHistoryOfAnyLengthTellsTheWholeStory(t *testing.T) {
	t.Parallel()
	for _, span := range []time.Duration{time.Minute, time.Hour, 36 * time.Hour} {
		t.Run(span.String(), func(t *testing.T) {
			t.Parallel()
			d := start(t, devnet.Config{Seed: 3, History: span, Blocks: 60})
			f := figures(t, d)
			require.True(t, f.Upgraded)
			require.False(t, f.Locked.IsZero())
			curve, err := d.Oracle().Curve(t.Context(), f.Block)
			require.NoError(t, err)
			target, err := curve.Target()
			require.NoError(t, err)
			require.InDelta(t, 40_000, target, 1e-6)
			require.Equal(t, uint64(now().Unix()), d.Head().Time)
		})
	}
}

func TestHistoryEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := contextAfter(t, 10)
	_, err := devnet.Start(ctx, devnet.Config{History: 400 * day, Now: now(), Progress: cancel})
	require.ErrorIs(t, err, ctx.Err())
	require.ErrorContains(t, err, "block 11 of 3600")
}
