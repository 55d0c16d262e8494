package audit

import (
	"context"
	"errors"
	"math/big"

	"github.com/holiman/uint256"

	"diemhouse/pkg/chain"
	"diemhouse/pkg/contract"
	"diemhouse/pkg/store"
	"diemhouse/pkg/venice"
)

// settings compares the parameters in force.
func (a *Auditor) settings(ctx context.Context, block uint64) ([]Check, error) {
	theirs, err := a.Contracts.Parameters(ctx, chain.AtBlock(block))
	if err != nil {
		return nil, err
	}

	var checks []Check

	for _, setting := range []struct {
		figure, param string
		value         *uint256.Int
	}{
		{FigureEmissionRate, store.ParamEmissionRate, theirs.EmissionRate},
		{FigureVenicePercent, store.ParamVenicePercentage, theirs.VenicePercentage},
		{FigureLockedPercent, store.ParamVenicePercentageLocked, theirs.VenicePercentageLocked},
		{FigureCooldown, store.ParamCooldown, theirs.Cooldown},
		{FigureDIEMCooldown, store.ParamDIEMCooldown, theirs.DIEMCooldown},
		{FigureTreasury, store.ParamTreasury, theirs.Treasury},
	} {
		check := Check{Figure: setting.figure, Contract: toBig(setting.value)}

		param, known, err := a.Warehouse.ParamAt(ctx, setting.param, block)
		if err != nil {
			return nil, err
		}

		if known {
			check.Warehouse = param.Value.ToBig()
		}

		checks = append(checks, check)
	}

	return checks, nil
}

// curve compares the mint-rate table: the warehouse's side is the sum of all entries
// where the tables agree, and further off by the sum of their differences.
func (a *Auditor) curve(ctx context.Context, block uint64) ([]Check, error) {
	check := Check{Figure: FigureCurve}

	theirs, err := a.Contracts.Curve(ctx, chain.AtBlock(block))

	switch {
	case errors.Is(err, contract.ErrNoCurve):
		return []Check{check}, nil
	case err != nil:
		return nil, err
	}

	check.Contract = tableSum(&theirs)

	epoch, known, err := a.Warehouse.CurveAt(ctx, block)
	if err != nil {
		return nil, err
	}

	if known {
		check.Warehouse = new(big.Int).Add(check.Contract, tableDistance(&epoch.Curve, &theirs))
	}

	return []Check{check}, nil
}

func tableSum(c *venice.Curve) *big.Int { return tableDistance(c, new(venice.Curve)) }

// tableDistance is the sum of the absolute differences of all entries.
func tableDistance(a, b *venice.Curve) *big.Int {
	all := new(big.Int)

	for i := range venice.Buckets {
		for _, pair := range [][2]*uint256.Int{{&a.Bounds[i], &b.Bounds[i]}, {&a.Rates[i], &b.Rates[i]}} {
			d := new(big.Int).Sub(pair[0].ToBig(), pair[1].ToBig())
			all.Add(all, d.Abs(d))
		}
	}

	return all
}
