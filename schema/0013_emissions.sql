-- +goose NO TRANSACTION
-- +goose Up

-- The update before is looked up among the times that the rollup keeps, so that a
-- query of a time range reads the events of that range and no more.
CREATE OR REPLACE VIEW emissions
(
    block_number UInt64 COMMENT 'number of the block',
    log_index UInt32 COMMENT 'index of the first of its mints in the block',
    block_time DateTime('UTC') COMMENT 'time of the block',
    tx_hash String COMMENT 'hash of the transaction',
    hour DateTime('UTC') COMMENT 'start of the hour',
    vvv_treasury_wei UInt256 COMMENT 'minted to the treasury, in wei',
    vvv_treasury Float64 COMMENT 'minted to the treasury, in VVV',
    vvv_stakers_wei UInt256 COMMENT 'minted to the staking contract for stakers, in wei',
    vvv_stakers Float64 COMMENT 'minted to the staking contract for stakers, in VVV',
    vvv_wei UInt256 COMMENT 'both, in wei',
    vvv Float64 COMMENT 'both, in VVV',
    elapsed Nullable(UInt32) COMMENT 'seconds since the update before; NULL for the first',
    rate_implied Nullable(Float64) COMMENT 'emitted by elapsed: VVV a second',
    rate_announced Nullable(Float64) COMMENT 'the contract''s setting before this block, VVV a second; NULL when it is not known',
    year_implied Nullable(Float64) COMMENT 'emitted by elapsed: VVV a year',
    year_announced Nullable(Float64) COMMENT 'the contract''s setting before this block, VVV a year',
    rounding_wei Nullable(Int256) COMMENT 'announced rate times elapsed, less what was emitted: a few wei of rounding when nothing was missed',
    locked_share_implied Nullable(Float64) COMMENT 'share of stake that is locked, 0 to 1, as the treasury''s part implies it'
)
AS
WITH
    (
        SELECT tuple(
            groupArrayIf(block_number, name = 'emission_rate'), groupArrayIf(value, name = 'emission_rate'),
            groupArrayIf(block_number, name = 'venice_percentage'), groupArrayIf(value, name = 'venice_percentage'),
            groupArrayIf(block_number, name = 'venice_percentage_locked'), groupArrayIf(value, name = 'venice_percentage_locked'))
        FROM (SELECT name, block_number, value FROM params FINAL ORDER BY name, block_number, log_index)
    ) AS settings,
    updates AS
    (
        SELECT
            toStartOfHour(block_time) AS hour,
            block_number,
            block_time,
            min(log_index) AS log_index,
            any(tx_hash) AS tx,
            sumIf(vvv_wei, kind = 'vvv_emission_treasury') AS treasury,
            sumIf(vvv_wei, kind = 'vvv_emission_stakers') AS stakers
        FROM events FINAL
        WHERE kind IN ('vvv_emission_treasury', 'vvv_emission_stakers')
        GROUP BY hour, block_number, block_time
    ),
    hours AS
    (
        SELECT
            hour,
            emissions,
            max(last_emission) OVER (ORDER BY hour ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS emission_before
        FROM rollup_hourly FINAL
    ),
    timed AS
    (
        SELECT
            updates.*,
            greatest(hours.emission_before, arrayLast(t -> t < updates.block_time, hours.emissions)) AS since,
            arrayLastIndex(b -> b < updates.block_number, settings.1) AS rate_place,
            arrayLastIndex(b -> b < updates.block_number, settings.3) AS free_place,
            arrayLastIndex(b -> b < updates.block_number, settings.5) AS locked_place,
            if(rate_place > 0, toNullable(settings.2[rate_place]), NULL) AS announced,
            if(free_place > 0, toNullable(toFloat64(settings.4[free_place]) / 1e18), NULL) AS free_part,
            if(locked_place > 0, toNullable(toFloat64(settings.6[locked_place]) / 1e18), NULL) AS locked_part
        FROM updates
        LEFT JOIN hours ON hours.hour = updates.hour
    )
SELECT
    t.block_number AS block_number,
    t.log_index AS log_index,
    t.block_time AS block_time,
    concat('0x', lower(hex(t.tx))) AS tx_hash,
    t.hour AS hour,
    t.treasury AS vvv_treasury_wei,
    toFloat64(t.treasury) / 1e18 AS vvv_treasury,
    t.stakers AS vvv_stakers_wei,
    toFloat64(t.stakers) / 1e18 AS vvv_stakers,
    t.treasury + t.stakers AS vvv_wei,
    toFloat64(vvv_wei) / 1e18 AS vvv,
    if(t.since > toDateTime(0, 'UTC'), toNullable(toUInt32(t.block_time - t.since)), NULL) AS elapsed,
    vvv / nullIf(elapsed, 0) AS rate_implied,
    toFloat64(t.announced) / 1e18 AS rate_announced,
    rate_implied * 31536000 AS year_implied,
    rate_announced * 31536000 AS year_announced,
    toInt256(t.announced) * elapsed - toInt256(vvv_wei) AS rounding_wei,
    (vvv_treasury / nullIf(vvv, 0) - t.free_part) / nullIf((1 - t.free_part) * t.locked_part, 0) AS locked_share_implied
FROM timed AS t
SETTINGS join_use_nulls = 0, defer_partition_pruning_after_final = 0, do_not_merge_across_partitions_select_final = 1
COMMENT 'Reward updates: each mints what the seconds since the one before emitted';
