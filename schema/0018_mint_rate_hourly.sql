-- +goose NO TRANSACTION
-- +goose Up

-- As figures_hourly, for whoever draws the mint rate over time.
-- One thread, as supply_hourly, and a plain join: curves have few buckets.
CREATE OR REPLACE VIEW mint_rate_hourly
(
    hour DateTime('UTC') COMMENT 'start of the hour',
    block_number UInt64 COMMENT 'last block with an event, up to the end of the hour: the rate is that after it',
    diem_supply_wei Int256 COMMENT 'DIEM in existence at the end of the hour, in wei',
    diem_supply Float64 COMMENT 'DIEM in existence at the end of the hour',
    mint_bucket Nullable(UInt16) COMMENT 'bucket of the curve in force at the end of the hour, 0 to 255; NULL when no curve is known, or it ends below the supply',
    mint_rate_wei Nullable(UInt256) COMMENT 'sVVV wei to lock for 1e18 wei of DIEM at the end of the hour; NULL as before',
    mint_rate Nullable(Float64) COMMENT 'sVVV to lock for one DIEM at the end of the hour; NULL as before',
    diem_target Nullable(Float64) COMMENT 'target supply of the curve in force at the end of the hour, in DIEM'
)
AS
WITH
    -- The hour that the newest block or event is in, as in supply_hourly.
    (
        SELECT max(hour) FROM
        (
            SELECT max(hour) AS hour FROM rollup_hourly FINAL WHERE events > 0
            UNION ALL
            SELECT toStartOfHour(max(block_time)) FROM blocks FINAL WHERE block_number >= (SELECT max(block_number) FROM blocks) - 2000
        )
    ) AS newest_hour,
    summed AS
    (
        SELECT
            hour,
            max(last_block) OVER so_far AS block_number,
            sum(diem_supply) OVER so_far AS diem_supply_wei,
            toUInt256(greatest(diem_supply_wei, 0)) AS minted,
            (
                SELECT tuple(groupArray(block_number), groupArray(log_index), groupArray(target))
                FROM (SELECT block_number, log_index, target FROM curve FINAL ORDER BY block_number, log_index)
            ) AS curves,
            arrayLastIndex(b -> b <= block_number, curves.1) AS curve,
            curves.1[curve] AS curve_block,
            curves.2[curve] AS curve_log_index,
            nullIf(curves.3[curve], 0) AS target
        FROM
        (
            SELECT hour, last_block, diem_supply FROM rollup_hourly FINAL WHERE events > 0
            ORDER BY hour WITH FILL TO assumeNotNull(newest_hour) + INTERVAL 1 HOUR STEP INTERVAL 1 HOUR
        )
        WINDOW so_far AS (ORDER BY hour ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
    )
SELECT
    h.hour AS hour,
    h.block_number AS block_number,
    h.diem_supply_wei AS diem_supply_wei,
    toFloat64(diem_supply_wei) / 1e18 AS diem_supply,
    if(h.minted < bucket.bound_wei, toNullable(bucket.bucket), NULL) AS mint_bucket,
    if(h.minted < bucket.bound_wei, toNullable(bucket.rate_wei), NULL) AS mint_rate_wei,
    toFloat64(mint_rate_wei) / 1e18 AS mint_rate,
    h.target AS diem_target
FROM summed AS h
ASOF LEFT JOIN curve_buckets AS bucket
    ON bucket.block_number = h.curve_block AND bucket.log_index = h.curve_log_index AND h.minted >= bucket.from_wei
SETTINGS max_threads = 1, join_use_nulls = 0, join_algorithm = 'hash'
COMMENT 'The mint rate at the end of every hour: part of supply_hourly, and quicker';
