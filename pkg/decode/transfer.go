package decode

import (
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/holiman/uint256"
)

// genesisAtLeast is the least amount of a genesis mint, in wei: 1,000,000 VVV. A
// reward update emits that much only after 26 days without another at the highest
// rate there was (14M VVV a year); the real ones come every minute.
var genesisAtLeast = uint256.MustFromDecimal("1000000000000000000000000")

// classifyVVV says what a VVV transfer is.
//
// A mint is an emission when staking made it in a reward update, which mints first to
// the treasury, then to itself:
//   - to staking: emission to stakers;
//   - followed, in the next log of the same transaction, by a mint to staking: emission
//     to the treasury, whichever address the treasury then is;
//   - alone, to the deployment's treasury: genesis when it is at least
//     [genesisAtLeast], else the emission of an update that had no stakers;
//   - anything else: another mint.
//
// A burn is told by its sender. A transfer of 0 wei proves nothing about its sender,
// because anyone can make one appear from any account with transferFrom: it is never
// an emission, and a burn of 0 wei is always another burn.
func (d *Decoder) classifyVVV(e *Event, at neighbours) {
	from, to := e.Account, e.Counterparty

	switch {
	case from == (common.Address{}):
		e.Account, e.Counterparty = to, from
		e.Kind = d.mintOf(e, at)
	case to == (common.Address{}):
		e.Kind = d.burnOf(e)
	}
}

func (d *Decoder) mintOf(e *Event, at neighbours) Kind {
	switch {
	case e.VVVWei.IsZero():
		return KindVVVMintOther
	case e.Account == d.deployment.Staking:
		return KindVVVEmissionStakers
	case d.isStakersMint(at.next()):
		return KindVVVEmissionTreasury
	case e.Account != d.deployment.Treasury:
		return KindVVVMintOther
	case e.VVVWei.Lt(genesisAtLeast):
		return KindVVVEmissionTreasury
	}

	return KindVVVGenesis
}

func (d *Decoder) isStakersMint(t erc20Transfer, ok bool) bool {
	return ok && t.address == d.deployment.VVV && t.from == common.Address{} &&
		t.to == d.deployment.Staking && !t.amount.IsZero()
}

func (d *Decoder) burnOf(e *Event) Kind {
	switch {
	case e.VVVWei.IsZero():
		return KindVVVBurnOther
	case slices.Contains(d.deployment.Pools, e.Account):
		return KindVVVBurnProgrammatic
	case e.Account == d.deployment.BuybackSafe:
		return KindVVVBurnBuyback
	case e.Account == d.deployment.Airdrop:
		return KindVVVBurnAirdrop
	}

	return KindVVVBurnOther
}

func (d *Decoder) classifySVVV(e *Event, _ neighbours) { byZero(e, KindSVVVMint, KindSVVVBurn) }

func (d *Decoder) classifyDIEM(e *Event, _ neighbours) {
	byZero(e, KindDIEMTransferMint, KindDIEMTransferBurn)
}

// byZero tells mint and burn of a token by the zero address. The account of a mint is
// the receiver.
func byZero(e *Event, mint, burn Kind) {
	switch {
	case e.Account == (common.Address{}):
		e.Account, e.Counterparty = e.Counterparty, e.Account
		e.Kind = mint
	case e.Counterparty == (common.Address{}):
		e.Kind = burn
	}
}
