-- +goose NO TRANSACTION
-- +goose Up

CREATE TABLE IF NOT EXISTS meta
(
    key String COMMENT 'what is said: chain_id, deployment, names (what burns are told apart by), first_block, rewriting/ and a process (its unfinished rewrite, empty when it ended)',
    value String COMMENT 'its value as text',
    version UInt64 COMMENT 'microseconds since 1970 by the writer''s clock that never runs backwards; the greatest wins'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY key
COMMENT 'What this warehouse holds: another chain''s events are refused';

-- Addresses are dictionary columns: the same come again and again, so a part keeps each
-- once and a row one or two bytes that say which. Of 20,000 wallets in two million
-- events that is a fifth of the disk.
CREATE TABLE IF NOT EXISTS events
(
    block_number UInt64 COMMENT 'number of the block' CODEC(Delta, ZSTD(1)),
    log_index UInt32 COMMENT 'index of the log in its block' CODEC(Delta, ZSTD(1)),
    block_time DateTime('UTC') COMMENT 'time of the block' CODEC(Delta, ZSTD(1)),
    block_hash FixedString(32) COMMENT 'hash of the block, raw bytes' CODEC(ZSTD(1)),
    tx_hash FixedString(32) COMMENT 'hash of the transaction, raw bytes' CODEC(ZSTD(1)),
    tx_index UInt32 COMMENT 'index of the transaction in its block' CODEC(Delta, ZSTD(1)),
    address LowCardinality(FixedString(20)) COMMENT 'contract that emitted the log, raw bytes' CODEC(ZSTD(1)),
    contract LowCardinality(String) COMMENT 'vvv, staking, diem, airdrop or other' CODEC(ZSTD(1)),
    event LowCardinality(String) COMMENT 'name in the ABI, empty when nothing knows it' CODEC(ZSTD(1)),
    kind LowCardinality(String) COMMENT 'what the event means; the ledger is keyed on it' CODEC(ZSTD(1)),
    account LowCardinality(FixedString(20)) COMMENT 'whom it is about, raw bytes' CODEC(ZSTD(1)),
    counterparty LowCardinality(FixedString(20)) COMMENT 'the other side, raw bytes' CODEC(ZSTD(1)),
    vvv_wei UInt256 COMMENT 'amount of VVV or sVVV, in wei' CODEC(ZSTD(1)),
    diem_wei UInt256 COMMENT 'amount of DIEM, in wei' CODEC(ZSTD(1)),
    args String COMMENT 'further arguments, a JSON object; numbers as decimal strings' CODEC(ZSTD(3)),
    problem String COMMENT 'empty, or why the event is not what it should be' CODEC(ZSTD(1)),
    topics Array(FixedString(32)) COMMENT 'topics of a log that nothing decodes, raw bytes' CODEC(ZSTD(1)),
    data String COMMENT 'data of a log that nothing decodes, raw bytes' CODEC(ZSTD(3)),
    version UInt64 COMMENT 'microseconds since 1970 by the writer''s clock that never runs backwards; the greatest wins' CODEC(Delta, ZSTD(1)),
    is_deleted UInt8 COMMENT '1 in a tombstone: the place is empty again' CODEC(ZSTD(1)),
    INDEX kind_set kind TYPE set(64) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version, is_deleted)
PARTITION BY toYYYYMM(block_time)
ORDER BY (block_number, log_index)
COMMENT 'Every log of the watched contracts, one row each. Read with FINAL, or through the views';

CREATE TABLE IF NOT EXISTS coverage
(
    filter LowCardinality(String) COMMENT 'what was read: core, or all (core and every VVV transfer)',
    from_block UInt64 COMMENT 'first block of the range' CODEC(Delta, ZSTD(1)),
    to_block UInt64 COMMENT 'last block of the range' CODEC(Delta, ZSTD(1)),
    version UInt64 COMMENT 'that of the write whose rows the range vouches for; a later rewind cuts the range' CODEC(Delta, ZSTD(1)),
    is_deleted UInt8 COMMENT '1 in a tombstone: a wider range took its place'
)
ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (filter, from_block)
COMMENT 'Block ranges whose logs were read, checked and written. Read through covered: a rewind cuts it';

CREATE TABLE IF NOT EXISTS blocks
(
    block_number UInt64 COMMENT 'number of the block' CODEC(Delta, ZSTD(1)),
    block_hash FixedString(32) COMMENT 'hash, raw bytes' CODEC(ZSTD(1)),
    parent_hash FixedString(32) COMMENT 'hash of the block before, raw bytes' CODEC(ZSTD(1)),
    block_time DateTime('UTC') COMMENT 'time of the block' CODEC(Delta, ZSTD(1)),
    version UInt64 COMMENT 'microseconds since 1970 by the writer''s clock that never runs backwards; the greatest wins' CODEC(Delta, ZSTD(1)),
    is_deleted UInt8 COMMENT '1 in a tombstone: a reorg took the block away',
    written_at DateTime('UTC') DEFAULT now() COMMENT 'when the row was written, by the server''s clock'
)
ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY block_number
TTL written_at + INTERVAL 30 DAY
COMMENT 'Blocks near the head, to find the ancestor after a reorg. Kept for 30 days';

CREATE TABLE IF NOT EXISTS heads
(
    id UInt8 COMMENT 'always 0: there is one row',
    head UInt64 COMMENT 'newest block seen',
    head_time DateTime('UTC') COMMENT 'its time',
    safe UInt64 COMMENT 'newest block that is safe, 0 when the endpoint does not say',
    finalized UInt64 COMMENT 'newest block that nothing can change, 0 when the endpoint does not say',
    seen_at DateTime64(6, 'UTC') DEFAULT now64(6) COMMENT 'when the indexer saw it, by the server''s clock',
    version UInt64 COMMENT 'microseconds since 1970 by the writer''s clock that never runs backwards; the greatest wins'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY id
COMMENT 'Where the chain was last seen. One row';

CREATE TABLE IF NOT EXISTS rewinds
(
    block_number UInt64 COMMENT 'last block that stayed',
    from_block UInt64 COMMENT 'greatest covered block before; their difference is the depth',
    reason LowCardinality(String) COMMENT 'reorg, or start: what lay above the covered range when the indexer came up',
    rewound_at DateTime64(6, 'UTC') DEFAULT now64(6) COMMENT 'when it began, by the server''s clock',
    version UInt64 COMMENT 'that of its tombstones: it undoes what was written with this version or a smaller one'
)
ENGINE = MergeTree
ORDER BY version
COMMENT 'Every rewind that was begun. Its one row is what takes the blocks above out of coverage';

-- What is covered: a rewind cuts every range that was written before it. So a rewind
-- begins to count with its one row, and a write that it overtook does not count even
-- where the write's row came later.
CREATE VIEW IF NOT EXISTS covered
(
    filter LowCardinality(String) COMMENT 'what was read: core, or all (core and every VVV transfer)',
    from_block UInt64 COMMENT 'first block of the range',
    to_block UInt64 COMMENT 'last block of the range',
    version UInt64 COMMENT 'that of the write the range is from'
)
AS
-- Rewinds are few, one row each; and every figure and every write asks this, so that it
-- is no join, which costs twice as much.
WITH
    (SELECT (groupArray(version), groupArray(block_number)) FROM rewinds) AS rewound
SELECT
    c.filter AS filter,
    c.from_block AS from_block,
    arrayMin(arrayPushBack(arrayFilter((block, at) -> at >= c.version, rewound.2, rewound.1), c.to_block)) AS to_block,
    c.version AS version
FROM coverage AS c FINAL
WHERE from_block <= to_block
COMMENT 'Block ranges that count as done. They may overlap or touch';

CREATE TABLE IF NOT EXISTS rollup_queue
(
    hour DateTime('UTC') COMMENT 'start of an hour in which rows were written',
    touched_at DateTime64(6, 'UTC') DEFAULT now64(6) COMMENT 'when, after the rows, by the server''s clock'
)
ENGINE = ReplacingMergeTree(touched_at)
ORDER BY hour
COMMENT 'Hours in which rows were written. An insert makes the rollups of its hours be computed anew';

CREATE TABLE IF NOT EXISTS lease
(
    name LowCardinality(String) COMMENT 'what is held: head, the right to follow the head and to rewind',
    holder String COMMENT 'who: a random word of the process',
    described String COMMENT 'who, for people: host and process',
    held UInt8 COMMENT '1: has it; 0: asks for it',
    expires_at DateTime64(6, 'UTC') COMMENT 'until when, by the server''s clock, unless it is renewed',
    version UInt64 COMMENT 'how often the holder has written; the greatest wins'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (name, holder)
TTL toDateTime(expires_at) + INTERVAL 1 DAY
COMMENT 'Who follows the head: one process at a time';
