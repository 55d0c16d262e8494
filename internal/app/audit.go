package app

import (
	"context"
	"errors"
	"fmt"

	"diemhouse/pkg/audit"
	"diemhouse/pkg/chain"
	"diemhouse/pkg/contract"
	"diemhouse/pkg/follow"
	"diemhouse/pkg/store"
)

// Auditor holds the warehouse, which begins with block first, against the chain.
func Auditor(c *Chain, s *store.Store, first uint64, wallets int) *audit.Auditor {
	return &audit.Auditor{
		Contracts: contract.New(c.Deployment, c.Pool), Warehouse: s,
		First: first, Filter: c.Filter.Name(), Wallets: wallets,
	}
}

// Proof proves every event.
func Proof(c *Chain) *audit.Proof {
	return &audit.Proof{Source: audit.Prover{Blocks: c.Pool}, Decoder: c.Decoder, Filter: c.Filter}
}

// Repairer mends what the auditor found.
func Repairer(c *Chain, s *store.Store, auditor *audit.Auditor) *audit.Repairer {
	parameters := &follow.Parameters{Reader: contract.New(c.Deployment, c.Pool), Warehouse: s, First: auditor.First}

	return &audit.Repairer{Auditor: auditor, Sample: parameters.Learn, Untold: Untold(c, s)}
}

// Untold reads again the blocks of what the contracts told and no event did.
func Untold(c *Chain, s *store.Store) *audit.Untold {
	return &audit.Untold{Warehouse: s, Rereader: &audit.Rereader{
		Source: audit.Prover{Blocks: c.Pool}, Replacer: s, Decoder: c.Decoder, Filter: c.Filter,
	}}
}

// AuditBlock is the header of the block to audit: the finalized one, or at, which must
// be final.
func AuditBlock(ctx context.Context, pool *chain.Pool, at *uint64) (chain.Header, error) {
	heads, err := pool.Heads(ctx)
	if err != nil {
		return chain.Header{}, fmt.Errorf("read the chain's heads: %w", err)
	}

	switch {
	case heads.Finalized == nil:
		return chain.Header{}, errors.New("the endpoint names no finalized block: only what nothing can change is audited")
	case at == nil:
		return *heads.Finalized, nil
	case *at > heads.Finalized.Number.Uint64():
		return chain.Header{}, fmt.Errorf("block %d is not final yet, the finalized block is %s", *at, heads.Finalized.Number)
	}

	return pool.HeaderByNumber(ctx, *at)
}
