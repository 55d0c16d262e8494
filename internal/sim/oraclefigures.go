package sim

import (
	"context"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/holiman/uint256"

	"diemhouse/pkg/decode"
)

// change is one change of a metric, as docs/ARCHITECTURE.md lists them.
type change struct {
	metric  string
	block   uint64
	index   uint32
	account common.Address
	delta   *big.Int
}

// rule is what an event does to a metric.
type rule struct {
	metric string
	of     func(*decode.Event) *uint256.Int
	minus  bool
	// other takes the counterparty's account.
	other bool
}

func vvv(e *decode.Event) *uint256.Int  { return &e.VVVWei }
func diem(e *decode.Event) *uint256.Int { return &e.DIEMWei }

// rules is the table of docs/ARCHITECTURE.md, written a second time.
func rules() map[decode.Kind][]rule {
	return map[decode.Kind][]rule{
		decode.KindVVVGenesis:           {{metric: "vvv_supply", of: vvv}},
		decode.KindVVVMintOther:         {{metric: "vvv_supply", of: vvv}},
		decode.KindVVVEmissionTreasury:  {{metric: "vvv_supply", of: vvv}, {metric: "vvv_emitted_treasury", of: vvv}},
		decode.KindVVVEmissionStakers:   {{metric: "vvv_supply", of: vvv}, {metric: "vvv_emitted_stakers", of: vvv}},
		decode.KindVVVBurnProgrammatic:  {{metric: "vvv_burned_programmatic", of: vvv}},
		decode.KindVVVBurnBuyback:       {{metric: "vvv_burned_buyback", of: vvv}},
		decode.KindVVVBurnAirdrop:       {{metric: "vvv_burned_airdrop", of: vvv}},
		decode.KindVVVBurnOther:         {{metric: "vvv_burned_other", of: vvv}},
		decode.KindSVVVMint:             {{metric: "svvv_supply", of: vvv}},
		decode.KindSVVVBurn:             {{metric: "svvv_supply", of: vvv, minus: true}},
		decode.KindClaim:                {{metric: "vvv_claimed", of: vvv}},
		decode.KindUnstakeInitiated:     {{metric: "vvv_cooling", of: vvv}},
		decode.KindUnstakeFinalized:     {{metric: "vvv_cooling", of: vvv, minus: true}},
		decode.KindDIEMMint:             {{metric: "vvv_locked", of: vvv}, {metric: "diem_outstanding", of: diem}},
		decode.KindDIEMBurn:             {{metric: "vvv_locked", of: vvv, minus: true}, {metric: "diem_outstanding", of: diem, minus: true}},
		decode.KindDIEMTransferMint:     {{metric: "diem_supply", of: diem}, {metric: "diem_received", of: diem}},
		decode.KindDIEMTransferBurn:     {{metric: "diem_supply", of: diem, minus: true}, {metric: "diem_sent", of: diem}},
		decode.KindDIEMTransfer:         {{metric: "diem_sent", of: diem}, {metric: "diem_received", of: diem, other: true}},
		decode.KindDIEMStake:            {{metric: "diem_staked", of: diem}},
		decode.KindDIEMUnstakeInitiated: {{metric: "diem_staked", of: diem, minus: true}, {metric: "diem_cooling", of: diem}},
		decode.KindDIEMUnstake:          {{metric: "diem_cooling", of: diem, minus: true}},
		decode.KindAirdropClaim:         {{metric: "vvv_airdropped", of: vvv}},
	}
}

// rolledUp are the metrics that have a column in the rollups.
func rolledUp() []string {
	return []string{
		"vvv_supply", "vvv_burned_programmatic", "vvv_burned_buyback", "vvv_burned_airdrop", "vvv_burned_other",
		"vvv_emitted_treasury", "vvv_emitted_stakers", "svvv_supply", "vvv_locked", "vvv_cooling", "vvv_claimed",
		"vvv_airdropped", "diem_supply", "diem_outstanding", "diem_staked", "diem_cooling",
	}
}

func changes(events []decode.Event) []change {
	var out []change

	for i := range events {
		e := &events[i]

		for _, r := range rules()[e.Kind] {
			c := change{r.metric, e.BlockNumber, e.LogIndex, e.Account, r.of(e).ToBig()}
			if r.minus {
				c.delta.Neg(c.delta)
			}

			if r.other {
				c.account = e.Counterparty
			}

			out = append(out, c)
		}
	}

	return out
}

// sumsAt are all metrics after a block.
func sumsAt(events []decode.Event, block uint64) map[string]*big.Int {
	sums := make(map[string]*big.Int)
	for _, metric := range rolledUp() {
		sums[metric] = new(big.Int)
	}

	for _, c := range changes(events) {
		if c.block > block {
			break
		}

		if sums[c.metric] == nil {
			sums[c.metric] = new(big.Int)
		}

		sums[c.metric].Add(sums[c.metric], c.delta)
	}

	return sums
}

// figures compares what the contracts know with the warehouse, at several blocks.
func (o *Oracle) figures(ctx context.Context) error {
	for _, block := range []uint64{o.head / 3, o.head * 2 / 3, o.head - min(o.head, 5), o.head} {
		theirs, err := o.world.Net.Oracle().Figures(ctx, block)
		if err != nil {
			return fmt.Errorf("ask the contracts at block %d: %w", block, err)
		}

		ours, err := o.store.FiguresAt(ctx, block)
		if err != nil {
			return fmt.Errorf("figures at block %d: %w", block, err)
		}

		for name, pair := range map[string][2]*big.Int{
			"vvv_supply":              {ours.VVVSupply.Big(), theirs.VVVTotalSupply.ToBig()},
			"vvv_burned":              {ours.VVVBurned.Big(), theirs.VVVBurned.ToBig()},
			"svvv_supply":             {ours.SVVVSupply.Big(), theirs.SVVVTotalSupply.ToBig()},
			"vvv_locked":              {ours.VVVLocked.Big(), theirs.Locked.ToBig()},
			"diem_supply":             {ours.DIEMSupply.Big(), theirs.DiemTotalSupply.ToBig()},
			"diem_outstanding":        {ours.DIEMOutstanding.Big(), theirs.DiemTotalSupply.ToBig()},
			"diem_staked":             {ours.DIEMStaked.Big(), theirs.DiemTotalStaked.ToBig()},
			"diem_staked and cooling": {new(big.Int).Add(ours.DIEMStaked.Big(), ours.DIEMCooling.Big()), theirs.DiemHeld.ToBig()},
		} {
			if pair[0].Cmp(pair[1]) != 0 {
				return &differs{fmt.Sprintf("%s at block %d: %d wei in the warehouse, %d in the contract", name, block, pair[0], pair[1])}
			}
		}
	}

	return nil
}
