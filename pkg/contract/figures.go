package contract

import (
	"context"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/holiman/uint256"

	"diemhouse/pkg/chain"
)

// Parameters are the settings of the contracts. Nil means unknown: the view is not
// there at that block.
type Parameters struct {
	// EmissionRate is VVV wei a second.
	EmissionRate *uint256.Int
	// VenicePercentage and VenicePercentageLocked are treasury's shares of the
	// emissions of unlocked and of locked stake; 1e18 is all.
	VenicePercentage, VenicePercentageLocked *uint256.Int
	// Cooldown is the seconds between unstaking VVV and having it, DIEMCooldown the
	// same of DIEM.
	Cooldown, DIEMCooldown *uint256.Int
	// Treasury is the address that receives Venice's share, as a number.
	Treasury *uint256.Int
}

// Parameters reads the settings at a block.
func (r *Reader) Parameters(ctx context.Context, at chain.At) (Parameters, error) {
	staking := r.deployment.Staking

	words, err := r.words(ctx, at, []view{
		{to: staking, signature: "emissionRatePerSecond()"},
		{to: staking, signature: "veniceEmissionsPercentage()"},
		{to: staking, signature: "veniceEmissionsPercentageWhenLocked()"},
		{to: staking, signature: "cooldownDuration()"},
		{to: r.deployment.DIEM, signature: "cooldownDuration()"},
		{to: staking, signature: "treasury()"},
	})
	if err != nil {
		return Parameters{}, fmt.Errorf("read the parameters: %w", err)
	}

	return Parameters{words[0], words[1], words[2], words[3], words[4], words[5]}, nil
}

// Figures are what the contracts say and the warehouse derives from events, all in
// wei. Nil means unknown.
type Figures struct {
	VVVSupply, VVVBurned    *uint256.Int
	SVVVSupply, VVVLocked   *uint256.Int
	DIEMSupply, DIEMStaked  *uint256.Int
	EmissionRatePerSecond   *uint256.Int // VVV wei a second
	VenicePercentage, Share *uint256.Int // of unlocked and of locked stake; 1e18 is all
}

// Figures reads the totals at a block.
func (r *Reader) Figures(ctx context.Context, at chain.At) (Figures, error) {
	d := r.deployment

	words, err := r.words(ctx, at, []view{
		{to: d.VVV, signature: "totalSupply()"},
		{to: d.VVV, signature: "balanceOf(address)", args: []common.Hash{{}}},
		{to: d.Staking, signature: "totalSupply()"},
		{to: d.Staking, signature: "totalLockedStakedVVV()"},
		{to: d.DIEM, signature: "totalSupply()"},
		{to: d.DIEM, signature: "totalStaked()"},
		{to: d.Staking, signature: "emissionRatePerSecond()"},
		{to: d.Staking, signature: "veniceEmissionsPercentage()"},
		{to: d.Staking, signature: "veniceEmissionsPercentageWhenLocked()"},
	})
	if err != nil {
		return Figures{}, fmt.Errorf("read the figures: %w", err)
	}

	return Figures{
		words[0], words[1], words[2], words[3], words[4], words[5], words[6], words[7], words[8],
	}, nil
}

// Holdings are what contracts hold of VVV, in wei. Nil means unknown.
type Holdings struct{ Staking, Airdrop *uint256.Int }

// Holdings reads them at a block.
func (r *Reader) Holdings(ctx context.Context, at chain.At) (Holdings, error) {
	d := r.deployment

	words, err := r.words(ctx, at, []view{
		{to: d.VVV, signature: "balanceOf(address)", args: []common.Hash{common.BytesToHash(d.Staking[:])}},
		{to: d.VVV, signature: "balanceOf(address)", args: []common.Hash{common.BytesToHash(d.Airdrop[:])}},
	})
	if err != nil {
		return Holdings{}, fmt.Errorf("read what the contracts hold: %w", err)
	}

	return Holdings{words[0], words[1]}, nil
}
