-- +goose NO TRANSACTION
-- +goose Up

-- The hours that ended before, and the ledger of the hour that the moment lies in. As
-- in supply_now, the hour that the newest covered block is in the middle of is read
-- from the ledger too, and nothing above that block counts.
-- One thread, as supply_hourly.
CREATE OR REPLACE VIEW mint_rate_at
AS
WITH
    assumeNotNull((SELECT max(to_block) FROM covered)) AS until,
    (
        SELECT least(toStartOfHour({time:DateTime('UTC')}), if(count() = 0, toDateTime('2100-01-01 00:00:00', 'UTC'), min(hour)))
        FROM rollup_hourly FINAL WHERE last_block > until
    ) AS hour_of_it
SELECT
    f.block_number AS block_number,
    f.block_time AS block_time,
    f.supply AS diem_supply_wei,
    toFloat64(diem_supply_wei) / 1e18 AS diem_supply,
    if(f.place > 0, toNullable(toUInt16(f.place - 1)), NULL) AS mint_bucket,
    if(f.place > 0, toNullable(f.curve.2[f.place]), NULL) AS mint_rate_wei,
    toFloat64(mint_rate_wei) / 1e18 AS mint_rate,
    nullIf(f.curve.3, 0) AS diem_target
FROM
(
    SELECT
        *,
        (
            SELECT tuple(groupArray((block_number, log_index)), groupArray(bounds), groupArray(rates), groupArray(target))
            FROM (SELECT * FROM curve FINAL ORDER BY block_number, log_index)
        ) AS curves,
        arrayLastIndex(c -> c.1 <= block_number, curves.1) AS newest,
        (curves.2[newest], curves.3[newest], curves.4[newest]) AS curve,
        arrayFirstIndex(b -> toUInt256(greatest(supply, 0)) < b, curve.1) AS place
    FROM
    (
        SELECT max(block) AS block_number, max(at) AS block_time, sum(change) AS supply
        FROM
        (
            SELECT max(last_block) AS block, max(last_time) AS at, sum(diem_supply) AS change
            FROM rollup_hourly FINAL
            WHERE hour < hour_of_it AND events > 0
            UNION ALL
            SELECT max(block_number) AS block, max(block_time) AS at, toInt256(0) AS change
            FROM events FINAL
            WHERE block_time >= hour_of_it AND block_time < hour_of_it + INTERVAL 1 HOUR
                AND block_time <= {time:DateTime('UTC')} AND block_number <= until
            UNION ALL
            SELECT 0 AS block, toDateTime(0, 'UTC') AS at, sum(delta) AS change
            FROM ledger FINAL
            WHERE metric = 'diem_supply' AND block_time >= hour_of_it AND block_time < hour_of_it + INTERVAL 1 HOUR
                AND block_time <= {time:DateTime('UTC')} AND block_number <= until
        )
    )
    WHERE block_number > 0
) AS f
SETTINGS max_threads = 1, defer_partition_pruning_after_final = 0, do_not_merge_across_partitions_select_final = 1
COMMENT 'The mint rate at a moment, no row before the first event: mint_rate_at(time = ''2026-08-20 12:00:00''). Columns as in mint_rate';
