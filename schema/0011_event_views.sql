-- +goose NO TRANSACTION
-- +goose Up

-- One view a kind of event. A time range, a block range or an account in the query
-- around one reaches the table's own order and indexes: partitions are pruned before
-- FINAL, which is right because a tombstone lies in the partition of its row.

CREATE OR REPLACE VIEW diem_mints
(
    block_number UInt64 COMMENT 'number of the block',
    log_index UInt32 COMMENT 'index of the log in its block',
    block_time DateTime('UTC') COMMENT 'time of the block',
    tx_hash String COMMENT 'hash of the transaction',
    account String COMMENT 'who minted, by the DIEM transfer beside the event; 0x0 where there is none',
    svvv_wei UInt256 COMMENT 'stake locked, in wei',
    svvv Float64 COMMENT 'stake locked, in sVVV',
    diem_wei UInt256 COMMENT 'minted, in wei',
    diem Float64 COMMENT 'minted, in DIEM',
    rate Nullable(Float64) COMMENT 'sVVV for one DIEM; NULL without DIEM',
    problem String COMMENT 'empty, or why the event is not what it should be'
)
AS
SELECT
    e.block_number AS block_number,
    e.log_index AS log_index,
    e.block_time AS block_time,
    concat('0x', lower(hex(e.tx_hash))) AS tx_hash,
    CAST(concat('0x', lower(hex(e.account))), 'String') AS account,
    e.vvv_wei AS svvv_wei,
    toFloat64(e.vvv_wei) / 1e18 AS svvv,
    e.diem_wei AS diem_wei,
    toFloat64(e.diem_wei) / 1e18 AS diem,
    if(e.diem_wei = 0, NULL, toFloat64(e.vvv_wei) / toFloat64(e.diem_wei)) AS rate,
    e.problem AS problem
FROM events AS e FINAL
WHERE e.kind = 'diem_mint'
SETTINGS defer_partition_pruning_after_final = 0, do_not_merge_across_partitions_select_final = 1
COMMENT 'Mints of DIEM through the staking contract';

CREATE OR REPLACE VIEW diem_burns
(
    block_number UInt64 COMMENT 'number of the block',
    log_index UInt32 COMMENT 'index of the log in its block',
    block_time DateTime('UTC') COMMENT 'time of the block',
    tx_hash String COMMENT 'hash of the transaction',
    account String COMMENT 'who burned, by the DIEM transfer beside the event; 0x0 where there is none',
    svvv_wei UInt256 COMMENT 'stake released, in wei',
    svvv Float64 COMMENT 'stake released, in sVVV',
    diem_wei UInt256 COMMENT 'burned, in wei',
    diem Float64 COMMENT 'burned, in DIEM',
    rate Nullable(Float64) COMMENT 'sVVV for one DIEM; NULL without DIEM',
    problem String COMMENT 'empty, or why the event is not what it should be'
)
AS
SELECT
    e.block_number AS block_number,
    e.log_index AS log_index,
    e.block_time AS block_time,
    concat('0x', lower(hex(e.tx_hash))) AS tx_hash,
    CAST(concat('0x', lower(hex(e.account))), 'String') AS account,
    e.vvv_wei AS svvv_wei,
    toFloat64(e.vvv_wei) / 1e18 AS svvv,
    e.diem_wei AS diem_wei,
    toFloat64(e.diem_wei) / 1e18 AS diem,
    if(e.diem_wei = 0, NULL, toFloat64(e.vvv_wei) / toFloat64(e.diem_wei)) AS rate,
    e.problem AS problem
FROM events AS e FINAL
WHERE e.kind = 'diem_burn'
SETTINGS defer_partition_pruning_after_final = 0, do_not_merge_across_partitions_select_final = 1
COMMENT 'Burns of DIEM through the staking contract';

CREATE OR REPLACE VIEW stakes
(
    block_number UInt64 COMMENT 'number of the block',
    log_index UInt32 COMMENT 'index of the log in its block',
    block_time DateTime('UTC') COMMENT 'time of the block',
    tx_hash String COMMENT 'hash of the transaction',
    account String COMMENT 'who receives the stake, which may not be who pays',
    vvv_wei UInt256 COMMENT 'staked, in wei',
    vvv Float64 COMMENT 'staked, in VVV'
)
AS
SELECT
    e.block_number AS block_number,
    e.log_index AS log_index,
    e.block_time AS block_time,
    concat('0x', lower(hex(e.tx_hash))) AS tx_hash,
    CAST(concat('0x', lower(hex(e.account))), 'String') AS account,
    e.vvv_wei AS vvv_wei,
    toFloat64(e.vvv_wei) / 1e18 AS vvv
FROM events AS e FINAL
WHERE e.kind = 'stake'
SETTINGS defer_partition_pruning_after_final = 0, do_not_merge_across_partitions_select_final = 1
COMMENT 'Stakes of VVV';

CREATE OR REPLACE VIEW unstakes
(
    block_number UInt64 COMMENT 'number of the block',
    log_index UInt32 COMMENT 'index of the log in its block',
    block_time DateTime('UTC') COMMENT 'time of the block',
    tx_hash String COMMENT 'hash of the transaction',
    account String COMMENT 'who unstakes',
    stage LowCardinality(String) COMMENT 'initiated: the cooldown begins; finalized: the tokens are taken out',
    vvv_wei UInt256 COMMENT 'unstaked, in wei',
    vvv Float64 COMMENT 'unstaked, in VVV'
)
AS
SELECT
    e.block_number AS block_number,
    e.log_index AS log_index,
    e.block_time AS block_time,
    concat('0x', lower(hex(e.tx_hash))) AS tx_hash,
    CAST(concat('0x', lower(hex(e.account))), 'String') AS account,
    if(e.kind = 'unstake_initiated', 'initiated', 'finalized') AS stage,
    e.vvv_wei AS vvv_wei,
    toFloat64(e.vvv_wei) / 1e18 AS vvv
FROM events AS e FINAL
WHERE e.kind IN ('unstake_initiated', 'unstake_finalized')
SETTINGS defer_partition_pruning_after_final = 0, do_not_merge_across_partitions_select_final = 1
COMMENT 'Unstakes of VVV, both steps';

CREATE OR REPLACE VIEW claims
(
    block_number UInt64 COMMENT 'number of the block',
    log_index UInt32 COMMENT 'index of the log in its block',
    block_time DateTime('UTC') COMMENT 'time of the block',
    tx_hash String COMMENT 'hash of the transaction',
    account String COMMENT 'who claims',
    vvv_wei UInt256 COMMENT 'claimed, in wei',
    vvv Float64 COMMENT 'claimed, in VVV'
)
AS
SELECT
    e.block_number AS block_number,
    e.log_index AS log_index,
    e.block_time AS block_time,
    concat('0x', lower(hex(e.tx_hash))) AS tx_hash,
    CAST(concat('0x', lower(hex(e.account))), 'String') AS account,
    e.vvv_wei AS vvv_wei,
    toFloat64(e.vvv_wei) / 1e18 AS vvv
FROM events AS e FINAL
WHERE e.kind = 'claim'
SETTINGS defer_partition_pruning_after_final = 0, do_not_merge_across_partitions_select_final = 1
COMMENT 'Claims of staking rewards';

CREATE OR REPLACE VIEW airdrop_claims
(
    block_number UInt64 COMMENT 'number of the block',
    log_index UInt32 COMMENT 'index of the log in its block',
    block_time DateTime('UTC') COMMENT 'time of the block',
    tx_hash String COMMENT 'hash of the transaction',
    account String COMMENT 'who claims',
    vvv_wei UInt256 COMMENT 'claimed, in wei',
    vvv Float64 COMMENT 'claimed, in VVV'
)
AS
SELECT
    e.block_number AS block_number,
    e.log_index AS log_index,
    e.block_time AS block_time,
    concat('0x', lower(hex(e.tx_hash))) AS tx_hash,
    CAST(concat('0x', lower(hex(e.account))), 'String') AS account,
    e.vvv_wei AS vvv_wei,
    toFloat64(e.vvv_wei) / 1e18 AS vvv
FROM events AS e FINAL
WHERE e.kind = 'airdrop_claim'
SETTINGS defer_partition_pruning_after_final = 0, do_not_merge_across_partitions_select_final = 1
COMMENT 'Claims of the airdrop';

CREATE OR REPLACE VIEW vvv_mints
(
    block_number UInt64 COMMENT 'number of the block',
    log_index UInt32 COMMENT 'index of the log in its block',
    block_time DateTime('UTC') COMMENT 'time of the block',
    tx_hash String COMMENT 'hash of the transaction',
    account String COMMENT 'who receives it',
    kind LowCardinality(String) COMMENT 'genesis, emission_treasury, emission_stakers or other',
    vvv_wei UInt256 COMMENT 'minted, in wei',
    vvv Float64 COMMENT 'minted, in VVV'
)
AS
SELECT
    e.block_number AS block_number,
    e.log_index AS log_index,
    e.block_time AS block_time,
    concat('0x', lower(hex(e.tx_hash))) AS tx_hash,
    CAST(concat('0x', lower(hex(e.account))), 'String') AS account,
    if(e.kind = 'vvv_mint_other', 'other', substring(e.kind, 5)) AS kind,
    e.vvv_wei AS vvv_wei,
    toFloat64(e.vvv_wei) / 1e18 AS vvv
FROM events AS e FINAL
WHERE e.kind IN ('vvv_genesis', 'vvv_emission_treasury', 'vvv_emission_stakers', 'vvv_mint_other')
SETTINGS defer_partition_pruning_after_final = 0, do_not_merge_across_partitions_select_final = 1
COMMENT 'Mints of VVV';

CREATE OR REPLACE VIEW vvv_burns
(
    block_number UInt64 COMMENT 'number of the block',
    log_index UInt32 COMMENT 'index of the log in its block',
    block_time DateTime('UTC') COMMENT 'time of the block',
    tx_hash String COMMENT 'hash of the transaction',
    account String COMMENT 'who sent it to 0x0',
    kind LowCardinality(String) COMMENT 'programmatic (a swap of a pool), buyback (the Safe), airdrop (what it left over) or other',
    vvv_wei UInt256 COMMENT 'burned, in wei',
    vvv Float64 COMMENT 'burned, in VVV'
)
AS
SELECT
    e.block_number AS block_number,
    e.log_index AS log_index,
    e.block_time AS block_time,
    concat('0x', lower(hex(e.tx_hash))) AS tx_hash,
    CAST(concat('0x', lower(hex(e.account))), 'String') AS account,
    substring(e.kind, 10) AS kind,
    e.vvv_wei AS vvv_wei,
    toFloat64(e.vvv_wei) / 1e18 AS vvv
FROM events AS e FINAL
WHERE e.kind IN ('vvv_burn_programmatic', 'vvv_burn_buyback', 'vvv_burn_airdrop', 'vvv_burn_other')
SETTINGS defer_partition_pruning_after_final = 0, do_not_merge_across_partitions_select_final = 1
COMMENT 'Burns of VVV: transfers to 0x0';

CREATE OR REPLACE VIEW vvv_transfers
(
    block_number UInt64 COMMENT 'number of the block',
    log_index UInt32 COMMENT 'index of the log in its block',
    block_time DateTime('UTC') COMMENT 'time of the block',
    tx_hash String COMMENT 'hash of the transaction',
    account String COMMENT 'from',
    counterparty String COMMENT 'to',
    vvv_wei UInt256 COMMENT 'sent, in wei',
    vvv Float64 COMMENT 'sent, in VVV'
)
AS
SELECT
    e.block_number AS block_number,
    e.log_index AS log_index,
    e.block_time AS block_time,
    concat('0x', lower(hex(e.tx_hash))) AS tx_hash,
    CAST(concat('0x', lower(hex(e.account))), 'String') AS account,
    CAST(concat('0x', lower(hex(e.counterparty))), 'String') AS counterparty,
    e.vvv_wei AS vvv_wei,
    toFloat64(e.vvv_wei) / 1e18 AS vvv
FROM events AS e FINAL
WHERE e.kind = 'vvv_transfer'
SETTINGS defer_partition_pruning_after_final = 0, do_not_merge_across_partitions_select_final = 1
COMMENT 'VVV transfers that are neither mints nor burns. Empty unless all transfers are indexed';

CREATE OR REPLACE VIEW diem_stakes
(
    block_number UInt64 COMMENT 'number of the block',
    log_index UInt32 COMMENT 'index of the log in its block',
    block_time DateTime('UTC') COMMENT 'time of the block',
    tx_hash String COMMENT 'hash of the transaction',
    account String COMMENT 'who stakes',
    diem_wei UInt256 COMMENT 'staked, in wei',
    diem Float64 COMMENT 'staked, in DIEM'
)
AS
SELECT
    e.block_number AS block_number,
    e.log_index AS log_index,
    e.block_time AS block_time,
    concat('0x', lower(hex(e.tx_hash))) AS tx_hash,
    CAST(concat('0x', lower(hex(e.account))), 'String') AS account,
    e.diem_wei AS diem_wei,
    toFloat64(e.diem_wei) / 1e18 AS diem
FROM events AS e FINAL
WHERE e.kind = 'diem_stake'
SETTINGS defer_partition_pruning_after_final = 0, do_not_merge_across_partitions_select_final = 1
COMMENT 'Stakes of DIEM';

CREATE OR REPLACE VIEW diem_unstakes
(
    block_number UInt64 COMMENT 'number of the block',
    log_index UInt32 COMMENT 'index of the log in its block',
    block_time DateTime('UTC') COMMENT 'time of the block',
    tx_hash String COMMENT 'hash of the transaction',
    account String COMMENT 'who unstakes',
    stage LowCardinality(String) COMMENT 'initiated: the cooldown begins; finalized: the tokens are taken out',
    diem_wei UInt256 COMMENT 'unstaked, in wei',
    diem Float64 COMMENT 'unstaked, in DIEM'
)
AS
SELECT
    e.block_number AS block_number,
    e.log_index AS log_index,
    e.block_time AS block_time,
    concat('0x', lower(hex(e.tx_hash))) AS tx_hash,
    CAST(concat('0x', lower(hex(e.account))), 'String') AS account,
    if(e.kind = 'diem_unstake_initiated', 'initiated', 'finalized') AS stage,
    e.diem_wei AS diem_wei,
    toFloat64(e.diem_wei) / 1e18 AS diem
FROM events AS e FINAL
WHERE e.kind IN ('diem_unstake_initiated', 'diem_unstake')
SETTINGS defer_partition_pruning_after_final = 0, do_not_merge_across_partitions_select_final = 1
COMMENT 'Unstakes of DIEM, both steps';

CREATE OR REPLACE VIEW diem_transfers
(
    block_number UInt64 COMMENT 'number of the block',
    log_index UInt32 COMMENT 'index of the log in its block',
    block_time DateTime('UTC') COMMENT 'time of the block',
    tx_hash String COMMENT 'hash of the transaction',
    account String COMMENT 'from; 0x0 on a mint',
    counterparty String COMMENT 'to; 0x0 on a burn',
    kind LowCardinality(String) COMMENT 'mint, burn or transfer',
    diem_wei UInt256 COMMENT 'sent, in wei',
    diem Float64 COMMENT 'sent, in DIEM'
)
AS
SELECT
    e.block_number AS block_number,
    e.log_index AS log_index,
    e.block_time AS block_time,
    concat('0x', lower(hex(e.tx_hash))) AS tx_hash,
    CAST(concat('0x', if(e.kind = 'diem_transfer_mint', repeat('0', 40), lower(hex(e.account)))), 'String') AS account,
    CAST(concat('0x', if(e.kind = 'diem_transfer_mint', lower(hex(e.account)), lower(hex(e.counterparty)))), 'String') AS counterparty,
    if(e.kind = 'diem_transfer', 'transfer', substring(e.kind, 15)) AS kind,
    e.diem_wei AS diem_wei,
    toFloat64(e.diem_wei) / 1e18 AS diem
FROM events AS e FINAL
WHERE e.kind IN ('diem_transfer_mint', 'diem_transfer_burn', 'diem_transfer')
SETTINGS defer_partition_pruning_after_final = 0, do_not_merge_across_partitions_select_final = 1
COMMENT 'Every Transfer of DIEM';

CREATE OR REPLACE VIEW all_events
(
    block_number UInt64 COMMENT 'number of the block',
    log_index UInt32 COMMENT 'index of the log in its block',
    block_time DateTime('UTC') COMMENT 'time of the block',
    tx_hash String COMMENT 'hash of the transaction',
    tx_index UInt32 COMMENT 'index of the transaction in its block',
    block_hash String COMMENT 'hash of the block',
    contract LowCardinality(String) COMMENT 'vvv, staking, diem, airdrop or other',
    address String COMMENT 'contract that emitted the log',
    event LowCardinality(String) COMMENT 'name in the ABI, empty when nothing knows it',
    kind LowCardinality(String) COMMENT 'what the event means; docs/ARCHITECTURE.md lists the kinds',
    account String COMMENT 'whom it is about; 0x0 where there is nobody',
    counterparty String COMMENT 'the other side; 0x0 where there is none',
    vvv_wei UInt256 COMMENT 'amount of VVV or sVVV, in wei',
    vvv Float64 COMMENT 'amount of VVV or sVVV, in VVV',
    diem_wei UInt256 COMMENT 'amount of DIEM, in wei',
    diem Float64 COMMENT 'amount of DIEM, in DIEM',
    args String COMMENT 'further arguments, a JSON object; numbers as decimal strings',
    problem String COMMENT 'empty, or why the event is not what it should be'
)
AS
SELECT
    e.block_number AS block_number,
    e.log_index AS log_index,
    e.block_time AS block_time,
    concat('0x', lower(hex(e.tx_hash))) AS tx_hash,
    e.tx_index AS tx_index,
    concat('0x', lower(hex(e.block_hash))) AS block_hash,
    e.contract AS contract,
    CAST(concat('0x', lower(hex(e.address))), 'String') AS address,
    e.event AS event,
    e.kind AS kind,
    CAST(concat('0x', lower(hex(e.account))), 'String') AS account,
    CAST(concat('0x', lower(hex(e.counterparty))), 'String') AS counterparty,
    e.vvv_wei AS vvv_wei,
    toFloat64(e.vvv_wei) / 1e18 AS vvv,
    e.diem_wei AS diem_wei,
    toFloat64(e.diem_wei) / 1e18 AS diem,
    e.args AS args,
    e.problem AS problem
FROM events AS e FINAL
SETTINGS defer_partition_pruning_after_final = 0, do_not_merge_across_partitions_select_final = 1
COMMENT 'Every log of the watched contracts';

CREATE OR REPLACE VIEW unknown_logs
(
    block_number UInt64 COMMENT 'number of the block',
    log_index UInt32 COMMENT 'index of the log in its block',
    block_time DateTime('UTC') COMMENT 'time of the block',
    tx_hash String COMMENT 'hash of the transaction',
    contract LowCardinality(String) COMMENT 'vvv, staking, diem, airdrop or other',
    address String COMMENT 'contract that emitted it',
    topic0 String COMMENT 'first topic, empty when there is none',
    topics Array(String) COMMENT 'all topics',
    data String COMMENT 'the data',
    data_bytes UInt64 COMMENT 'size of the data in bytes',
    problem String COMMENT 'empty, or why the event is not what it should be'
)
AS
SELECT
    e.block_number AS block_number,
    e.log_index AS log_index,
    e.block_time AS block_time,
    concat('0x', lower(hex(e.tx_hash))) AS tx_hash,
    e.contract AS contract,
    CAST(concat('0x', lower(hex(e.address))), 'String') AS address,
    if(empty(e.topics), '', concat('0x', lower(hex(e.topics[1])))) AS topic0,
    arrayMap(t -> concat('0x', lower(hex(t))), e.topics) AS topics,
    concat('0x', lower(hex(e.data))) AS data,
    length(e.data) AS data_bytes,
    e.problem AS problem
FROM events AS e FINAL
WHERE e.kind = 'unknown'
SETTINGS defer_partition_pruning_after_final = 0, do_not_merge_across_partitions_select_final = 1
COMMENT 'Logs of the watched contracts that nothing decodes, kept whole';
