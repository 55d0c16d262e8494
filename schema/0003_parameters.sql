-- +goose NO TRANSACTION
-- +goose Up

CREATE TABLE IF NOT EXISTS curve
(
    block_number UInt64 COMMENT 'first block at which the table is known to be in force',
    log_index UInt32 COMMENT 'index of the event''s log; 4294967295 (the end of the block) where the contract was read',
    block_time DateTime('UTC') COMMENT 'time of the block, 1970 where it is not known',
    learned LowCardinality(String) COMMENT 'event; bisected (read from the contract, the block is exact); sampled (read from the contract, may be in force longer)',
    target Float64 COMMENT 'target supply that the table is made for, in DIEM; 0 where it fits none',
    bounds Array(UInt256) COMMENT 'upper bound of each bucket, DIEM supply in wei' CODEC(ZSTD(3)),
    rates Array(UInt256) COMMENT 'mint rate inside each bucket, sVVV wei for 1e18 wei of DIEM' CODEC(ZSTD(3)),
    version UInt64 COMMENT 'microseconds since 1970 by the writer''s clock that never runs backwards; the greatest wins',
    is_deleted UInt8 COMMENT '1 in a tombstone: a reorg took it away'
)
ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (block_number, log_index)
COMMENT 'Mint-rate tables of the staking contract, by the block they hold from';

CREATE MATERIALIZED VIEW IF NOT EXISTS curve_mv TO curve AS
SELECT
    block_number,
    log_index,
    block_time,
    'event' AS learned,
    toFloat64OrZero(JSONExtractString(args, 'target')) AS target,
    arrayMap(x -> toUInt256OrZero(x), JSONExtract(args, 'bounds', 'Array(String)')) AS bounds,
    arrayMap(x -> toUInt256OrZero(x), JSONExtract(args, 'rates', 'Array(String)')) AS rates,
    version,
    is_deleted
FROM events
WHERE kind = 'curve_updated';

CREATE TABLE IF NOT EXISTS params
(
    name LowCardinality(String) COMMENT 'emission_rate (VVV wei a second), venice_percentage and venice_percentage_locked (of 1e18), cooldown and diem_cooldown (seconds), treasury (an address as a number)',
    block_number UInt64 COMMENT 'first block at which the value is known to hold',
    log_index UInt32 COMMENT 'index of the event''s log; 4294967295 (the end of the block) where the contract was read',
    block_time DateTime('UTC') COMMENT 'time of the block, 1970 where it is not known',
    learned LowCardinality(String) COMMENT 'event; bisected (read from the contract, the block is exact); sampled (read from the contract, may hold longer)',
    value UInt256 COMMENT 'the value',
    version UInt64 COMMENT 'microseconds since 1970 by the writer''s clock that never runs backwards; the greatest wins',
    is_deleted UInt8 COMMENT '1 in a tombstone: a reorg took it away'
)
ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (name, block_number, log_index)
COMMENT 'Settings of the contracts, by the block they hold from';

CREATE MATERIALIZED VIEW IF NOT EXISTS params_mv TO params AS
WITH JSONExtractString(args, 'value') AS text
SELECT
    multiIf(
        kind = 'emission_rate_updated', 'emission_rate',
        kind = 'venice_percentage_updated', 'venice_percentage',
        kind = 'venice_percentage_locked_updated', 'venice_percentage_locked',
        kind = 'treasury_updated', 'treasury',
        contract = 'diem', 'diem_cooldown',
        'cooldown') AS name,
    block_number,
    log_index,
    block_time,
    'event' AS learned,
    if(startsWith(text, '0x'),
       reinterpretAsUInt256(reverse(unhex(leftPad(substring(text, 3), 64, '0')))),
       toUInt256OrZero(text)) AS value,
    version,
    is_deleted
FROM events
WHERE kind IN ('emission_rate_updated', 'venice_percentage_updated', 'venice_percentage_locked_updated',
               'treasury_updated', 'cooldown_updated');
