package decode

import (
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"
)

func TestVVVTransfersAreClassified(t *testing.T) {
	t.Parallel()

	one, genesis, nothing := uint256.NewInt(1), token(100_000_000), new(uint256.Int)
	other := common.HexToAddress("0x5afe")

	mint := func(to common.Address, amount *uint256.Int) types.Log {
		return transferLog(ContractVVV, zero, to, amount)
	}
	burn := func(from common.Address, amount *uint256.Int) types.Log {
		return transferLog(ContractVVV, from, zero, amount)
	}
	// staking's own token, minted to staking: no emission
	svvv := transferLog(ContractStaking, zero, base.Staking, one)
	elsewhere := mint(base.Staking, one)
	elsewhere.TxHash = common.HexToHash("0x7b")

	for name, test := range map[string]struct {
		logs []types.Log
		want []Kind
	}{
		"genesis": {[]types.Log{mint(base.Treasury, genesis)}, []Kind{KindVVVGenesis}},
		"genesis beside other mints": {
			[]types.Log{mint(base.Treasury, genesis), mint(alice, one)}, []Kind{KindVVVGenesis, KindVVVMintOther},
		},
		"genesis before another transaction's emission": {
			[]types.Log{mint(base.Treasury, genesis), elsewhere}, []Kind{KindVVVGenesis, KindVVVEmissionStakers},
		},
		"genesis before a mint of sVVV": {
			[]types.Log{mint(base.Treasury, genesis), svvv}, []Kind{KindVVVGenesis, KindSVVVMint},
		},
		"genesis before a transfer to staking": {
			[]types.Log{mint(base.Treasury, genesis), transferLog(ContractVVV, alice, base.Staking, one)},
			[]Kind{KindVVVGenesis, KindVVVTransfer},
		},
		"one update": {
			[]types.Log{mint(base.Treasury, one), mint(base.Staking, one)},
			[]Kind{KindVVVEmissionTreasury, KindVVVEmissionStakers},
		},
		"one update of any size": {
			[]types.Log{mint(base.Treasury, genesis), mint(base.Staking, genesis)},
			[]Kind{KindVVVEmissionTreasury, KindVVVEmissionStakers},
		},
		"one update for another treasury": {
			[]types.Log{mint(other, one), mint(base.Staking, one)},
			[]Kind{KindVVVEmissionTreasury, KindVVVEmissionStakers},
		},
		"one update with nothing for the treasury": {[]types.Log{mint(base.Staking, one)}, []Kind{KindVVVEmissionStakers}},
		"one update without stakers":               {[]types.Log{mint(base.Treasury, one)}, []Kind{KindVVVEmissionTreasury}},
		"another mint":                             {[]types.Log{mint(alice, one)}, []Kind{KindVVVMintOther}},
		"mints of nothing, which anyone can make": {
			[]types.Log{mint(base.Treasury, nothing), mint(base.Staking, nothing), mint(alice, nothing)},
			[]Kind{KindVVVMintOther, KindVVVMintOther, KindVVVMintOther},
		},
		"a real mint before one of nothing": {
			[]types.Log{mint(base.Treasury, genesis), mint(base.Staking, nothing)},
			[]Kind{KindVVVGenesis, KindVVVMintOther},
		},
		"burns": {
			[]types.Log{
				burn(base.Pools[0], one), burn(base.Pools[3], one), burn(base.BuybackSafe, one), burn(base.Airdrop, one),
				burn(alice, one), burn(base.Pools[0], nothing), burn(base.Staking, one), burn(zero, one),
			},
			[]Kind{
				KindVVVBurnProgrammatic, KindVVVBurnProgrammatic, KindVVVBurnBuyback, KindVVVBurnAirdrop,
				KindVVVBurnOther, KindVVVBurnOther, KindVVVBurnOther, KindVVVMintOther,
			},
		},
		"plain": {
			[]types.Log{
				transferLog(ContractVVV, alice, bob, one), transferLog(ContractVVV, base.Staking, alice, one),
				transferLog(ContractVVV, alice, base.Staking, one), transferLog(ContractVVV, base.Pools[0], base.Treasury, one),
			},
			[]Kind{KindVVVTransfer, KindVVVTransfer, KindVVVTransfer, KindVVVTransfer},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			logs := inOrder(append([]types.Log(nil), test.logs...)...)
			events, err := newDecoder(t, nil).Decode(nil, logs)
			require.NoError(t, err)

			for i := range events {
				require.Equal(t, test.want[i], events[i].Kind, "log %d", i)
			}
		})
	}
}

func TestTreasuryMintNeedsTheStakersMintRightAfterIt(t *testing.T) {
	t.Parallel()

	logs := inOrder(
		transferLog(ContractVVV, zero, bob, uint256.NewInt(5)),
		transferLog(ContractVVV, zero, base.Staking, uint256.NewInt(20)))
	logs[1].Index++ // a log between them was not read

	events, err := newDecoder(t, nil).Decode(nil, logs)
	require.NoError(t, err)
	require.Equal(t, KindVVVMintOther, events[0].Kind)
}

// TestTheAccountOfATransfer checks both columns of each token's mint, burn and plain
// transfer, and that the transfer is given back as it was.
func TestTheAccountOfATransfer(t *testing.T) {
	t.Parallel()

	d := newDecoder(t, nil)
	amount := uint256.NewInt(7)

	for contract, kinds := range map[Contract][3]Kind{
		ContractVVV:     {KindVVVMintOther, KindVVVBurnOther, KindVVVTransfer},
		ContractStaking: {KindSVVVMint, KindSVVVBurn, KindSVVVTransfer},
		ContractDIEM:    {KindDIEMTransferMint, KindDIEMTransferBurn, KindDIEMTransfer},
	} {
		for i, test := range []struct{ from, to, account, counterparty common.Address }{
			{zero, alice, alice, zero}, {alice, zero, alice, zero}, {alice, bob, alice, bob},
		} {
			l := transferLog(contract, test.from, test.to, amount)
			e := decodeOne(t, d, l)
			require.Equal(t, kinds[i], e.Kind)
			require.Equal(t, test.account, e.Account)
			require.Equal(t, test.counterparty, e.Counterparty)
			require.Equal(t, "Transfer", e.Name)
			require.Empty(t, e.Args)

			vvv, diem := *amount, uint256.Int{}
			if contract == ContractDIEM {
				vvv, diem = diem, vvv
			}

			require.Equal(t, vvv, e.VVVWei)
			require.Equal(t, diem, e.DIEMWei)

			back, ok := e.Log()
			require.True(t, ok)
			require.Equal(t, l, back)
		}
	}
}
