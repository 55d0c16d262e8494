package store

import (
	"context"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
)

// Holding is what the Transfers of DIEM leave an account with, in wei.
type Holding struct {
	Account common.Address
	DIEM    *big.Int
}

// DIEMHoldersAt gives what up to n accounts hold after a block that ever held DIEM.
// Where there are more, the block's number chooses, so that every audit looks at others.
func (s *Store) DIEMHoldersAt(ctx context.Context, block uint64, n int) ([]Holding, error) {
	var found []Holding

	err := s.each(ctx, func(read func(...any) error) error {
		var (
			account string
			diem    big.Int
		)

		if err := read(&account, &diem); err != nil {
			return err
		}

		found = append(found, Holding{common.BytesToAddress([]byte(account)), &diem})

		return nil
	}, `SELECT account, sumIf(delta, metric = 'diem_received') - sumIf(delta, metric = 'diem_sent') FROM ledger FINAL
		WHERE metric IN ('diem_received', 'diem_sent') AND block_number <= ? AND account != toFixedString('', 20)
		GROUP BY account ORDER BY cityHash64(account, ?), account LIMIT ?`, block, block, n)
	if err != nil {
		return nil, fmt.Errorf("sum what holders of DIEM have up to block %d: %w", block, err)
	}

	return found, nil
}
