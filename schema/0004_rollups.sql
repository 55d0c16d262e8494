-- +goose NO TRANSACTION
-- +goose Up

-- A query of a time range reads the granules of that time and no more; one of an
-- account those that may hold it. The expressions are those that the views show: text,
-- not a dictionary of it, of which a query cannot ask the length.
ALTER TABLE events ADD INDEX IF NOT EXISTS time_minmax block_time TYPE minmax GRANULARITY 1;
ALTER TABLE events ADD INDEX IF NOT EXISTS parties_text (CAST(concat('0x', lower(hex(account))), 'String'), CAST(concat('0x', lower(hex(counterparty))), 'String')) TYPE bloom_filter(0.01) GRANULARITY 1;
ALTER TABLE ledger ADD INDEX IF NOT EXISTS time_minmax block_time TYPE minmax GRANULARITY 1;
ALTER TABLE ledger ADD INDEX IF NOT EXISTS account_text CAST(concat('0x', lower(hex(account))), 'String') TYPE bloom_filter(0.01) GRANULARITY 1;

CREATE TABLE IF NOT EXISTS rollup_hourly
(
    hour DateTime('UTC') COMMENT 'start of the hour',
    events UInt64 COMMENT 'events in it',
    unknown_logs UInt64 COMMENT 'those of them that nothing decodes',
    first_block UInt64 COMMENT 'first block in it with an event, 0 when there is none',
    first_time DateTime('UTC') COMMENT 'its time',
    last_block UInt64 COMMENT 'last block in it with an event, 0 when there is none',
    last_time DateTime('UTC') COMMENT 'its time',
    last_emission DateTime('UTC') COMMENT 'time of the last reward update in it, 1970 when there is none',
    emissions Array(DateTime('UTC')) COMMENT 'times of all reward updates in it, in order' CODEC(Delta(4), ZSTD(1)),
    vvv_supply Int256 COMMENT 'net change in the hour of VVV minted in all, in wei',
    vvv_burned_programmatic Int256 COMMENT 'net change in the hour of VVV burned by swaps of the pools to 0x0, in wei',
    vvv_burned_buyback Int256 COMMENT 'net change in the hour of VVV burned by the buyback Safe, in wei',
    vvv_burned_airdrop Int256 COMMENT 'net change in the hour of VVV burned out of what the airdrop left over, in wei',
    vvv_burned_other Int256 COMMENT 'net change in the hour of VVV burned by anybody else, in wei',
    vvv_emitted_stakers Int256 COMMENT 'net change in the hour of VVV emitted to stakers, in wei',
    vvv_emitted_treasury Int256 COMMENT 'net change in the hour of VVV emitted to the treasury, in wei',
    svvv_supply Int256 COMMENT 'net change in the hour of sVVV in existence: VVV staked, in wei',
    svvv_supply_in Int256 COMMENT 'gross increase in the hour of sVVV in existence: VVV staked, in wei',
    vvv_locked Int256 COMMENT 'net change in the hour of sVVV locked for DIEM, in wei',
    vvv_locked_in Int256 COMMENT 'gross increase in the hour of sVVV locked for DIEM, in wei',
    vvv_cooling Int256 COMMENT 'net change in the hour of VVV unstaked and not yet taken out, in wei',
    vvv_cooling_in Int256 COMMENT 'gross increase in the hour of VVV unstaked and not yet taken out, in wei',
    vvv_claimed Int256 COMMENT 'net change in the hour of VVV of rewards claimed, in wei',
    vvv_airdropped Int256 COMMENT 'net change in the hour of VVV of the airdrop claimed, in wei',
    diem_supply Int256 COMMENT 'net change in the hour of DIEM in existence, in wei',
    diem_supply_in Int256 COMMENT 'gross increase in the hour of DIEM in existence, in wei',
    diem_outstanding Int256 COMMENT 'net change in the hour of DIEM minted less burned through the staking contract, in wei',
    diem_staked Int256 COMMENT 'net change in the hour of DIEM staked, in wei',
    diem_staked_in Int256 COMMENT 'gross increase in the hour of DIEM staked, in wei',
    diem_cooling Int256 COMMENT 'net change in the hour of DIEM unstaked and not yet taken out, in wei',
    diem_cooling_in Int256 COMMENT 'gross increase in the hour of DIEM unstaked and not yet taken out, in wei',
    computed_at DateTime64(6, 'UTC') COMMENT 'a moment after the rows were written and before they were read; the greatest wins'
)
ENGINE = ReplacingMergeTree(computed_at)
ORDER BY hour
SETTINGS index_granularity = 512
COMMENT 'What every hour changed. A figure at the end of an hour is the sum of the hours up to it';

-- A write says which hours it touched as its last step but one, and this computes
-- them anew from all that is canonical. So a row is right whatever was written
-- before, in which order and how often, an hour whose events a rewind took away
-- becomes zero, and the range counts as covered only when its hours are summed up.
--
-- Inside, rollup_queue is the rows of the insert. Of two computations of an hour that
-- overlap, the one whose rows were put down later read all that both had written; it
-- wins, because its time does. A clock that was set back does not let an old row win.
-- The time to win over is read before the rows are, which is what the order of the joins
-- is for: one that is later than the rows would let what it does not know be lost.
CREATE MATERIALIZED VIEW IF NOT EXISTS rollup_hourly_mv TO rollup_hourly AS
WITH
    (SELECT min(toStartOfHour(hour)) FROM rollup_queue) AS first_hour,
    (SELECT max(toStartOfHour(hour)) + INTERVAL 1 HOUR FROM rollup_queue) AS end_hour
SELECT
    touched.hour AS hour,
    counted.events AS events,
    counted.unknown_logs AS unknown_logs,
    counted.first_block AS first_block,
    counted.first_time AS first_time,
    counted.last_block AS last_block,
    counted.last_time AS last_time,
    summed.emissions[-1] AS last_emission,
    summed.emissions AS emissions,
    summed.vvv_supply AS vvv_supply,
    summed.vvv_burned_programmatic AS vvv_burned_programmatic,
    summed.vvv_burned_buyback AS vvv_burned_buyback,
    summed.vvv_burned_airdrop AS vvv_burned_airdrop,
    summed.vvv_burned_other AS vvv_burned_other,
    summed.vvv_emitted_stakers AS vvv_emitted_stakers,
    summed.vvv_emitted_treasury AS vvv_emitted_treasury,
    summed.svvv_supply AS svvv_supply,
    summed.svvv_supply_in AS svvv_supply_in,
    summed.vvv_locked AS vvv_locked,
    summed.vvv_locked_in AS vvv_locked_in,
    summed.vvv_cooling AS vvv_cooling,
    summed.vvv_cooling_in AS vvv_cooling_in,
    summed.vvv_claimed AS vvv_claimed,
    summed.vvv_airdropped AS vvv_airdropped,
    summed.diem_supply AS diem_supply,
    summed.diem_supply_in AS diem_supply_in,
    summed.diem_outstanding AS diem_outstanding,
    summed.diem_staked AS diem_staked,
    summed.diem_staked_in AS diem_staked_in,
    summed.diem_cooling AS diem_cooling,
    summed.diem_cooling_in AS diem_cooling_in,
    greatest(touched.touched_at, before.computed_at + INTERVAL 1 MICROSECOND) AS computed_at
FROM
(
    SELECT toStartOfHour(hour) AS hour, max(touched_at) AS touched_at FROM rollup_queue GROUP BY hour
) AS touched
LEFT JOIN
(
    SELECT hour, max(computed_at) AS computed_at FROM rollup_hourly
    WHERE hour >= first_hour AND hour < end_hour
    GROUP BY hour
) AS before ON before.hour = touched.hour
LEFT JOIN
(
    SELECT
        toStartOfHour(block_time) AS hour,
        count() AS events,
        countIf(kind = 'unknown') AS unknown_logs,
        min(block_number) AS first_block,
        min(block_time) AS first_time,
        max(block_number) AS last_block,
        max(block_time) AS last_time
    FROM events FINAL
    WHERE block_time >= first_hour AND block_time < end_hour
    GROUP BY hour
) AS counted ON counted.hour = touched.hour
LEFT JOIN
(
    SELECT
        toStartOfHour(block_time) AS hour,
        arraySort(groupUniqArrayIf(block_time, metric IN ('vvv_emitted_stakers', 'vvv_emitted_treasury'))) AS emissions,
        sumIf(delta, metric = 'vvv_supply') AS vvv_supply,
        sumIf(delta, metric = 'vvv_burned_programmatic') AS vvv_burned_programmatic,
        sumIf(delta, metric = 'vvv_burned_buyback') AS vvv_burned_buyback,
        sumIf(delta, metric = 'vvv_burned_airdrop') AS vvv_burned_airdrop,
        sumIf(delta, metric = 'vvv_burned_other') AS vvv_burned_other,
        sumIf(delta, metric = 'vvv_emitted_stakers') AS vvv_emitted_stakers,
        sumIf(delta, metric = 'vvv_emitted_treasury') AS vvv_emitted_treasury,
        sumIf(delta, metric = 'svvv_supply') AS svvv_supply,
        sumIf(delta, metric = 'svvv_supply' AND delta > 0) AS svvv_supply_in,
        sumIf(delta, metric = 'vvv_locked') AS vvv_locked,
        sumIf(delta, metric = 'vvv_locked' AND delta > 0) AS vvv_locked_in,
        sumIf(delta, metric = 'vvv_cooling') AS vvv_cooling,
        sumIf(delta, metric = 'vvv_cooling' AND delta > 0) AS vvv_cooling_in,
        sumIf(delta, metric = 'vvv_claimed') AS vvv_claimed,
        sumIf(delta, metric = 'vvv_airdropped') AS vvv_airdropped,
        sumIf(delta, metric = 'diem_supply') AS diem_supply,
        sumIf(delta, metric = 'diem_supply' AND delta > 0) AS diem_supply_in,
        sumIf(delta, metric = 'diem_outstanding') AS diem_outstanding,
        sumIf(delta, metric = 'diem_staked') AS diem_staked,
        sumIf(delta, metric = 'diem_staked' AND delta > 0) AS diem_staked_in,
        sumIf(delta, metric = 'diem_cooling') AS diem_cooling,
        sumIf(delta, metric = 'diem_cooling' AND delta > 0) AS diem_cooling_in
    FROM ledger FINAL
    WHERE block_time >= first_hour AND block_time < end_hour
    GROUP BY hour
) AS summed ON summed.hour = touched.hour
SETTINGS join_use_nulls = 0, defer_partition_pruning_after_final = 0, do_not_merge_across_partitions_select_final = 1;
