package venice_test

import (
	"fmt"
	"strings"

	"github.com/holiman/uint256"

	"diemhouse/pkg/venice"
)

// What one DIEM costs, and what 1,000 sVVV mint, on the curve for a target of 40,000
// DIEM while 37,713 exist.
func ExampleCurve_DIEMOut() {
	curve, err := venice.Generate(40_000, 500)
	if err != nil {
		fmt.Println(err)

		return
	}

	one := uint256.NewInt(1e18)
	supply := new(uint256.Int).Mul(uint256.NewInt(37_713), one)

	rate, err := curve.RateAt(supply)
	if err != nil {
		fmt.Println(err)

		return
	}

	diem, err := curve.DIEMOut(supply, new(uint256.Int).Mul(uint256.NewInt(1_000), one))
	if err != nil {
		fmt.Println(err)

		return
	}

	fmt.Println("rate:", rate.Dec())
	fmt.Println("DIEM:", diem.Dec())
	// Output:
	// rate: 499975786540347097088
	// DIEM: 2000096858529171787
}

// A table read from the chain tells which target supply it was made for.
func ExampleCurve_Target() {
	curve, err := venice.Generate(39_500, 500)
	if err != nil {
		fmt.Println(err)

		return
	}

	fmt.Println(curve.Target())
	// Output: 39500 <nil>
}

// One reward update, 22 seconds after the one before.
func ExampleRewardState_Emit() {
	state := venice.RewardState{
		Rate:                 venice.RatePerSecond(2_500_000),
		Staked:               *uint256.MustFromDecimal("33941208987993140790795723"),
		Locked:               *uint256.MustFromDecimal("8954489934888212779041642"),
		PercentageWhenLocked: *uint256.NewInt(200_000_000_000_000_000),
	}

	e, err := state.Emit(22)
	if err != nil {
		fmt.Println(err)

		return
	}

	fmt.Println("due:        ", e.Due.Dec())
	fmt.Println("to treasury:", e.ToTreasury.Dec())
	fmt.Println("to stakers: ", e.ToStakers.Dec())
	// Output:
	// due:         1744038559107052252
	// to treasury: 92023685597679316
	// to stakers:  1652014873509372934
}

// A deployment file names only what differs from Base.
func ExampleParseDeployment() {
	d, err := venice.ParseDeployment(strings.NewReader(`{"chain_id": 84532, "first_block": 1}`), venice.Base())
	fmt.Println(d.ChainID, d.FirstBlock, d.VVV, err)

	_, err = venice.ParseDeployment(strings.NewReader(`{"first_blok": 1}`), venice.Base())
	fmt.Println(err)
	// Output:
	// 84532 1 0xacfE6019Ed1A7Dc6f7B508C02d1b04ec88cC21bf <nil>
	// not a deployment: unknown key "first_blok", want one of airdrop, buyback_safe, chain_id, diem, first_block, first_diem_block, pools, staking, treasury, upgrade_block, vvv
}
