package audit_test

import (
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"diemhouse/internal/sim"
	"diemhouse/pkg/audit"
	"diemhouse/pkg/chain"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
)

// unsummed are the kinds of which no figure tells that one is missing: settings, of
// those that were changed again, and what moves nothing.
var unsummed = []decode.Kind{
	decode.KindApproval, decode.KindCooldownUpdated, decode.KindTreasuryUpdated, decode.KindVenicePercentageUpdated,
	decode.KindVenicePercentageLockedUpdated, decode.KindCurveUpdated, decode.KindEmissionRateUpdated, decode.KindUpgraded,
	decode.KindInitialized, decode.KindOwnershipTransferred, decode.KindRoleGranted, decode.KindRoleRevoked, decode.KindUnknown,
	decode.KindVVVMintOther,
}

// TestOneLogInTenThousand: an endpoint that drops one log in ten thousand, whoever asks,
// and does nothing else wrong. The audit finds what moved an amount, the proof
// everything; the repair mends it, and then every event is as the node has it.
func TestOneLogInTenThousand(t *testing.T) {
	const oneIn, rounds = 10_000, 4

	whole := setup(t)
	logs, err := audit.Prover{Blocks: whole.pool}.VerifiedLogs(t.Context(), chain.Range{From: 0, To: whole.number()}, whole.filter)
	require.NoError(t, err)
	truth, err := whole.decoder.Decode(nil, logs)
	require.NoError(t, err)

	for seed, played := uint64(1), 0; played < rounds; seed++ {
		lost, kinds := lostOf(truth, sim.OneIn(oneIn, seed))
		if len(lost) == 0 {
			continue
		}

		played++

		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Logf("of %d logs %v are dropped: %v", len(truth), lost, kinds)

			endpoint, err := sim.Serve(t.Context(), chainURL(t), seed, "dropping")
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, endpoint.Close()) })
			endpoint.DropWhere(sim.OneIn(oneIn, seed))

			requireFoundAndMended(t, setupAt(t, endpoint.HTTP()), truth, lost, kinds)
		})
	}
}

// TestOneLogOfEachKind: one lost log of each kind that the chain has, one after the
// other.
func TestOneLogOfEachKind(t *testing.T) {
	b := setup(t)

	logs, err := audit.Prover{Blocks: b.pool}.VerifiedLogs(t.Context(), chain.Range{From: 0, To: b.number()}, b.filter)
	require.NoError(t, err)
	truth, err := b.decoder.Decode(nil, logs)
	require.NoError(t, err)

	seen := make(map[decode.Kind]bool)

	for _, e := range slices.Backward(truth) {
		if seen[e.Kind] {
			continue
		}

		seen[e.Kind] = true

		t.Run(string(e.Kind), func(t *testing.T) {
			place := losing(e.Kind, 0)(t, b)
			requireFoundAndMended(t, b, truth, []store.Place{place}, []decode.Kind{e.Kind})
		})
	}
}

// lostOf are the events at the places that are lost, with their kinds.
func lostOf(events []decode.Event, lost func(store.Place) bool) (places []store.Place, kinds []decode.Kind) {
	for i := range events {
		if p := (store.Place{Block: events[i].BlockNumber, LogIndex: events[i].LogIndex}); lost(p) {
			places, kinds = append(places, p), append(kinds, events[i].Kind)
		}
	}

	return places, kinds
}

func requireFoundAndMended(t *testing.T, b *bundle, truth []decode.Event, lost []store.Place, kinds []decode.Kind) {
	t.Helper()

	all := store.Range{From: 0, To: b.number()}

	missing, err := b.store.Compare(t.Context(), b.filter.Name(), all, truth)
	require.NoError(t, err)
	require.Equal(t, store.Replaced{Missing: lost}, missing, "the endpoint was believed")

	report := b.audit(t)
	if slices.ContainsFunc(kinds, func(k decode.Kind) bool { return !slices.Contains(unsummed, k) }) {
		require.NotEmpty(t, report.Failed(), "a figure tells")
	}

	if report.Passed() || len(lost) > 1 {
		b.auditor.Proof = &audit.Proof{Source: b.repairer.Untold.Rereader.Source, Decoder: b.decoder, Filter: b.filter}
		defer func() { b.auditor.Proof = nil }()

		report = b.audit(t)
		require.Contains(t, figures(report.Failed()), audit.FigureLogs)
	}

	done, err := b.repairer.Repair(t.Context(), b.block, report)
	require.NoError(t, err)
	require.ElementsMatch(t, lost, done.Replaced.Missing)
	require.Empty(t, done.Replaced.Extra)
	require.Empty(t, done.Replaced.Changed)
	require.Empty(t, b.audit(t).Failed())

	left, err := b.store.Compare(t.Context(), b.filter.Name(), all, truth)
	require.NoError(t, err)
	require.Equal(t, store.Replaced{}, left, "every event is as the node has it")
}
