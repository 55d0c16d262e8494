package dashboards_test

import (
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"

	"diemhouse/dashboards"
	"diemhouse/dashboards/panel"
	"diemhouse/internal/devnet"
	"diemhouse/internal/macros"
	"diemhouse/pkg/chain"
	"diemhouse/pkg/store"
)

// calm are the queries that have nothing to show while all is well.
var calm = map[string]bool{
	"diemhouse-pipeline/Gaps":                 true,
	"diemhouse-pipeline/Reorgs":               true,
	"diemhouse-pipeline/Verified to block":    true,
	"diemhouse-events/Events that look wrong": true,
}

// TestQueriesOnASeededWarehouse shares one warehouse among its parts, because making
// it takes longer than all of them. They run in order: the last ones change it.
func TestQueriesOnASeededWarehouse(t *testing.T) {
	t.Parallel()

	w := openWarehouse(t)
	d := seed(t, w)
	wallet := busiest(t, w)

	for _, q := range everyQuery(t, wallet) {
		t.Run(q.name, func(t *testing.T) {
			a, err := w.ask(t, q.expanded(t))
			require.NoError(t, err)
			q.check(t, a)
			require.Equal(t, calm[q.name], a.empty(), "it gave %d rows", len(a.rows))

			if q.figure && !calm[q.name] {
				require.Len(t, a.rows, 1)
				require.NotContains(t, a.rows[0], nil, "of %v", a.names)
			}
		})
	}

	t.Run("choices narrow the events", func(t *testing.T) { choicesNarrow(t, w) })
	t.Run("figures in wei equal the contracts' own", func(t *testing.T) { exactFigures(t, w, d) })
	t.Run("exact figures are those shown", func(t *testing.T) { exactPanels(t, w) })
	t.Run("headline figures equal the contracts' own", func(t *testing.T) { headlines(t, w, d) })
	t.Run("minting costs what the contract says", func(t *testing.T) { mintCost(t, w, d) })
	t.Run("holdings of a wallet equal the contracts' own", func(t *testing.T) { holdings(t, w, d, wallet) })
	t.Run("links lead to what is there", func(t *testing.T) { links(t, w, wallet) })
	t.Run("alerts fire when they should", func(t *testing.T) { alertsFire(t, w, d) })
}

// busiest is the wallet with the most different things to show.
func busiest(t *testing.T, w *warehouse) string {
	t.Helper()

	a, err := w.ask(t, `SELECT account FROM wallets WHERE locked > 0 AND diem_staked > 0
		AND account IN (SELECT account FROM cooldown_queue) AND account IN (SELECT account FROM diem_mints)
		ORDER BY locked DESC LIMIT 1`)
	require.NoError(t, err)
	require.Len(t, a.rows, 1, "a wallet that does everything")

	return a.rows[0][0].(string)
}

// named finds a panel.
func named(t *testing.T, uid string, id int) (panel.Dashboard, panel.Panel) {
	t.Helper()

	for _, d := range dashboards.All() {
		for _, p := range d.Panels() {
			if d.UID == uid && p.ID == id {
				return d, p
			}
		}
	}

	require.Fail(t, "no such panel", "%s %d", uid, id)

	return panel.Dashboard{}, panel.Panel{}
}

// show runs a panel's query with the given choices.
func (w *warehouse) show(t *testing.T, uid string, id int, choices map[string][]string) answer {
	t.Helper()

	d, p := named(t, uid, id)
	c := everyQuery(t, nobody)[0].context
	c.From = c.To.Add(-span(t, d.From))
	c.Interval = interval(t, c, p.Query.MinInterval)
	c.Variables = map[string][]string{}

	for _, v := range d.Variables {
		c.Variables[v.Name] = choice(v)
		if chosen := choices[v.Name]; len(chosen) > 0 {
			c.Variables[v.Name] = chosen
		}
	}

	sql, err := macros.Expand(p.Query.SQL, c)
	require.NoError(t, err)
	a, err := w.ask(t, sql)
	require.NoError(t, err)

	return a
}

func choicesNarrow(t *testing.T, w *warehouse) {
	t.Helper()

	for _, c := range []struct{ variable, value, column string }{
		{"contract", "staking", "contract"}, {"kind", "claim", "kind"},
	} {
		a := w.show(t, dashboards.EventsUID, 3, map[string][]string{c.variable: {c.value, "nothing"}})
		require.NotEmpty(t, a.rows)

		for _, v := range a.column(t, c.column) {
			require.Equal(t, c.value, v)
		}
	}

	all := w.show(t, dashboards.EventsUID, 2, nil)
	wallet := w.show(t, dashboards.EventsUID, 2, map[string][]string{"wallet": {" " + strings.ToUpper(busiest(t, w)[2:]) + " "}})
	require.Empty(t, wallet.rows, "without 0x it is no address")

	wallet = w.show(t, dashboards.EventsUID, 2, map[string][]string{"wallet": {" 0x" + strings.ToUpper(busiest(t, w)[2:]) + " "}})
	require.NotEmpty(t, wallet.rows, "spaces and capitals do not matter")
	require.Less(t, total(t, wallet, "events"), total(t, all, "events"))
}

func total(t *testing.T, a answer, column string) float64 {
	t.Helper()

	sum := 0.0
	for _, v := range a.column(t, column) {
		sum += float(t, v)
	}

	return sum
}

func figures(t *testing.T, d *devnet.Devnet) devnet.Figures {
	t.Helper()

	f, err := d.Oracle().Figures(t.Context(), d.Head().Number.Uint64())
	require.NoError(t, err)

	return f
}

func exactFigures(t *testing.T, w *warehouse, d *devnet.Devnet) {
	t.Helper()

	f := figures(t, d)
	a := w.show(t, dashboards.SupplyUID, 40, nil)
	got := map[any]any{}

	for i, name := range a.column(t, "figure") {
		got[name] = a.column(t, "wei")[i]
	}

	require.Equal(t, map[any]any{
		"VVV supply": f.VVVTotalSupply.Dec(), "VVV burned": f.VVVBurned.Dec(), "VVV staked": f.SVVVTotalSupply.Dec(),
		"VVV locked": f.Locked.Dec(), "DIEM supply": f.DiemTotalSupply.Dec(), "DIEM staked": f.DiemTotalStaked.Dec(),
	}, got)
}

// exactPanels: what a panel names as its exact figure is its first number.
func exactPanels(t *testing.T, w *warehouse) {
	t.Helper()

	for _, d := range dashboards.All() {
		for _, p := range d.Panels() {
			if p.Exact == "" {
				continue
			}

			a, err := w.ask(t, "SELECT toFloat64("+p.Exact+"_wei) / 1e18 FROM supply_now")
			require.NoError(t, err, "%s/%s", d.UID, p.Title)
			require.InEpsilon(t, a.rows[0][0], w.show(t, d.UID, p.ID, nil).rows[0][0], 1e-12, "%s/%s", d.UID, p.Title)
		}
	}
}

// tokens scales wei.
func tokens(wei *uint256.Int) float64 { return wei.Float64() / 1e18 }

func headlines(t *testing.T, w *warehouse, d *devnet.Devnet) {
	t.Helper()

	f := figures(t, d)
	curve, err := d.Oracle().Curve(t.Context(), f.Block)
	require.NoError(t, err)

	rate := 0.0

	for i := range curve.Bounds {
		if f.DiemTotalSupply.Lt(&curve.Bounds[i]) {
			rate = tokens(&curve.Rates[i])

			break
		}
	}

	effective := tokens(f.VVVTotalSupply) - tokens(f.VVVBurned)
	year := tokens(f.EmissionRatePerSecond) * 31_536_000
	unlocked := year * (1 - tokens(f.Percentage)) / tokens(f.SVVVTotalSupply)

	for _, c := range []struct {
		uid    string
		id     int
		column string
		want   float64
	}{
		{dashboards.SupplyUID, 1, "vvv_locked", tokens(f.Locked)},
		{dashboards.SupplyUID, 2, "of_supply", tokens(f.Locked) / effective},
		{dashboards.SupplyUID, 2, "of_stake", tokens(f.Locked) / tokens(f.SVVVTotalSupply)},
		{dashboards.SupplyUID, 3, "rate", rate},
		{dashboards.SupplyUID, 5, "supply", tokens(f.DiemTotalSupply)},
		{dashboards.SupplyUID, 6, "share", tokens(f.DiemTotalStaked) / tokens(f.DiemTotalSupply)},
		{dashboards.SupplyUID, 7, "year", year},
		{dashboards.SupplyUID, 8, "burned", tokens(f.VVVBurned)},
		{dashboards.SupplyUID, 9, "staked", tokens(f.SVVVTotalSupply)},
		{dashboards.SupplyUID, 10, "block", float64(f.Block)},
		{dashboards.DiemUID, 30, "staked", tokens(f.DiemTotalStaked)},
		{dashboards.DiemUID, 31, "cooling", tokens(f.DiemHeld) - tokens(f.DiemTotalStaked)},
		{dashboards.StakingUID, 2, "staked", tokens(f.SVVVTotalSupply) / effective},
		{dashboards.StakingUID, 5, "yield", unlocked},
		{dashboards.StakingUID, 6, "yield", unlocked * (1 - tokens(f.PercentageWhenLocked))},
		{dashboards.PipelineUID, 5, "covered", 1},
	} {
		a := w.show(t, c.uid, c.id, nil)
		require.Len(t, a.rows, 1)
		require.InEpsilon(t, c.want, float(t, a.column(t, c.column)[0]), 1e-9, "%s %d %s", c.uid, c.id, c.column)
	}
}

// mintCost: so much sVVV mints the wanted DIEM, and one wei less does not.
func mintCost(t *testing.T, w *warehouse, d *devnet.Devnet) {
	t.Helper()

	a := w.show(t, dashboards.SupplyUID, 31, nil)
	require.Len(t, a.rows, 4)

	for i, amount := range a.column(t, "diem") {
		wei := uint256.MustFromDecimal(a.column(t, "svvv_wei")[i].(string))
		want := new(uint256.Int).Mul(uint256.NewInt(uint64(float(t, amount))), uint256.NewInt(1e18))
		head := d.Head().Number.Uint64()

		out, err := d.Oracle().DiemAmountOut(t.Context(), wei, head)
		require.NoError(t, err)
		require.False(t, out.Lt(want), "%v DIEM for %s: %s", amount, wei, out)

		out, err = d.Oracle().DiemAmountOut(t.Context(), wei.SubUint64(wei, 1), head)
		require.NoError(t, err)
		require.True(t, out.Lt(want), "%v DIEM for a wei less than is shown", amount)
	}
}

func holdings(t *testing.T, w *warehouse, d *devnet.Devnet, wallet string) {
	t.Helper()

	o, err := d.Oracle().Wallet(t.Context(), common.HexToAddress(wallet), d.Head().Number.Uint64())
	require.NoError(t, err)

	a := w.show(t, dashboards.WalletUID, 7, map[string][]string{"wallet": {wallet}})
	got := map[any]any{}

	for i, name := range a.column(t, "figure") {
		got[name] = a.column(t, "wei")[i]
	}

	for name, want := range map[string]*uint256.Int{
		"VVV staked": o.Staked, "VVV locked": o.Locked, "DIEM outstanding": o.Minted, "DIEM held": o.Diem,
		"DIEM staked": o.DiemStaked, "DIEM in cooldown": o.DiemUnstaking, "VVV in cooldown": o.Unstaking,
	} {
		require.Equal(t, want.Dec(), got[name], name)
	}
}

// links checks that what a table links to is what the link's page takes.
func links(t *testing.T, w *warehouse, wallet string) {
	t.Helper()

	shape := map[panel.Link]string{
		panel.ToTransaction: `^0x[0-9a-f]{64}$`, panel.ToBlock: `^\d+$`,
		panel.ToWallet: `^(0x[0-9a-f]{40})?$`, panel.ToAddress: `^0x[0-9a-f]{40}$`,
	}

	for _, d := range dashboards.All() {
		for _, p := range d.Panels() {
			for _, f := range p.Fields {
				if f.Link == "" {
					continue
				}

				for _, v := range w.show(t, d.UID, p.ID, map[string][]string{"wallet": {wallet}}).column(t, f.Column) {
					require.Regexp(t, shape[f.Link], fmt.Sprint(v), "%s/%s %s", d.UID, p.Title, f.Column)
				}
			}
		}
	}
}

// value of each alert's query, and whether it fires.
func (w *warehouse) firing(t *testing.T) map[string]bool {
	t.Helper()

	out := map[string]bool{}

	for _, a := range dashboards.Alerts() {
		got, err := w.ask(t, a.SQL)
		require.NoError(t, err)

		if got.empty() {
			out[a.UID] = a.NoData == panel.NoDataFires
		} else {
			out[a.UID] = float(t, got.rows[0][0]) > a.Above
		}
	}

	return out
}

func alertsFire(t *testing.T, w *warehouse, d *devnet.Devnet) {
	t.Helper()

	require.True(t, w.firing(t)["diemhouse-head-stale"], "the devnet's head is five minutes old")
	freshen(t, w, d)

	now := w.firing(t)
	for _, healthy := range []string{"head-stale", "gap-open", "audit-difference", "deep-reorg", "endpoint-down", "large-mint", "large-burn"} {
		require.False(t, now["diemhouse-"+healthy], "%s without a reason", healthy)
	}

	trouble(t, w, d)

	for uid, fires := range w.firing(t) {
		if uid == "diemhouse-head-stale" {
			continue // trouble of its own: above, and the empty warehouse below
		}

		require.True(t, fires, uid)
	}

	fresh := openWarehouse(t).firing(t)
	require.True(t, fresh["diemhouse-head-stale"], "silence is the failure")
	require.True(t, fresh["diemhouse-endpoint-down"], "silence is the failure")
	require.False(t, fresh["diemhouse-gap-open"])

	for name := range calm {
		if !strings.HasPrefix(name, "diemhouse-pipeline/") || strings.HasSuffix(name, "Verified to block") {
			continue
		}

		for _, q := range everyQuery(t, nobody) {
			if q.name == name {
				a, err := w.ask(t, q.expanded(t))
				require.NoError(t, err)
				q.check(t, a)
				require.False(t, a.empty(), "%s has something to show now", name)
			}
		}
	}
}

// freshen gives the devnet, which stands still, a head that stays fresh however long
// the test takes: it is dated ahead.
func freshen(t *testing.T, w *warehouse, d *devnet.Devnet) {
	t.Helper()

	const ahead = 20 * time.Minute

	d.Wait(time.Since(time.Unix(int64(d.Head().Time), 0)) + ahead)

	_, err := d.Mine(1)
	require.NoError(t, err)
	feed(t, w, d)
}

// trouble makes all of it: Venice's owner changes the rules, somebody mints and burns
// a great deal, a log is unknown, a deep reorg comes, a gap, a failed audit, an
// endpoint that is down.
func trouble(t *testing.T, w *warehouse, d *devnet.Devnet) {
	t.Helper()

	whale := d.Actors()[0]
	_, _, err := d.Do(
		devnet.SetCurve(60_000, 500), devnet.SetEmissionRate(uint256.NewInt(1e17)), devnet.EmitUnknown(),
		devnet.Stake(whale, whale.Address, new(uint256.Int).Mul(uint256.NewInt(300_000), uint256.NewInt(1e18))),
		devnet.MintDiem(whale, new(uint256.Int).Mul(uint256.NewInt(300_000), uint256.NewInt(1e18))))
	require.NoError(t, err)
	_, _, err = d.Do(devnet.BurnDiem(whale, new(uint256.Int).Mul(uint256.NewInt(450), uint256.NewInt(1e18))))
	require.NoError(t, err)
	feed(t, w, d)

	head := d.Head().Number.Uint64()
	ctx := t.Context()
	require.NoError(t, w.Write(ctx, store.Batch{Filter: store.FilterCore, Covered: []store.Range{{From: head + 1, To: head + 20}}}))
	require.NoError(t, w.Rewind(ctx, head))
	require.NoError(t, w.Write(ctx, store.Batch{Filter: store.FilterCore, Covered: []store.Range{{From: head + 10, To: head + 12}}}))
	require.NoError(t, w.PutAudit(ctx, head, time.Now(), []store.AuditRow{
		{Figure: "vvv_locked", Warehouse: big.NewInt(1), Contract: big.NewInt(2)},
	}))

	stats := store.NewEndpointStats(w.Store)

	for range 20 {
		stats.Observe("down.example", "eth_getLogs", chain.Outage.String(), 0, time.Now())
	}

	require.NoError(t, stats.Flush(ctx, time.Now()))
}
