-- +goose NO TRANSACTION
-- +goose Up

-- A row of the ledger is only ever replaced by the same or buried by a tombstone that
-- is the same but for the mark. So what the index on accounts finds of one wallet is
-- all that FINAL needs to see, and the exact mode, which would read nearly all, is off.
CREATE OR REPLACE VIEW wallets
(
    account String COMMENT 'the wallet; 0x0 holds what mints and burns of DIEM without a DIEM transfer beside them locked',
    staked_wei Int256 COMMENT 'sVVV held, in wei',
    staked Float64 COMMENT 'sVVV held',
    locked_wei Int256 COMMENT 'the part of it that is locked for DIEM, in wei',
    locked Float64 COMMENT 'the part of it that is locked for DIEM, in sVVV',
    unlocked_wei Int256 COMMENT 'the part of it that is not locked, in wei',
    unlocked Float64 COMMENT 'the part of it that is not locked, in sVVV',
    outstanding_wei Int256 COMMENT 'DIEM minted less burned through the staking contract, whoever holds it, in wei',
    outstanding Float64 COMMENT 'DIEM minted less burned through the staking contract, whoever holds it',
    average_rate Nullable(Float64) COMMENT 'locked by outstanding: the sVVV that burning one DIEM releases; NULL without DIEM',
    claimed_wei Int256 COMMENT 'VVV of rewards claimed, in wei',
    claimed Float64 COMMENT 'VVV of rewards claimed',
    airdropped_wei Int256 COMMENT 'VVV of the airdrop claimed, in wei',
    airdropped Float64 COMMENT 'VVV of the airdrop claimed',
    cooling_wei Int256 COMMENT 'VVV unstaked and not yet taken out, in wei',
    cooling Float64 COMMENT 'VVV unstaked and not yet taken out',
    diem_held_wei Int256 COMMENT 'DIEM in the wallet itself, in wei',
    diem_held Float64 COMMENT 'DIEM in the wallet itself',
    diem_staked_wei Int256 COMMENT 'DIEM staked, in wei',
    diem_staked Float64 COMMENT 'DIEM staked',
    diem_cooling_wei Int256 COMMENT 'DIEM unstaked and not yet taken out, in wei',
    diem_cooling Float64 COMMENT 'DIEM unstaked and not yet taken out',
    first_block UInt64 COMMENT 'block of the first change of any of these',
    last_block UInt64 COMMENT 'block of the last change of any of these',
    last_time DateTime('UTC') COMMENT 'time of the last change of any of these'
)
AS
SELECT
    CAST(concat('0x', lower(hex(l.account))), 'String') AS account,
    sumIf(l.delta, l.metric = 'svvv_supply') AS staked_wei,
    toFloat64(staked_wei) / 1e18 AS staked,
    sumIf(l.delta, l.metric = 'vvv_locked') AS locked_wei,
    toFloat64(locked_wei) / 1e18 AS locked,
    staked_wei - locked_wei AS unlocked_wei,
    toFloat64(unlocked_wei) / 1e18 AS unlocked,
    sumIf(l.delta, l.metric = 'diem_outstanding') AS outstanding_wei,
    toFloat64(outstanding_wei) / 1e18 AS outstanding,
    if(outstanding_wei = 0, NULL, toFloat64(locked_wei) / toFloat64(outstanding_wei)) AS average_rate,
    sumIf(l.delta, l.metric = 'vvv_claimed') AS claimed_wei,
    toFloat64(claimed_wei) / 1e18 AS claimed,
    sumIf(l.delta, l.metric = 'vvv_airdropped') AS airdropped_wei,
    toFloat64(airdropped_wei) / 1e18 AS airdropped,
    sumIf(l.delta, l.metric = 'vvv_cooling') AS cooling_wei,
    toFloat64(cooling_wei) / 1e18 AS cooling,
    sumIf(l.delta, l.metric = 'diem_received') - sumIf(l.delta, l.metric = 'diem_sent') AS diem_held_wei,
    toFloat64(diem_held_wei) / 1e18 AS diem_held,
    sumIf(l.delta, l.metric = 'diem_staked') AS diem_staked_wei,
    toFloat64(diem_staked_wei) / 1e18 AS diem_staked,
    sumIf(l.delta, l.metric = 'diem_cooling') AS diem_cooling_wei,
    toFloat64(diem_cooling_wei) / 1e18 AS diem_cooling,
    min(l.block_number) AS first_block,
    max(l.block_number) AS last_block,
    max(l.block_time) AS last_time
FROM ledger AS l FINAL
WHERE l.metric IN ('svvv_supply', 'vvv_locked', 'diem_outstanding', 'vvv_claimed', 'vvv_airdropped', 'vvv_cooling',
    'diem_received', 'diem_sent', 'diem_staked', 'diem_cooling')
GROUP BY account
SETTINGS use_skip_indexes_if_final_exact_mode = 0, do_not_merge_across_partitions_select_final = 1
COMMENT 'What every wallet has, locks, earned and waits for';

-- Both contracts keep one pending amount a wallet: another start adds to it and
-- begins the wait anew. The wait is that of the setting in force at the start.
CREATE OR REPLACE VIEW cooldown_queue
(
    account String COMMENT 'the wallet',
    token LowCardinality(String) COMMENT 'vvv or diem',
    block_number UInt64 COMMENT 'block of the last start of its unstaking',
    block_time DateTime('UTC') COMMENT 'time of that block',
    amount_wei Int256 COMMENT 'what waits or is ready, in wei',
    amount Float64 COMMENT 'what waits or is ready, in tokens',
    releases_at DateTime('UTC') COMMENT 'from when on it can be taken out, by the cooldown in force at the start: 7 days (VVV), 1 day (DIEM) where no setting is known',
    released UInt8 COMMENT '1 when it can be taken out now'
)
AS
WITH
    (
        SELECT tuple(
            groupArrayIf(place, name = 'cooldown'), groupArrayIf(value, name = 'cooldown'),
            groupArrayIf(place, name = 'diem_cooldown'), groupArrayIf(value, name = 'diem_cooldown'))
        FROM (SELECT name, bitShiftLeft(block_number, 32) + log_index AS place, value FROM params FINAL ORDER BY name, place)
    ) AS settings,
    pending AS
    (
        SELECT
            account,
            metric,
            maxIf(bitShiftLeft(block_number, 32) + log_index, delta > 0) AS started,
            maxIf(block_time, delta > 0) AS started_at,
            sum(delta) AS waiting,
            arrayLastIndex(place -> place <= started, settings.1) AS vvv_place,
            arrayLastIndex(place -> place <= started, settings.3) AS diem_place
        FROM ledger FINAL
        WHERE metric IN ('vvv_cooling', 'diem_cooling')
        GROUP BY account, metric
        HAVING waiting > 0
    )
SELECT
    CAST(concat('0x', lower(hex(p.account))), 'String') AS account,
    if(p.metric = 'vvv_cooling', 'vvv', 'diem') AS token,
    bitShiftRight(p.started, 32) AS block_number,
    p.started_at AS block_time,
    p.waiting AS amount_wei,
    toFloat64(amount_wei) / 1e18 AS amount,
    p.started_at + toUInt32(least(multiIf(
        p.metric = 'vvv_cooling' AND p.vvv_place > 0, settings.2[p.vvv_place],
        p.metric = 'vvv_cooling', toUInt256(604800),
        p.diem_place > 0, settings.4[p.diem_place],
        toUInt256(86400)), toUInt256(1000000000))) AS releases_at,
    releases_at <= now('UTC') AS released
FROM pending AS p
SETTINGS do_not_merge_across_partitions_select_final = 1
COMMENT 'Unstaked VVV and DIEM that waits for its release, or to be taken out';

CREATE OR REPLACE VIEW cooldown_releases
(
    day Date COMMENT 'the day, UTC',
    token LowCardinality(String) COMMENT 'vvv or diem',
    amount_wei Int256 COMMENT 'what can be taken out from that day on, in wei',
    amount Float64 COMMENT 'what can be taken out from that day on, in tokens',
    wallets UInt64 COMMENT 'of how many wallets'
)
AS
SELECT
    toDate(q.releases_at) AS day,
    q.token AS token,
    sum(q.amount_wei) AS amount_wei,
    toFloat64(sum(q.amount_wei)) / 1e18 AS amount,
    count() AS wallets
FROM cooldown_queue AS q
GROUP BY day, token
COMMENT 'The release wave: what the cooldown queue frees by the day';
