package store

import (
	"context"
	"fmt"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/common"
)

// AuditRow is one figure that was compared, as the table audits holds it. A side that
// is nil is unknown.
type AuditRow struct {
	Figure string
	// Account is the wallet the figure is of, zero for the whole.
	Account             common.Address
	Warehouse, Contract *big.Int
}

// PutAudit stores what one audit compared at a block.
func (s *Store) PutAudit(ctx context.Context, block uint64, at time.Time, audited []AuditRow) error {
	if len(audited) == 0 {
		return nil
	}

	var (
		n         = len(audited)
		figures   = make([]string, n)
		accounts  = make([][]byte, n)
		warehouse = make([]*big.Int, n)
		contract  = make([]*big.Int, n)
	)

	for i := range audited {
		row := &audited[i]
		figures[i], accounts[i] = row.Figure, row.Account[:]
		warehouse[i], contract[i] = row.Warehouse, row.Contract
	}

	err := s.insert(ctx, "audit_results", []string{"audited_at", "block_number", "block_time", "figure", "account", "warehouse_wei", "contract_wei"},
		repeated(time.Now().UTC(), n), repeated(block, n), repeated(at.UTC(), n), figures, accounts, warehouse, contract)
	if err != nil {
		return fmt.Errorf("store the audit of block %d: %w", block, err)
	}

	return nil
}

// MetricsAt sums every metric of the ledger over the blocks up to and including the
// given one, in wei. A metric that never changed is missing. It reads the whole
// ledger, not the rollups: it is what audits compare.
func (s *Store) MetricsAt(ctx context.Context, block uint64) (map[string]*big.Int, error) {
	sums := make(map[string]*big.Int)

	err := s.each(ctx, func(read func(...any) error) error {
		var (
			metric string
			sum    big.Int
		)

		if err := read(&metric, &sum); err != nil {
			return err
		}

		sums[metric] = &sum

		return nil
	}, "SELECT metric, sum(delta) FROM ledger FINAL WHERE block_number <= ? GROUP BY metric", block)
	if err != nil {
		return nil, fmt.Errorf("sum the ledger up to block %d: %w", block, err)
	}

	return sums, nil
}
