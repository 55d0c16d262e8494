package dashboards

import (
	"time"

	"diemhouse/dashboards/panel"
)

// Severities of alerts, as docs/OPERATIONS.md explains them.
const (
	critical = "critical"
	warning  = "warning"
	notice   = "notice"
)

// Alerts are what somebody should be told of. Those on the pipeline look at now;
// those on Venice look at the last hour of blocks, so that filling in history does not
// tell of what is long past.
func Alerts() []panel.Alert {
	all := append(pipelineAlerts(), veniceAlerts()...)
	for i := range all {
		all[i].Description = runbook(all[i].Runbook)
	}

	return all
}

func pipelineAlerts() []panel.Alert {
	return []panel.Alert{
		{
			UID: "diemhouse-head-stale", Title: "Head stale", Runbook: "head-stale", Severity: critical,
			Summary: "The newest block in the warehouse is {{ .Values.B }} seconds old.",
			SQL:     `SELECT dateDiff('second', cursor_time, now('UTC')) AS age FROM status WHERE cursor_time > 0`,
			Above:   120, For: 2 * time.Minute, NoData: panel.NoDataFires,
			Dashboard: PipelineUID, Panel: pipelineHead,
		},
		{
			UID: "diemhouse-gap-open", Title: "Gap open", Runbook: "gap-open", Severity: critical,
			Summary: "{{ .Values.B }} blocks below the newest covered one have not been read: totals are not to be trusted.",
			SQL:     `SELECT sum(blocks) AS missing FROM coverage_gaps`,
			Above:   0, For: 10 * time.Minute, NoData: panel.NoDataOK,
			Dashboard: PipelineUID, Panel: pipelineGaps,
		},
		{
			UID: "diemhouse-audit-difference", Title: "Audit difference not zero", Runbook: "audit-difference-not-zero", Severity: critical,
			Summary: "{{ .Values.B }} figures of the last audit differ from the contracts' own.",
			SQL:     `SELECT audit_failures FROM status WHERE audit_block > 0`,
			Above:   0, NoData: panel.NoDataOK,
			Dashboard: PipelineUID, Panel: pipelineAudits,
		},
		{
			UID: "diemhouse-unknown-log", Title: "Unknown staking log", Runbook: "unknown-staking-log", Severity: warning,
			Summary: "Staking or DIEM emitted {{ .Values.B }} logs in the last day that nothing decodes.",
			SQL:     `SELECT count() AS logs FROM unknown_logs WHERE contract IN ('staking', 'diem') AND block_time > now('UTC') - INTERVAL 1 DAY`,
			Above:   0, NoData: panel.NoDataOK,
			Dashboard: PipelineUID, Panel: pipelineUnknown,
		},
		{
			UID: "diemhouse-deep-reorg", Title: "Deep reorg", Runbook: "deep-reorg", Severity: warning,
			Summary: "A reorg abandoned {{ .Values.B }} blocks; the warehouse has undone it.",
			SQL:     `SELECT max(depth) AS depth FROM reorgs WHERE rewound_at > now('UTC') - INTERVAL 1 HOUR`,
			Above:   10, NoData: panel.NoDataOK,
			Dashboard: PipelineUID, Panel: pipelineReorgs,
		},
		{
			UID: "diemhouse-endpoint-down", Title: "Endpoint down", Runbook: "endpoint-down", Severity: warning,
			Summary: "An endpoint failed {{ humanizePercentage .Values.B.Value }} of its requests in the last ten minutes.",
			SQL: `SELECT max(share) AS share
FROM (SELECT sumIf(requests, failed) / sum(requests) AS share FROM endpoint_minutes WHERE minute > now('UTC') - INTERVAL 10 MINUTE GROUP BY endpoint)
HAVING count() > 0`,
			Above: 0.5, For: 5 * time.Minute, NoData: panel.NoDataFires,
			Dashboard: PipelineUID, Panel: pipelineEndpoint,
		},
	}
}

func veniceAlerts() []panel.Alert {
	return []panel.Alert{
		{
			UID: "diemhouse-curve-changed", Title: "Curve or target changed", Runbook: "curve-or-target-changed", Severity: notice,
			Summary: "Venice replaced the mint curve in the last hour.",
			SQL:     `SELECT count() AS changes FROM parameter_changes WHERE name = 'curve' AND block_time > now('UTC') - INTERVAL 1 HOUR`,
			Above:   0, NoData: panel.NoDataOK,
			Dashboard: EventsUID, Panel: eventsCurves,
		},
		{
			UID: "diemhouse-emission-changed", Title: "Emission rate changed", Runbook: "emission-rate-changed", Severity: notice,
			Summary: "Venice changed the emission rate in the last hour.",
			SQL:     `SELECT count() AS changes FROM parameter_changes WHERE name = 'emission_rate' AND block_time > now('UTC') - INTERVAL 1 HOUR`,
			Above:   0, NoData: panel.NoDataOK,
			Dashboard: EventsUID, Panel: eventsParameters,
		},
		{
			UID: "diemhouse-large-mint", Title: "Large mint", Runbook: "large-mint", Severity: notice,
			Summary: "One transaction minted {{ humanizePercentage .Values.B.Value }} of all DIEM in the last hour.",
			SQL:     largest("diem_mints"), Above: 0.01, NoData: panel.NoDataOK,
			Dashboard: DiemUID, Panel: diemMintsAndBurns,
		},
		{
			UID: "diemhouse-large-burn", Title: "Large burn", Runbook: "large-burn", Severity: notice,
			Summary: "One transaction burned {{ humanizePercentage .Values.B.Value }} of all DIEM in the last hour.",
			SQL:     largest("diem_burns"), Above: 0.01, NoData: panel.NoDataOK,
			Dashboard: DiemUID, Panel: diemMintsAndBurns,
		},
	}
}

// largest is the most DIEM of one transaction in the last hour as a part of all DIEM.
func largest(view string) string {
	return `SELECT max(diem) / nullIf(any(supply), 0) AS share
FROM (SELECT sum(diem) AS diem FROM ` + view + ` WHERE block_time > now('UTC') - INTERVAL 1 HOUR GROUP BY tx_hash) AS t
CROSS JOIN (SELECT diem_supply AS supply FROM supply_now) AS n
HAVING count() > 0`
}
