-- +goose NO TRANSACTION
-- +goose Up

-- What the programs count of their requests, so that dashboards need no second data
-- source. A row replaces the one with fewer requests: writing it again counts nothing
-- twice.
CREATE TABLE IF NOT EXISTS endpoint_stats
(
    minute DateTime('UTC') COMMENT 'start of the minute in which the requests ended' CODEC(Delta, ZSTD(1)),
    endpoint LowCardinality(String) COMMENT 'name of the endpoint; it holds no key',
    method LowCardinality(String) COMMENT 'RPC method, batch for several in one request',
    outcome LowCardinality(String) COMMENT 'ok, or the kind of the refusal',
    writer UInt64 COMMENT 'random number of the process that counted: each counts for itself' CODEC(ZSTD(1)),
    requests UInt64 COMMENT 'requests that ended' CODEC(ZSTD(1)),
    seconds Float64 COMMENT 'the time they took altogether, from sending to the whole answer' CODEC(ZSTD(1)),
    seconds_max Float64 COMMENT 'the longest of them' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(requests)
PARTITION BY toYYYYMM(minute)
ORDER BY (minute, endpoint, method, outcome, writer)
TTL minute + INTERVAL 90 DAY
COMMENT 'Requests to the endpoints by minute. Kept for 90 days. Read through endpoint_minutes';

-- Lets a query of the newest writes skip the rest of the history.
ALTER TABLE events ADD INDEX IF NOT EXISTS version_minmax version TYPE minmax GRANULARITY 1;

CREATE OR REPLACE VIEW endpoint_minutes
(
    minute DateTime('UTC') COMMENT 'start of the minute in which the requests ended',
    endpoint LowCardinality(String) COMMENT 'name of the endpoint; it holds no key',
    method LowCardinality(String) COMMENT 'RPC method, batch for several in one request',
    outcome LowCardinality(String) COMMENT 'ok, or the kind of the refusal',
    failed UInt8 COMMENT '1 where the endpoint is to blame: it was down, too slow, too busy, wrong or closed to us; 0 where it answered, or refused what it rightly may',
    requests UInt64 COMMENT 'requests that ended, of all processes',
    seconds Float64 COMMENT 'the time they took altogether',
    seconds_max Float64 COMMENT 'the longest of them'
)
AS SELECT
    minute,
    endpoint,
    method,
    outcome,
    outcome IN ('unknown', 'rate_limited', 'timeout', 'outage', 'unauthorized', 'malformed', 'untrue', 'wrong_chain') AS failed,
    sum(s.requests) AS requests,
    sum(s.seconds) AS seconds,
    max(s.seconds_max) AS seconds_max
FROM endpoint_stats AS s FINAL
GROUP BY minute, endpoint, method, outcome
COMMENT 'Requests to the endpoints by minute, method and outcome';
