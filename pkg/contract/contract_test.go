package contract_test

import (
	"context"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/devnet"
	"diemhouse/pkg/chain"
	"diemhouse/pkg/contract"
	"diemhouse/pkg/venice"
)

// kept is how many states the node keeps, as go-ethereum does without an archive.
const kept = 128

// bundle is Venice on a node that forgets old states, and a reader of it.
type bundle struct {
	*devnet.Devnet

	pool   *chain.Pool
	reader *contract.Reader
	head   uint64
}

func setup(t *testing.T) *bundle {
	t.Helper()

	d, err := devnet.Start(t.Context(), devnet.Config{
		Seed: 3, History: 40 * 24 * time.Hour, Blocks: 2*kept + 20, Actors: 30, AdminPort: -1, Prune: true,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })

	pool, err := chain.NewPool(chain.Config{URLs: []string{d.HTTPURL()}, ChainID: venice.Base().ChainID})
	require.NoError(t, err)
	t.Cleanup(pool.Close)

	return &bundle{d, pool, contract.New(venice.Base(), pool), d.Head().Number.Uint64()}
}

// TestViews shares one node among its parts, because making it takes longer than all
// of them.
func TestViews(t *testing.T) {
	t.Parallel()

	b := setup(t)

	t.Run("are read as the contracts answer", b.areTheContractsOwn)
	t.Run("that are not there are unknown, not zero", b.missingIsUnknown)
	t.Run("of contracts that are not there are unknown", b.noCodeIsUnknown)
	t.Run("at a forgotten state are an error", b.forgottenStateIsAnError)
	t.Run("at a block that nobody has are an error", b.unknownBlockIsAnError)
	t.Run("of another shape are an error", b.otherShapesAreErrors)
}

func (b *bundle) areTheContractsOwn(t *testing.T) {
	old := b.head - kept/2

	for at, block := range map[chain.At]uint64{
		chain.Latest(): b.head, chain.AtBlock(old): old, chain.AtBlock(b.head): b.head,
	} {
		b.sameAs(t, at, block)
	}

	// By hash, which no map can hold.
	b.sameAs(t, chain.AtHash(b.Header(old).Hash()), old)
}

// sameAs holds all reads against those of the devnet's own, which take another way.
func (b *bundle) sameAs(t *testing.T, at chain.At, block uint64) {
	t.Helper()

	want, err := b.Oracle().Figures(t.Context(), block)
	require.NoError(t, err)

	figures, err := b.reader.Figures(t.Context(), at)
	require.NoError(t, err)
	require.Equal(t, contract.Figures{
		VVVSupply: want.VVVTotalSupply, VVVBurned: want.VVVBurned, SVVVSupply: want.SVVVTotalSupply, VVVLocked: want.Locked,
		DIEMSupply: want.DiemTotalSupply, DIEMStaked: want.DiemTotalStaked, EmissionRatePerSecond: want.EmissionRatePerSecond,
		VenicePercentage: want.Percentage, Share: want.PercentageWhenLocked,
	}, figures)

	parameters, err := b.reader.Parameters(t.Context(), at)
	require.NoError(t, err)
	require.Equal(t, contract.Parameters{
		EmissionRate: want.EmissionRatePerSecond, VenicePercentage: want.Percentage, VenicePercentageLocked: want.PercentageWhenLocked,
		Cooldown: uint256.NewInt(want.CooldownDuration), DIEMCooldown: uint256.NewInt(want.DiemCooldown),
		Treasury: new(uint256.Int).SetBytes(want.Treasury[:]),
	}, parameters)

	curve, err := b.reader.Curve(t.Context(), at)
	require.NoError(t, err)
	wantCurve, err := b.Oracle().Curve(t.Context(), block)
	require.NoError(t, err)
	require.Equal(t, wantCurve, curve)

	b.sameWallets(t, at, block)
}

func (b *bundle) sameWallets(t *testing.T, at chain.At, block uint64) {
	t.Helper()

	accounts := make([]common.Address, len(b.Actors())+1) // the last is nobody
	for i, actor := range b.Actors() {
		accounts[i] = actor.Address
	}

	wallets, err := b.reader.Wallets(t.Context(), at, accounts)
	require.NoError(t, err)

	locked := 0

	for i, account := range accounts {
		want, err := b.Oracle().Wallet(t.Context(), account, block)
		require.NoError(t, err)
		require.Equal(t, contract.Wallet{Staked: want.Staked, Locked: want.Locked, Minted: want.Minted, DIEM: want.Diem}, wallets[i])

		if !want.Locked.IsZero() {
			locked++
		}
	}

	require.Positive(t, locked, "somebody has minted")
}

// missingIsUnknown: staking did not know of DIEM at the beginning, so those calls revert.
func (b *bundle) missingIsUnknown(t *testing.T) {
	begin := chain.AtBlock(0)

	figures, err := b.reader.Figures(t.Context(), begin)
	require.NoError(t, err)
	require.NotNil(t, figures.EmissionRatePerSecond)
	require.Nil(t, figures.VVVLocked)
	require.Nil(t, figures.Share)

	parameters, err := b.reader.Parameters(t.Context(), begin)
	require.NoError(t, err)
	require.NotNil(t, parameters.Cooldown)
	require.Nil(t, parameters.VenicePercentageLocked)

	_, err = b.reader.Curve(t.Context(), begin)
	require.ErrorIs(t, err, contract.ErrNoCurve)

	wallets, err := b.reader.Wallets(t.Context(), begin, []common.Address{b.Actors()[0].Address})
	require.NoError(t, err)
	require.NotNil(t, wallets[0].Staked)
	require.Nil(t, wallets[0].Locked)
	require.Nil(t, wallets[0].Minted)
}

func (b *bundle) noCodeIsUnknown(t *testing.T) {
	elsewhere := venice.Base()
	elsewhere.VVV, elsewhere.Staking, elsewhere.DIEM = common.Address{1, 1}, common.Address{1, 2}, common.Address{1, 3}
	reader := contract.New(elsewhere, b.pool)

	figures, err := reader.Figures(t.Context(), chain.Latest())
	require.NoError(t, err)
	require.Equal(t, contract.Figures{}, figures)

	parameters, err := reader.Parameters(t.Context(), chain.Latest())
	require.NoError(t, err)
	require.Equal(t, contract.Parameters{}, parameters)

	_, err = reader.Curve(t.Context(), chain.Latest())
	require.ErrorIs(t, err, contract.ErrNoCurve)

	wallets, err := reader.Wallets(t.Context(), chain.Latest(), make([]common.Address, 2))
	require.NoError(t, err)
	require.Equal(t, make([]contract.Wallet, 2), wallets)
}

// errs reads everything and gives the errors.
func errs(ctx context.Context, reader *contract.Reader, at chain.At) map[string]error {
	_, figures := reader.Figures(ctx, at)
	_, parameters := reader.Parameters(ctx, at)
	_, curve := reader.Curve(ctx, at)
	_, wallets := reader.Wallets(ctx, at, make([]common.Address, 2))

	return map[string]error{
		"read the figures": figures, "read the parameters": parameters, "read the mint curve": curve, "read 2 wallets": wallets,
	}
}

// forgottenStateIsAnError: a value that was there and cannot be read is not one that
// was never there.
func (b *bundle) forgottenStateIsAnError(t *testing.T) {
	for what, err := range errs(t.Context(), b.reader, chain.AtBlock(b.head-kept-40)) {
		require.ErrorContains(t, err, what)
		require.NotErrorIs(t, err, contract.ErrNoCurve)
		require.True(t, chain.IsNoState(err), "%v", err)
	}
}

func (b *bundle) unknownBlockIsAnError(t *testing.T) {
	for what, err := range errs(t.Context(), b.reader, chain.AtHash(common.Hash{1})) {
		require.ErrorContains(t, err, what)
		require.True(t, chain.IsUnknownBlock(err), "%v", err)
	}
}

// answers are what a contract of another kind gives to every call.
type answers []byte

func (a answers) Calls(_ context.Context, calls []chain.Call, _ chain.At) ([]chain.CallResult, error) {
	results := make([]chain.CallResult, len(calls))
	for i := range results {
		results[i].Data = a
	}

	return results, nil
}

func (b *bundle) otherShapesAreErrors(t *testing.T) {
	// The identity precompile answers with what it was asked: a selector.
	echo := venice.Base()
	echo.VVV, echo.Staking, echo.DIEM = common.Address{19: 4}, common.Address{19: 4}, common.Address{19: 4}

	for what, err := range errs(t.Context(), contract.New(echo, b.pool), chain.Latest()) {
		require.ErrorContains(t, err, what)
		require.ErrorContains(t, err, "no whole words: is the address right?")
	}

	three := errs(t.Context(), contract.New(echo, answers(make([]byte, 96))), chain.Latest())
	for _, what := range []string{"read the figures", "read the parameters", "read the mint curve"} {
		require.ErrorContains(t, three[what], "answers 3 words, want one: is the address right?")
	}

	wallets, err := contract.New(echo, answers(make([]byte, 96))).Wallets(t.Context(), chain.Latest(), make([]common.Address, 1))
	require.NoError(t, err)
	require.Equal(t, make([]contract.Wallet, 1), wallets, "what has another shape is unknown")
}

// TestTheLockIsTheLargerWord: the order on Base is inferred, and no DIEM was ever
// minted for less than one sVVV.
func TestTheLockIsTheLargerWord(t *testing.T) {
	t.Parallel()

	small, large := uint256.NewInt(7).Bytes32(), uint256.NewInt(900).Bytes32()

	for _, words := range [][]byte{append(small[:], large[:]...), append(large[:], small[:]...)} {
		wallets, err := contract.New(venice.Base(), answers(words)).Wallets(t.Context(), chain.Latest(), make([]common.Address, 1))
		require.NoError(t, err)
		require.Equal(t, uint256.NewInt(900), wallets[0].Locked)
		require.Equal(t, uint256.NewInt(7), wallets[0].Minted)
		require.Nil(t, wallets[0].Staked, "two words are no balance")
	}
}
