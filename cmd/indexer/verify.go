package main

import (
	"context"

	"diemhouse/internal/app"
	"diemhouse/pkg/chain"
	"diemhouse/pkg/follow"
)

// verify proves behind the loops that the warehouse is complete, until ctx ends.
func (d *daemon) verify(ctx context.Context, from uint64) error {
	depth := app.Verification(d.flags.Verifier)
	if depth == chain.VerifyNone {
		return nil
	}

	verifier := &follow.Verifier{
		Source: d.chain.Pool, Warehouse: d.store, Decoder: d.chain.Decoder, Filter: d.chain.Filter,
		Level: depth, From: from, Observer: d.metrics,
	}

	return verifier.Run(ctx)
}
