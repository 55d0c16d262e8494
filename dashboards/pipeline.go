package dashboards

import "diemhouse/dashboards/panel"

// pipeline is whether the warehouse can be trusted: how new, how whole, how proved.
func pipeline() panel.Dashboard {
	return panel.Dashboard{
		UID: PipelineUID, Title: "Pipeline", From: "now-6h", Refresh: liveRefresh,
		Description: "How new, how complete and how proved the warehouse is: head, coverage, reorgs, endpoints, audits, sizes.",
		Rows: []panel.Row{
			{Title: "Now", Panels: pipelineNow()},
			{Title: "Coverage and reorgs", Panels: pipelineCoverage()},
			{Title: "Endpoints", Panels: pipelineEndpoints()},
			{Title: "Writing and storage", Panels: pipelineWriting()},
			{Title: "Proof", Panels: pipelineProof()},
		},
	}
}

// IDs that alerts lead to.
const (
	pipelineHead      = 1
	pipelineGaps      = 20
	pipelineReorgs    = 22
	pipelineEndpoint  = 32
	pipelineAudits    = 50
	pipelineUnknown   = 51
	eventsParameters  = 10
	eventsCurves      = 11
	diemMintsAndBurns = 10
)

func pipelineNow() []panel.Panel {
	head := figure(pipelineHead, "Newest block in the warehouse",
		"The greatest block whose events are in the warehouse, and how long ago it was made. Base makes one every two seconds.",
		panel.Number, `SELECT cursor, dateDiff('second', cursor_time, now('UTC')) AS age FROM status WHERE cursor_time > 0`)
	head.Fields = []panel.Field{
		{Column: "cursor", Title: "block"},
		{Column: "age", Title: "ago", Unit: panel.Seconds, Decimals: panel.Whole, Thresholds: ageLevels},
	}

	lag := levels(figure(2, "Head lag",
		"Blocks that the endpoint has shown and the warehouse does not hold yet.",
		panel.Count, `SELECT lag_blocks FROM status WHERE head > 0`),
		panel.Good, panel.Threshold{From: 5, Level: panel.Warn}, panel.Threshold{From: 60, Level: panel.Bad})

	safe := figure(3, "Safe",
		"The newest block that the endpoint calls safe, and how far it is behind the head: about two minutes on Base. Empty where the endpoint does not say.",
		panel.Number, `SELECT safe, head - safe AS behind FROM status WHERE safe > 0`)
	safe.Fields = []panel.Field{{Column: "safe", Title: "block"}, {Column: "behind", Title: "behind the head", Unit: panel.Count}}

	finalized := figure(4, "Finalized",
		"The newest block that nothing can change any more, and how far it is behind the head: about twenty minutes on Base. Empty where the endpoint does not say.",
		panel.Number, `SELECT finalized, head - finalized AS behind FROM status WHERE finalized > 0`)
	finalized.Fields = []panel.Field{{Column: "finalized", Title: "block"}, {Column: "behind", Title: "behind the head", Unit: panel.Count}}

	coverage := levels(figure(5, "Coverage",
		"Blocks read, checked and written, as a part of those from the first block to the newest covered one. Totals are right when it is 100 %.",
		panel.Share, `SELECT covered_blocks / nullIf(covered_blocks + missing_blocks, 0) AS covered, missing_blocks AS missing FROM status`),
		panel.Bad, panel.Threshold{From: 1, Level: panel.Good})
	coverage.Fields = []panel.Field{
		{Column: "covered", Title: "covered"},
		{Column: "missing", Title: "missing", Unit: panel.Count, Thresholds: noneLevels(panel.Bad)},
	}

	unknown := levels(figure(6, "Unknown logs kept",
		"Logs of the watched contracts that nothing decodes. They are kept whole and may move figures that nobody counts yet.",
		panel.Count, `SELECT unknown_logs FROM status`), panel.Good, panel.Threshold{From: 1, Level: panel.Warn})

	reorgs := figure(7, "Reorgs undone",
		"Reorgs that the warehouse has undone since it was made, and the most blocks that one abandoned.",
		panel.Count, `SELECT reorgs, deepest_reorg FROM status`)
	reorgs.Fields = []panel.Field{{Column: "reorgs", Title: "reorgs"}, {Column: "deepest_reorg", Title: "deepest"}}

	audit := figure(8, "Last audit",
		"The block of the last comparison of the warehouse with the contracts, and how many figures differed there: none may.",
		panel.Number, `SELECT audit_block, audit_failures FROM status WHERE audit_block > 0`)
	audit.NoValue = "No audit yet"
	audit.Fields = []panel.Field{
		{Column: "audit_block", Title: "at block"},
		{Column: "audit_failures", Title: "differences", Unit: panel.Count, Thresholds: noneLevels(panel.Bad)},
	}

	verified := figure(9, "Verified to block",
		"Up to this block every range was proved complete against the blocks' own blooms and receipts roots.",
		panel.Number, `SELECT verified_block FROM status WHERE verified_block > 0`)
	verified.NoValue = "Nothing verified yet"

	return []panel.Panel{
		head, lag, safe, finalized, coverage, unknown, size(reorgs, 6, 4), size(audit, 6, 4), size(verified, 6, 4),
		size(figure(10, "Events", "Events in the warehouse, unknown ones included.", panel.Count, `SELECT events FROM status`), 6, 4),
	}
}

// noneLevels colour a count that should be 0.
func noneLevels(some panel.Level) []panel.Threshold {
	return []panel.Threshold{{Level: panel.Good}, {From: 1, Level: some}}
}
