package dashboards

import "diemhouse/dashboards/panel"

func diemStaking() []panel.Panel {
	staked := figure(30, "DIEM staked",
		"DIEM staked for AI credit: what was staked less what began to leave. It equals totalStaked() of the DIEM token.",
		panel.DIEM, `SELECT diem_staked AS staked, diem_staked / nullIf(diem_supply, 0) AS share FROM supply_now`)
	staked.Fields = []panel.Field{
		{Column: "staked", Title: "staked"}, {Column: "share", Title: "of supply", Unit: panel.Share},
	}

	cooling := figure(31, "DIEM in cooldown",
		"DIEM whose unstaking began and that was not taken out yet, of how many wallets, and how much of it could be taken now. Another start adds to it and begins the wait anew.",
		panel.DIEM, `SELECT sum(amount) AS cooling, sumIf(amount, released) AS ready, count() AS wallets FROM cooldown_queue WHERE token = 'diem'`)
	cooling.Fields = []panel.Field{
		{Column: "cooling", Title: "cooling"}, {Column: "ready", Title: "ready"},
		{Column: "wallets", Title: "wallets", Unit: panel.Count},
	}

	over := series(32, "DIEM staked over time",
		"DIEM staked, and DIEM in its cooldown, at the end of each interval.",
		panel.Lines, panel.DIEM, `SELECT $__timeInterval(hour) AS time, argMax(diem_staked, hour) AS staked, argMax(diem_cooling, hour) AS cooling
FROM figures_hourly WHERE $__timeFilter(hour) GROUP BY time ORDER BY time`,
		panel.Field{Column: "staked", Title: "staked", Colour: panel.Blue},
		panel.Field{Column: "cooling", Title: "in cooldown", Colour: panel.Orange, Right: true})

	flow := series(33, "DIEM staked and unstaked",
		"DIEM newly staked (up) and DIEM whose unstaking began (down) in each interval, and the net of both as a line.",
		panel.Bars, panel.DIEM, `SELECT $__timeInterval(hour) AS time, toFloat64(sum(diem_staked_in)) / 1e18 AS staked, toFloat64(sum(diem_staked - diem_staked_in)) / 1e18 AS unstaked, toFloat64(sum(diem_staked)) / 1e18 AS net
FROM rollup_hourly FINAL WHERE $__timeFilter(hour) GROUP BY time ORDER BY time`,
		panel.Field{Column: "staked", Title: "staked", Colour: panel.Green},
		panel.Field{Column: "unstaked", Title: "unstaking begun", Colour: panel.Red},
		panel.Field{Column: "net", Title: "net", Colour: panel.Neutral, Line: true})

	queue := table(34, "DIEM cooldown queue",
		"Wallets with DIEM in its cooldown: how much, since when, and from when on it can be taken out, the soonest first.",
		"No DIEM in cooldown", `SELECT account, amount, block_time, releases_at, released
FROM cooldown_queue WHERE token = 'diem' ORDER BY releases_at LIMIT 200`,
		accountField,
		panel.Field{Column: "amount", Title: "DIEM", Unit: panel.DIEM},
		panel.Field{Column: "block_time", Title: "begun", Unit: panel.Time, Width: 160},
		releasesField, releasedField)

	feed := table(35, "DIEM stakes and unstakes",
		"The newest stakes of DIEM in the time range, starts of unstaking and takings out.",
		"No stake of DIEM in this time range", `SELECT block_time, what, account, diem, block_number, tx_hash
FROM
(
    SELECT block_time, block_number, log_index, tx_hash, account, 'staked' AS what, diem FROM diem_stakes WHERE $__timeFilter(block_time)
    UNION ALL
    SELECT block_time, block_number, log_index, tx_hash, account, if(stage = 'initiated', 'unstaking', 'taken out') AS what, diem FROM diem_unstakes WHERE $__timeFilter(block_time)
)
ORDER BY block_number DESC, log_index DESC LIMIT 200`,
		timeField,
		panel.Field{Column: "what", Title: "What", Width: 100, Texts: stakeTexts},
		accountField, panel.Field{Column: "diem", Title: "DIEM", Unit: panel.DIEM}, blockField, txField)

	return []panel.Panel{
		size(known(staked, "diem_staked"), 12, 4), size(past(cooling, "diem_cooling"), 12, 4), over, flow, size(queue, 12, 9), size(feed, 12, 9),
	}
}
