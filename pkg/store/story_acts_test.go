package store_test

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"

	"diemhouse/pkg/decode"
	"diemhouse/pkg/venice"
)

// update is a reward update: what is due since the last is minted first.
func (l *story) update() {
	emission, err := l.state.Emit(blockTime(l.block) - l.updated)
	require.NoError(l, err)

	l.updated = blockTime(l.block)
	if emission.ToStakers.IsZero() {
		return
	}

	l.add(decode.Event{Contract: decode.ContractVVV, Name: "Transfer", Kind: decode.KindVVVEmissionTreasury, Account: l.treasury, VVVWei: emission.ToTreasury})
	l.add(decode.Event{Contract: decode.ContractVVV, Name: "Transfer", Kind: decode.KindVVVEmissionStakers, Account: l.staking, VVVWei: emission.ToStakers})
}

func (l *story) stakingEvent(name string, kind decode.Kind, w *holder, svvv, diem uint256.Int) {
	l.add(decode.Event{Contract: decode.ContractStaking, Name: name, Kind: kind, Account: w.address, VVVWei: svvv, DIEMWei: diem})
}

func (l *story) diemEvent(name string, kind decode.Kind, from, to common.Address, diem uint256.Int) {
	l.add(decode.Event{Contract: decode.ContractDIEM, Name: name, Kind: kind, Account: from, Counterparty: to, DIEMWei: diem})
}

func (l *story) setting(kind decode.Kind, name string, value uint256.Int) {
	l.add(decode.Event{Contract: decode.ContractStaking, Name: name, Kind: kind, Args: `{"value":"` + value.Dec() + `"}`})

	if kind == decode.KindVenicePercentageLockedUpdated {
		l.state.PercentageWhenLocked = value
	}
}

func (l *story) rate(annual uint64) {
	l.update()
	l.state.Rate = venice.RatePerSecond(annual)
	l.setting(decode.KindEmissionRateUpdated, "EmissionRateUpdated", l.state.Rate)
}

func (l *story) replaceCurve(target float64) {
	curve, err := venice.Generate(target, 500)
	require.NoError(l, err)

	l.curve = curve
	args := curveArgs(curve)
	l.add(decode.Event{
		Contract: decode.ContractStaking, Name: "DiemMintRatesUpdated", Kind: decode.KindCurveUpdated,
		Args: fmt.Sprintf(`{"target":"%v"`, target) + args[len(`{"target":"0"`):],
	})
}

func (l *story) stake(w *holder, tokens uint64) {
	amount := whole(tokens)

	l.update()
	l.add(decode.Event{Contract: decode.ContractStaking, Name: "Transfer", Kind: decode.KindSVVVMint, Account: w.address, VVVWei: amount})
	l.stakingEvent("Staked", decode.KindStake, w, amount, uint256.Int{})
	w.staked.Add(&w.staked, &amount)
	l.state.Staked.Add(&l.state.Staked, &amount)
}

func (l *story) mint(w *holder, tokens uint64) {
	diem := whole(tokens)

	cost, err := l.curve.SVVVIn(&l.supply, &diem)
	require.NoError(l, err)

	free := new(uint256.Int).Sub(&w.staked, &w.locked)
	if cost.Gt(free) {
		return
	}

	l.update()
	l.diemEvent("Transfer", decode.KindDIEMTransferMint, w.address, common.Address{}, diem)
	l.stakingEvent("DiemMinted", decode.KindDIEMMint, w, cost, diem)
	w.locked.Add(&w.locked, &cost)
	w.outstanding.Add(&w.outstanding, &diem)
	w.diem.Add(&w.diem, &diem)
	l.supply.Add(&l.supply, &diem)
	l.state.Locked.Add(&l.state.Locked, &cost)
}

// burn burns a third of what the wallet has at hand, and releases at its average.
func (l *story) burn(w *holder) {
	diem := *new(uint256.Int).Div(smaller(&w.diem, &w.outstanding), uint256.NewInt(3))
	if diem.IsZero() {
		return
	}

	freed, _ := new(uint256.Int).MulDivOverflow(&w.locked, &diem, &w.outstanding)

	l.update()
	l.diemEvent("Transfer", decode.KindDIEMTransferBurn, w.address, common.Address{}, diem)
	l.stakingEvent("DiemBurned", decode.KindDIEMBurn, w, *freed, diem)
	w.locked.Sub(&w.locked, freed)
	w.outstanding.Sub(&w.outstanding, &diem)
	w.diem.Sub(&w.diem, &diem)
	l.supply.Sub(&l.supply, &diem)
	l.state.Locked.Sub(&l.state.Locked, freed)
}

func smaller(a, b *uint256.Int) *uint256.Int {
	if a.Lt(b) {
		return a
	}

	return b
}

func (l *story) unstake(w *holder) {
	free := new(uint256.Int).Sub(&w.staked, &w.locked)
	amount := *new(uint256.Int).Div(free, uint256.NewInt(20))

	if amount.IsZero() || !w.cooling.IsZero() {
		return
	}

	l.update()
	l.add(decode.Event{Contract: decode.ContractStaking, Name: "Transfer", Kind: decode.KindSVVVBurn, Account: w.address, VVVWei: amount})
	l.stakingEvent("UnstakeInitiated", decode.KindUnstakeInitiated, w, amount, uint256.Int{})
	w.staked.Sub(&w.staked, &amount)
	w.cooling, w.coolingSince = amount, blockTime(l.block)
	l.state.Staked.Sub(&l.state.Staked, &amount)
}

func (l *story) finalize(w *holder) {
	if w.cooling.IsZero() || blockTime(l.block) < w.coolingSince+604_800 {
		return
	}

	l.stakingEvent("UnstakeFinalized", decode.KindUnstakeFinalized, w, w.cooling, uint256.Int{})
	w.cooling.Clear()
}

func (l *story) claim(w *holder) {
	l.update()

	rewards := *new(uint256.Int).Div(&w.staked, uint256.NewInt(1_000+l.rand.Uint64N(5_000)))
	l.stakingEvent("Claimed", decode.KindClaim, w, rewards, uint256.Int{})
}

func (l *story) stakeDIEM(w *holder) {
	diem := *new(uint256.Int).Div(&w.diem, uint256.NewInt(2))
	if diem.IsZero() {
		return
	}

	l.diemEvent("Transfer", decode.KindDIEMTransfer, w.address, addressOf("diem"), diem)
	l.diemEvent("Staked", decode.KindDIEMStake, w.address, common.Address{}, diem)
	w.diem.Sub(&w.diem, &diem)
	w.diemStaked.Add(&w.diemStaked, &diem)
}

func (l *story) unstakeDIEM(w *holder) {
	diem := *new(uint256.Int).Div(&w.diemStaked, uint256.NewInt(8))
	if diem.IsZero() {
		return
	}

	l.diemEvent("UnstakeInitiated", decode.KindDIEMUnstakeInitiated, w.address, common.Address{}, diem)
	w.diemStaked.Sub(&w.diemStaked, &diem)
}

func (l *story) sendDIEM(w *holder) {
	diem := *new(uint256.Int).Div(&w.diem, uint256.NewInt(10))
	to := l.wallets[l.rand.IntN(len(l.wallets))]

	if diem.IsZero() || to == w {
		return
	}

	l.diemEvent("Transfer", decode.KindDIEMTransfer, w.address, to.address, diem)
	w.diem.Sub(&w.diem, &diem)
	to.diem.Add(&to.diem, &diem)
}
