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
				untold := &audit.Untold{Warehouse: b.store, Rereader: b.rereader()}
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

// failing is a source that cannot prove anything for now.
type failing struct {
	audit.Source

	err error
}

func (f *failing) VerifiedLogs(ctx context.Context, r chain.Range, s chain.FilterSet) ([]types.Log, error) {
	if f.err != nil {
		return nil, f.err
	}

	return f.Source.VerifiedLogs(ctx, r, s)
}

// What could not be read is read the next time, and what is not final waits until it is.
func TestUntoldReadsLaterWhatItCouldNot(t *testing.T) {
	b := setup(t)
	lost := losing(decode.KindEmissionRateUpdated, 0)(t, b)

	_, err := b.repairer.Sample(t.Context(), b.number())
	require.NoError(t, err)

	source := &failing{b.rereader().Source, errors.New("no receipts")}
	untold := &audit.Untold{Warehouse: b.store, Rereader: b.rereader()}
	untold.Rereader.Source = source

	_, _, err = untold.Read(t.Context(), b.number())
	require.ErrorIs(t, err, source.err)

	source.err = nil

	_, found, err := untold.Read(t.Context(), lost.Block-1)
	require.NoError(t, err)
	require.Zero(t, found.Len())

	_, found, err = untold.Read(t.Context(), lost.Block)
	require.NoError(t, err)
	require.Equal(t, []store.Place{lost}, found.Missing)
}
