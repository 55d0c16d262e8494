package audit

import (
	"context"
	"math/big"

	"github.com/holiman/uint256"

	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
)

// inside checks the data against itself: every mint and burn of DIEM against the
// token's own Transfer, every mint against the curve in force, every emission against
// the seconds that passed at the announced rate.
func (a *Auditor) inside(ctx context.Context, block uint64) ([]Check, error) {
	curves, err := a.Warehouse.Curves(ctx, block)
	if err != nil {
		return nil, err
	}

	replay := &replay{curves: curves}
	if err := a.Warehouse.DIEMSteps(ctx, block, replay.step); err != nil {
		return nil, err
	}

	replay.flush()

	emissions, err := a.Warehouse.EmissionsOffRate(ctx, block)
	if err != nil {
		return nil, err
	}

	return []Check{
		none(FigureUnpaired, replay.unpaired),
		none(FigureMintRates, replay.offCurve),
		none(FigureEmissions, emissions),
	}, nil
}

// none is a check that passes when nothing was counted.
func none(figure string, counted uint64) Check {
	return Check{Figure: figure, Warehouse: new(big.Int).SetUint64(counted), Contract: new(big.Int)}
}

// replay runs the DIEM supply through all that moved it, in order of place.
type replay struct {
	curves []store.CurveStep
	// supply is the DIEM in existence, in wei, after last.
	supply uint256.Int
	// last is the Transfer whose mint or burn has not come yet.
	last *store.DIEMStep
	// unpaired counts mints and burns without an equal Transfer right before them, and
	// Transfers of a mint that nothing follows; offCurve the mints that gave another
	// amount than the curve in force does.
	unpaired, offCurve uint64
}

func (r *replay) step(s store.DIEMStep) error {
	switch s.Kind { //nolint:exhaustive // the query gives these four
	case decode.KindDIEMTransferMint:
		r.flush()
		r.supply.Add(&r.supply, &s.DIEMWei)
		r.last = &s
	case decode.KindDIEMTransferBurn:
		r.flush()

		if s.DIEMWei.Gt(&r.supply) { // a mint before it is missing
			r.unpaired++
			s.DIEMWei = r.supply
		}

		r.supply.Sub(&r.supply, &s.DIEMWei)
		r.last = &s
	case decode.KindDIEMMint:
		if r.pairs(&s, decode.KindDIEMTransferMint) {
			r.quote(&s)
		}
	case decode.KindDIEMBurn:
		r.pairs(&s, decode.KindDIEMTransferBurn)
	}

	return nil
}

// pairs reports whether the step follows from the Transfer right before it.
func (r *replay) pairs(s *store.DIEMStep, kind decode.Kind) bool {
	t := r.last
	r.last = nil

	ok := t != nil && t.Kind == kind && t.Block == s.Block && t.LogIndex+1 == s.LogIndex && t.DIEMWei == s.DIEMWei
	if !ok {
		r.unpaired++
	}

	return ok
}

// flush deals with a Transfer that no mint or burn followed. A burn outside of the
// staking contract is anybody's right; a mint outside of it is not.
func (r *replay) flush() {
	if r.last != nil && r.last.Kind == decode.KindDIEMTransferMint {
		r.unpaired++
	}

	r.last = nil
}

// quote compares a mint with what the curve in force gives for what it locked.
func (r *replay) quote(s *store.DIEMStep) {
	curve := r.inForce(s)
	if curve == nil {
		return // no curve is known that early: there is nothing to compare with
	}

	var before uint256.Int

	before.Sub(&r.supply, &s.DIEMWei)

	out, err := curve.Curve.DIEMOut(&before, &s.SVVVWei)
	if err != nil || out != s.DIEMWei {
		r.offCurve++
	}
}

func (r *replay) inForce(s *store.DIEMStep) *store.CurveStep {
	var found *store.CurveStep

	for i := range r.curves {
		c := &r.curves[i]
		if c.Block > s.Block || c.Block == s.Block && c.LogIndex > s.LogIndex {
			break
		}

		found = c
	}

	return found
}
