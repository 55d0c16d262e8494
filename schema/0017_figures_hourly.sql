-- +goose NO TRANSACTION
-- +goose Up

-- For whoever draws a figure over time: to plan all that supply_hourly can tell costs
-- ClickHouse more than to read the hours does.
-- One thread, as supply_hourly.
CREATE OR REPLACE VIEW figures_hourly
(
    hour DateTime('UTC') COMMENT 'start of the hour',
    block_number UInt64 COMMENT 'last block with an event, up to the end of the hour: the figures are those after it',
    vvv_supply_wei Int256 COMMENT 'VVV minted in all at the end of the hour, in wei',
    vvv_supply Float64 COMMENT 'VVV minted in all at the end of the hour',
    vvv_burned_wei Int256 COMMENT 'VVV sent to 0x0 at the end of the hour, in wei',
    vvv_burned Float64 COMMENT 'VVV sent to 0x0 at the end of the hour',
    vvv_burned_programmatic_wei Int256 COMMENT 'VVV burned by swaps of the pools to 0x0 at the end of the hour, in wei',
    vvv_burned_programmatic Float64 COMMENT 'VVV burned by swaps of the pools to 0x0 at the end of the hour',
    vvv_burned_buyback_wei Int256 COMMENT 'VVV burned by the buyback Safe at the end of the hour, in wei',
    vvv_burned_buyback Float64 COMMENT 'VVV burned by the buyback Safe at the end of the hour',
    vvv_burned_airdrop_wei Int256 COMMENT 'VVV burned out of what the airdrop left over at the end of the hour, in wei',
    vvv_burned_airdrop Float64 COMMENT 'VVV burned out of what the airdrop left over at the end of the hour',
    vvv_burned_other_wei Int256 COMMENT 'VVV burned by anybody else at the end of the hour, in wei',
    vvv_burned_other Float64 COMMENT 'VVV burned by anybody else at the end of the hour',
    vvv_effective_wei Int256 COMMENT 'VVV minted less burned at the end of the hour, in wei',
    vvv_effective Float64 COMMENT 'VVV minted less burned at the end of the hour',
    vvv_emitted_wei Int256 COMMENT 'VVV emitted in all at the end of the hour, in wei',
    vvv_emitted Float64 COMMENT 'VVV emitted in all at the end of the hour',
    vvv_emitted_stakers_wei Int256 COMMENT 'VVV emitted to stakers at the end of the hour, in wei',
    vvv_emitted_stakers Float64 COMMENT 'VVV emitted to stakers at the end of the hour',
    vvv_emitted_treasury_wei Int256 COMMENT 'VVV emitted to the treasury at the end of the hour, in wei',
    vvv_emitted_treasury Float64 COMMENT 'VVV emitted to the treasury at the end of the hour',
    svvv_supply_wei Int256 COMMENT 'sVVV in existence: VVV staked at the end of the hour, in wei',
    svvv_supply Float64 COMMENT 'sVVV in existence: VVV staked at the end of the hour',
    vvv_locked_wei Int256 COMMENT 'sVVV locked for DIEM at the end of the hour, in wei',
    vvv_locked Float64 COMMENT 'sVVV locked for DIEM at the end of the hour',
    vvv_unlocked_wei Int256 COMMENT 'sVVV staked and not locked at the end of the hour, in wei',
    vvv_unlocked Float64 COMMENT 'sVVV staked and not locked at the end of the hour',
    vvv_cooling_wei Int256 COMMENT 'VVV unstaked and not yet taken out at the end of the hour, in wei',
    vvv_cooling Float64 COMMENT 'VVV unstaked and not yet taken out at the end of the hour',
    vvv_claimed_wei Int256 COMMENT 'VVV of rewards claimed at the end of the hour, in wei',
    vvv_claimed Float64 COMMENT 'VVV of rewards claimed at the end of the hour',
    vvv_airdropped_wei Int256 COMMENT 'VVV of the airdrop claimed at the end of the hour, in wei',
    vvv_airdropped Float64 COMMENT 'VVV of the airdrop claimed at the end of the hour',
    diem_supply_wei Int256 COMMENT 'DIEM in existence at the end of the hour, in wei',
    diem_supply Float64 COMMENT 'DIEM in existence at the end of the hour',
    diem_outstanding_wei Int256 COMMENT 'DIEM minted less burned through the staking contract at the end of the hour, in wei',
    diem_outstanding Float64 COMMENT 'DIEM minted less burned through the staking contract at the end of the hour',
    diem_staked_wei Int256 COMMENT 'DIEM staked at the end of the hour, in wei',
    diem_staked Float64 COMMENT 'DIEM staked at the end of the hour',
    diem_cooling_wei Int256 COMMENT 'DIEM unstaked and not yet taken out at the end of the hour, in wei',
    diem_cooling Float64 COMMENT 'DIEM unstaked and not yet taken out at the end of the hour',
    emission_rate_wei Nullable(UInt256) COMMENT 'announced emission at the end of the hour, VVV wei a second; NULL when it is not known',
    emission_rate Nullable(Float64) COMMENT 'announced emission at the end of the hour, VVV a second',
    emission_year Nullable(Float64) COMMENT 'announced emission at the end of the hour, VVV a year'
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
            (
                SELECT tuple(groupArray(block_number), groupArray(value))
                FROM (SELECT block_number, value FROM params FINAL WHERE name = 'emission_rate' ORDER BY block_number, log_index)
            ) AS rates,
            arrayLastIndex(b -> b <= block_number, rates.1) AS rate_place,
            if(rate_place > 0, toNullable(rates.2[rate_place]), NULL) AS emission_rate_wei,
            sum(vvv_supply) OVER so_far AS vvv_supply_wei,
            sum(vvv_burned_programmatic) OVER so_far AS vvv_burned_programmatic_wei,
            sum(vvv_burned_buyback) OVER so_far AS vvv_burned_buyback_wei,
            sum(vvv_burned_airdrop) OVER so_far AS vvv_burned_airdrop_wei,
            sum(vvv_burned_other) OVER so_far AS vvv_burned_other_wei,
            sum(vvv_emitted_stakers) OVER so_far AS vvv_emitted_stakers_wei,
            sum(vvv_emitted_treasury) OVER so_far AS vvv_emitted_treasury_wei,
            sum(svvv_supply) OVER so_far AS svvv_supply_wei,
            sum(vvv_locked) OVER so_far AS vvv_locked_wei,
            sum(vvv_cooling) OVER so_far AS vvv_cooling_wei,
            sum(vvv_claimed) OVER so_far AS vvv_claimed_wei,
            sum(vvv_airdropped) OVER so_far AS vvv_airdropped_wei,
            sum(diem_supply) OVER so_far AS diem_supply_wei,
            sum(diem_outstanding) OVER so_far AS diem_outstanding_wei,
            sum(diem_staked) OVER so_far AS diem_staked_wei,
            sum(diem_cooling) OVER so_far AS diem_cooling_wei
        FROM
        (
            SELECT * FROM rollup_hourly FINAL WHERE events > 0
            ORDER BY hour WITH FILL TO assumeNotNull(newest_hour) + INTERVAL 1 HOUR STEP INTERVAL 1 HOUR
        )
        WINDOW so_far AS (ORDER BY hour ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
    )
SELECT
    h.hour AS hour,
    h.block_number AS block_number,
    h.vvv_supply_wei AS vvv_supply_wei,
    toFloat64(vvv_supply_wei) / 1e18 AS vvv_supply,
    h.vvv_burned_programmatic_wei + h.vvv_burned_buyback_wei + h.vvv_burned_airdrop_wei + h.vvv_burned_other_wei AS vvv_burned_wei,
    toFloat64(vvv_burned_wei) / 1e18 AS vvv_burned,
    h.vvv_burned_programmatic_wei AS vvv_burned_programmatic_wei,
    toFloat64(vvv_burned_programmatic_wei) / 1e18 AS vvv_burned_programmatic,
    h.vvv_burned_buyback_wei AS vvv_burned_buyback_wei,
    toFloat64(vvv_burned_buyback_wei) / 1e18 AS vvv_burned_buyback,
    h.vvv_burned_airdrop_wei AS vvv_burned_airdrop_wei,
    toFloat64(vvv_burned_airdrop_wei) / 1e18 AS vvv_burned_airdrop,
    h.vvv_burned_other_wei AS vvv_burned_other_wei,
    toFloat64(vvv_burned_other_wei) / 1e18 AS vvv_burned_other,
    h.vvv_supply_wei - h.vvv_burned_programmatic_wei - h.vvv_burned_buyback_wei - h.vvv_burned_airdrop_wei - h.vvv_burned_other_wei AS vvv_effective_wei,
    toFloat64(vvv_effective_wei) / 1e18 AS vvv_effective,
    h.vvv_emitted_stakers_wei + h.vvv_emitted_treasury_wei AS vvv_emitted_wei,
    toFloat64(vvv_emitted_wei) / 1e18 AS vvv_emitted,
    h.vvv_emitted_stakers_wei AS vvv_emitted_stakers_wei,
    toFloat64(vvv_emitted_stakers_wei) / 1e18 AS vvv_emitted_stakers,
    h.vvv_emitted_treasury_wei AS vvv_emitted_treasury_wei,
    toFloat64(vvv_emitted_treasury_wei) / 1e18 AS vvv_emitted_treasury,
    h.svvv_supply_wei AS svvv_supply_wei,
    toFloat64(svvv_supply_wei) / 1e18 AS svvv_supply,
    h.vvv_locked_wei AS vvv_locked_wei,
    toFloat64(vvv_locked_wei) / 1e18 AS vvv_locked,
    h.svvv_supply_wei - h.vvv_locked_wei AS vvv_unlocked_wei,
    toFloat64(vvv_unlocked_wei) / 1e18 AS vvv_unlocked,
    h.vvv_cooling_wei AS vvv_cooling_wei,
    toFloat64(vvv_cooling_wei) / 1e18 AS vvv_cooling,
    h.vvv_claimed_wei AS vvv_claimed_wei,
    toFloat64(vvv_claimed_wei) / 1e18 AS vvv_claimed,
    h.vvv_airdropped_wei AS vvv_airdropped_wei,
    toFloat64(vvv_airdropped_wei) / 1e18 AS vvv_airdropped,
    h.diem_supply_wei AS diem_supply_wei,
    toFloat64(diem_supply_wei) / 1e18 AS diem_supply,
    h.diem_outstanding_wei AS diem_outstanding_wei,
    toFloat64(diem_outstanding_wei) / 1e18 AS diem_outstanding,
    h.diem_staked_wei AS diem_staked_wei,
    toFloat64(diem_staked_wei) / 1e18 AS diem_staked,
    h.diem_cooling_wei AS diem_cooling_wei,
    toFloat64(diem_cooling_wei) / 1e18 AS diem_cooling,
    h.emission_rate_wei AS emission_rate_wei,
    toFloat64(emission_rate_wei) / 1e18 AS emission_rate,
    emission_rate * 31536000 AS emission_year
FROM summed AS h
SETTINGS max_threads = 1
COMMENT 'The figures at the end of every hour: part of supply_hourly, and quicker';
