package store

import (
	"context"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
)

// WalletFigures are one wallet's balances summed from its events, in wei.
type WalletFigures struct {
	Account common.Address
	// Staked is its sVVV, Locked the part that is locked for the DIEM Minted, which it
	// has outstanding. DIEM is what it holds, without what it has staked.
	Staked, Locked, Minted, DIEM *big.Int
}

// walletSums sums a wallet's metrics; the ledger of its accounts is FROM it.
const walletSums = `
	account,
	sumIf(delta, metric = 'svvv_supply') AS staked,
	sumIf(delta, metric = 'vvv_locked') AS locked,
	sumIf(delta, metric = 'diem_outstanding') AS minted,
	sumIf(delta, metric = 'diem_received') - sumIf(delta, metric = 'diem_sent') AS diem,
	countIf(metric = 'vvv_locked') > 0 AS locks
FROM ledger FINAL
WHERE block_number <= ? AND account != toFixedString('', 20)
	AND metric IN ('svvv_supply', 'vvv_locked', 'diem_outstanding', 'diem_received', 'diem_sent')`

// WalletsAt gives the figures after a block of up to n wallets that ever locked: half
// of them those with the largest lock, the others chosen by the block's number, so
// that every audit looks at others.
func (s *Store) WalletsAt(ctx context.Context, block uint64, n int) ([]WalletFigures, error) {
	found, err := s.walletFigures(ctx, `SELECT account, staked, locked, minted, diem
		FROM
		(
			SELECT *, row_number() OVER (ORDER BY locked DESC, account) AS by_size,
				row_number() OVER (ORDER BY cityHash64(account, ?), account) AS by_chance
			FROM (SELECT`+walletSums+` GROUP BY account HAVING locks)
		)
		WHERE by_size <= ? OR by_chance <= ?
		ORDER BY by_size`, block, block, (n+1)/2, n/2)
	if err != nil {
		return nil, fmt.Errorf("sum the wallets up to block %d: %w", block, err)
	}

	return found, nil
}

// WalletAt gives the figures of one wallet after a block: zeros where it has no event.
func (s *Store) WalletAt(ctx context.Context, block uint64, account common.Address) (WalletFigures, error) {
	found, err := s.walletFigures(ctx, "SELECT account, staked, locked, minted, diem FROM (SELECT"+walletSums+
		" AND account = toFixedString(unhex(?), 20) GROUP BY account)", block, common.Bytes2Hex(account[:]))
	if err != nil {
		return WalletFigures{}, fmt.Errorf("sum wallet %s up to block %d: %w", account, block, err)
	}

	if len(found) == 0 {
		return WalletFigures{account, new(big.Int), new(big.Int), new(big.Int), new(big.Int)}, nil
	}

	return found[0], nil
}

func (s *Store) walletFigures(ctx context.Context, query string, args ...any) ([]WalletFigures, error) {
	var found []WalletFigures

	err := s.each(ctx, func(read func(...any) error) error {
		var (
			account                      string
			staked, locked, minted, diem big.Int
		)

		if err := read(&account, &staked, &locked, &minted, &diem); err != nil {
			return err
		}

		found = append(found, WalletFigures{common.BytesToAddress([]byte(account)), &staked, &locked, &minted, &diem})

		return nil
	}, query, args...)

	return found, err
}
