-- +goose NO TRANSACTION
-- +goose Up

CREATE OR REPLACE VIEW coverage_ranges
(
    filter LowCardinality(String) COMMENT 'what was read: core, or all (core and every VVV transfer); what all covers is in both',
    from_block UInt64 COMMENT 'first block',
    to_block UInt64 COMMENT 'last block',
    blocks UInt64 COMMENT 'how many'
)
AS
WITH
    ranges AS
    (
        SELECT filter, from_block, to_block FROM covered
        UNION ALL
        SELECT 'core' AS filter, c.from_block, c.to_block FROM covered AS c WHERE c.filter = 'all'
    ),
    -- A range that neither overlaps nor touches what comes before begins another.
    begun AS
    (
        SELECT *, row_number() OVER so_far = 1 OR from_block > 1 + max(to_block) OVER earlier AS begins
        FROM ranges
        WINDOW
            so_far AS (PARTITION BY filter ORDER BY from_block, to_block ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
            earlier AS (PARTITION BY filter ORDER BY from_block, to_block ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ),
    numbered AS
    (
        SELECT *, sum(begins) OVER (PARTITION BY filter ORDER BY from_block, to_block ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS number
        FROM begun
    )
SELECT
    n.filter AS filter,
    min(n.from_block) AS from_block,
    max(n.to_block) AS to_block,
    max(n.to_block) - min(n.from_block) + 1 AS blocks
FROM numbered AS n
GROUP BY filter, n.number
COMMENT 'Block ranges whose logs were read, checked and written, joined where they touch';

CREATE OR REPLACE VIEW coverage_gaps
(
    filter LowCardinality(String) COMMENT 'core: what all figures are made of',
    from_block UInt64 COMMENT 'first block that is missing',
    to_block UInt64 COMMENT 'last block that is missing',
    blocks UInt64 COMMENT 'how many'
)
AS
WITH
    assumeNotNull((SELECT toUInt64OrZero(any(value)) FROM meta FINAL WHERE key = 'first_block')) AS first_block,
    gaps AS
    (
        SELECT
            filter,
            greatest(first_block, if(row_number() OVER w = 1, if(first_block = 0, from_block, 0), 1 + max(to_block) OVER earlier)) AS begin,
            from_block AS end
        FROM coverage_ranges
        WHERE filter = 'core'
        WINDOW
            w AS (ORDER BY from_block ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
            earlier AS (ORDER BY from_block ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    )
SELECT
    g.filter AS filter,
    g.begin AS from_block,
    g.end - 1 AS to_block,
    g.end - g.begin AS blocks
FROM gaps AS g
WHERE g.begin < g.end
COMMENT 'Blocks that were not read between the first block and the newest covered one. Until none is left, totals are not to be trusted';

CREATE OR REPLACE VIEW reorgs
(
    rewound_at DateTime64(6, 'UTC') COMMENT 'when it was undone, by the server''s clock',
    block_number UInt64 COMMENT 'last block that stayed',
    from_block UInt64 COMMENT 'newest block that was abandoned',
    depth UInt64 COMMENT 'how many blocks were abandoned'
)
AS
SELECT
    r.rewound_at AS rewound_at,
    r.block_number AS block_number,
    r.from_block AS from_block,
    r.from_block - r.block_number AS depth
FROM rewinds AS r
WHERE r.reason = 'reorg' AND r.from_block > r.block_number
COMMENT 'Reorgs that the warehouse undid';

CREATE OR REPLACE VIEW table_sizes
(
    table String COMMENT 'name of the table',
    rows UInt64 COMMENT 'rows stored: replaced rows and tombstones count until they are merged away',
    bytes_on_disk UInt64 COMMENT 'bytes on disk, indexes included',
    bytes_raw UInt64 COMMENT 'bytes before compression',
    parts UInt64 COMMENT 'parts that are not merged yet'
)
AS
SELECT
    p.table AS table,
    sum(p.rows) AS rows,
    sum(p.bytes_on_disk) AS bytes_on_disk,
    sum(p.data_uncompressed_bytes) AS bytes_raw,
    count() AS parts
FROM system.parts AS p
WHERE p.active AND p.database = currentDatabase()
GROUP BY table
COMMENT 'What the tables of the warehouse take';

CREATE OR REPLACE VIEW status
(
    cursor UInt64 COMMENT 'newest covered block, 0 when nothing is covered',
    cursor_time DateTime('UTC') COMMENT 'its time, or that of the last event where it is not known; 1970 when there is none',
    head UInt64 COMMENT 'newest block the endpoint named, 0 before the first look',
    head_time DateTime('UTC') COMMENT 'its time',
    safe UInt64 COMMENT 'newest block that is safe, 0 when the endpoint does not say',
    finalized UInt64 COMMENT 'newest block that nothing can change, 0 when the endpoint does not say',
    seen_at DateTime64(6, 'UTC') COMMENT 'when the head was looked at, by the server''s clock',
    lag_blocks UInt64 COMMENT 'blocks from the cursor to the head',
    lag_seconds UInt64 COMMENT 'seconds from the cursor to the head',
    first_block UInt64 COMMENT 'block from which on the warehouse is meant to be complete',
    covered_blocks UInt64 COMMENT 'covered blocks from the first one to the cursor',
    missing_blocks UInt64 COMMENT 'blocks from the first one to the cursor that are not covered',
    gaps UInt64 COMMENT 'ranges they are in',
    events UInt64 COMMENT 'events, unknown ones included',
    unknown_logs UInt64 COMMENT 'events that nothing decodes',
    reorgs UInt64 COMMENT 'reorgs undone',
    deepest_reorg UInt64 COMMENT 'most blocks that one abandoned',
    verified_block UInt64 COMMENT 'block up to which the verifier has proved the logs complete, 0 when it has not',
    audit_block UInt64 COMMENT 'block of the last audit, 0 when there was none',
    audit_failures UInt64 COMMENT 'figures that differed in it'
)
AS
WITH
    assumeNotNull((SELECT max(to_block) FROM covered)) AS newest
SELECT
    newest AS cursor,
    greatest(counted.last_time, assumeNotNull((SELECT max(block_time) FROM blocks FINAL WHERE block_number = newest))) AS cursor_time,
    h.head AS head,
    h.head_time AS head_time,
    h.safe AS safe,
    h.finalized AS finalized,
    h.seen_at AS seen_at,
    h.head - least(h.head, newest) AS lag_blocks,
    if(lag_blocks > 0 AND newest > 0, toUInt64(h.head_time - least(h.head_time, cursor_time)), 0) AS lag_seconds,
    if(m.first_block > 0, m.first_block, c.first_block) AS first_block,
    if(newest = 0, 0, newest - least(newest, first_block) + 1 - missing.blocks) AS covered_blocks,
    missing.blocks AS missing_blocks,
    missing.gaps AS gaps,
    counted.events AS events,
    counted.unknown_logs AS unknown_logs,
    r.reorgs AS reorgs,
    r.deepest AS deepest_reorg,
    m.verified_block AS verified_block,
    a.block AS audit_block,
    a.failures AS audit_failures
FROM
(
    SELECT sum(events) AS events, sum(unknown_logs) AS unknown_logs, maxIf(last_time, last_block <= newest) AS last_time
    FROM rollup_hourly FINAL
) AS counted
CROSS JOIN
(
    SELECT max(head) AS head, max(head_time) AS head_time, max(safe) AS safe, max(finalized) AS finalized, max(seen_at) AS seen_at
    FROM heads FINAL
) AS h
CROSS JOIN (SELECT min(from_block) AS first_block FROM covered) AS c
CROSS JOIN
(
    SELECT
        toUInt64OrZero(anyIf(value, key = 'first_block')) AS first_block,
        toUInt64OrZero(anyIf(value, key = 'verified_block')) AS verified_block
    FROM meta FINAL
) AS m
CROSS JOIN (SELECT sum(blocks) AS blocks, count() AS gaps FROM coverage_gaps) AS missing
CROSS JOIN (SELECT count() AS reorgs, max(depth) AS deepest FROM reorgs) AS r
CROSS JOIN
(
    SELECT argMax(block_number, audited_at) AS block, argMax(failed, audited_at) AS failures
    FROM (SELECT audited_at, any(block_number) AS block_number, countIf(NOT passed) AS failed FROM audits GROUP BY audited_at)
) AS a
COMMENT 'How new, how complete and how proved the warehouse is. One row';
