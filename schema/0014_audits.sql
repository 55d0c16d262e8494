-- +goose NO TRANSACTION
-- +goose Up

CREATE TABLE IF NOT EXISTS audit_results
(
    audited_at DateTime64(3, 'UTC') COMMENT 'when; the same in all rows of one audit',
    block_number UInt64 COMMENT 'the block at whose end both sides were taken' CODEC(Delta, ZSTD(1)),
    block_time DateTime('UTC') COMMENT 'its time',
    figure LowCardinality(String) COMMENT 'what was compared',
    account FixedString(20) COMMENT 'the wallet it is of, raw bytes; zero for the whole',
    warehouse_wei Nullable(Int256) COMMENT 'what the events add up to; NULL when it is not known',
    contract_wei Nullable(Int256) COMMENT 'what the contract says; NULL when it does not say'
)
ENGINE = MergeTree
ORDER BY (audited_at, figure, account)
COMMENT 'Every comparison of the warehouse with the contracts. Read through audits';

CREATE OR REPLACE VIEW audits
(
    audited_at DateTime64(3, 'UTC') COMMENT 'when; the same in all rows of one audit',
    block_number UInt64 COMMENT 'the block at whose end both sides were taken',
    block_time DateTime('UTC') COMMENT 'its time',
    figure LowCardinality(String) COMMENT 'what was compared',
    account String COMMENT 'the wallet it is of; empty for the whole',
    warehouse_wei Nullable(Int256) COMMENT 'what the events add up to, in wei unless the figure says otherwise; NULL when it is not known',
    contract_wei Nullable(Int256) COMMENT 'what the contract says; NULL when it does not say',
    difference_wei Nullable(Int256) COMMENT 'warehouse less contract; NULL when either is not known',
    passed UInt8 COMMENT '0 when both are known and differ, otherwise 1'
)
AS
SELECT
    a.audited_at AS audited_at,
    a.block_number AS block_number,
    a.block_time AS block_time,
    a.figure AS figure,
    if(a.account = toFixedString('', 20), '', concat('0x', lower(hex(a.account)))) AS account,
    a.warehouse_wei AS warehouse_wei,
    a.contract_wei AS contract_wei,
    a.warehouse_wei - a.contract_wei AS difference_wei,
    ifNull(a.warehouse_wei = a.contract_wei, 1) AS passed
FROM audit_results AS a
COMMENT 'Figures compared with the contracts'' own at the same block';
