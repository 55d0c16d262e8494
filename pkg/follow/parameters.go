package follow

import (
	"context"
	"errors"
	"fmt"

	"github.com/holiman/uint256"

	"diemhouse/pkg/chain"
	"diemhouse/pkg/contract"
	"diemhouse/pkg/store"
	"diemhouse/pkg/venice"
)

// ParameterReader reads the contracts. [*contract.Reader] is one.
type ParameterReader interface {
	Curve(ctx context.Context, at chain.At) (venice.Curve, error)
	Parameters(ctx context.Context, at chain.At) (contract.Parameters, error)
}

// ParameterWarehouse holds what is known of them. [*store.Store] is one.
type ParameterWarehouse interface {
	// CurveAt is the epoch in force at a block; ok is false when none is known.
	CurveAt(ctx context.Context, block uint64) (epoch store.CurveEpoch, ok bool, err error)
	PutCurve(ctx context.Context, epoch store.CurveEpoch) error
	// ParamAt is the value in force at a block; ok is false when none is known.
	ParamAt(ctx context.Context, name string, block uint64) (param store.Param, ok bool, err error)
	PutParam(ctx context.Context, param store.Param) error
}

// Parameters keeps the mint curve and the settings true where the contracts' own
// events do not tell of a change, or tell it under a name that nothing knows: it
// reads them, and finds the block of a change by bisection where an endpoint keeps
// old states.
type Parameters struct {
	Reader    ParameterReader
	Warehouse ParameterWarehouse
	// First is the first block at which there can be a contract.
	First uint64
}

// Reach has a sample look between all that is known and before it, and remembers up to
// where nothing is left to be found: a row costs a read once.
type Reach struct {
	// Final is a block that no reorg takes away. What is above it is not remembered.
	Final uint64

	compared map[string]uint64 // by name
}

// block is where looking back for a name ends.
func (r *Reach) block(name string) uint64 {
	if r == nil {
		return 0
	}

	return r.compared[name]
}

// remember notes that nothing of a name is unknown up to a block.
func (r *Reach) remember(name string, block uint64) {
	if r.compared == nil {
		r.compared = make(map[string]uint64)
	}

	r.compared[name] = max(r.compared[name], min(block, r.Final))
}

// Findings are the values of which the warehouse does not know.
type Findings struct {
	curves []store.CurveEpoch
	params []store.Param
}

// Len is how many there are.
func (f *Findings) Len() int { return len(f.curves) + len(f.params) }

// Learn samples at a final block with reach, and writes what it finds. learned is how
// many values that are.
func (p *Parameters) Learn(ctx context.Context, block uint64) (learned int, err error) {
	found, err := p.Sample(ctx, block, new(Reach))
	if err != nil {
		return 0, err
	}

	return found.Len(), p.Put(ctx, found)
}

// Sample compares the contracts after a block with the warehouse. A value that
// differs is dated by bisection back to what the warehouse knows last. With reach (not
// nil) what lies between all that is known is looked for too, and before it, back to
// First: a read of the contracts for each known change. Without, or where no endpoint
// keeps states that old, it counts from the sampled block on and is unknown before.
// Nothing is written. [chain.IsNoState] tells that no endpoint can say.
func (p *Parameters) Sample(ctx context.Context, block uint64, reach *Reach) (Findings, error) {
	var found Findings

	if err := p.sampleCurve(ctx, block, reach, &found); err != nil {
		return found, fmt.Errorf("sample the mint curve at block %d: %w", block, err)
	}

	values, err := p.Reader.Parameters(ctx, chain.AtBlock(block))
	if err != nil {
		return found, fmt.Errorf("sample the parameters at block %d: %w", block, err)
	}

	for _, param := range named(values) {
		if param.value == nil {
			continue
		}

		if err := p.sampleParam(ctx, block, reach, param, &found); err != nil {
			return found, fmt.Errorf("sample %s at block %d: %w", param.name, block, err)
		}
	}

	return found, nil
}

// Put writes what was found. It is safe to repeat.
func (p *Parameters) Put(ctx context.Context, found Findings) error {
	for _, epoch := range found.curves {
		if err := p.Warehouse.PutCurve(ctx, epoch); err != nil {
			return fmt.Errorf("store the mint curve of block %d: %w", epoch.FirstBlock, err)
		}
	}

	for _, param := range found.params {
		if err := p.Warehouse.PutParam(ctx, param); err != nil {
			return fmt.Errorf("store %s of block %d: %w", param.Name, param.FirstBlock, err)
		}
	}

	return nil
}

// curveName is the curve's beside those of the settings.
const curveName = "curve"

func (p *Parameters) sampleCurve(ctx context.Context, block uint64, reach *Reach, found *Findings) error {
	s := sampler[venice.Curve]{
		read: func(block uint64) (venice.Curve, error) {
			curve, err := p.Reader.Curve(ctx, chain.AtBlock(block))
			if errors.Is(err, contract.ErrNoCurve) {
				return venice.Curve{}, nil
			}

			return curve, err
		},
		known: func(block uint64) (known[venice.Curve], bool, error) {
			epoch, ok, err := p.Warehouse.CurveAt(ctx, block)

			return known[venice.Curve]{epoch.FirstBlock, epoch.Curve, epoch.Learned == store.LearnedSampled}, ok, err
		},
		first: p.First, compared: reach.block(curveName),
	}

	now, err := s.read(block)
	if err != nil {
		return err
	}

	changes, whole, err := s.sample(block, now, reach != nil)
	if err != nil {
		return err
	}

	if whole {
		reach.remember(curveName, block)
	}

	for _, c := range changes {
		if c.value != (venice.Curve{}) {
			found.curves = append(found.curves, store.CurveEpoch{FirstBlock: c.block, Learned: c.learned(), Curve: c.value})
		}
	}

	return nil
}

// maybe is a value that a contract may not have at a block.
type maybe struct {
	value uint256.Int
	known bool
}

func (p *Parameters) sampleParam(ctx context.Context, block uint64, reach *Reach, param namedValue, found *Findings) error {
	s := sampler[maybe]{
		read: func(block uint64) (maybe, error) {
			values, err := p.Reader.Parameters(ctx, chain.AtBlock(block))
			if err != nil {
				return maybe{}, err
			}

			for _, v := range named(values) {
				if v.name == param.name && v.value != nil {
					return maybe{*v.value, true}, nil
				}
			}

			return maybe{}, nil
		},
		known: func(block uint64) (known[maybe], bool, error) {
			stored, ok, err := p.Warehouse.ParamAt(ctx, param.name, block)

			return known[maybe]{stored.FirstBlock, maybe{stored.Value, true}, stored.Learned == store.LearnedSampled}, ok, err
		},
		first: p.First, compared: reach.block(param.name),
	}

	changes, whole, err := s.sample(block, maybe{*param.value, true}, reach != nil)
	if err != nil {
		return err
	}

	if whole {
		reach.remember(param.name, block)
	}

	for _, c := range changes {
		if c.value.known {
			found.params = append(found.params, store.Param{
				Name: param.name, FirstBlock: c.block, Learned: c.learned(), Value: c.value.value,
			})
		}
	}

	return nil
}

type namedValue struct {
	name  string
	value *uint256.Int
}

func named(v contract.Parameters) []namedValue {
	return []namedValue{
		{store.ParamEmissionRate, v.EmissionRate},
		{store.ParamVenicePercentage, v.VenicePercentage},
		{store.ParamVenicePercentageLocked, v.VenicePercentageLocked},
		{store.ParamCooldown, v.Cooldown},
		{store.ParamDIEMCooldown, v.DIEMCooldown},
		{store.ParamTreasury, v.Treasury},
	}
}
