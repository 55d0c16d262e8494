package decode_test

import (
	"fmt"
	"strings"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"diemhouse/pkg/decode"
	"diemhouse/pkg/venice"
)

// The last two logs of a mint of DIEM on Base. DiemMinted does not name the user; the
// DIEM transfer just before it does.
func ExampleDecoder_Decode() {
	base := venice.Base()

	decoder, err := decode.New(decode.Config{Deployment: base})
	if err != nil {
		fmt.Println(err)

		return
	}

	tx := common.HexToHash("0xafbc27d2fcdd1c7f1ece4acecd04676a1c6f09fa74cdefd6e64127768bf0f994")
	logs := []types.Log{
		{
			BlockNumber: 51_120_636, Index: 814, TxHash: tx, Address: base.DIEM,
			Topics: []common.Hash{
				common.HexToHash("0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"),
				{},
				common.HexToHash("0x2e0940a7934a11a2ba03a8297a0e72b047196235"),
			},
			Data: common.FromHex("0x00000000000000000000000000000000000000000000000000b11c603dcf4786"),
		},
		{
			BlockNumber: 51_120_636, Index: 815, TxHash: tx, Address: base.Staking,
			Topics: []common.Hash{common.HexToHash("0xd081a649ef2f9530490e16b4ff4d6e1f46460e01107d1ecf7c576cca3cf9d357")},
			Data: common.FromHex("0x000000000000000000000000000000000000000000000001717b77dd1ded665c" +
				"00000000000000000000000000000000000000000000000000b11c603dcf4786"),
		},
	}

	events, err := decoder.Decode(nil, logs)
	if err != nil {
		fmt.Println(err)

		return
	}

	for _, e := range events {
		fmt.Println(e.Kind, e.Account, "VVV wei:", e.VVVWei.Dec(), "DIEM wei:", e.DIEMWei.Dec())
	}
	// Output:
	// diem_transfer_mint 0x2E0940A7934A11a2ba03A8297A0e72b047196235 VVV wei: 0 DIEM wei: 49852270557218694
	// diem_mint 0x2E0940A7934A11a2ba03A8297A0e72b047196235 VVV wei: 26624005413704394332 DIEM wei: 49852270557218694
}

// A log that nothing decodes is kept. Later an ABI decodes what was stored.
func ExampleDecoder_Redecode() {
	base := venice.Base()
	log := types.Log{
		BlockNumber: 51_120_700, Index: 3, Address: base.Staking,
		Topics: []common.Hash{crypto.Keccak256Hash([]byte("FeeSet(uint256)"))},
		Data:   common.FromHex("0x000000000000000000000000000000000000000000000000000000000000002a"),
	}

	before, err := decode.New(decode.Config{Deployment: base})
	if err != nil {
		fmt.Println(err)

		return
	}

	stored, err := before.Decode(nil, []types.Log{log})
	if err != nil {
		fmt.Println(err)

		return
	}

	fmt.Println(stored[0].Kind, stored[0].Problem)

	parsed, err := decode.ParseABI("staking", strings.NewReader(
		`[{"type": "event", "name": "FeeSet", "inputs": [{"name": "fee", "type": "uint256"}]}]`))
	if err != nil {
		fmt.Println(err)

		return
	}

	after, err := decode.New(decode.Config{
		Deployment: base,
		ABIs:       map[decode.Contract][]abi.ABI{decode.ContractStaking: {parsed}},
	})
	if err != nil {
		fmt.Println(err)

		return
	}

	events, err := after.Redecode(nil, stored)
	if err != nil {
		fmt.Println(err)

		return
	}

	fmt.Println(events[0].Kind, events[0].Name, events[0].Args)
	// Output:
	// unknown unknown_event
	// custom FeeSet {"fee":"42"}
}

// A file that cannot be used says why.
func ExampleParseABI() {
	_, err := decode.ParseABI("staking", strings.NewReader(`{"bytecode": "0x"}`))
	fmt.Println(err)

	_, err = decode.ParseABI("stake", strings.NewReader(`[]`))
	fmt.Println(err)
	// Output:
	// ABI of staking: the JSON object has no "abi"; want that of a build artifact, or an array
	// ABI of "stake": no such contract, want one of vvv, staking, diem, airdrop
}
