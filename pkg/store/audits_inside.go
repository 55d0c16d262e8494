package store

import (
	"context"
	"fmt"
	"math/big"

	"github.com/holiman/uint256"

	"diemhouse/pkg/decode"
	"diemhouse/pkg/venice"
)

// emissionRounding is how many wei a reward update may mint less than the time that
// passed at the announced rate: each of its two divisions rounds down. Never more.
const emissionRounding = 2

// DIEMStep is an event that moves the DIEM supply, or a mint that must follow from it.
type DIEMStep struct {
	Block    uint64
	LogIndex uint32
	Kind     decode.Kind
	// SVVVWei is what a mint locked; DIEMWei is what was minted or burned.
	SVVVWei, DIEMWei uint256.Int
	Problem          string
}

// DIEMSteps gives every DIEM Transfer from or to 0x0, every mint and every burn up to
// the block to visit, in order of place.
func (s *Store) DIEMSteps(ctx context.Context, block uint64, visit func(DIEMStep) error) error {
	err := s.each(ctx, func(read func(...any) error) error {
		var (
			step       DIEMStep
			kind       string
			svvv, diem big.Int
		)

		if err := read(&step.Block, &step.LogIndex, &kind, &svvv, &diem, &step.Problem); err != nil {
			return err
		}

		step.Kind = decode.Kind(kind)
		step.SVVVWei.SetFromBig(&svvv)
		step.DIEMWei.SetFromBig(&diem)

		return visit(step)
	}, `SELECT block_number, log_index, kind, vvv_wei, diem_wei, problem FROM events FINAL
		WHERE kind IN ('diem_transfer_mint', 'diem_transfer_burn', 'diem_mint', 'diem_burn') AND block_number <= ?
		ORDER BY block_number, log_index`, block)
	if err != nil {
		return fmt.Errorf("read what moved the DIEM supply up to block %d: %w", block, err)
	}

	return nil
}

// CurveStep is a mint-rate table and the place it is in force after.
type CurveStep struct {
	Block    uint64
	LogIndex uint32
	Curve    venice.Curve
}

// Curves gives every known table up to the block, in order of place.
func (s *Store) Curves(ctx context.Context, block uint64) ([]CurveStep, error) {
	var found []CurveStep

	err := s.each(ctx, func(read func(...any) error) error {
		var (
			step          CurveStep
			bounds, rates []*big.Int
		)

		if err := read(&step.Block, &step.LogIndex, &bounds, &rates); err != nil {
			return err
		}

		for i := range venice.Buckets {
			step.Curve.Bounds[i].SetFromBig(bounds[i])
			step.Curve.Rates[i].SetFromBig(rates[i])
		}

		found = append(found, step)

		return nil
	}, `SELECT block_number, log_index, bounds, rates FROM curve FINAL
		WHERE block_number <= ? AND length(bounds) = ? AND length(rates) = ?
		ORDER BY block_number, log_index`, block, venice.Buckets, venice.Buckets)
	if err != nil {
		return nil, fmt.Errorf("read the curves up to block %d: %w", block, err)
	}

	return found, nil
}

// EmissionsOffRate counts the reward updates up to the block whose mints are not the
// seconds since the one before times the announced rate, less at most 2 wei.
func (s *Store) EmissionsOffRate(ctx context.Context, block uint64) (uint64, error) {
	var n uint64

	err := s.one(ctx, []any{&n}, `SELECT count() FROM emissions
		WHERE block_number <= ? AND rounding_wei IS NOT NULL AND (rounding_wei < 0 OR rounding_wei > ?)`, block, emissionRounding)
	if err != nil {
		return 0, fmt.Errorf("compare emissions with the announced rate up to block %d: %w", block, err)
	}

	return n, nil
}
