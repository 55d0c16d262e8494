package store

import (
	"context"
	"fmt"
	"math/big"

	"github.com/holiman/uint256"
)

// The settings, by the names that the table params has for them.
const (
	// ParamEmissionRate is VVV wei a second.
	ParamEmissionRate = "emission_rate"
	// ParamVenicePercentage and ParamVenicePercentageLocked are the treasury's shares
	// of the emissions of unlocked and of locked stake; 1e18 is all.
	ParamVenicePercentage       = "venice_percentage"
	ParamVenicePercentageLocked = "venice_percentage_locked"
	// ParamCooldown is the seconds between unstaking VVV and having it,
	// ParamDIEMCooldown the same of DIEM.
	ParamCooldown     = "cooldown"
	ParamDIEMCooldown = "diem_cooldown"
	// ParamTreasury is the treasury's address, as a number.
	ParamTreasury = "treasury"
)

// Param is a setting's value and the first block it is known to hold at.
type Param struct {
	// Name is one of the Param constants.
	Name       string
	FirstBlock uint64
	// Learned is one of the Learned constants.
	Learned string
	Value   uint256.Int
}

// ParamAt is the value in force after the block; ok is false when none is known. Rows
// that repeat a value count as one, which begins with the first of them.
func (s *Store) ParamAt(ctx context.Context, name string, block uint64) (param Param, ok bool, err error) {
	before := false

	err = s.each(ctx, func(read func(...any) error) error {
		if before {
			return nil
		}

		var (
			row   = Param{Name: name}
			value big.Int
		)

		if err := read(&row.FirstBlock, &row.Learned, &value); err != nil {
			return err
		}

		row.Value.SetFromBig(&value)

		if before = ok && row.Value != param.Value; !before {
			param, ok = row, true
		}

		return nil
	}, `SELECT block_number, learned, value FROM params FINAL WHERE name = ? AND block_number <= ?
		ORDER BY block_number DESC, log_index DESC`, name, block)
	if err != nil {
		return Param{}, false, fmt.Errorf("read %s at block %d: %w", name, block, err)
	}

	return param, ok, nil
}

// PutParam stores a value that was read from the contract.
func (s *Store) PutParam(ctx context.Context, param Param) error {
	version, err := s.version(ctx)
	if err == nil {
		err = s.insert(ctx, "params", []string{"name", "block_number", "log_index", "learned", "value", "version"},
			[]string{param.Name}, []uint64{param.FirstBlock}, []uint32{endOfBlock}, []string{param.Learned},
			[]*big.Int{param.Value.ToBig()}, []uint64{version})
	}

	if err != nil {
		return fmt.Errorf("store %s of block %d: %w", param.Name, param.FirstBlock, err)
	}

	return nil
}
