-- +goose NO TRANSACTION
-- +goose Up

-- As supply_now: the hours that ended with the newest covered block or before, and the
-- ledger of the hour that it is in the middle of. The supply a day ago is that less what
-- changed since, so that a day of one metric is read and no more.
-- One thread, as supply_hourly.
CREATE OR REPLACE VIEW mint_rate_now
(
    block_number UInt64 COMMENT 'newest covered block: the one that the rate is true at',
    diem_supply_wei Int256 COMMENT 'DIEM in existence, in wei',
    diem_supply Float64 COMMENT 'DIEM in existence',
    mint_bucket Nullable(UInt16) COMMENT 'bucket of the curve in force, 0 to 255; NULL when no curve is known, or it ends below the supply',
    mint_rate_wei Nullable(UInt256) COMMENT 'sVVV wei to lock for 1e18 wei of DIEM; NULL as before',
    mint_rate Nullable(Float64) COMMENT 'sVVV to lock for one DIEM; NULL as before',
    diem_target Nullable(Float64) COMMENT 'target supply of the curve in force, in DIEM',
    mint_rate_day_ago_wei Nullable(UInt256) COMMENT 'mint_rate_wei 24 hours ago, by the supply and the curve of then; NULL as before',
    mint_rate_day_ago Nullable(Float64) COMMENT 'mint_rate 24 hours ago; NULL as before'
)
AS
WITH
    assumeNotNull((SELECT max(to_block) FROM covered)) AS until,
    (
        SELECT if(count() = 0, toDateTime('2100-01-01 00:00:00', 'UTC'), min(hour))
        FROM rollup_hourly FINAL WHERE last_block > until
    ) AS cut,
    now('UTC') - INTERVAL 1 DAY AS day_ago,
    (
        SELECT (sumIf(delta, block_time >= cut), sumIf(delta, block_time > day_ago))
        FROM ledger FINAL
        WHERE metric = 'diem_supply' AND block_number <= until AND block_time >= least(cut, day_ago)
    ) AS moved,
    -- Those in force now and a day ago, the arrays empty where none is known.
    (
        SELECT tuple(
            argMax((bounds, rates, target), (block_number, log_index)),
            argMaxIf((bounds, rates), (block_number, log_index), block_time <= day_ago))
        FROM curve FINAL
        WHERE block_number <= until
    ) AS curves
SELECT
    until AS block_number,
    hours.supply + moved.1 AS diem_supply_wei,
    toFloat64(diem_supply_wei) / 1e18 AS diem_supply,
    if(place > 0, toNullable(toUInt16(place - 1)), NULL) AS mint_bucket,
    if(place > 0, toNullable(curves.1.2[place]), NULL) AS mint_rate_wei,
    toFloat64(mint_rate_wei) / 1e18 AS mint_rate,
    nullIf(curves.1.3, 0) AS diem_target,
    if(place_then > 0, toNullable(curves.2.2[place_then]), NULL) AS mint_rate_day_ago_wei,
    toFloat64(mint_rate_day_ago_wei) / 1e18 AS mint_rate_day_ago
FROM
(
    SELECT
        sum(diem_supply) AS supply,
        arrayFirstIndex(b -> toUInt256(greatest(supply + moved.1, 0)) < b, curves.1.1) AS place,
        arrayFirstIndex(b -> toUInt256(greatest(supply + moved.1 - moved.2, 0)) < b, curves.2.1) AS place_then
    FROM
    (
        SELECT diem_supply FROM rollup_hourly FINAL WHERE events > 0 AND last_block <= until
    )
) AS hours
WHERE until > 0
SETTINGS max_threads = 1, defer_partition_pruning_after_final = 0, do_not_merge_across_partitions_select_final = 1
COMMENT 'The mint rate now and a day ago, quicker than supply_now. No row while nothing is covered';
