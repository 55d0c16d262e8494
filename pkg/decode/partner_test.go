package decode

import (
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"
)

// TestTheUserOfAMintOrBurn finds the user by the DIEM transfer just before, and never
// by anything else.
func TestTheUserOfAMintOrBurn(t *testing.T) {
	t.Parallel()

	amount, less := uint256.NewInt(7), uint256.NewInt(6)
	mint := transferLog(ContractDIEM, zero, alice, amount)
	burn := transferLog(ContractDIEM, alice, zero, amount)
	minted := logOf(ContractStaking, "DiemMinted(uint256,uint256)", nil, words(4000, amount))
	burned := logOf(ContractStaking, "DiemBurned(uint256,uint256)", nil, words(4000, amount))

	with := func(l types.Log, change func(*types.Log)) types.Log {
		l.Topics = append([]common.Hash(nil), l.Topics...)
		change(&l)

		return l
	}

	for name, test := range map[string]struct {
		logs    []types.Log
		account common.Address
		problem string
	}{
		"mint":                  {inOrder(mint, minted), alice, ""},
		"burn":                  {inOrder(burn, burned), alice, ""},
		"first of all logs":     {[]types.Log{minted}, zero, ProblemMissingPartner},
		"a mint before a burn":  {inOrder(mint, burned), zero, ProblemMissingPartner},
		"a burn before a mint":  {inOrder(burn, minted), zero, ProblemMissingPartner},
		"a plain transfer":      {inOrder(transferLog(ContractDIEM, bob, alice, amount), minted), zero, ProblemMissingPartner},
		"sVVV instead of DIEM":  {inOrder(transferLog(ContractStaking, zero, alice, amount), minted), zero, ProblemMissingPartner},
		"another event of DIEM": {inOrder(logOf(ContractDIEM, "Staked(address,uint256)", words(alice), words(amount)), minted), zero, ProblemMissingPartner},
		"an approval": {
			inOrder(logOf(ContractDIEM, "Approval(address,address,uint256)", words(zero, alice), words(amount)), minted),
			zero, ProblemMissingPartner,
		},
		"after the mint, not before":  {inOrder(minted, mint), zero, ProblemMissingPartner},
		"less than minted":            {inOrder(transferLog(ContractDIEM, zero, alice, less), minted), zero, ProblemAmountMismatch},
		"less than burned":            {inOrder(transferLog(ContractDIEM, alice, zero, less), burned), zero, ProblemAmountMismatch},
		"a gap between":               {[]types.Log{mint, with(minted, func(l *types.Log) { l.Index += 2 })}, zero, ProblemMissingPartner},
		"another log between":         {inOrder(mint, transferLog(ContractVVV, alice, bob, amount), minted), zero, ProblemMissingPartner},
		"of another transaction":      {inOrder(with(mint, func(l *types.Log) { l.TxHash[0]++ }), minted), zero, ProblemMissingPartner},
		"of the block before":         {inOrder(with(mint, func(l *types.Log) { l.BlockNumber-- }), minted), zero, ProblemMissingPartner},
		"with a dirty address":        {inOrder(with(mint, func(l *types.Log) { l.Topics[2][3] = 1 }), minted), zero, ProblemMissingPartner},
		"with a topic too few":        {inOrder(with(mint, func(l *types.Log) { l.Topics = l.Topics[:2] }), minted), zero, ProblemMissingPartner},
		"with data too long":          {inOrder(with(mint, func(l *types.Log) { l.Data = append(l.Data[:32:32], 0) }), minted), zero, ProblemMissingPartner},
		"of two mints the second one": {inOrder(mint, minted, transferLog(ContractDIEM, zero, bob, amount), minted), bob, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			events, err := newDecoder(t, nil).Decode(nil, test.logs)
			require.NoError(t, err)

			var last *Event

			for i := range events {
				if events[i].Kind == KindDIEMMint || events[i].Kind == KindDIEMBurn {
					last = &events[i]
				}
			}

			require.NotNil(t, last)
			require.Equal(t, test.account, last.Account)
			require.Equal(t, test.problem, last.Problem)
			require.Equal(t, uint64(4000), last.VVVWei.Uint64(), "the amounts are kept")
			require.Equal(t, *amount, last.DIEMWei)
			require.Empty(t, last.Topics)
		})
	}
}
