package store_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/stretchr/testify/require"

	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
)

// change is a row of the ledger.
type change struct {
	Metric   string
	Block    uint64
	LogIndex uint32
	Time     int64
	Account  common.Address
	Delta    string
}

// rule is one change that a kind of event makes: docs/ARCHITECTURE.md's table,
// written down a second time, for the view to be held against.
type rule struct {
	metric       string
	diem         bool // of DIEM, not of VVV
	minus        bool
	counterparty bool // of the counterparty, not of the account
}

var ledgerRules = map[decode.Kind][]rule{
	decode.KindVVVGenesis:           {{metric: "vvv_supply"}},
	decode.KindVVVMintOther:         {{metric: "vvv_supply"}},
	decode.KindVVVEmissionTreasury:  {{metric: "vvv_supply"}, {metric: "vvv_emitted_treasury"}},
	decode.KindVVVEmissionStakers:   {{metric: "vvv_supply"}, {metric: "vvv_emitted_stakers"}},
	decode.KindVVVBurnProgrammatic:  {{metric: "vvv_burned_programmatic"}},
	decode.KindVVVBurnBuyback:       {{metric: "vvv_burned_buyback"}},
	decode.KindVVVBurnAirdrop:       {{metric: "vvv_burned_airdrop"}},
	decode.KindVVVBurnOther:         {{metric: "vvv_burned_other"}},
	decode.KindSVVVMint:             {{metric: "svvv_supply"}},
	decode.KindSVVVBurn:             {{metric: "svvv_supply", minus: true}},
	decode.KindClaim:                {{metric: "vvv_claimed"}},
	decode.KindUnstakeInitiated:     {{metric: "vvv_cooling"}},
	decode.KindUnstakeFinalized:     {{metric: "vvv_cooling", minus: true}},
	decode.KindDIEMMint:             {{metric: "vvv_locked"}, {metric: "diem_outstanding", diem: true}},
	decode.KindDIEMBurn:             {{metric: "vvv_locked", minus: true}, {metric: "diem_outstanding", diem: true, minus: true}},
	decode.KindDIEMTransferMint:     {{metric: "diem_supply", diem: true}, {metric: "diem_received", diem: true}},
	decode.KindDIEMTransferBurn:     {{metric: "diem_supply", diem: true, minus: true}, {metric: "diem_sent", diem: true}},
	decode.KindDIEMTransfer:         {{metric: "diem_sent", diem: true}, {metric: "diem_received", diem: true, counterparty: true}},
	decode.KindDIEMStake:            {{metric: "diem_staked", diem: true}},
	decode.KindDIEMUnstakeInitiated: {{metric: "diem_staked", diem: true, minus: true}, {metric: "diem_cooling", diem: true}},
	decode.KindDIEMUnstake:          {{metric: "diem_cooling", diem: true, minus: true}},
	decode.KindAirdropClaim:         {{metric: "vvv_airdropped"}},
}

func ledgerKinds() []decode.Kind { return slices.Sorted(maps.Keys(ledgerRules)) }

func changesOf(events []decode.Event) []change {
	var out []change

	for _, e := range events {
		for _, r := range ledgerRules[e.Kind] {
			amount, account := e.VVVWei.ToBig(), e.Account
			if r.diem {
				amount = e.DIEMWei.ToBig()
			}

			if r.minus {
				amount.Neg(amount)
			}

			if r.counterparty {
				account = e.Counterparty
			}

			out = append(out, change{r.metric, e.BlockNumber, e.LogIndex, int64(e.BlockTime), account, amount.String()})
		}
	}

	slices.SortFunc(out, func(a, b change) int {
		return cmp.Or(cmp.Compare(a.Block, b.Block), cmp.Compare(a.LogIndex, b.LogIndex), strings.Compare(a.Metric, b.Metric))
	})

	return out
}

// setting is a row of params, or, without a name, of curve.
type setting struct {
	Name     string
	Block    uint64
	LogIndex uint32
	Value    string
}

func settingsOf(t *testing.T, events []decode.Event) []setting {
	t.Helper()

	var out []setting

	for _, e := range events {
		var args struct {
			Value  string   `json:"value"`
			Bounds []string `json:"bounds"`
			Rates  []string `json:"rates"`
		}
		if e.Args != "" {
			require.NoError(t, json.Unmarshal([]byte(e.Args), &args))
		}

		name := map[decode.Kind]string{
			decode.KindEmissionRateUpdated:           store.ParamEmissionRate,
			decode.KindVenicePercentageUpdated:       store.ParamVenicePercentage,
			decode.KindVenicePercentageLockedUpdated: store.ParamVenicePercentageLocked,
			decode.KindTreasuryUpdated:               store.ParamTreasury,
			decode.KindCooldownUpdated:               store.ParamCooldown,
		}[e.Kind]
		if e.Kind == decode.KindCooldownUpdated && e.Contract == decode.ContractDIEM {
			name = store.ParamDIEMCooldown
		}

		switch {
		case e.Kind == decode.KindCurveUpdated:
			out = append(out, setting{"", e.BlockNumber, e.LogIndex, strings.Join(append(args.Bounds, args.Rates...), " ")})
		case e.Kind == decode.KindTreasuryUpdated:
			out = append(out, setting{name, e.BlockNumber, e.LogIndex, new(big.Int).SetBytes(common.FromHex(args.Value)).String()})
		case name != "":
			out = append(out, setting{name, e.BlockNumber, e.LogIndex, args.Value})
		}
	}

	return out
}

// query reads all rows of a query.
func query[T any](t *testing.T, s *store.Store, scan func(row *T) []any, sql string, args ...any) []T {
	t.Helper()

	rows, err := s.Conn().Query(t.Context(), sql, args...)
	require.NoError(t, err, sql)

	var out []T

	for rows.Next() {
		var row T

		require.NoError(t, rows.Scan(scan(&row)...))
		out = append(out, row)
	}

	require.NoError(t, rows.Err())
	require.NoError(t, rows.Close())

	return out
}

// number reads the one number of a query.
func number(t *testing.T, s *store.Store, sql string, args ...any) uint64 {
	t.Helper()

	var n uint64

	require.NoError(t, s.Conn().QueryRow(t.Context(), sql, args...).Scan(&n), sql)

	return n
}

func storedEvents(t *testing.T, s *store.Store) []decode.Event {
	t.Helper()

	type raw struct {
		e                                                    decode.Event
		at                                                   time.Time
		blockHash, txHash, address, contract, kind, from, to string
		vvv, diem                                            big.Int
		topics                                               []string
		data                                                 string
	}

	rows := query(t, s, func(r *raw) []any {
		return []any{
			&r.e.BlockNumber, &r.e.LogIndex, &r.at, &r.blockHash, &r.txHash, &r.e.TxIndex, &r.address, &r.contract,
			&r.e.Name, &r.kind, &r.from, &r.to, &r.vvv, &r.diem, &r.e.Args, &r.e.Problem, &r.topics, &r.data,
		}
	}, `SELECT block_number, log_index, block_time, block_hash, tx_hash, tx_index, address, contract, event, kind,
		account, counterparty, vvv_wei, diem_wei, args, problem, topics, data
		FROM events FINAL ORDER BY block_number, log_index`)
	if len(rows) == 0 {
		return nil
	}

	out := make([]decode.Event, 0, len(rows))

	for _, r := range rows {
		e := r.e
		e.BlockTime = uint64(r.at.Unix())
		e.BlockHash, e.TxHash = common.BytesToHash([]byte(r.blockHash)), common.BytesToHash([]byte(r.txHash))
		e.Address, e.Contract, e.Kind = common.BytesToAddress([]byte(r.address)), decode.Contract(r.contract), decode.Kind(r.kind)
		e.Account, e.Counterparty = common.BytesToAddress([]byte(r.from)), common.BytesToAddress([]byte(r.to))
		e.VVVWei.SetFromBig(&r.vvv)
		e.DIEMWei.SetFromBig(&r.diem)

		for _, topic := range r.topics {
			e.Topics = append(e.Topics, common.BytesToHash([]byte(topic)))
		}

		if r.data != "" {
			e.Data = []byte(r.data)
		}

		out = append(out, e)
	}

	return out
}

func storedLedger(t *testing.T, s *store.Store) []change {
	t.Helper()

	type raw struct {
		c       change
		at      time.Time
		account string
		delta   big.Int
	}

	rows := query(t, s, func(r *raw) []any {
		return []any{&r.c.Metric, &r.c.Block, &r.c.LogIndex, &r.at, &r.account, &r.delta}
	}, `SELECT metric, block_number, log_index, block_time, account, delta FROM ledger FINAL
		ORDER BY block_number, log_index, metric::String`)
	if len(rows) == 0 {
		return nil
	}

	out := make([]change, 0, len(rows))

	for _, r := range rows {
		r.c.Time, r.c.Account, r.c.Delta = r.at.Unix(), common.BytesToAddress([]byte(r.account)), r.delta.String()
		out = append(out, r.c)
	}

	return out
}

func storedSettings(t *testing.T, s *store.Store) []setting {
	t.Helper()

	return query(t, s, func(r *setting) []any { return []any{&r.Name, &r.Block, &r.LogIndex, &r.Value} },
		`SELECT * FROM
		(
			SELECT name, block_number, log_index, toString(value) FROM params FINAL WHERE learned = 'event'
			UNION ALL
			SELECT '', block_number, log_index, arrayStringConcat(arrayConcat(bounds, rates), ' ') FROM curve FINAL
			WHERE learned = 'event'
		)
		ORDER BY block_number, log_index`)
}

// requireHolds makes sure that the warehouse holds exactly these events, and that
// every table that a view fills equals what the events say.
func requireHolds(t *testing.T, s *store.Store, want []decode.Event) {
	t.Helper()
	requireSame(t, want, storedEvents(t, s), "events")
	requireSame(t, changesOf(want), storedLedger(t, s), "the ledger is its events'")
	requireSame(t, settingsOf(t, want), storedSettings(t, s), "params and curve are their events'")
	require.Empty(t, staleHours(t, s), "every hour's rollup is its ledger's")
}

// requireSame is require.Equal for long slices: it shows the first difference only.
func requireSame[T any](t *testing.T, want, have []T, what string) {
	t.Helper()

	for i := range min(len(want), len(have)) {
		require.Equal(t, want[i], have[i], "%s: the first difference of %d and %d rows is at %d", what, len(want), len(have), i)
	}

	switch {
	case len(want) > len(have):
		require.Failf(t, what, "%d of %d rows are missing, the first is %+v", len(want)-len(have), len(want), want[len(have)])
	case len(have) > len(want):
		require.Failf(t, what, "%d rows are too many, the first is %+v", len(have)-len(want), have[len(want)])
	}
}

// staleHours are the hours whose rollup differs from the ledger, in any of the
// metrics, or from the events, in their number.
func staleHours(t *testing.T, s *store.Store) []time.Time {
	t.Helper()

	metrics := []string{
		"vvv_supply", "vvv_burned_programmatic", "vvv_burned_buyback", "vvv_burned_airdrop", "vvv_burned_other",
		"vvv_emitted_treasury", "vvv_emitted_stakers", "svvv_supply", "vvv_locked", "vvv_cooling", "vvv_claimed",
		"vvv_airdropped", "diem_supply", "diem_outstanding", "diem_staked", "diem_cooling",
	}
	sums, zeroes := make([]string, len(metrics)), make([]string, len(metrics))

	for i, metric := range metrics {
		sums[i] = fmt.Sprintf("sumIf(delta, metric = '%s') AS %s", metric, metric)
		zeroes[i] = metric + " = 0"
	}

	names := strings.Join(metrics, ", ")

	return query(t, s, func(r *time.Time) []any { return []any{r} }, `
		SELECT DISTINCT hour FROM
		(
			SELECT toStartOfHour(block_time) AS hour, `+strings.Join(sums, ", ")+`, 1 AS side FROM ledger FINAL GROUP BY hour
			UNION ALL
			SELECT hour, `+names+`, 2 AS side FROM rollup_hourly FINAL
		)
		GROUP BY hour, `+names+`
		HAVING groupUniqArray(side) = [1]
			OR groupUniqArray(side) = [2] AND NOT (`+strings.Join(zeroes, " AND ")+`)
		UNION ALL
		SELECT hour FROM
		(
			SELECT toStartOfHour(block_time) AS hour, count() AS n, 1 AS side FROM events FINAL GROUP BY hour
			UNION ALL
			SELECT hour, events AS n, 2 AS side FROM rollup_hourly FINAL WHERE events > 0
		)
		GROUP BY hour, n HAVING count() != 2`)
}
