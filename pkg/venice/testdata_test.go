package venice_test

import (
	"encoding/json"
	"math/big"
	"os"
	"path/filepath"
	"testing"

	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"

	"diemhouse/pkg/venice"
)

// facts are what testdata/base.json holds: readings of Base mainnet.
type facts struct {
	State struct {
		Staked               uint256.Int `json:"staked"`
		Locked               uint256.Int `json:"locked"`
		Rate                 uint256.Int `json:"emission_rate_per_second"`
		Percentage           uint256.Int `json:"venice_percentage"`
		PercentageWhenLocked uint256.Int `json:"venice_percentage_when_locked"`
		DIEMSupply           uint256.Int `json:"diem_supply"`
	} `json:"state"`
	Table struct {
		Target  float64 `json:"target_diem"`
		Step    uint64  `json:"step_diem"`
		Entries []struct {
			Index int         `json:"index"`
			Bound uint256.Int `json:"bound"`
			Rate  uint256.Int `json:"rate"`
		} `json:"entries"`
		InTokens []struct {
			Index int     `json:"index"`
			Bound uint64  `json:"bound"`
			Rate  float64 `json:"rate"`
		} `json:"entries_in_tokens"`
	} `json:"table"`
	Mints []struct {
		Target float64     `json:"target_diem"`
		Bound  uint64      `json:"bound_diem"`
		Rate   uint256.Int `json:"rate"`
		SVVV   uint256.Int `json:"svvv_locked"`
		DIEM   uint256.Int `json:"diem_minted"`
	} `json:"mints"`
	Updates []struct {
		Elapsed     uint64      `json:"elapsed_seconds"`
		Rate        uint256.Int `json:"emission_rate_per_second"`
		ToTreasury  uint256.Int `json:"to_treasury"`
		ToStakers   uint256.Int `json:"to_stakers"`
		Loss        uint256.Int `json:"rounding_loss"`
		LockedShare float64     `json:"locked_share,string"`
	} `json:"reward_updates"`
	Schedule []struct {
		Annual uint64      `json:"annual_vvv"`
		Rate   uint256.Int `json:"emission_rate_per_second"`
	} `json:"schedule"`
}

func readFacts(t *testing.T) facts {
	t.Helper()

	text, err := os.ReadFile(filepath.Join("testdata", "base.json"))
	require.NoError(t, err)

	var f facts
	require.NoError(t, json.Unmarshal(text, &f))
	require.NotEmpty(t, f.Table.Entries)
	require.NotEmpty(t, f.Mints)
	require.NotEmpty(t, f.Updates)

	return f
}

// rewardState is what the contract answered at the captured block.
func (f facts) rewardState() venice.RewardState {
	return venice.RewardState{
		Rate: f.State.Rate, Staked: f.State.Staked, Locked: f.State.Locked,
		Percentage: f.State.Percentage, PercentageWhenLocked: f.State.PercentageWhenLocked,
	}
}

// wei is a decimal number.
func wei(tb testing.TB, decimal string) *uint256.Int {
	tb.Helper()

	n, err := uint256.FromDecimal(decimal)
	require.NoError(tb, err)

	return n
}

// token is a whole number of tokens in wei.
func token(n uint64) *uint256.Int {
	return new(uint256.Int).Mul(uint256.NewInt(n), uint256.NewInt(1e18))
}

// largest is 2^256 - 1.
func largest() *uint256.Int { return new(uint256.Int).SetAllOne() }

func generate(tb testing.TB, target float64, step uint64) *venice.Curve {
	tb.Helper()

	c, err := venice.Generate(target, step)
	require.NoError(tb, err)

	return &c
}

// tokens is an amount of wei in tokens, rounded once.
func tokens(amount uint256.Int) float64 {
	f, _ := new(big.Rat).SetFrac(amount.ToBig(), big.NewInt(1e18)).Float64()

	return f
}
