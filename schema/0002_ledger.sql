-- +goose NO TRANSACTION
-- +goose Up

CREATE TABLE IF NOT EXISTS ledger
(
    metric LowCardinality(String) COMMENT 'which figure changes',
    block_number UInt64 COMMENT 'number of the block' CODEC(Delta, ZSTD(1)),
    log_index UInt32 COMMENT 'index of the log in its block' CODEC(Delta, ZSTD(1)),
    block_time DateTime('UTC') COMMENT 'time of the block' CODEC(Delta, ZSTD(1)),
    account LowCardinality(FixedString(20)) COMMENT 'whose figure changes, raw bytes' CODEC(ZSTD(1)),
    delta Int256 COMMENT 'by how much, in wei' CODEC(ZSTD(1)),
    version UInt64 COMMENT 'that of the event' CODEC(Delta, ZSTD(1)),
    is_deleted UInt8 COMMENT '1 in a tombstone: the change did not happen' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version, is_deleted)
PARTITION BY toYYYYMM(block_time)
ORDER BY (metric, block_number, log_index)
COMMENT 'Every change of every figure. A figure at a block is the sum of its changes up to it';

-- Each kind of event, as the signed changes it makes. Tombstones pass through: they
-- are the same change with is_deleted set.
CREATE MATERIALIZED VIEW IF NOT EXISTS ledger_mv TO ledger AS
WITH
    events.account AS a, events.counterparty AS c, toInt256(vvv_wei) AS v, toInt256(diem_wei) AS d
SELECT
    change.1 AS metric,
    block_number,
    log_index,
    block_time,
    toFixedString(change.2, 20) AS account,
    change.3 AS delta,
    version,
    is_deleted
FROM events
ARRAY JOIN multiIf(
    kind = 'vvv_emission_treasury',   [('vvv_supply', a, v), ('vvv_emitted_treasury', a, v)],
    kind = 'vvv_emission_stakers',    [('vvv_supply', a, v), ('vvv_emitted_stakers', a, v)],
    kind IN ('vvv_genesis', 'vvv_mint_other'), [('vvv_supply', a, v)],
    kind = 'vvv_burn_programmatic',   [('vvv_burned_programmatic', a, v)],
    kind = 'vvv_burn_buyback',        [('vvv_burned_buyback', a, v)],
    kind = 'vvv_burn_airdrop',        [('vvv_burned_airdrop', a, v)],
    kind = 'vvv_burn_other',          [('vvv_burned_other', a, v)],
    kind = 'svvv_mint',               [('svvv_supply', a, v)],
    kind = 'svvv_burn',               [('svvv_supply', a, -v)],
    kind = 'claim',                   [('vvv_claimed', a, v)],
    kind = 'unstake_initiated',       [('vvv_cooling', a, v)],
    kind = 'unstake_finalized',       [('vvv_cooling', a, -v)],
    kind = 'diem_mint',               [('vvv_locked', a, v), ('diem_outstanding', a, d)],
    kind = 'diem_burn',               [('vvv_locked', a, -v), ('diem_outstanding', a, -d)],
    kind = 'diem_transfer_mint',      [('diem_supply', a, d), ('diem_received', a, d)],
    kind = 'diem_transfer_burn',      [('diem_supply', a, -d), ('diem_sent', a, d)],
    kind = 'diem_transfer',           [('diem_sent', a, d), ('diem_received', c, d)],
    kind = 'diem_stake',              [('diem_staked', a, d)],
    kind = 'diem_unstake_initiated',  [('diem_staked', a, -d), ('diem_cooling', a, d)],
    kind = 'diem_unstake',            [('diem_cooling', a, -d)],
    kind = 'airdrop_claim',           [('vvv_airdropped', a, v)],
    CAST([], 'Array(Tuple(String, FixedString(20), Int256))')) AS change;
