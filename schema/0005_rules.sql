-- +goose NO TRANSACTION
-- +goose Up

-- Where only the block of a change is known, its time is worked out from the events
-- of that hour: exact as long as blocks come at an even pace, as on Base.
CREATE OR REPLACE VIEW parameter_changes
(
    name LowCardinality(String) COMMENT 'emission_rate, venice_percentage, venice_percentage_locked, cooldown, diem_cooldown, treasury or curve',
    block_number UInt64 COMMENT 'first block at which the value is known to hold',
    log_index UInt32 COMMENT 'index of the event''s log; 4294967295 (the end of the block) where the contract was read',
    block_time DateTime('UTC') COMMENT 'time of the block, 1970 when it comes before the first event',
    learned LowCardinality(String) COMMENT 'event; bisected (read from the contract, the block is exact); sampled (read from the contract, may hold longer)',
    value UInt256 COMMENT 'the new value: VVV wei a second, a part of 1e18, seconds, an address as a number, or the target of a curve in DIEM wei',
    before Nullable(UInt256) COMMENT 'the value before, NULL when none is known',
    text String COMMENT 'the new value for people',
    text_before String COMMENT 'the value before for people, empty when none is known'
)
AS
WITH
    told AS
    (
        SELECT 1 AS one, 'curve' AS name, block_number, log_index, block_time, learned,
            toUInt256(round(target * 1e6)) * toUInt256('1000000000000') AS value, sipHash128(bounds, rates) AS content
        FROM curve FINAL
        UNION ALL
        SELECT 1 AS one, name, block_number, log_index, block_time, learned, value, sipHash128(value) AS content
        FROM params FINAL
    ),
    changed AS
    (
        SELECT *, lagInFrame(toNullable(value)) OVER place AS before, lagInFrame(toNullable(content)) OVER place AS content_before
        FROM told
        WINDOW place AS (PARTITION BY name ORDER BY block_number, log_index ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
    ),
    hours AS (SELECT 1 AS one, first_block, first_time, last_block, last_time FROM rollup_hourly FINAL WHERE events > 0),
    (kind, v) -> multiIf(
        isNull(v), '',
        kind = 'emission_rate', concat(toString(round(toFloat64(v) * 31536000 / 1e18)), ' VVV a year'),
        kind IN ('venice_percentage', 'venice_percentage_locked'), concat(toString(round(toFloat64(v) / 1e16, 4)), ' %'),
        kind IN ('cooldown', 'diem_cooldown'), formatReadableTimeDelta(toFloat64(v)),
        kind = 'treasury', concat('0x', leftPad(lower(hex(assumeNotNull(v))), 40, '0')),
        v = 0, 'a table without a target',
        concat('target ', toString(round(toFloat64(v) / 1e18)), ' DIEM')) AS words
SELECT
    changed.name AS name,
    changed.block_number AS block_number,
    changed.log_index AS log_index,
    multiIf(
        changed.block_time > toDateTime(0, 'UTC'), changed.block_time,
        hours.last_block <= hours.first_block, hours.first_time,
        hours.first_time + intDiv((changed.block_number - hours.first_block) * (hours.last_time - hours.first_time),
            hours.last_block - hours.first_block)) AS block_time,
    changed.learned AS learned,
    changed.value AS value,
    changed.before AS before,
    ifNull(words(changed.name, toNullable(changed.value)), '') AS text,
    ifNull(words(changed.name, changed.before), '') AS text_before
FROM changed
ASOF LEFT JOIN hours ON changed.one = hours.one AND changed.block_number >= hours.first_block
WHERE isNull(changed.content_before) OR changed.content != changed.content_before
SETTINGS join_use_nulls = 0
COMMENT 'Changes of the contracts'' settings and of the mint curve, with before and after';

CREATE OR REPLACE VIEW curve_buckets
(
    block_number UInt64 COMMENT 'first block of the curve',
    log_index UInt32 COMMENT 'its log index, as in curve_epochs',
    bucket UInt16 COMMENT 'index in the contract''s table, 0 to 255; buckets that can never be in force are left out',
    from_wei UInt256 COMMENT 'DIEM supply from which it is in force, in wei',
    `from` Float64 COMMENT 'the same in DIEM',
    bound_wei UInt256 COMMENT 'DIEM supply at which it ends, in wei',
    bound Float64 COMMENT 'the same in DIEM',
    rate_wei UInt256 COMMENT 'sVVV wei to lock for 1e18 wei of DIEM',
    rate Float64 COMMENT 'sVVV to lock for one DIEM'
)
AS
SELECT
    block_number,
    log_index,
    toUInt16(place - 1) AS bucket,
    below AS from_wei,
    toFloat64(from_wei) / 1e18 AS `from`,
    upper AS bound_wei,
    toFloat64(bound_wei) / 1e18 AS bound,
    cost AS rate_wei,
    toFloat64(rate_wei) / 1e18 AS rate
FROM curve FINAL
ARRAY JOIN
    arrayEnumerate(bounds) AS place,
    bounds AS upper,
    rates AS cost,
    -- The greatest bound so far: a table that falls again has buckets that no supply is in.
    arrayPushFront(arrayPopBack(arrayReduceInRanges('max', arrayMap(i -> (1, i), arrayEnumerate(bounds)), bounds)), toUInt256(0)) AS below
WHERE upper > below
COMMENT 'The buckets of every mint curve';

CREATE OR REPLACE VIEW curve_epochs
(
    epoch UInt32 COMMENT 'number of the curve, from 1',
    block_number UInt64 COMMENT 'first block at which it is known to be in force',
    log_index UInt32 COMMENT 'index of the event''s log; 4294967295 (the end of the block) where the contract was read',
    block_time DateTime('UTC') COMMENT 'time of the block, as in parameter_changes',
    learned LowCardinality(String) COMMENT 'event; bisected (read from the contract, the block is exact); sampled (read from the contract, may be in force longer)',
    target Nullable(Float64) COMMENT 'target supply that it is made for, in DIEM; NULL where it fits none',
    target_before Nullable(Float64) COMMENT 'target of the curve before',
    diem_supply_wei Int256 COMMENT 'DIEM in existence when it came, in wei',
    diem_supply Float64 COMMENT 'the same in DIEM',
    rate_before Nullable(Float64) COMMENT 'sVVV for one DIEM at that supply on the curve before; NULL when none is known',
    rate_after Nullable(Float64) COMMENT 'sVVV for one DIEM at that supply on this curve',
    in_force UInt8 COMMENT '1 for the newest',
    bounds Array(UInt256) COMMENT 'upper bound of each bucket, DIEM supply in wei',
    rates Array(UInt256) COMMENT 'mint rate inside each bucket, sVVV wei for 1e18 wei of DIEM'
)
AS
WITH
    epochs AS
    (
        SELECT
            1 AS one,
            bitShiftLeft(c.block_number, 32) + c.log_index AS place,
            toUInt32(row_number() OVER w) AS epoch,
            c.block_number AS block_number,
            c.log_index AS log_index,
            changed.block_time AS block_time,
            c.learned AS learned,
            nullIf(c.target, 0) AS target,
            c.bounds AS bounds,
            c.rates AS rates,
            nullIf(lagInFrame(c.target) OVER w, 0) AS target_before,
            lagInFrame(c.bounds) OVER w AS bounds_before,
            lagInFrame(c.rates) OVER w AS rates_before,
            count() OVER () AS newest
        FROM curve AS c FINAL
        INNER JOIN (SELECT block_number, log_index, block_time FROM parameter_changes WHERE name = 'curve') AS changed
            ON changed.block_number = c.block_number AND changed.log_index = c.log_index
        WINDOW w AS (ORDER BY c.block_number, c.log_index ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
    ),
    supplies AS
    (
        SELECT
            1 AS one,
            bitShiftLeft(block_number, 32) + log_index AS place,
            sum(delta) OVER (ORDER BY block_number, log_index ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS supply
        FROM ledger FINAL
        WHERE metric = 'diem_supply'
    ),
    (supply, bounds, rates) -> if(arrayExists(b -> toUInt256(greatest(supply, 0)) < b, bounds),
        toNullable(toFloat64(rates[arrayFirstIndex(b -> toUInt256(greatest(supply, 0)) < b, bounds)]) / 1e18), NULL) AS rate_at
SELECT
    e.epoch AS epoch,
    e.block_number AS block_number,
    e.log_index AS log_index,
    e.block_time AS block_time,
    e.learned AS learned,
    e.target AS target,
    e.target_before AS target_before,
    supplies.supply AS diem_supply_wei,
    toFloat64(diem_supply_wei) / 1e18 AS diem_supply,
    rate_at(supplies.supply, e.bounds_before, e.rates_before) AS rate_before,
    rate_at(supplies.supply, e.bounds, e.rates) AS rate_after,
    e.epoch = e.newest AS in_force,
    e.bounds AS bounds,
    e.rates AS rates
FROM epochs AS e
ASOF LEFT JOIN supplies ON e.one = supplies.one AND e.place > supplies.place
ORDER BY epoch
SETTINGS join_use_nulls = 0
COMMENT 'The mint curves in order, each with what it changed';

CREATE OR REPLACE VIEW mint_rate
(
    block_number UInt64 COMMENT 'number of the block',
    log_index UInt32 COMMENT 'index of the log; 4294967295 (the end of the block) for a curve that was read from the contract',
    block_time DateTime('UTC') COMMENT 'time of the block',
    diem_supply_wei Int256 COMMENT 'DIEM in existence from then on, in wei',
    diem_supply Float64 COMMENT 'the same in DIEM',
    mint_bucket Nullable(UInt16) COMMENT 'bucket of the curve in force, 0 to 255; NULL when no curve is known, or it ends below the supply',
    mint_rate_wei Nullable(UInt256) COMMENT 'sVVV wei to lock for 1e18 wei of DIEM from then on; NULL as before',
    mint_rate Nullable(Float64) COMMENT 'sVVV to lock for one DIEM from then on; NULL as before',
    diem_target Nullable(Float64) COMMENT 'target supply of the curve in force, in DIEM'
)
AS
WITH
    moves AS
    (
        SELECT block_number, log_index, block_time, delta, 0 AS is_curve, 0. AS target
        FROM ledger FINAL
        WHERE metric = 'diem_supply'
        UNION ALL
        SELECT block_number, log_index, block_time, toInt256(0) AS delta, 1 AS is_curve, toFloat64(value) / 1e18 AS target
        FROM parameter_changes
        WHERE name = 'curve'
    ),
    summed AS
    (
        SELECT
            block_number,
            log_index,
            block_time,
            sum(delta) OVER so_far AS supply,
            toUInt256(greatest(supply, 0)) AS minted,
            max(if(is_curve, (block_number, log_index, target), (0, 0, 0))) OVER so_far AS curve,
            curve.1 AS curve_block,
            curve.2 AS curve_log_index
        FROM moves
        WINDOW so_far AS (ORDER BY block_number, log_index ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
    )
SELECT
    s.block_number AS block_number,
    s.log_index AS log_index,
    s.block_time AS block_time,
    s.supply AS diem_supply_wei,
    toFloat64(diem_supply_wei) / 1e18 AS diem_supply,
    if(s.minted < bucket.bound_wei, toNullable(bucket.bucket), NULL) AS mint_bucket,
    if(s.minted < bucket.bound_wei, toNullable(bucket.rate_wei), NULL) AS mint_rate_wei,
    toFloat64(mint_rate_wei) / 1e18 AS mint_rate,
    nullIf(round(s.curve.3, 6), 0) AS diem_target
FROM summed AS s
ASOF LEFT JOIN curve_buckets AS bucket
    ON bucket.block_number = s.curve_block AND bucket.log_index = s.curve_log_index AND s.minted >= bucket.from_wei
SETTINGS join_use_nulls = 0
COMMENT 'The mint rate from every moment on at which it could change: DIEM supply or the curve did';
