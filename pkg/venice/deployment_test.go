package venice_test

import (
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/stretchr/testify/require"

	"diemhouse/pkg/venice"
)

func TestBaseIsValid(t *testing.T) {
	t.Parallel()

	base := venice.Base()
	require.NoError(t, base.Validate())
	require.Equal(t, uint64(8453), base.ChainID)
	require.Equal(t, []uint64{25_000_000, 34_000_000, 34_455_271},
		[]uint64{base.FirstBlock, base.FirstDIEMBlock, base.UpgradeBlock})
	require.Len(t, base.Pools, 4)

	// Hex gives the spelling with the checksum, so a wrong digit would show.
	for want, got := range map[string]common.Address{
		"0xacfE6019Ed1A7Dc6f7B508C02d1b04ec88cC21bf": base.VVV,
		"0x321b7ff75154472B18EDb199033fF4D116F340Ff": base.Staking,
		"0xF4d97F2da56e8c3098f3a8D538DB630A2606a024": base.DIEM,
		"0xf4940c7dEE63d885C8Fb20123e9C8e5c49a3Ef41": base.Airdrop,
		"0x2D8CB8DC596daD0e1E34E2042E7ae6Df93B11524": base.Treasury,
		"0x35Fb3b67C57849Bf57EB24b061EEF0B5E560dc57": base.BuybackSafe,
		"0x01784ef301D79e4B2DF3a21ad9a536d4cF09A5Ce": base.Pools[0],
		"0xbB345D35450BF9Ee76F3D2cE214E8e7AC5e1071d": base.Pools[1],
		"0x67A11022B7B6ed66f81233F6C8Ed6e48F7826530": base.Pools[2],
		"0x80d995189ecc593672aD4703b250a5e82672EB1D": base.Pools[3],
	} {
		require.Equal(t, want, got.Hex())
	}
}

func TestBaseIsACopy(t *testing.T) {
	t.Parallel()

	spoilt := venice.Base()
	spoilt.Pools[0] = common.Address{1}

	require.NotEqual(t, spoilt.Pools[0], venice.Base().Pools[0])
}

func TestIdentityIsChainAndContracts(t *testing.T) {
	t.Parallel()

	base := venice.Base()
	require.Equal(t, "chain 8453 vvv 0xacfe6019ed1a7dc6f7b508c02d1b04ec88cc21bf "+
		"staking 0x321b7ff75154472b18edb199033ff4d116f340ff diem 0xf4d97f2da56e8c3098f3a8d538db630a2606a024 "+
		"airdrop 0xf4940c7dee63d885c8fb20123e9c8e5c49a3ef41", base.Identity())

	same := venice.Base()
	same.Treasury, same.BuybackSafe, same.Pools = common.Address{1}, common.Address{2}, nil
	same.FirstBlock, same.FirstDIEMBlock, same.UpgradeBlock = 1, 2, 3
	require.Equal(t, base.Identity(), same.Identity())

	for name, change := range map[string]func(*venice.Deployment){
		"chain":   func(d *venice.Deployment) { d.ChainID++ },
		"vvv":     func(d *venice.Deployment) { d.VVV[0]++ },
		"staking": func(d *venice.Deployment) { d.Staking[0]++ },
		"diem":    func(d *venice.Deployment) { d.DIEM[0]++ },
		"airdrop": func(d *venice.Deployment) { d.Airdrop[0]++ },
	} {
		other := venice.Base()
		change(&other)
		require.NotEqual(t, base.Identity(), other.Identity(), name)
	}
}

func TestParseDeploymentOverridesAnyField(t *testing.T) {
	t.Parallel()

	got, err := venice.ParseDeployment(strings.NewReader(`{
		"chain_id": 31337,
		"vvv": "0x0000000000000000000000000000000000000001",
		"staking": "0x0000000000000000000000000000000000000002",
		"diem": "0x0000000000000000000000000000000000000003",
		"airdrop": "0x0000000000000000000000000000000000000000",
		"treasury": "0x2d8CB8DC596daD0e1E34E2042E7ae6Df93B11524",
		"buyback_safe": "0x35FB3B67C57849BF57EB24B061EEF0B5E560DC57",
		"pools": ["0x0000000000000000000000000000000000000009"],
		"first_block": 1, "first_diem_block": 2, "upgrade_block": 3
	}`), venice.Base())
	require.NoError(t, err)
	require.Equal(t, venice.Deployment{
		ChainID: 31337,
		VVV:     common.HexToAddress("0x1"), Staking: common.HexToAddress("0x2"), DIEM: common.HexToAddress("0x3"),
		Treasury: venice.Base().Treasury, BuybackSafe: venice.Base().BuybackSafe,
		Pools:      []common.Address{common.HexToAddress("0x9")},
		FirstBlock: 1, FirstDIEMBlock: 2, UpgradeBlock: 3,
	}, got)
}

func TestParseDeploymentKeepsWhatIsNotNamed(t *testing.T) {
	t.Parallel()

	base := venice.Base()

	got, err := venice.ParseDeployment(strings.NewReader(`{}`), base)
	require.NoError(t, err)
	require.Equal(t, base, got)

	got.Pools[0] = common.Address{1}
	require.Equal(t, venice.Base(), base, "the base is not shared")
}

func TestParseDeploymentSaysWhatIsWrong(t *testing.T) {
	t.Parallel()

	for text, want := range map[string]string{
		``:                     "want one JSON object",
		`[]`:                   "want one JSON object",
		`{} {}`:                "text after the JSON object",
		`{"vvvv": "0x"}`:       `unknown key "vvvv", want one of airdrop, buyback_safe, chain_id`,
		`{"VVV": "0x"}`:        `unknown key "VVV"`,
		`{"chain_id": "8453"}`: `chain_id: want a whole number, got "8453"`,
		`{"chain_id": -1}`:     "chain_id: want a whole number, got -1",
		`{"chain_id": null}`:   "chain_id: want a whole number, got null",
		`{"chain_id": 0}`:      "chain_id is 0",
		`{"first_block": 1.5}`: "first_block: want a whole number, got 1.5",
		`{"vvv": 1}`:           "vvv: want an address as text, got 1",
		`{"vvv": null}`:        "vvv: want an address as text, got null",
		`{"vvv": "0x12"}`:      `vvv: want 0x and 40 hex digits, got "0x12"`,
		`{"vvv": "acfe6019ed1a7dc6f7b508c02d1b04ec88cc21bf"}`: "want 0x and 40 hex digits",
		`{"pools": "0x"}`:     "pools: want a list of addresses",
		`{"pools": ["0x12"]}`: "pools: entry 0: want 0x and 40 hex digits",
		`{"pools": ["0x0000000000000000000000000000000000000000"]}`: "pools holds the zero address",
		`{"vvv": "0x321b7ff75154472b18edb199033ff4d116f340ff"}`:     "vvv and staking are both 0x321b7ff75154472B18EDb199033fF4D116F340Ff",
	} {
		_, err := venice.ParseDeployment(strings.NewReader(text), venice.Base())
		require.ErrorIs(t, err, venice.ErrDeployment, text)
		require.ErrorContains(t, err, want, text)
	}

	_, err := venice.ParseDeployment(strings.NewReader(`{}`), venice.Deployment{ChainID: 1})
	require.ErrorContains(t, err, "none of vvv, staking, diem, airdrop has an address")
}

func FuzzParseDeployment(f *testing.F) {
	f.Add(`{}`)
	f.Add(`{"chain_id": 1, "pools": []}`)
	f.Add(`{"vvv": "0x0000000000000000000000000000000000000001"}`)
	f.Add(`{"vvv": null, "x": {}}`)

	f.Fuzz(func(t *testing.T, text string) {
		d, err := venice.ParseDeployment(strings.NewReader(text), venice.Base())
		if err != nil {
			require.ErrorIs(t, err, venice.ErrDeployment)

			return
		}

		require.NoError(t, d.Validate())
		require.NotEmpty(t, d.Identity())
	})
}
