package audit_test

import (
	"context"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/stretchr/testify/require"

	"diemhouse/pkg/audit"
	"diemhouse/pkg/chain"
	"diemhouse/pkg/contract"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
)

// Everything the contracts know, 0 wei apart.
func TestAuditOfTheWholeStoryFindsNoDifference(t *testing.T) {
	b := setup(t)

	report := b.audit(t)
	require.Empty(t, report.Failed())
	require.Empty(t, report.Unknown())
	require.True(t, report.Passed())
	require.Equal(t, b.number(), report.Block)

	names := figures(report.Checks)
	for _, figure := range []string{
		audit.FigureVVVSupply, audit.FigureVVVBurned, audit.FigureSVVVSupply, audit.FigureVVVLocked, audit.FigureDIEMSupply,
		audit.FigureDIEMStaked, audit.FigureEmissionRate, audit.FigureVenicePercent, audit.FigureLockedPercent, audit.FigureCooldown, audit.FigureDIEMCooldown,
		audit.FigureTreasury,
		audit.FigureCurve, audit.FigureWalletLocked, audit.FigureWalletMinted, audit.FigureWalletStaked,
		audit.FigureStakes, audit.FigureUnstakes, audit.FigureDIEMUnstakes, audit.FigureStakingLack, audit.FigureAirdropLack, audit.FigureHoldersOff,
		audit.FigureWalletDIEMHeld, audit.FigureUnpaired, audit.FigureMintRates, audit.FigureEmissions,
	} {
		require.Contains(t, names, figure)
	}

	var stored, failed uint64

	require.NoError(t, b.store.Conn().QueryRow(t.Context(),
		"SELECT count(), countIf(NOT passed) FROM audits WHERE block_number = ?", b.number()).Scan(&stored, &failed))
	require.Equal(t, uint64(len(report.Checks)), stored)
	require.Zero(t, failed)
}

func TestAuditOfAnOlderBlockFindsNoDifference(t *testing.T) {
	b := setup(t)

	for _, block := range []uint64{20, b.number() / 2} {
		header, err := b.pool.HeaderByNumber(t.Context(), block)
		require.NoError(t, err)

		report, err := b.auditor.Audit(t.Context(), header)
		require.NoError(t, err)
		require.Empty(t, report.Failed())
	}
}

// One log that is missing, one too many, or another value is found, traced to its
// block and mended; afterwards everything is as the chain has it.
func TestRepairMends(t *testing.T) {
	b := setup(t) // each case leaves it as it found it

	for name, test := range map[string]struct {
		harm    func(t *testing.T, b *bundle) store.Place
		figure  string
		missing bool
		extra   bool
		changed bool
	}{
		"a missing mint of DIEM": {
			harm:   losing(decode.KindDIEMMint, 3),
			figure: audit.FigureVVVLocked, missing: true,
		},
		"a missing emission": {
			harm:   losing(decode.KindVVVEmissionStakers, 40),
			figure: audit.FigureVVVSupply, missing: true,
		},
		"a missing burn of VVV": {
			harm:   losing(decode.KindVVVBurnProgrammatic, 2),
			figure: audit.FigureVVVBurned, missing: true,
		},
		"a missing stake of DIEM": {
			harm:   losing(decode.KindDIEMStake, 1),
			figure: audit.FigureDIEMStaked, missing: true,
		},
		"a missing change of the emission rate": {
			harm:   losing(decode.KindEmissionRateUpdated, 0),
			figure: audit.FigureEmissionRate, missing: true,
		},
		"a missing change of the curve": {
			harm:   losing(decode.KindCurveUpdated, 0),
			figure: audit.FigureCurve, missing: true,
		},
		"a missing stake": {
			harm:   losing(decode.KindStake, 25),
			figure: audit.FigureStakes, missing: true,
		},
		"a missing request to unstake": {
			harm:   losing(decode.KindUnstakeInitiated, 3),
			figure: audit.FigureUnstakes, missing: true,
		},
		"a missing end of an unstake": {
			harm:   losing(decode.KindUnstakeFinalized, 1),
			figure: audit.FigureStakingLack, missing: true,
		},
		"a missing claim": {
			harm:   losing(decode.KindClaim, 20),
			figure: audit.FigureStakingLack, missing: true,
		},
		"a missing claim of the airdrop": {
			harm:   losing(decode.KindAirdropClaim, 2),
			figure: audit.FigureAirdropLack, missing: true,
		},
		"a missing end of an unstake of DIEM": {
			harm:   losing(decode.KindDIEMUnstake, 0),
			figure: audit.FigureDIEMUnstakes, missing: true,
		},
		"a missing Transfer of DIEM": {
			harm:   losing(decode.KindDIEMTransfer, 4),
			figure: audit.FigureHolderDIEM, missing: true,
		},
		"an extra burn of DIEM": {
			harm: func(t *testing.T, b *bundle) store.Place {
				t.Helper()

				p := b.place(t, decode.KindDIEMBurn, 1)
				b.exec(t, `INSERT INTO events SELECT * REPLACE(toUInt32(log_index + 1000) AS log_index)
					FROM (SELECT * FROM events FINAL WHERE block_number = ? AND log_index = ?)`, p.Block, p.LogIndex)

				return store.Place{Block: p.Block, LogIndex: p.LogIndex + 1000}
			},
			figure: audit.FigureVVVLocked, extra: true,
		},
		"another amount": {
			harm: func(t *testing.T, b *bundle) store.Place {
				t.Helper()

				p := b.place(t, decode.KindSVVVMint, 30)
				b.exec(t, `INSERT INTO events SELECT * REPLACE(version + 1 AS version, vvv_wei + 1 AS vvv_wei) FROM events FINAL
					WHERE block_number = ? AND log_index = ?`, p.Block, p.LogIndex)

				return p
			},
			figure: audit.FigureSVVVSupply, changed: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			place := test.harm(t, b)

			before := b.audit(t)
			require.False(t, before.Passed())
			require.Contains(t, figures(before.Failed()), test.figure)

			done, err := b.repairer.Repair(t.Context(), b.block, before)
			require.NoError(t, err)
			require.Empty(t, done.After.Failed())
			require.True(t, done.After.Passed())
			require.False(t, done.Whole)

			want := store.Replaced{}

			switch {
			case test.missing:
				want.Missing = []store.Place{place}
			case test.extra:
				want.Extra = []store.Place{place}
			case test.changed:
				want.Changed = []store.Place{place}
			}

			require.Equal(t, want, done.Replaced)
			b.requireViewsFollow(t)
		})
	}
}

// An emission rate that was changed again since differs from no contract. What was
// emitted under it does, and does not say where the change was: the contract does, asked
// for what it had at the blocks between.
func TestRepairMendsARateOfThePast(t *testing.T) {
	b := setup(t)

	done := b.repairRateOfThePast(t)
	require.False(t, done.Whole)
	require.Equal(t, 1, done.Sampled)
}

// Where the contract cannot be asked for the past, everything is read again, after what
// can be located.
func TestRepairMendsARateOfThePastThatNobodyKnows(t *testing.T) {
	b := setup(t)
	b.repairer.Sample = func(context.Context, uint64) (int, error) { return 0, nil }

	require.True(t, b.repairRateOfThePast(t).Whole)
}

func (b *bundle) repairRateOfThePast(t *testing.T) audit.Repair {
	t.Helper()

	lost := []store.Place{losing(decode.KindEmissionRateUpdated, 3)(t, b), losing(decode.KindStake, 3)(t, b)}

	before := b.audit(t)
	require.ElementsMatch(t, []string{audit.FigureEmissions, audit.FigureStakes}, figures(before.Failed()))

	done, err := b.repairer.Repair(t.Context(), b.block, before)
	require.NoError(t, err)
	require.Empty(t, done.After.Failed())
	require.ElementsMatch(t, lost, done.Replaced.Missing)
	require.Empty(t, done.Replaced.Changed)
	require.Empty(t, done.Replaced.Extra)
	b.requireViewsFollow(t)

	return done
}

// losing takes the n-th newest event of a kind out of the warehouse, as if an
// endpoint had left it out of an answer.
func losing(kind decode.Kind, n int) func(*testing.T, *bundle) store.Place {
	return func(t *testing.T, b *bundle) store.Place {
		t.Helper()

		p := b.place(t, kind, n)
		b.exec(t, `INSERT INTO events SELECT * REPLACE(version + 1 AS version, 1 AS is_deleted) FROM events FINAL
			WHERE block_number = ? AND log_index = ?`, p.Block, p.LogIndex)

		return p
	}
}

// requireViewsFollow holds the figures that people see against the ledger.
func (b *bundle) requireViewsFollow(t *testing.T) {
	t.Helper()

	var differing uint64

	require.NoError(t, b.store.Conn().QueryRow(t.Context(), `SELECT countIf(n.locked != l.locked OR n.supply != l.supply)
		FROM (SELECT vvv_locked_wei AS locked, vvv_supply_wei AS supply FROM supply_now) AS n
		CROSS JOIN (SELECT sumIf(delta, metric = 'vvv_locked') AS locked, sumIf(delta, metric = 'vvv_supply') AS supply
			FROM ledger FINAL) AS l`).Scan(&differing))
	require.Zero(t, differing)
}

// A view that missed the insert of its source leaves the event right and the sum
// wrong: reading the block again finds no log amiss and mends the sum all the same.
func TestRepairMendsAViewThatMissedItsSource(t *testing.T) {
	b := setup(t)
	p := b.place(t, decode.KindDIEMTransferMint, 2)
	b.exec(t, `INSERT INTO ledger SELECT * REPLACE(version + 1 AS version, 1 AS is_deleted) FROM ledger FINAL
		WHERE block_number = ? AND log_index = ?`, p.Block, p.LogIndex)

	before := b.audit(t)
	require.Contains(t, figures(before.Failed()), audit.FigureDIEMSupply)

	done, err := b.repairer.Repair(t.Context(), b.block, before)
	require.NoError(t, err)
	require.True(t, done.After.Passed())
	require.Equal(t, store.Replaced{}, done.Replaced)
	b.requireViewsFollow(t)
}

// Two errors that cancel each other in the total still show in the wallets.
func TestRepairMendsWhatOnlyAWalletShows(t *testing.T) {
	b := setup(t)
	p := b.place(t, decode.KindDIEMMint, 4)
	b.exec(t, `INSERT INTO events SELECT * REPLACE(version + 1 AS version, toFixedString(unhex(?), 20) AS account) FROM events FINAL
		WHERE block_number = ? AND log_index = ?`, common.Bytes2Hex(common.HexToAddress("0xabc").Bytes()), p.Block, p.LogIndex)

	b.auditor.Wallets = 1000 // all of them

	before := b.audit(t)
	require.Contains(t, figures(before.Failed()), audit.FigureWalletLocked)
	require.NotContains(t, figures(before.Failed()), audit.FigureVVVLocked)

	done, err := b.repairer.Repair(t.Context(), b.block, before)
	require.NoError(t, err)
	require.True(t, done.After.Passed())
	require.Equal(t, store.Replaced{Changed: []store.Place{p}}, done.Replaced)
}

// pruned is a node that does not keep the state after a block.
type pruned struct {
	audit.Contracts

	without uint64
}

func (p pruned) Figures(ctx context.Context, at chain.At) (contract.Figures, error) {
	if at == chain.AtBlock(p.without) {
		return contract.Figures{}, &chain.Refusal{Kind: chain.NoArchive}
	}

	return p.Contracts.Figures(ctx, at)
}

// Without old states everything is read again, and the repair says so.
func TestRepairWithoutOldStatesReadsEverything(t *testing.T) {
	b := setup(t)
	p := losing(decode.KindDIEMBurn, 0)(t, b)
	before := b.audit(t)

	b.auditor.Contracts = pruned{b.auditor.Contracts, 0}

	done, err := b.repairer.Repair(t.Context(), b.block, before)
	require.NoError(t, err)
	require.True(t, done.Whole)
	require.True(t, done.After.Passed())
	require.Equal(t, store.Replaced{Missing: []store.Place{p}}, done.Replaced)
}

// gifted is a chain on which somebody sent VVV to the contracts, late.
type gifted struct{ audit.Contracts }

func (g gifted) Holdings(ctx context.Context, at chain.At) (contract.Holdings, error) {
	h, err := g.Contracts.Holdings(ctx, at)
	if err == nil {
		h.Staking.AddUint64(h.Staking, 1e18)
	}

	return h, err
}

// Anybody can send a contract more than it owes; a lack is hidden by no more than that.
func TestMoreThanIsOwedIsNoFailure(t *testing.T) {
	b := setup(t)
	b.auditor.Contracts = gifted{b.auditor.Contracts}
	require.True(t, b.audit(t).Passed())

	losing(decode.KindUnstakeFinalized, 1)(t, b)
	require.Equal(t, []string{audit.FigureStakingLack}, figures(b.audit(t).Failed()))
}

// Sums over a range with holes prove nothing, so nothing is compared.
func TestAuditRefusesAWarehouseWithGaps(t *testing.T) {
	b := setup(t)
	b.auditor.Filter = chain.FilterAll // of which nothing was read

	_, err := b.auditor.Audit(t.Context(), b.block)

	var gap *audit.GapError

	require.ErrorAs(t, err, &gap)
	require.Equal(t, []store.Range{{From: 0, To: b.number()}}, gap.Gaps)
}
