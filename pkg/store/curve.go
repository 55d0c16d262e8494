package store

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"diemhouse/pkg/venice"
)

// How a curve or a setting was learned.
const (
	// LearnedEvent: the contract announced it; block and value are exact.
	LearnedEvent = "event"
	// LearnedBisected: it was read from the contract, and the block of the change was
	// found by reading old states.
	LearnedBisected = "bisected"
	// LearnedSampled: it was read from the contract; it may be in force longer.
	LearnedSampled = "sampled"
)

// endOfBlock is the log index of what was read from a contract: it is true after all
// logs of the block.
const endOfBlock = 1<<32 - 1

// CurveEpoch is a mint-rate table and the first block it is known to be in force at.
type CurveEpoch struct {
	FirstBlock uint64
	// Learned is one of the Learned constants.
	Learned string
	Curve   venice.Curve
}

// CurveAt is the epoch in force after the block; ok is false when none is known. Rows
// that repeat a table are one epoch, which begins with the first of them.
func (s *Store) CurveAt(ctx context.Context, block uint64) (epoch CurveEpoch, ok bool, err error) {
	before := false

	err = s.each(ctx, func(read func(...any) error) error {
		if before {
			return nil
		}

		var (
			row           CurveEpoch
			bounds, rates []*big.Int
		)

		if err := read(&row.FirstBlock, &row.Learned, &bounds, &rates); err != nil {
			return err
		}

		for i := range venice.Buckets {
			row.Curve.Bounds[i].SetFromBig(bounds[i])
			row.Curve.Rates[i].SetFromBig(rates[i])
		}

		if before = ok && row.Curve != epoch.Curve; !before {
			epoch, ok = row, true
		}

		return nil
	}, `SELECT block_number, learned, bounds, rates FROM curve FINAL
		WHERE block_number <= ? AND length(bounds) = ? AND length(rates) = ?
		ORDER BY block_number DESC, log_index DESC`, block, venice.Buckets, venice.Buckets)
	if err != nil {
		return CurveEpoch{}, false, fmt.Errorf("read the curve at block %d: %w", block, err)
	}

	return epoch, ok, nil
}

// PutCurve stores a table that was read from the contract.
func (s *Store) PutCurve(ctx context.Context, epoch CurveEpoch) error {
	target, err := epoch.Curve.Target()
	if err != nil && !errors.Is(err, venice.ErrNoTarget) {
		return fmt.Errorf("store the curve of block %d: %w", epoch.FirstBlock, err)
	}

	bounds, rates := make([]*big.Int, venice.Buckets), make([]*big.Int, venice.Buckets)
	for i := range venice.Buckets {
		bounds[i], rates[i] = epoch.Curve.Bounds[i].ToBig(), epoch.Curve.Rates[i].ToBig()
	}

	version, err := s.version(ctx)
	if err == nil {
		err = s.insert(ctx, "curve", []string{"block_number", "log_index", "learned", "target", "bounds", "rates", "version"},
			[]uint64{epoch.FirstBlock}, []uint32{endOfBlock}, []string{epoch.Learned}, []float64{target},
			[][]*big.Int{bounds}, [][]*big.Int{rates}, []uint64{version})
	}

	if err != nil {
		return fmt.Errorf("store the curve of block %d: %w", epoch.FirstBlock, err)
	}

	return nil
}
