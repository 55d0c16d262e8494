package dashboards

import "diemhouse/dashboards/panel"

// eventFilter keeps to the choices of the viewer and to the time range.
const eventFilter = `$__timeFilter(block_time)
    AND $__conditionalAll(contract IN (${contract:sqlstring}), $contract)
    AND $__conditionalAll(kind IN (${kind:sqlstring}), $kind)
    AND (` + chosenWallet + ` = '' OR account = ` + chosenWallet + ` OR counterparty = ` + chosenWallet + `)`

// wordPattern is what kinds of events and names of contracts are.
const wordPattern = `^[a-z_]*$`

// events is every log, to search in.
func events() panel.Dashboard {
	return panel.Dashboard{
		UID: EventsUID, Title: "Events", From: "now-7d", Refresh: "30s",
		Description: "Every log of the watched contracts, what nothing decodes, and each change of the rules with before and after.",
		Variables: []panel.Variable{
			{
				Name: "contract", Label: "Contract", Multi: true, Pattern: wordPattern,
				Description: "Which contracts' events to show.",
				SQL:         `SELECT arrayJoin(['vvv', 'staking', 'diem', 'airdrop', 'other']) AS contract`,
			},
			{
				Name: "kind", Label: "Kind", Multi: true, Pattern: wordPattern,
				Description: "Which kinds of event to show.",
				SQL:         `SELECT DISTINCT kind FROM all_events ORDER BY kind`,
			},
			{
				Name: "wallet", Label: "Wallet", Pattern: addressPattern,
				Description: "Only events that name this address, on either side. Empty means all.",
			},
		},
		Rows: []panel.Row{
			{Title: "Events", Panels: eventsFound()},
			{Title: "Changes of the rules", Panels: eventsRules()},
			{Title: "What nothing decodes", Panels: eventsUnknown()},
		},
	}
}

func eventsFound() []panel.Panel {
	over := series(1, "Events over time",
		"Events that match the choices above, in each interval, by the contract that emitted them.",
		panel.Bars, panel.Count, `SELECT $__timeInterval(block_time) AS time, countIf(contract = 'staking') AS staking, countIf(contract = 'diem') AS diem,
    countIf(contract = 'vvv') AS vvv, countIf(contract NOT IN ('staking', 'diem', 'vvv')) AS other
FROM all_events WHERE `+eventFilter+` GROUP BY time ORDER BY time`,
		panel.Field{Column: "staking", Title: "staking", Colour: panel.Blue},
		panel.Field{Column: "diem", Title: "DIEM", Colour: panel.Orange},
		panel.Field{Column: "vvv", Title: "VVV", Colour: panel.Green},
		panel.Field{Column: "other", Title: "airdrop and other", Colour: panel.Neutral})
	over.Query.MinInterval = minutely

	kinds := panel.Panel{
		ID: 2, Title: "Events by kind", Kind: panel.Categories, W: 8, H: 9, Unit: panel.Count, NoValue: "No such event",
		Description: "How many events of each kind match the choices above, the most frequent twelve.",
		Query: panel.Query{SQL: `SELECT kind, count() AS events FROM all_events WHERE ` + eventFilter + `
GROUP BY kind ORDER BY events DESC LIMIT 12`},
		Fields: []panel.Field{
			{Column: "kind", Title: "kind", Unit: panel.Plaintext},
			{Column: "events", Title: "events", Colour: panel.Blue},
		},
	}

	found := table(3, "Events found",
		"The newest 500 events that match the choices above: what each means, whom it is about, and its amounts.",
		"No such event in this time range", `SELECT block_time, contract, event, kind, account, counterparty, nullIf(vvv, 0) AS vvv, nullIf(diem, 0) AS diem, args, block_number, log_index, tx_hash
FROM all_events WHERE `+eventFilter+`
ORDER BY block_number DESC, log_index DESC LIMIT 500`,
		timeField,
		panel.Field{Column: "contract", Title: "Contract", Width: 90},
		panel.Field{Column: "event", Title: "Event", Width: 140},
		panel.Field{Column: "kind", Title: "What", Width: 170},
		accountField, counterpartyField, vvvField, diemField,
		panel.Field{Column: "args", Title: "Further arguments", Width: 160},
		blockField,
		panel.Field{Column: "log_index", Title: "Log", Unit: panel.Number, Width: 60},
		txField)

	return []panel.Panel{size(over, 16, 9), kinds, size(found, panel.Columns, 12)}
}

func eventsRules() []panel.Panel {
	settings := table(eventsParameters, "Parameter changes",
		"Every change of a setting of the contracts since the launch, with the value before and after. How it was learned: an event told it; it was found by reading the contract and bisecting its block; or it was only sampled, and may have been in force longer.",
		"No change is known", `SELECT block_time, name, text_before, text, learned, block_number
FROM parameter_changes ORDER BY block_number DESC, log_index DESC LIMIT 200`,
		timeField,
		panel.Field{Column: "name", Title: "Setting", Width: 190},
		panel.Field{Column: "text_before", Title: "before"},
		panel.Field{Column: "text", Title: "after"},
		panel.Field{Column: "learned", Title: "learned", Width: 90},
		blockField)

	curves := table(eventsCurves, "Curve changes",
		"Every mint curve since DIEM began: its target supply before and after, the DIEM supply at the change, and what the change did to the mint rate at that supply.",
		"No curve is known", `SELECT block_time, epoch, target_before, target, diem_supply, rate_before, rate_after, learned, block_number
FROM curve_epochs ORDER BY epoch DESC`,
		timeField,
		panel.Field{Column: "epoch", Title: "No.", Unit: panel.Number, Width: 60},
		panel.Field{Column: "target_before", Title: "target before", Unit: panel.DIEM},
		panel.Field{Column: "target", Title: "target after", Unit: panel.DIEM},
		panel.Field{Column: "diem_supply", Title: "supply then", Unit: panel.DIEM},
		panel.Field{Column: "rate_before", Title: "rate before", Unit: panel.Rate},
		panel.Field{Column: "rate_after", Title: "rate after", Unit: panel.Rate},
		panel.Field{Column: "learned", Title: "learned", Width: 90},
		blockField)

	administration := table(12, "Upgrades and owners",
		"Upgrades of the contracts, changes of owner and of roles since the launch.",
		"No such event", `SELECT block_time, contract, event, account, counterparty, args, block_number, tx_hash
FROM all_events WHERE kind IN ('upgraded', 'initialized', 'ownership_transferred', 'role_granted', 'role_revoked', 'role_admin_changed')
ORDER BY block_number DESC, log_index DESC LIMIT 100`,
		timeField,
		panel.Field{Column: "contract", Title: "Contract", Width: 90},
		panel.Field{Column: "event", Title: "Event", Width: 170},
		panel.Field{Column: "account", Title: "Address", Link: panel.ToAddress, Width: 170},
		panel.Field{Column: "counterparty", Title: "Other address", Link: panel.ToAddress, Width: 170},
		panel.Field{Column: "args", Title: "Further arguments"},
		blockField, txField)

	return []panel.Panel{size(settings, 12, 10), size(curves, 12, 10), administration}
}

func eventsUnknown() []panel.Panel {
	unknown := table(20, "Unknown logs",
		"The newest logs of the watched contracts that nothing decodes, since the launch: first topic, size of the data, and why. They are kept whole; an ABI file decodes them later.",
		"None: everything is decoded", `SELECT block_time, contract, topic0, data_bytes, problem, block_number, log_index, tx_hash
FROM unknown_logs ORDER BY block_number DESC, log_index DESC LIMIT 200`,
		timeField,
		panel.Field{Column: "contract", Title: "Contract", Width: 90},
		panel.Field{Column: "topic0", Title: "First topic"},
		panel.Field{Column: "data_bytes", Title: "data", Unit: panel.Bytes, Width: 90},
		panel.Field{Column: "problem", Title: "Why"},
		blockField,
		panel.Field{Column: "log_index", Title: "Log", Unit: panel.Number, Width: 60},
		txField)

	problems := table(21, "Events that look wrong",
		"Events that decode, and do not fit what surrounds them: a mint or burn of DIEM without its transfer, or with another amount.",
		"None: everything fits", `SELECT block_time, contract, event, problem, account, nullIf(vvv, 0) AS vvv, nullIf(diem, 0) AS diem, block_number, tx_hash
FROM all_events WHERE problem != '' AND kind != 'unknown' ORDER BY block_number DESC, log_index DESC LIMIT 200`,
		timeField,
		panel.Field{Column: "contract", Title: "Contract", Width: 90},
		panel.Field{Column: "event", Title: "Event", Width: 140},
		panel.Field{Column: "problem", Title: "What is wrong"},
		accountField, vvvField, diemField, blockField, txField)

	return []panel.Panel{unknown, problems}
}
