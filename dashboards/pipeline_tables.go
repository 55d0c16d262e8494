package dashboards

import "diemhouse/dashboards/panel"

func pipelineCoverage() []panel.Panel {
	gaps := table(pipelineGaps, "Gaps",
		"Block ranges between the first block and the newest covered one that have not been read. While there are any, totals are not to be trusted.",
		"No gap: everything was read", `SELECT filter, from_block, to_block, blocks FROM coverage_gaps ORDER BY from_block LIMIT 100`, rangeFields()...)

	ranges := table(21, "Covered ranges",
		"Block ranges whose logs were read, checked and written, joined where they touch; and what was read in them: core, or all, which is core and every VVV transfer.",
		"Nothing covered yet", `SELECT filter, from_block, to_block, blocks FROM coverage_ranges ORDER BY from_block DESC LIMIT 100`, rangeFields()...)

	reorgs := table(pipelineReorgs, "Reorgs",
		"Reorgs undone, the newest first: the last block that stayed, the newest that was abandoned, and how many that were.",
		"No reorg so far", `SELECT rewound_at, block_number, from_block, depth FROM reorgs ORDER BY rewound_at DESC LIMIT 100`,
		panel.Field{Column: "rewound_at", Title: "Time", Unit: panel.Time, Width: 170},
		panel.Field{Column: "block_number", Title: "stayed", Unit: panel.Number, Link: panel.ToBlock},
		panel.Field{Column: "from_block", Title: "abandoned to", Unit: panel.Number},
		panel.Field{Column: "depth", Title: "depth", Unit: panel.Number, Thresholds: []panel.Threshold{{Level: panel.Plain}, {From: 3, Level: panel.Warn}, {From: 11, Level: panel.Bad}}})

	return []panel.Panel{size(gaps, 8, 8), size(ranges, 8, 8), size(reorgs, 8, 8)}
}

func rangeFields() []panel.Field {
	return []panel.Field{
		{Column: "filter", Title: "What", Width: 70},
		{Column: "from_block", Title: "from", Unit: panel.Number},
		{Column: "to_block", Title: "to", Unit: panel.Number},
		{Column: "blocks", Title: "blocks", Unit: panel.Count},
	}
}

func pipelineEndpoints() []panel.Panel {
	requests := series(30, "Requests to endpoints",
		"Requests that ended in each interval: answered; refused as the endpoint may (too wide a range, an old block); and failed (down, slow, busy, wrong, closed to us).",
		panel.Bars, panel.Count, `SELECT $__timeInterval(minute) AS time, sumIf(requests, outcome = 'ok') AS answered, sumIf(requests, outcome != 'ok' AND NOT failed) AS refused, sumIf(requests, failed) AS broken
FROM endpoint_minutes WHERE $__timeFilter(minute) GROUP BY time ORDER BY time`,
		panel.Field{Column: "answered", Title: "answered", Colour: panel.Blue},
		panel.Field{Column: "refused", Title: "refused", Colour: panel.Yellow},
		panel.Field{Column: "broken", Title: "failed", Colour: panel.Red})
	requests.Query.MinInterval = minutely

	latency := series(31, "Time to answer",
		"Seconds from sending a request to its whole answer in each interval: the mean of all, and the longest. Wide ranges of history take longer than single blocks.",
		panel.Lines, panel.Seconds, `SELECT $__timeInterval(minute) AS time, sum(seconds) / sum(requests) AS mean, max(seconds_max) AS longest
FROM endpoint_minutes WHERE $__timeFilter(minute) GROUP BY time ORDER BY time`,
		panel.Field{Column: "mean", Title: "mean", Colour: panel.Blue},
		panel.Field{Column: "longest", Title: "longest", Colour: panel.Orange})
	latency.Query.MinInterval, latency.Decimals = minutely, 3

	endpoints := table(pipelineEndpoint, "Endpoints",
		"Each endpoint and method in the time range: requests, the part of them that failed through the endpoint's fault, and how long they took.",
		"No request in this time range", `SELECT endpoint, method, sum(m.requests) AS requests, sumIf(m.requests, outcome != 'ok' AND NOT failed) AS refused,
    sumIf(m.requests, failed) / sum(m.requests) AS failed_share, sum(m.seconds) / sum(m.requests) AS mean, max(m.seconds_max) AS longest, max(minute) AS last
FROM endpoint_minutes AS m WHERE $__timeFilter(minute) GROUP BY endpoint, method ORDER BY endpoint, requests DESC`,
		panel.Field{Column: "endpoint", Title: "Endpoint"},
		panel.Field{Column: "method", Title: "Method"},
		panel.Field{Column: "requests", Title: "requests", Unit: panel.Count},
		panel.Field{Column: "refused", Title: "refused", Unit: panel.Count},
		panel.Field{Column: "failed_share", Title: "failed", Unit: panel.Share, Thresholds: []panel.Threshold{{Level: panel.Good}, {From: 0.01, Level: panel.Warn}, {From: 0.5, Level: panel.Bad}}},
		panel.Field{Column: "mean", Title: "mean", Unit: panel.Seconds, Decimals: 3},
		panel.Field{Column: "longest", Title: "longest", Unit: panel.Seconds, Decimals: 3},
		panel.Field{Column: "last", Title: "last", Unit: panel.Time})

	return []panel.Panel{requests, latency, endpoints}
}

func pipelineWriting() []panel.Panel {
	written := series(40, "Rows written",
		"Rows of events written a second in each interval, by the writer's clock, and rows that a rewind marked as undone. A row that was written again counts where it was written last.",
		panel.Bars, panel.PerSecond, `SELECT $__timeInterval(fromUnixTimestamp64Micro(toInt64(version))) AS time, countIf(is_deleted = 0) / $__interval_s AS written, countIf(is_deleted = 1) / $__interval_s AS undone
FROM events WHERE version >= 1000000 * toUInt64(toUnixTimestamp($__fromTime)) AND version < 1000000 * (1 + toUInt64(toUnixTimestamp($__toTime)))
GROUP BY time ORDER BY time`,
		panel.Field{Column: "written", Title: "written", Colour: panel.Blue},
		panel.Field{Column: "undone", Title: "undone", Colour: panel.Red})
	written.Query.MinInterval = "10s"

	sizes := table(41, "Table sizes",
		"What each table holds: rows, bytes on disk and before compression, and parts. Many parts mean that merges lag behind writing.",
		"No table", `SELECT table, rows, bytes_on_disk, bytes_raw, parts FROM table_sizes ORDER BY bytes_on_disk DESC`,
		panel.Field{Column: "table", Title: "Table", Width: 150},
		panel.Field{Column: "rows", Title: "rows", Unit: panel.Count},
		panel.Field{Column: "bytes_on_disk", Title: "on disk", Unit: panel.Bytes},
		panel.Field{Column: "bytes_raw", Title: "raw", Unit: panel.Bytes},
		panel.Field{Column: "parts", Title: "parts", Unit: panel.Count})

	return []panel.Panel{written, size(sizes, 12, 9)}
}

func pipelineProof() []panel.Panel {
	audits := table(pipelineAudits, "Audits",
		"Figures of the warehouse compared with the contracts' own views at the same block, the newest first: both values and their difference, which must be 0. Tokens are in wei, settings as the contract has them.",
		"No audit yet", `SELECT audited_at, block_number, figure, account, toString(warehouse_wei) AS warehouse_wei, toString(contract_wei) AS contract_wei, toString(difference_wei) AS difference_wei, passed
FROM audits ORDER BY audited_at DESC, passed, figure LIMIT 100`,
		panel.Field{Column: "audited_at", Title: "Time", Unit: panel.Time, Width: 160},
		blockField,
		panel.Field{Column: "figure", Title: "Figure", Width: 160},
		accountField,
		panel.Field{Column: "warehouse_wei", Title: "warehouse"},
		panel.Field{Column: "contract_wei", Title: "contract"},
		panel.Field{Column: "difference_wei", Title: "difference"},
		panel.Field{Column: "passed", Title: "Result", Unit: panel.Number, Width: 80, Texts: []panel.Text{
			{Value: "1", Text: "equal", Level: panel.Good}, {Value: "0", Text: "differs", Level: panel.Bad},
		}})

	unknown := table(pipelineUnknown, "Unknown logs by topic",
		"Logs of the watched contracts that nothing decodes, by contract and first topic: how many, and when the first and the last came.",
		"None: everything is decoded", `SELECT contract, topic0, count() AS logs, max(data_bytes) AS data_bytes, min(block_time) AS first, max(block_time) AS last, max(block_number) AS block_number
FROM unknown_logs GROUP BY contract, topic0 ORDER BY last DESC LIMIT 50`,
		panel.Field{Column: "contract", Title: "Contract", Width: 90},
		panel.Field{Column: "topic0", Title: "First topic"},
		panel.Field{Column: "logs", Title: "logs", Unit: panel.Count, Width: 80},
		panel.Field{Column: "data_bytes", Title: "data, most", Unit: panel.Bytes, Width: 100},
		panel.Field{Column: "first", Title: "first", Unit: panel.Time, Width: 160},
		panel.Field{Column: "last", Title: "last", Unit: panel.Time, Width: 160},
		panel.Field{Column: "block_number", Title: "last block", Unit: panel.Number, Link: panel.ToBlock, Width: 110})

	return []panel.Panel{audits, unknown}
}
