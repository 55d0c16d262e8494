package store

import (
	"context"
	"fmt"
	"math/big"
)

// PairSums are sums of events that come in pairs, up to a block, in wei: a contract
// says what happened, and a token moves with it.
type PairSums struct {
	// Staked is what Staked events name, Minted the sVVV that came into being.
	Staked, Minted *big.Int
	// Unstaked is what UnstakeInitiated events of staking name, Burned the sVVV that
	// ceased to be.
	Unstaked, Burned *big.Int
	// DIEMUnstaked is what Unstaked events of the DIEM token name, DIEMLeft what that
	// token sent out of what it holds itself. DIEMMoves is how often it did.
	DIEMUnstaked, DIEMLeft *big.Int
	DIEMMoves              uint64
}

// PairSumsAt sums the pairs over the blocks up to and including the given one.
func (s *Store) PairSumsAt(ctx context.Context, block uint64) (PairSums, error) {
	var (
		p    PairSums
		sums [6]big.Int
	)

	err := s.one(ctx, []any{&sums[0], &sums[1], &sums[2], &sums[3], &sums[4], &sums[5], &p.DIEMMoves}, `SELECT
		sumIf(vvv, kind = 'stake'), sumIf(vvv, kind = 'svvv_mint'),
		sumIf(vvv, kind = 'unstake_initiated'), sumIf(vvv, kind = 'svvv_burn'),
		sumIf(diem, kind = 'diem_unstake'), sumIf(diem, kind = 'diem_transfer'), countIf(kind = 'diem_transfer')
		FROM
		(
			SELECT kind, toInt256(vvv_wei) AS vvv, toInt256(diem_wei) AS diem FROM events FINAL
			WHERE block_number <= ? AND (kind != 'diem_transfer' OR account = address)
				AND kind IN ('stake', 'svvv_mint', 'unstake_initiated', 'svvv_burn', 'diem_unstake', 'diem_transfer')
		)`, block)
	if err != nil {
		return PairSums{}, fmt.Errorf("sum the events that come in pairs up to block %d: %w", block, err)
	}

	p.Staked, p.Minted, p.Unstaked, p.Burned = &sums[0], &sums[1], &sums[2], &sums[3]
	p.DIEMUnstaked, p.DIEMLeft = &sums[4], &sums[5]

	return p, nil
}

// AirdropSums are what left the airdrop by its events, up to a block.
type AirdropSums struct {
	// First is the block of its first claim, 0 where there is none.
	First uint64
	// Left is what was claimed, and what was burned of the rest, in wei.
	Left *big.Int
}

// AirdropSumsAt sums them over the blocks up to and including the given one.
func (s *Store) AirdropSumsAt(ctx context.Context, block uint64) (AirdropSums, error) {
	sums := AirdropSums{Left: new(big.Int)}

	err := s.one(ctx, []any{&sums.First, sums.Left}, `SELECT
		minIf(block_number, metric = 'vvv_airdropped'), sum(delta) FROM ledger FINAL
		WHERE metric IN ('vvv_airdropped', 'vvv_burned_airdrop') AND block_number <= ?`, block)
	if err != nil {
		return AirdropSums{}, fmt.Errorf("sum what left the airdrop up to block %d: %w", block, err)
	}

	return sums, nil
}
