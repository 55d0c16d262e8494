package devnet_test

import (
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/stretchr/testify/require"

	"diemhouse/contracts"
	"diemhouse/internal/devnet"
	"diemhouse/pkg/venice"
)

// Every view that audits and sampling call, by its selector on Base, answers so many
// words.
func TestViewsAnswer(t *testing.T) {
	t.Parallel()
	d := start(t, devnet.Config{Seed: 1})
	c := client(t, d)
	base := venice.Base()
	actor := common.BytesToHash(somebody(t, d).Address.Bytes()).Hex()[2:]
	word := func(n int64) string { return common.BigToHash(big.NewInt(n)).Hex()[2:] }
	for name, view := range map[string]struct {
		at    common.Address
		input string
		words int
		zero  bool // may be
	}{
		"VVV.totalSupply":                         {base.VVV, "0x18160ddd", 1, false},
		"VVV.balanceOf(0x0)":                      {base.VVV, "0x70a08231" + word(0), 1, false},
		"VVV.owner":                               {base.VVV, "0x8da5cb5b", 1, false},
		"staking.totalSupply":                     {base.Staking, "0x18160ddd", 1, false},
		"staking.balanceOf":                       {base.Staking, "0x70a08231" + actor, 1, false},
		"staking.totalLockedStakedVVV":            {base.Staking, "0x25bef746", 1, false},
		"staking.emissionRatePerSecond":           {base.Staking, "0xa80152d6", 1, false},
		"staking.lastRewardTimestamp":             {base.Staking, "0xf8077fae", 1, false},
		"staking.veniceEmissionsPercentage":       {base.Staking, "0x5dea41bb", 1, true},
		"staking.veniceEmissionsPercentageLocked": {base.Staking, "0x45af37b2", 1, false},
		"staking.diemSupply(0)":                   {base.Staking, "0xb4f70f72" + word(0), 1, false},
		"staking.diemSupply(255)":                 {base.Staking, "0xb4f70f72" + word(255), 1, false},
		"staking.diemMintRates(0)":                {base.Staking, "0xe3a68402" + word(0), 1, false},
		"staking.diemMintRates(255)":              {base.Staking, "0xe3a68402" + word(255), 1, false},
		"staking.getDiemAmountOut":                {base.Staking, "0x87716cbf" + word(1e18), 1, false},
		"staking.lockedStakes":                    {base.Staking, "0x92417dc7" + actor, 2, false},
		"staking.cooldownDuration":                {base.Staking, "0x35269315", 1, false},
		"staking.treasury":                        {base.Staking, "0x61d027b3", 1, false},
		"DIEM.totalSupply":                        {base.DIEM, "0x18160ddd", 1, false},
		"DIEM.balanceOf":                          {base.DIEM, "0x70a08231" + actor, 1, false},
		"DIEM.totalStaked":                        {base.DIEM, "0x817b1cd2", 1, false},
		"DIEM.stakedInfos":                        {base.DIEM, "0x9503b15c" + actor, 3, true},
	} {
		answer, err := c.CallContract(t.Context(), ethereum.CallMsg{To: &view.at, Data: hexutil.MustDecode(view.input)}, nil)
		require.NoError(t, err, name)
		require.Len(t, answer, 32*view.words, name)
		require.True(t, view.zero || new(big.Int).SetBytes(answer).Sign() > 0, name)
	}
	for name, input := range map[string]string{"diemSupply": "0xb4f70f72" + word(256), "diemMintRates": "0xe3a68402" + word(256)} {
		_, err := c.CallContract(t.Context(), ethereum.CallMsg{To: &base.Staking, Data: hexutil.MustDecode(input)}, nil)
		require.ErrorContains(t, err, "execution reverted", "%s has no entry 256", name)
	}
}

// The functions' selectors are Base's, where a capture or DOMAIN tells them.
func TestSelectors(t *testing.T) {
	t.Parallel()
	staking := contracts.MustLoad("StakingV2").ABI
	for method, selector := range map[string]string{
		"mintDiem": "0x2006efcb", "setDiemMintCurve": "0x0caf48d3", "lockedStakes": "0x92417dc7",
	} {
		require.Equal(t, selector, hexutil.Encode(staking.Methods[method].ID), method)
	}
}

func TestTokensNameThemselves(t *testing.T) {
	t.Parallel()
	d := start(t, devnet.Config{Seed: 1})
	c := client(t, d)
	base := venice.Base()
	for name, at := range map[string]common.Address{"VVV": base.VVV, "sVVV": base.Staking, "DIEM": base.DIEM} {
		answer, err := c.CallContract(t.Context(), ethereum.CallMsg{To: &at, Data: hexutil.MustDecode("0x95d89b41")}, nil)
		require.NoError(t, err, name)
		text, err := abi.NewType("string", "", nil)
		require.NoError(t, err)
		values, err := abi.Arguments{{Type: text}}.Unpack(answer)
		require.NoError(t, err, name)
		require.Equal(t, []any{name}, values)
		answer, err = c.CallContract(t.Context(), ethereum.CallMsg{To: &at, Data: hexutil.MustDecode("0x313ce567")}, nil)
		require.NoError(t, err, name)
		require.EqualValues(t, 18, new(big.Int).SetBytes(answer).Uint64(), name)
	}
}

func TestMulticall(t *testing.T) {
	t.Parallel()
	d := start(t, devnet.Config{Seed: 1})
	base := venice.Base()
	multicall := contracts.MustLoad("Multicall3").ABI
	type call struct {
		Target       common.Address
		AllowFailure bool
		CallData     []byte
	}
	input, err := multicall.Pack("aggregate3", []call{
		{base.VVV, false, hexutil.MustDecode("0x18160ddd")},
		{base.Staking, true, hexutil.MustDecode("0xffffffff")},
	})
	require.NoError(t, err)
	at := common.HexToAddress("0xcA11bde05977b3631167028862bE2a173976CA11")
	answer, err := client(t, d).CallContract(t.Context(), ethereum.CallMsg{To: &at, Data: input}, nil)
	require.NoError(t, err)
	values, err := multicall.Unpack("aggregate3", answer)
	require.NoError(t, err)
	var results []struct {
		Success    bool
		ReturnData []byte
	}
	abi.ConvertType(values[0], &results)
	require.Len(t, results, 2)
	require.True(t, results[0].Success)
	require.False(t, results[1].Success)
	f := figures(t, d)
	require.Equal(t, f.VVVTotalSupply.ToBig(), new(big.Int).SetBytes(results[0].ReturnData))
}

// Before the upgrade staking has no curve, and nothing of DIEM.
func TestBeforeTheUpgrade(t *testing.T) {
	t.Parallel()
	d := start(t, devnet.Config{Seed: 1})
	f, err := d.Oracle().Figures(t.Context(), 3)
	require.NoError(t, err)
	require.False(t, f.Upgraded)
	require.True(t, f.Locked.IsZero())
	require.False(t, f.SVVVTotalSupply.IsZero())
	_, err = d.Oracle().Curve(t.Context(), 3)
	require.ErrorContains(t, err, "execution reverted")
	_, err = d.Oracle().Figures(t.Context(), d.Head().Number.Uint64()+1)
	require.Error(t, err, "no such block")
}
