-- +goose NO TRANSACTION
-- +goose Up

-- The figures after a block are the hours that ended with it or before, and the
-- ledger of the hour that it is in the middle of. So they are true at exactly that
-- block, in the middle of a write or of a rewind too, and cost the same whatever the
-- length of the history.
-- One thread, as supply_hourly.
CREATE OR REPLACE VIEW supply_now
(
    block_number UInt64 COMMENT 'newest covered block: the one that the figures are true at',
    block_time DateTime('UTC') COMMENT 'its time, or that of the last event where it is not known',
    vvv_supply_wei Int256 COMMENT 'VVV minted in all, in wei',
    vvv_supply Float64 COMMENT 'VVV minted in all',
    vvv_burned_wei Int256 COMMENT 'VVV sent to 0x0, in wei',
    vvv_burned Float64 COMMENT 'VVV sent to 0x0',
    vvv_burned_programmatic_wei Int256 COMMENT 'VVV burned by swaps of the pools to 0x0, in wei',
    vvv_burned_programmatic Float64 COMMENT 'VVV burned by swaps of the pools to 0x0',
    vvv_burned_buyback_wei Int256 COMMENT 'VVV burned by the buyback Safe, in wei',
    vvv_burned_buyback Float64 COMMENT 'VVV burned by the buyback Safe',
    vvv_burned_airdrop_wei Int256 COMMENT 'VVV burned out of what the airdrop left over, in wei',
    vvv_burned_airdrop Float64 COMMENT 'VVV burned out of what the airdrop left over',
    vvv_burned_other_wei Int256 COMMENT 'VVV burned by anybody else, in wei',
    vvv_burned_other Float64 COMMENT 'VVV burned by anybody else',
    vvv_effective_wei Int256 COMMENT 'VVV minted less burned, in wei',
    vvv_effective Float64 COMMENT 'VVV minted less burned',
    vvv_emitted_wei Int256 COMMENT 'VVV emitted in all, in wei',
    vvv_emitted Float64 COMMENT 'VVV emitted in all',
    vvv_emitted_stakers_wei Int256 COMMENT 'VVV emitted to stakers, in wei',
    vvv_emitted_stakers Float64 COMMENT 'VVV emitted to stakers',
    vvv_emitted_treasury_wei Int256 COMMENT 'VVV emitted to the treasury, in wei',
    vvv_emitted_treasury Float64 COMMENT 'VVV emitted to the treasury',
    svvv_supply_wei Int256 COMMENT 'sVVV in existence: VVV staked, in wei',
    svvv_supply Float64 COMMENT 'sVVV in existence: VVV staked',
    vvv_locked_wei Int256 COMMENT 'sVVV locked for DIEM, in wei',
    vvv_locked Float64 COMMENT 'sVVV locked for DIEM',
    vvv_unlocked_wei Int256 COMMENT 'sVVV staked and not locked, in wei',
    vvv_unlocked Float64 COMMENT 'sVVV staked and not locked',
    vvv_cooling_wei Int256 COMMENT 'VVV unstaked and not yet taken out, in wei',
    vvv_cooling Float64 COMMENT 'VVV unstaked and not yet taken out',
    vvv_claimed_wei Int256 COMMENT 'VVV of rewards claimed, in wei',
    vvv_claimed Float64 COMMENT 'VVV of rewards claimed',
    vvv_airdropped_wei Int256 COMMENT 'VVV of the airdrop claimed, in wei',
    vvv_airdropped Float64 COMMENT 'VVV of the airdrop claimed',
    diem_supply_wei Int256 COMMENT 'DIEM in existence, in wei',
    diem_supply Float64 COMMENT 'DIEM in existence',
    diem_outstanding_wei Int256 COMMENT 'DIEM minted less burned through the staking contract, in wei',
    diem_outstanding Float64 COMMENT 'DIEM minted less burned through the staking contract',
    diem_staked_wei Int256 COMMENT 'DIEM staked, in wei',
    diem_staked Float64 COMMENT 'DIEM staked',
    diem_cooling_wei Int256 COMMENT 'DIEM unstaked and not yet taken out, in wei',
    diem_cooling Float64 COMMENT 'DIEM unstaked and not yet taken out',
    mint_rate_wei Nullable(UInt256) COMMENT 'sVVV wei to lock for 1e18 wei of DIEM; NULL when no curve is known, or it ends below the supply',
    mint_rate Nullable(Float64) COMMENT 'sVVV to lock for one DIEM; NULL as before',
    mint_bucket Nullable(UInt16) COMMENT 'bucket of the curve in force, 0 to 255',
    diem_target Nullable(Float64) COMMENT 'target supply of the curve in force, in DIEM',
    emission_rate_wei Nullable(UInt256) COMMENT 'announced emission, VVV wei a second; NULL when it is not known',
    emission_rate Nullable(Float64) COMMENT 'announced emission, VVV a second',
    emission_year Nullable(Float64) COMMENT 'announced emission, VVV a year'
)
AS
WITH
    assumeNotNull((SELECT max(to_block) FROM covered)) AS until,
    -- The hour that the block is in the middle of, if it is: events above it are there.
    (
        SELECT if(count() = 0, toDateTime('2100-01-01 00:00:00', 'UTC'), min(hour))
        FROM rollup_hourly FINAL WHERE last_block > until
    ) AS cut,
    changes AS
    (
        SELECT last_time,
            vvv_supply,
            vvv_burned_programmatic,
            vvv_burned_buyback,
            vvv_burned_airdrop,
            vvv_burned_other,
            vvv_emitted_stakers,
            vvv_emitted_treasury,
            svvv_supply,
            vvv_locked,
            vvv_cooling,
            vvv_claimed,
            vvv_airdropped,
            diem_supply,
            diem_outstanding,
            diem_staked,
            diem_cooling
        FROM rollup_hourly FINAL
        WHERE events > 0 AND last_block <= until
        UNION ALL
        SELECT max(block_time) AS last_time,
            sumIf(delta, metric = 'vvv_supply') AS vvv_supply,
            sumIf(delta, metric = 'vvv_burned_programmatic') AS vvv_burned_programmatic,
            sumIf(delta, metric = 'vvv_burned_buyback') AS vvv_burned_buyback,
            sumIf(delta, metric = 'vvv_burned_airdrop') AS vvv_burned_airdrop,
            sumIf(delta, metric = 'vvv_burned_other') AS vvv_burned_other,
            sumIf(delta, metric = 'vvv_emitted_stakers') AS vvv_emitted_stakers,
            sumIf(delta, metric = 'vvv_emitted_treasury') AS vvv_emitted_treasury,
            sumIf(delta, metric = 'svvv_supply') AS svvv_supply,
            sumIf(delta, metric = 'vvv_locked') AS vvv_locked,
            sumIf(delta, metric = 'vvv_cooling') AS vvv_cooling,
            sumIf(delta, metric = 'vvv_claimed') AS vvv_claimed,
            sumIf(delta, metric = 'vvv_airdropped') AS vvv_airdropped,
            sumIf(delta, metric = 'diem_supply') AS diem_supply,
            sumIf(delta, metric = 'diem_outstanding') AS diem_outstanding,
            sumIf(delta, metric = 'diem_staked') AS diem_staked,
            sumIf(delta, metric = 'diem_cooling') AS diem_cooling
        FROM ledger FINAL
        WHERE block_number <= until AND block_time >= cut AND block_time < cut + INTERVAL 1 HOUR
    ),
    -- Sums of all rows in each of them, not of an aggregation: that would read and sum up what
    -- nobody asked for.
    summed AS
    (
        SELECT
            max(c.last_time) OVER () AS last_time,
            sum(c.vvv_supply) OVER () AS vvv_supply,
            sum(c.vvv_burned_programmatic) OVER () AS vvv_burned_programmatic,
            sum(c.vvv_burned_buyback) OVER () AS vvv_burned_buyback,
            sum(c.vvv_burned_airdrop) OVER () AS vvv_burned_airdrop,
            sum(c.vvv_burned_other) OVER () AS vvv_burned_other,
            sum(c.vvv_emitted_stakers) OVER () AS vvv_emitted_stakers,
            sum(c.vvv_emitted_treasury) OVER () AS vvv_emitted_treasury,
            sum(c.svvv_supply) OVER () AS svvv_supply,
            sum(c.vvv_locked) OVER () AS vvv_locked,
            sum(c.vvv_cooling) OVER () AS vvv_cooling,
            sum(c.vvv_claimed) OVER () AS vvv_claimed,
            sum(c.vvv_airdropped) OVER () AS vvv_airdropped,
            sum(c.diem_supply) OVER () AS diem_supply,
            sum(c.diem_outstanding) OVER () AS diem_outstanding,
            sum(c.diem_staked) OVER () AS diem_staked,
            sum(c.diem_cooling) OVER () AS diem_cooling
        FROM changes AS c
        LIMIT 1
    )
SELECT
    until AS block_number,
    greatest(f.last_time, assumeNotNull((SELECT max(block_time) FROM blocks FINAL WHERE block_number = until))) AS block_time,
    f.vvv_supply AS vvv_supply_wei,
    toFloat64(vvv_supply_wei) / 1e18 AS vvv_supply,
    f.vvv_burned_programmatic + f.vvv_burned_buyback + f.vvv_burned_airdrop + f.vvv_burned_other AS vvv_burned_wei,
    toFloat64(vvv_burned_wei) / 1e18 AS vvv_burned,
    f.vvv_burned_programmatic AS vvv_burned_programmatic_wei,
    toFloat64(vvv_burned_programmatic_wei) / 1e18 AS vvv_burned_programmatic,
    f.vvv_burned_buyback AS vvv_burned_buyback_wei,
    toFloat64(vvv_burned_buyback_wei) / 1e18 AS vvv_burned_buyback,
    f.vvv_burned_airdrop AS vvv_burned_airdrop_wei,
    toFloat64(vvv_burned_airdrop_wei) / 1e18 AS vvv_burned_airdrop,
    f.vvv_burned_other AS vvv_burned_other_wei,
    toFloat64(vvv_burned_other_wei) / 1e18 AS vvv_burned_other,
    f.vvv_supply - f.vvv_burned_programmatic - f.vvv_burned_buyback - f.vvv_burned_airdrop - f.vvv_burned_other AS vvv_effective_wei,
    toFloat64(vvv_effective_wei) / 1e18 AS vvv_effective,
    f.vvv_emitted_stakers + f.vvv_emitted_treasury AS vvv_emitted_wei,
    toFloat64(vvv_emitted_wei) / 1e18 AS vvv_emitted,
    f.vvv_emitted_stakers AS vvv_emitted_stakers_wei,
    toFloat64(vvv_emitted_stakers_wei) / 1e18 AS vvv_emitted_stakers,
    f.vvv_emitted_treasury AS vvv_emitted_treasury_wei,
    toFloat64(vvv_emitted_treasury_wei) / 1e18 AS vvv_emitted_treasury,
    f.svvv_supply AS svvv_supply_wei,
    toFloat64(svvv_supply_wei) / 1e18 AS svvv_supply,
    f.vvv_locked AS vvv_locked_wei,
    toFloat64(vvv_locked_wei) / 1e18 AS vvv_locked,
    f.svvv_supply - f.vvv_locked AS vvv_unlocked_wei,
    toFloat64(vvv_unlocked_wei) / 1e18 AS vvv_unlocked,
    f.vvv_cooling AS vvv_cooling_wei,
    toFloat64(vvv_cooling_wei) / 1e18 AS vvv_cooling,
    f.vvv_claimed AS vvv_claimed_wei,
    toFloat64(vvv_claimed_wei) / 1e18 AS vvv_claimed,
    f.vvv_airdropped AS vvv_airdropped_wei,
    toFloat64(vvv_airdropped_wei) / 1e18 AS vvv_airdropped,
    f.diem_supply AS diem_supply_wei,
    toFloat64(diem_supply_wei) / 1e18 AS diem_supply,
    f.diem_outstanding AS diem_outstanding_wei,
    toFloat64(diem_outstanding_wei) / 1e18 AS diem_outstanding,
    f.diem_staked AS diem_staked_wei,
    toFloat64(diem_staked_wei) / 1e18 AS diem_staked,
    f.diem_cooling AS diem_cooling_wei,
    toFloat64(diem_cooling_wei) / 1e18 AS diem_cooling,
    if(f.place > 0, toNullable(f.rates[f.place]), NULL) AS mint_rate_wei,
    toFloat64(mint_rate_wei) / 1e18 AS mint_rate,
    if(f.place > 0, toNullable(toUInt16(f.place - 1)), NULL) AS mint_bucket,
    nullIf(f.target, 0) AS diem_target,
    f.emission_rate AS emission_rate_wei,
    toFloat64(emission_rate_wei) / 1e18 AS emission_rate,
    emission_rate * 31536000 AS emission_year
FROM
(
    SELECT
        *,
        arrayFirstIndex(b -> toUInt256(greatest(summed.diem_supply, 0)) < b, curve.bounds) AS place
    FROM summed
    CROSS JOIN
    (
        SELECT
            argMax(bounds, (block_number, log_index)) AS bounds,
            argMax(rates, (block_number, log_index)) AS rates,
            argMax(target, (block_number, log_index)) AS target
        FROM curve FINAL
        WHERE block_number <= until
    ) AS curve
    CROSS JOIN
    (
        SELECT argMaxOrNull(value, (block_number, log_index)) AS emission_rate
        FROM params FINAL
        WHERE name = 'emission_rate' AND block_number <= until
    ) AS params
) AS f
WHERE until > 0
SETTINGS max_threads = 1, defer_partition_pruning_after_final = 0, do_not_merge_across_partitions_select_final = 1
COMMENT 'The figures now. No row while nothing is covered';
