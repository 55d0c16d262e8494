package main

import (
	"context"
	"errors"
	"time"

	"diemhouse/internal/app"
	"diemhouse/pkg/audit"
	"diemhouse/pkg/chain"
)

// firstAudit is how soon after its start the daemon looks whether it can audit, and
// how soon it looks again where it could not.
const firstAudit = 15 * time.Second

// audits compares the warehouse with the contracts at the finalized block, again and
// again until ctx ends. What cannot be audited yet is not a failure: history is still
// being filled, or no endpoint answers for old states.
func (d *daemon) audits(ctx context.Context, from uint64) error {
	if d.flags.AuditEvery <= 0 {
		return nil
	}

	auditor := app.Auditor(d.chain, d.store.Store, from, audit.DefaultWallets)
	timer := time.NewTimer(firstAudit)

	defer timer.Stop()

	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
		}

		report, err := d.audit(ctx, auditor)

		var gap *audit.GapError

		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
			d.metrics.Audited(report)
			timer.Reset(d.flags.AuditEvery)

			continue
		case errors.As(err, &gap):
			d.env.Log.Debug().Err(err).Msg("audit waits for history")
		default:
			d.metrics.NotAudited()
			d.env.Log.Warn().Err(err).Msg("the warehouse could not be audited; it is tried again")
		}

		timer.Reset(min(firstAudit, d.flags.AuditEvery))
	}
}

func (d *daemon) audit(ctx context.Context, auditor *audit.Auditor) (audit.Report, error) {
	block, err := app.AuditBlock(ctx, d.chain.Pool, nil)
	if err != nil {
		return audit.Report{}, err
	}

	report, err := auditor.Audit(ctx, block)
	if chain.IsNoState(err) {
		return report, errors.Join(errNoState, err)
	}

	return report, err
}

var errNoState = errors.New("no endpoint answers eth_call at the finalized block: give one that does, or --audit-every 0")
