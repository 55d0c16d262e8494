package store_test

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"diemhouse/internal/testenv"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
)

func storeRange(from, to uint64) store.Range { return store.Range{From: from, To: to} }

// walletMetrics are the ledger's metrics that wallets are made of, by their column.
var walletMetrics = map[string]string{
	"staked": "svvv_supply", "locked": "vvv_locked", "outstanding": "diem_outstanding", "claimed": "vvv_claimed",
	"airdropped": "vvv_airdropped", "cooling": "vvv_cooling", "diem_staked": "diem_staked", "diem_cooling": "diem_cooling",
}

// walletColumns are the amounts of wallets, in the order of walletRow.
var walletColumns = []string{
	"staked", "locked", "unlocked", "outstanding", "claimed", "airdropped", "cooling", "diem_held", "diem_staked", "diem_cooling",
}

func isWalletMetric(metric string) bool {
	for _, m := range walletMetrics {
		if m == metric {
			return true
		}
	}

	return metric == "diem_received" || metric == "diem_sent"
}

// walletRow is what a wallet has by its changes.
func walletRow(account string, changes []change) []string {
	have := sums{}

	var touched []change

	for _, c := range changes {
		if hexOf(c.Account) == account && isWalletMetric(c.Metric) {
			delta, _ := new(big.Int).SetString(c.Delta, 10)
			have.add(c.Metric, delta)

			touched = append(touched, c)
		}
	}

	row := []string{account}

	for _, column := range walletColumns {
		switch column {
		case "unlocked":
			row = append(row, have.of("vvv_unlocked").String())
		case "diem_held":
			row = append(row, new(big.Int).Sub(have.of("diem_received"), have.of("diem_sent")).String())
		default:
			row = append(row, have.of(walletMetrics[column]).String())
		}
	}

	first, newest := touched[0], touched[len(touched)-1]

	return append(row, strconv.FormatUint(first.Block, 10), strconv.FormatUint(newest.Block, 10), second(newest.Time))
}

func TestWallets(t *testing.T) {
	t.Parallel()

	s, c := testenv.Open(t), lively(32, 300)
	require.NoError(t, s.Write(t.Context(), c.history(storeRange(1, 300))))
	c.abandon(250)
	c.grow(30)
	c.tame(251)
	require.NoError(t, s.Rewind(t.Context(), 250))
	require.NoError(t, s.Write(t.Context(), c.history(storeRange(251, 280))))

	changes := changesOf(c.all())

	want := make([][]string, 0, len(accounts(changes)))

	for _, account := range accounts(changes) {
		want = append(want, walletRow(account, changes))
	}

	require.Greater(t, len(want), 3)

	columns := append(append([]string{"account"}, suffixed(walletColumns, "_wei")...), "first_block", "last_block", "last_time")
	require.Equal(t, want, texts(t, s, columns, "wallets ORDER BY account"))

	for _, row := range want {
		require.Equal(t, [][]string{row}, texts(t, s, columns, "wallets WHERE account = '"+row[0]+"'"))
	}

	require.Zero(t, number(t, s, `SELECT count() FROM wallets WHERE outstanding_wei != 0
		AND abs(average_rate / (toFloat64(locked_wei) / toFloat64(outstanding_wei)) - 1) > 1e-9`))

	net, _ := summed(c.all())
	require.Equal(t, [][]string{{net.of("vvv_locked").String()}}, texts(t, s, []string{"locked"}, "(SELECT sum(locked_wei) AS locked FROM wallets)"),
		"wallets add up to the whole")
}

// cooldownSeconds is the wait of what a change began: that of the setting before it.
func cooldownSeconds(t *testing.T, events []decode.Event, token string, at change) int64 {
	t.Helper()

	name, usual := store.ParamCooldown, int64(7*86400)
	if token == "diem" {
		name, usual = store.ParamDIEMCooldown, 86400
	}

	known := last(settingsOf(t, events), func(s *setting) bool {
		return s.Name == name && (s.Block < at.Block || s.Block == at.Block && s.LogIndex < at.LogIndex)
	})
	if known == nil {
		return usual
	}

	if len(known.Value) > 9 {
		return 1_000_000_000
	}

	seconds, err := strconv.ParseInt(known.Value, 10, 64)
	require.NoError(t, err)

	return seconds
}

func TestCooldownQueue(t *testing.T) {
	t.Parallel()

	s, c := testenv.Open(t), lively(33, 300)
	turned := 0

	// Nobody takes out more than waits.
	for i := range c.blocks {
		for j := range c.blocks[i].events {
			if e := &c.blocks[i].events[j]; e.Kind == decode.KindDIEMUnstake || e.Kind == decode.KindUnstakeFinalized {
				e.VVVWei.SetUint64(1)
				e.DIEMWei.SetUint64(1)
			}

			// A change in the same block holds for what starts after it, not before.
			if e := &c.blocks[i].events[j]; j > 0 && c.blocks[i].events[j-1].Kind == decode.KindUnstakeInitiated {
				e.Kind, e.Contract, e.Args = decode.KindCooldownUpdated, decode.ContractStaking, fmt.Sprintf(`{"value":"%d"}`, 1000+i)
				turned++
			}
		}
	}

	require.Positive(t, turned)
	require.NoError(t, s.Write(t.Context(), c.history(storeRange(1, 300))))

	changes := changesOf(c.all())

	var want [][]string

	for _, token := range []string{"diem", "vvv"} {
		for _, account := range accounts(changes) {
			waiting, started := new(big.Int), change{}

			for _, c := range changes {
				if hexOf(c.Account) != account || c.Metric != token+"_cooling" {
					continue
				}

				delta, _ := new(big.Int).SetString(c.Delta, 10)
				waiting.Add(waiting, delta)

				if delta.Sign() > 0 {
					started = c
				}
			}

			if waiting.Sign() > 0 {
				until := started.Time + cooldownSeconds(t, c.all(), token, started)
				want = append(want, []string{
					token, account, strconv.FormatUint(started.Block, 10), second(started.Time), waiting.String(), second(until),
				})
			}
		}
	}

	require.Greater(t, len(want), 5)
	require.Equal(t, want, texts(t, s, []string{"token", "account", "block_number", "block_time", "amount_wei", "releases_at"},
		"cooldown_queue ORDER BY token, account"))
	require.Zero(t, number(t, s, "SELECT count() FROM cooldown_queue WHERE released != (releases_at <= now('UTC'))"))

	days := map[string]*big.Int{}

	for _, row := range want {
		amount, _ := new(big.Int).SetString(row[4], 10)
		key := row[5][:10] + " " + row[0]

		if days[key] == nil {
			days[key] = new(big.Int)
		}

		days[key].Add(days[key], amount)
	}

	have := texts(t, s, []string{"day", "token", "amount_wei"}, "cooldown_releases")
	require.Len(t, have, len(days))

	for _, row := range have {
		require.Equal(t, days[strings.Join(row[:2], " ")].String(), row[2], fmt.Sprint(row))
	}
}
