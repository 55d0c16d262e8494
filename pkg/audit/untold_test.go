package audit_test

import (
	"context"
	"errors"
	"testing"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/stretchr/testify/require"

	"diemhouse/pkg/audit"
	"diemhouse/pkg/chain"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
)

// Once the value that a lost event set was read from the contract, no figure differs any
// more. That the value came without an event tells.
func TestUntoldFindsTheEventOfAValueThatWasRead(t *testing.T) {
	b := setup(t)

	for _, kind := range []decode.Kind{decode.KindEmissionRateUpdated, decode.KindCurveUpdated} {
		for name, nth := range map[string]int{"in force": 0, "set again since": 1} {
			t.Run(string(kind)+" "+name, func(t *testing.T) {
				untold := b.untold()
				_, found, err := untold.Read(t.Context(), b.number())
				require.NoError(t, err)
				require.Zero(t, found.Len())

				lost := losing(kind, nth)(t, b)

				learned, err := b.repairer.Sample(t.Context(), b.number())
				require.NoError(t, err)
				require.Equal(t, 1, learned)
				require.Subset(t, []string{audit.FigureMintRates}, figures(b.audit(t).Failed()),
					"no figure tells, but of a mint in the block after the change")

				ranges, found, err := untold.Read(t.Context(), b.number())
				require.NoError(t, err)
				require.Equal(t, store.Replaced{Missing: []store.Place{lost}}, found)
				require.Equal(t, []chain.Range{{From: lost.Block, To: lost.Block}}, ranges, "what it has read before it does not read again")
				require.Empty(t, b.audit(t).Failed())
				b.requireViewsFollow(t)
			})
		}
	}
}

// failing is a source that cannot prove a block for now.
type failing struct {
	audit.Source

	block uint64
	err   error
}

// failingAt makes a block impossible to prove.
func failingAt(u *audit.Untold, block uint64) *failing {
	f := &failing{u.Rereader.Source, block, errors.New("no receipts")}
	u.Rereader.Source = f

	return f
}

func (f *failing) VerifiedLogs(ctx context.Context, r chain.Range, s chain.FilterSet) ([]types.Log, error) {
	if f.err != nil && r.From <= f.block && f.block <= r.To {
		return nil, f.err
	}

	return f.Source.VerifiedLogs(ctx, r, s)
}

// A block that cannot be read is read the next time, and keeps no other from being read.
func TestUntoldReadsLaterWhatItCouldNot(t *testing.T) {
	b := setup(t)
	earlier, later := losing(decode.KindEmissionRateUpdated, 2)(t, b), losing(decode.KindEmissionRateUpdated, 0)(t, b)
	require.Less(t, earlier.Block, later.Block)

	_, err := b.repairer.Sample(t.Context(), b.number())
	require.NoError(t, err)

	untold := b.untold()
	source := failingAt(untold, earlier.Block)

	_, found, err := untold.Read(t.Context(), b.number())
	require.ErrorIs(t, err, source.err)
	require.Equal(t, []store.Place{later}, found.Missing)

	source.err = nil

	ranges, found, err := untold.Read(t.Context(), b.number())
	require.NoError(t, err)
	require.Equal(t, []store.Place{earlier}, found.Missing)
	require.Equal(t, []chain.Range{{From: earlier.Block, To: earlier.Block}}, ranges)
}

// What is not final waits until it is, and what history has not read yet is no endpoint's
// fault.
func TestUntoldWaitsForFinalityAndHistory(t *testing.T) {
	b := setup(t)
	lost := losing(decode.KindEmissionRateUpdated, 0)(t, b)

	_, err := b.repairer.Sample(t.Context(), b.number())
	require.NoError(t, err)

	untold := b.untold()

	_, found, err := untold.Read(t.Context(), lost.Block-1)
	require.NoError(t, err)
	require.Zero(t, found.Len())

	b.exec(t, "CREATE TABLE kept AS coverage")
	b.exec(t, "INSERT INTO kept SELECT * FROM coverage")
	b.exec(t, "TRUNCATE TABLE coverage")

	ranges, found, err := untold.Read(t.Context(), b.number())
	require.NoError(t, err)
	require.Empty(t, ranges)
	require.Zero(t, found.Len())

	b.exec(t, "INSERT INTO coverage SELECT * FROM kept")

	_, found, err = untold.Read(t.Context(), lost.Block)
	require.NoError(t, err)
	require.Equal(t, []store.Place{lost}, found.Missing)
}

// A block that cannot be proved, and that no figure needs, is no failure of a repair.
func TestRepairSaysWhatItCouldNotReadAgain(t *testing.T) {
	b := setup(t)
	stake, rate := losing(decode.KindStake, 3)(t, b), losing(decode.KindEmissionRateUpdated, 4)(t, b)
	require.NotEqual(t, stake.Block, rate.Block)

	_, err := b.repairer.Sample(t.Context(), b.number())
	require.NoError(t, err)

	source := failingAt(b.repairer.Untold, rate.Block)

	done, err := b.repairer.Repair(t.Context(), b.block, b.audit(t))
	require.NoError(t, err)
	require.ErrorIs(t, done.Unread, source.err)
	require.Empty(t, done.After.Failed())
	require.Equal(t, []store.Place{stake}, done.Replaced.Missing)
}
