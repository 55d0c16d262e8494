package dashboards_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"diemhouse/pkg/store"
)

const (
	// madeDays is how long a made history is.
	madeDays = 400
	// madeWallets is how many wallets live in it.
	madeWallets = 20_000
	// ledgerPerHundred is how many rows of the ledger a hundred made events become.
	ledgerPerHundred = 160
	// madeFirstBlock and madeBlocksPerDay place it as on Base.
	madeFirstBlock   = 25_000_000
	madeBlocksPerDay = 43_200
)

// madeEvents makes n events out of nothing but numbers, in the mix of the real thing:
// mostly emissions, then claims and burns, some stakes, few mints. Three of a hundred
// wallets do half of what happens.
const madeEvents = `INSERT INTO events (block_number, log_index, block_time, block_hash, tx_hash, tx_index, address, contract, event, kind,
    account, counterparty, vvv_wei, diem_wei, version, is_deleted)
WITH
    toUInt256('1000000000000000000') AS unit,
    number %% 100 AS turn,
    intDiv(number * %[2]d, %[1]d) AS second,
    multiIf(
        number = 0, 'vvv_genesis', turn < 30, 'vvv_emission_treasury', turn < 60, 'vvv_emission_stakers', turn < 75, 'claim', turn < 82, 'vvv_burn_programmatic',
        turn < 86, 'svvv_mint', turn < 89, 'stake', turn < 91, 'svvv_burn', turn < 93, 'unstake_initiated', turn < 94, 'unstake_finalized',
        turn = 94, 'diem_transfer_mint', turn = 95, 'diem_mint', turn = 96, if(intDiv(number, 100) %% 3 = 0, 'diem_transfer_burn', 'diem_transfer'),
        turn = 97, if(intDiv(number, 100) %% 3 = 0, 'diem_burn', 'diem_stake'), turn = 98, 'diem_stake', 'diem_unstake_initiated') AS kind,
    multiIf(startsWith(kind, 'vvv_'), 'vvv', startsWith(kind, 'diem_transfer') OR startsWith(kind, 'diem_stake') OR startsWith(kind, 'diem_unstake'), 'diem', 'staking') AS contract,
    cityHash64(intDiv(number, 100)) AS chance,
    if(chance %% 2 = 0, intDiv(chance, 2) %% (%[3]d * 3 DIV 100), intDiv(chance, 2) %% %[3]d) AS wallet,
    toFixedString(substring(SHA256(toString(wallet)), 1, 20), 20) AS who
SELECT
    %[4]d + intDiv(second, 2) AS block_number,
    toUInt32(number %% 1000000) AS log_index,
    toDateTime(%[5]d + second, 'UTC') AS block_time,
    toFixedString(SHA256(concat('block', toString(block_number))), 32),
    toFixedString(SHA256(concat('tx', toString(intDiv(number, 4)))), 32),
    0,
    toFixedString(substring(SHA256(contract), 1, 20), 20),
    contract,
    kind AS event,
    kind,
    who,
    toFixedString('', 20),
    multiIf(kind = 'vvv_genesis', 100000000 * unit, kind IN ('svvv_mint', 'stake'), unit * 10000000 DIV %[6]d,
        kind LIKE 'unstake%%' OR kind = 'svvv_burn', unit * 7000000 DIV %[6]d,
        kind IN ('diem_mint', 'diem_burn'), unit * 300 * 38000 DIV %[6]d, unit DIV 10 + chance %% 1000),
    if(contract = 'diem' OR kind IN ('diem_mint', 'diem_burn'), unit * 38000 DIV %[6]d, toUInt256(0)),
    %[7]d,
    0
FROM numbers(%[8]d, %[9]d)`

// made fills a warehouse with so many rows of the ledger, and all that belongs to
// them, by SQL alone.
func made(tb testing.TB, rows int) *warehouse {
	tb.Helper()

	w := openWarehouse(tb)
	ctx := tb.Context()
	exec := func(sql string, args ...any) {
		tb.Helper()
		require.NoError(tb, w.Conn().Exec(ctx, fmt.Sprintf(sql, args...)))
	}

	now := time.Now().UTC()
	begin := now.Add(-madeDays * 24 * time.Hour)
	events := rows * 100 / ledgerPerHundred

	const batch = 500_000

	fill, filling := errgroup.WithContext(ctx)
	fill.SetLimit(runtime.NumCPU())

	for at := 0; at < events; at += batch {
		fill.Go(func() error {
			return w.Conn().Exec(filling, fmt.Sprintf(madeEvents, events, madeDays*86_400, madeWallets, madeFirstBlock, begin.Unix(), max(events/150, 1),
				now.UnixMicro(), at, min(batch, events-at)))
		})
	}

	require.NoError(tb, fill.Wait())

	exec(`INSERT INTO curve (block_number, log_index, block_time, learned, target, bounds, rates, version, is_deleted)
SELECT %d + %d * epoch, 1, toDateTime(%d + 86400 * %d * epoch, 'UTC'), 'event', target,
    arrayMap(i -> toUInt256((i + 1) * 500) * toUInt256('1000000000000000000'), range(256)),
    arrayMap(i -> toUInt256(90 * exp(2 * pow(least(toFloat64(i + 1) * 500, 3 * target) / target, 3)) * 1e6) * toUInt256('1000000000000'), range(256)), %d, 0
FROM (SELECT arrayJoin([(0, 38000.), (1, 39500.), (2, 40000.)]) AS t, t.1 AS epoch, t.2 AS target)`,
		madeFirstBlock, 130*madeBlocksPerDay, begin.Unix(), 130, now.UnixMicro())
	exec(`INSERT INTO params (name, block_number, log_index, block_time, learned, value, version, is_deleted)
SELECT name, %d, 1, toDateTime(%d, 'UTC'), 'event', toUInt256(value), %d, 0
FROM values('name String, value String', ('emission_rate', '79274479959411466'), ('venice_percentage', '0'), ('venice_percentage_locked', '200000000000000000'), ('cooldown', '604800'), ('diem_cooldown', '86400'))`,
		madeFirstBlock, begin.Unix(), now.UnixMicro())
	exec(`INSERT INTO rollup_queue (hour) SELECT DISTINCT toStartOfHour(block_time) FROM events`)

	head := uint64(madeFirstBlock + madeDays*madeBlocksPerDay)
	require.NoError(tb, w.Write(ctx, store.Batch{Filter: store.FilterCore, Covered: []store.Range{{From: madeFirstBlock, To: head}}}))
	require.NoError(tb, w.SetHeads(ctx, store.Heads{Head: head, HeadTime: uint64(now.Unix())}))

	return w
}
