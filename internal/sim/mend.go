package sim

import (
	"context"
	"fmt"

	"diemhouse/pkg/audit"
	"diemhouse/pkg/chain"
	"diemhouse/pkg/contract"
	"diemhouse/pkg/follow"
	"diemhouse/pkg/store"
	"diemhouse/pkg/venice"
)

// Found is what was wrong in the warehouse, by who found it.
type Found struct {
	// Audited is what the audit led the repair to, Verified what the verifier found
	// afterwards.
	Audited, Verified store.Replaced
}

// String tells it for a trace.
func (f Found) String() string {
	return fmt.Sprintf("audit and repair: %+v; verifier: %+v", f.Audited, f.Verified)
}

// mending is what finds and mends what the daemon took for true.
type mending struct {
	world *World
	store *store.Store
	pool  *chain.Pool
	final chain.Header
	found Found
}

// Mend audits the finalized block, repairs what differs, and lets the verifier prove
// everything up to it, as the daemon does behind its loops.
func (w *World) Mend(ctx context.Context) (Found, error) {
	s, err := w.warehouse(ctx)
	if err != nil {
		return Found{}, err
	}

	pool, err := newPool(w.urls)
	if err != nil {
		return Found{}, err
	}
	defer pool.Close()

	heads, err := pool.Heads(ctx)
	if err != nil {
		return Found{}, err
	}

	m := &mending{world: w, store: s, pool: pool, final: *heads.Finalized}

	if err := m.audit(ctx); err != nil {
		return m.found, err
	}

	return m.found, m.verify(ctx)
}

// Verified implements follow.VerifierObserver.
func (m *mending) Verified(_ uint64, mended store.Replaced) {
	m.found.Verified.Add(mended)
}

// Unverified implements follow.VerifierObserver.
func (*mending) Unverified(error) {}

func (m *mending) audit(ctx context.Context) error {
	reader := contract.New(venice.Base(), m.pool)
	parameters := &follow.Parameters{Reader: reader, Warehouse: m.store}
	auditor := &audit.Auditor{Contracts: reader, Warehouse: m.store, Filter: m.world.filter.Name(), Wallets: 2 * actors}

	report, err := auditor.Audit(ctx, m.final)
	if err != nil || report.Passed() {
		return err
	}

	repairer := &audit.Repairer{
		Auditor: auditor, Sample: parameters.Learn, Untold: untold(m.pool, m.store, m.world.decoder, m.world.filter),
	}

	done, err := repairer.Repair(ctx, m.final, report)
	m.found.Audited = done.Replaced

	if err == nil && !done.After.Passed() {
		err = fmt.Errorf("after the repair the audit of block %d still differs in %v", m.final.Number, done.After.Failed())
	}

	return err
}

func (m *mending) verify(ctx context.Context) error {
	verifier := &follow.Verifier{
		Source: m.pool, Warehouse: m.store, Decoder: m.world.decoder, Filter: m.world.filter, Level: chain.VerifyReceipts, Observer: m,
	}

	// Whatever was verified before is verified again: it was before the lies were told,
	// or by a verifier that was content with less.
	if err := m.store.SetVerified(ctx, store.Verified{Level: chain.VerifyNone.String()}); err != nil {
		return err
	}

	for {
		if more, err := verifier.Step(ctx); err != nil || !more {
			return err
		}
	}
}
