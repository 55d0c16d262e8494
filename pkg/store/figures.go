package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Figures are what the events add up to after a block, and the rules in force then.
// Amounts are wei of the token that the name says.
type Figures struct {
	// Block is the block that the figures are true at, Time its time; the zero time
	// where it was not asked for.
	Block uint64    `ch:"block_number" json:"block_number"`
	Time  time.Time `ch:"block_time"   json:"block_time,omitzero"`

	// VVVEffective is VVVSupply less VVVBurned.
	VVVSupply    Wei `ch:"vvv_supply_wei"    json:"vvv_supply_wei"`
	VVVBurned    Wei `ch:"vvv_burned_wei"    json:"vvv_burned_wei"`
	VVVEffective Wei `ch:"vvv_effective_wei" json:"vvv_effective_wei"`
	// The parts of VVVBurned: swaps of a pool, the buyback Safe, what the airdrop left
	// over, anybody else.
	VVVBurnedProgrammatic Wei `ch:"vvv_burned_programmatic_wei" json:"vvv_burned_programmatic_wei"`
	VVVBurnedBuyback      Wei `ch:"vvv_burned_buyback_wei"      json:"vvv_burned_buyback_wei"`
	VVVBurnedAirdrop      Wei `ch:"vvv_burned_airdrop_wei"      json:"vvv_burned_airdrop_wei"`
	VVVBurnedOther        Wei `ch:"vvv_burned_other_wei"        json:"vvv_burned_other_wei"`
	// VVVEmitted is what went to stakers and to the treasury.
	VVVEmitted         Wei `ch:"vvv_emitted_wei"          json:"vvv_emitted_wei"`
	VVVEmittedStakers  Wei `ch:"vvv_emitted_stakers_wei"  json:"vvv_emitted_stakers_wei"`
	VVVEmittedTreasury Wei `ch:"vvv_emitted_treasury_wei" json:"vvv_emitted_treasury_wei"`
	// SVVVSupply is the stake, VVVLocked the part of it that is locked for DIEM.
	SVVVSupply    Wei `ch:"svvv_supply_wei"    json:"svvv_supply_wei"`
	VVVLocked     Wei `ch:"vvv_locked_wei"     json:"vvv_locked_wei"`
	VVVUnlocked   Wei `ch:"vvv_unlocked_wei"   json:"vvv_unlocked_wei"`
	VVVCooling    Wei `ch:"vvv_cooling_wei"    json:"vvv_cooling_wei"`
	VVVClaimed    Wei `ch:"vvv_claimed_wei"    json:"vvv_claimed_wei"`
	VVVAirdropped Wei `ch:"vvv_airdropped_wei" json:"vvv_airdropped_wei"`
	// DIEMOutstanding is what was minted less what was burned through staking.
	DIEMSupply      Wei `ch:"diem_supply_wei"      json:"diem_supply_wei"`
	DIEMOutstanding Wei `ch:"diem_outstanding_wei" json:"diem_outstanding_wei"`
	DIEMStaked      Wei `ch:"diem_staked_wei"      json:"diem_staked_wei"`
	DIEMCooling     Wei `ch:"diem_cooling_wei"     json:"diem_cooling_wei"`

	// MintRate is sVVV wei for 1e18 wei of DIEM, MintBucket its place in the curve,
	// from 0. Unknown, and nil, while no curve is known or where it ends below the
	// supply.
	MintRate   Wei     `ch:"mint_rate_wei" json:"mint_rate_wei"`
	MintBucket *uint16 `ch:"mint_bucket"   json:"mint_bucket"`
	// DIEMTarget is the target supply of the curve in DIEM, nil where it is unknown.
	DIEMTarget *float64 `ch:"diem_target" json:"diem_target"`
	// EmissionRate is the announced one, VVV wei a second.
	EmissionRate Wei `ch:"emission_rate_wei" json:"emission_rate_wei"`
}

// figureColumns are the columns of supply_now that Figures has, the block's own
// aside. supply_at has the same.
var figureColumns = func() string {
	var columns strings.Builder

	for _, name := range []string{
		"vvv_supply", "vvv_burned", "vvv_effective",
		"vvv_burned_programmatic", "vvv_burned_buyback", "vvv_burned_airdrop", "vvv_burned_other",
		"vvv_emitted", "vvv_emitted_stakers", "vvv_emitted_treasury",
		"svvv_supply", "vvv_locked", "vvv_unlocked", "vvv_cooling", "vvv_claimed", "vvv_airdropped",
		"diem_supply", "diem_outstanding", "diem_staked", "diem_cooling", "mint_rate", "emission_rate",
	} {
		fmt.Fprintf(&columns, "toString(f.%s_wei) AS %s_wei, ", name, name)
	}

	return columns.String() + "mint_bucket, diem_target"
}()

// Figures are those at the newest covered block; ok is false while nothing is covered.
// They are right when nothing below it is missing: see [Status].
func (s *Store) Figures(ctx context.Context) (f Figures, ok bool, err error) {
	row := s.conn.QueryRow(ctx, "SELECT block_number, block_time, "+figureColumns+" FROM supply_now AS f")

	switch err := row.ScanStruct(&f); {
	case errors.Is(err, sql.ErrNoRows):
		return Figures{}, false, nil
	case err != nil:
		return Figures{}, false, fmt.Errorf("read the figures now: %w", s.secret.redact(err))
	}

	return f, true, nil
}

// FiguresAt are the figures after a block, whether or not it is covered. Time is not
// filled in.
func (s *Store) FiguresAt(ctx context.Context, block uint64) (f Figures, err error) {
	// The parameter of a view is no place for a bound argument; a number is safe there.
	row := s.conn.QueryRow(ctx, fmt.Sprintf("SELECT block_number, %s FROM supply_at(block = %d) AS f", figureColumns, block))

	if err := row.ScanStruct(&f); err != nil {
		return Figures{}, fmt.Errorf("read the figures at block %d: %w", block, s.secret.redact(err))
	}

	return f, nil
}
