package sim_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"diemhouse/internal/devnet"
	"diemhouse/internal/sim"
	"diemhouse/pkg/chain"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
)

// plain is a world whose history is not verified, behind endpoints that do nothing wrong.
func plain(t *testing.T, engine *sim.Engine) *sim.World {
	t.Helper()

	w, err := sim.NewWorld(t.Context(), engine, 1)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, w.Close()) })

	w.Verify(chain.VerifyNone, chain.VerifyNone)

	return w
}

// drop makes the endpoints leave the logs out, whoever asks, and do nothing else wrong.
func drop(w *sim.World, places ...store.Place) {
	for _, e := range w.Endpoints {
		e.Drop(places...)
	}
}

// places are where the history has a log of each kind.
func places(t *testing.T, w *sim.World, kinds ...decode.Kind) []store.Place {
	t.Helper()

	o, err := sim.NewOracle(t.Context(), w)
	require.NoError(t, err)

	const history = 24 // the finalized block, and what is below

	var found []store.Place

	for _, kind := range kinds {
		for _, e := range o.All() {
			if e.Kind == kind && e.BlockNumber <= history {
				found = append(found, store.Place{Block: e.BlockNumber, LogIndex: e.LogIndex})

				break
			}
		}
	}

	require.Len(t, found, len(kinds), "the history has all kinds")

	return found
}

// TestOneDroppedLogIsFoundAndMended: a log is missing from history and nothing
// contradicts it, so that the daemon takes it. A figure of a contract differs then, the
// audit finds it, and the repair mends it.
func TestOneDroppedLogIsFoundAndMended(t *testing.T) {
	engine := start(t)

	for _, kind := range []decode.Kind{decode.KindVVVEmissionStakers, decode.KindDIEMMint} {
		t.Run(string(kind), func(t *testing.T) {
			w := plain(t, engine)
			lost := places(t, w, kind)
			drop(w, lost...)

			o := filled(t, w)
			require.ErrorContains(t, o.Events(t.Context()), "1 missing", "the daemon took it")

			found, err := w.Mend(t.Context())
			require.NoError(t, err)
			require.Equal(t, store.Replaced{Missing: lost}, found.Audited)
			require.Equal(t, store.Replaced{}, found.Verified)
			require.NoError(t, o.Compare(t.Context()))
		})
	}
}

// TestOneLostSettingIsReadAgain: the daemon reads from the contract what the lost event
// had set, so that no figure tells of it any more. Its block does, which it reads again.
func TestOneLostSettingIsReadAgain(t *testing.T) {
	w := plain(t, start(t))
	lost := places(t, w, settings()...)
	drop(w, lost...)

	o := filled(t, w)
	requireMended(t, w, lost)
	require.ElementsMatch(t, lost, w.Mended().Missing)
	require.NoError(t, o.Compare(t.Context()))
}

// TestOneLogOfEveryKindIsFoundAndMended: what no contract keeps a sum of the verifier
// finds.
func TestOneLogOfEveryKindIsFoundAndMended(t *testing.T) {
	w := plain(t, start(t))
	lost := places(t, w, kinds()...)
	drop(w, lost...)

	o := filled(t, w)
	require.ErrorContains(t, o.Events(t.Context()), "missing", "the daemon took it")
	requireMended(t, w, places(t, w, settings()...))

	found, err := w.Mend(t.Context())
	require.NoError(t, err)
	require.ElementsMatch(t, lost, slices.Concat(w.Mended().Missing, found.Audited.Missing, found.Verified.Missing),
		"each was found, and found once")
	require.NoError(t, o.Compare(t.Context()))
}

// TestNearTheHeadNoContractsLogsAreLost: a block whose bloom has a contract, of which
// no log is given, is settled by its receipts.
func TestNearTheHeadNoContractsLogsAreLost(t *testing.T) {
	w := plain(t, start(t))
	filled(t, w)

	drop(w, store.Place{Block: w.Net.Head().Number.Uint64() + 1})

	// A block with one log of the staking contract and none besides.
	_, receipts, err := w.Net.Do(devnet.EmitUnknown())
	require.NoError(t, err)
	require.Len(t, receipts, 1)
	require.Len(t, receipts[0].Logs, 1)
	require.NoError(t, w.CaughtUp(t.Context()))
	require.Positive(t, w.Endpoints[0].Happened()[sim.DropPlace])

	o, err := sim.NewOracle(t.Context(), w)
	require.NoError(t, err)
	require.NoError(t, o.Compare(t.Context()))
}

func start(t *testing.T) *sim.Engine {
	t.Helper()

	engine, err := sim.StartEngine(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, engine.Close()) })

	return engine
}

// requireMended waits until the daemon has read the blocks of the settings again, and
// found the lost logs.
func requireMended(t *testing.T, w *sim.World, lost []store.Place) {
	t.Helper()
	require.Eventually(t, func() bool {
		return !slices.ContainsFunc(lost, func(p store.Place) bool { return !slices.Contains(w.Mended().Missing, p) })
	}, time.Minute, 10*time.Millisecond)
}

// filled lets the daemon fill the world's history.
func filled(t *testing.T, w *sim.World) *sim.Oracle {
	t.Helper()

	require.NoError(t, w.Up(t.Context()))
	require.NoError(t, w.CaughtUp(t.Context()))

	o, err := sim.NewOracle(t.Context(), w)
	require.NoError(t, err)

	return o
}

// settings are those of what a contract is asked for beside.
func settings() []decode.Kind {
	return []decode.Kind{decode.KindEmissionRateUpdated, decode.KindCooldownUpdated, decode.KindCurveUpdated}
}

// kinds are those of which the history has a log.
func kinds() []decode.Kind {
	return []decode.Kind{
		decode.KindVVVEmissionTreasury, decode.KindVVVEmissionStakers, decode.KindVVVBurnProgrammatic, decode.KindVVVBurnBuyback,
		decode.KindSVVVMint, decode.KindSVVVBurn, decode.KindDIEMTransferMint, decode.KindDIEMTransferBurn, decode.KindDIEMTransfer,
		decode.KindStake, decode.KindUnstakeInitiated, decode.KindUnstakeFinalized, decode.KindClaim, decode.KindDIEMMint,
		decode.KindDIEMBurn, decode.KindDIEMStake, decode.KindDIEMUnstakeInitiated, decode.KindAirdropClaim,
		decode.KindEmissionRateUpdated, decode.KindCooldownUpdated, decode.KindCurveUpdated, decode.KindUpgraded,
	}
}
