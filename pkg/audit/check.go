package audit

import (
	"fmt"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"diemhouse/pkg/chain"
)

// The figures that are compared. Those of a wallet name its account.
const (
	FigureVVVSupply      = "vvv_supply"
	FigureVVVBurned      = "vvv_burned"
	FigureSVVVSupply     = "svvv_supply"
	FigureVVVLocked      = "vvv_locked"
	FigureDIEMSupply     = "diem_supply"
	FigureDIEMStaked     = "diem_staked"
	FigureEmissionRate   = "emission_rate"
	FigureVenicePercent  = "venice_percentage"
	FigureLockedPercent  = "venice_percentage_locked"
	FigureCooldown       = "cooldown"      // seconds
	FigureDIEMCooldown   = "diem_cooldown" // seconds
	FigureTreasury       = "treasury"      // an address as a number
	FigureCurve          = "curve"         // sum of the table's absolute differences
	FigureWalletLocked   = "wallet_locked"
	FigureWalletMinted   = "wallet_outstanding"
	FigureWalletStaked   = "wallet_staked"
	FigureWalletDIEMHeld = "wallet_diem_held"

	// FigureLogs counts the logs that are missing, extra or other than the receipts prove;
	// the contract's side is 0. It is there when an audit has a [Proof].
	FigureLogs = "logs_not_as_proved"

	// FigureHolderDIEM is a holder that differs; FigureHoldersOff counts them all, and
	// the contract's side is 0.
	FigureHolderDIEM = "holder_diem"
	FigureHoldersOff = "holders_off"

	// FigureStakes and those below hold events against the Transfers that come with them:
	// the contract's side is what its token moved.
	FigureStakes       = "stakes"
	FigureUnstakes     = "unstakes"
	FigureDIEMUnstakes = "diem_unstakes"

	// FigureStakingLack and FigureAirdropLack are what the contract holds less than it
	// must by the events, in wei; the contract's side is 0. A claim or a finalized unstake
	// that is missing shows here.
	FigureStakingLack = "staking_vvv_lack"
	FigureAirdropLack = "airdrop_vvv_lack"

	// FigureUnpaired and those below are checks of the data against itself: the
	// contract's side is 0, the warehouse's the number of events that contradict.
	FigureUnpaired  = "mints_and_burns_unpaired"
	FigureMintRates = "mints_off_the_curve"
	FigureEmissions = "emissions_off_the_rate"
)

// Check is one figure, both ways. A side that is nil is unknown: the view is not
// there at that block, or the warehouse never learned the value. Only two known
// sides can differ.
type Check struct {
	Figure string
	// Account is the wallet the figure is of, zero for the whole.
	Account common.Address
	// Warehouse and Contract are wei, unless the figure says otherwise.
	Warehouse, Contract *big.Int
}

// Known reports whether both sides are.
func (c Check) Known() bool { return c.Warehouse != nil && c.Contract != nil }

// Difference is the warehouse's side less the contract's; 0 where one is unknown.
func (c Check) Difference() *big.Int {
	if !c.Known() {
		return new(big.Int)
	}

	return new(big.Int).Sub(c.Warehouse, c.Contract)
}

// Passed reports that the sides do not differ.
func (c Check) Passed() bool { return c.Difference().Sign() == 0 }

// String is for people: the figure, both sides and the difference.
func (c Check) String() string {
	name := c.Figure
	if c.Account != (common.Address{}) {
		name += " of " + c.Account.Hex()
	}

	return fmt.Sprintf("%s: warehouse %s, contract %s, difference %s", name, text(c.Warehouse), text(c.Contract), c.Difference())
}

func text(v *big.Int) string {
	if v == nil {
		return "unknown"
	}

	return v.String()
}

// Report is what one audit found.
type Report struct {
	// Block is the block whose end was audited, BlockTime its time.
	Block     uint64
	BlockTime time.Time
	Checks    []Check
	// Wrong are blocks that are proved to differ, where there was a [Proof].
	Wrong []chain.Range
}

// Failed are the checks whose sides differ.
func (r Report) Failed() []Check {
	var failed []Check

	for _, c := range r.Checks {
		if !c.Passed() {
			failed = append(failed, c)
		}
	}

	return failed
}

// Unknown are the checks that could not be made.
func (r Report) Unknown() []Check {
	var unknown []Check

	for _, c := range r.Checks {
		if !c.Known() {
			unknown = append(unknown, c)
		}
	}

	return unknown
}

// Passed reports that at least one figure was compared and none differs.
func (r Report) Passed() bool {
	return len(r.Unknown()) < len(r.Checks) && len(r.Failed()) == 0
}
