package dashboards

import "diemhouse/dashboards/panel"

func stakingLeaving() []panel.Panel {
	wave := panel.Panel{
		ID: 20, Title: "Release wave", Kind: panel.Categories, W: 12, H: 9, Unit: panel.VVV, NoValue: "Nothing is cooling down",
		Description: "VVV in cooldown by the day from which it can be taken out. What could be taken already stands under ready.",
		Query: panel.Query{SQL: `SELECT if(releases_at <= now('UTC'), 'ready', toString(toDate(releases_at))) AS day, sum(amount) AS vvv
FROM cooldown_queue WHERE token = 'vvv' GROUP BY day ORDER BY day != 'ready', day`},
		Fields: []panel.Field{
			{Column: "day", Title: "from", Unit: panel.Plaintext},
			{Column: "vvv", Title: "VVV", Colour: panel.Orange},
		},
	}

	queue := table(21, "Cooldown queue",
		"Wallets with VVV in its cooldown: how much, since when, and from when on it can be taken out, the soonest first. The wait is the one in force at the start.",
		"Nothing is cooling down", `SELECT account, amount, block_time, releases_at, released
FROM cooldown_queue WHERE token = 'vvv' ORDER BY releases_at LIMIT 500`,
		accountField,
		panel.Field{Column: "amount", Title: "VVV", Unit: panel.VVV},
		panel.Field{Column: "block_time", Title: "begun", Unit: panel.Time, Width: 160},
		releasesField, releasedField)

	feed := table(22, "Stakes and unstakes",
		"The newest stakes in the time range, starts of unstaking and takings out. A stake belongs to the wallet that receives it, whoever paid.",
		"No stake in this time range", `SELECT block_time, what, account, vvv, block_number, tx_hash
FROM
(
    SELECT block_time, block_number, log_index, tx_hash, account, 'staked' AS what, vvv FROM stakes WHERE $__timeFilter(block_time)
    UNION ALL
    SELECT block_time, block_number, log_index, tx_hash, account, if(stage = 'initiated', 'unstaking', 'taken out') AS what, vvv FROM unstakes WHERE $__timeFilter(block_time)
)
ORDER BY block_number DESC, log_index DESC LIMIT 200`,
		timeField,
		panel.Field{Column: "what", Title: "What", Width: 100, Texts: stakeTexts},
		accountField, panel.Field{Column: "vvv", Title: "VVV", Unit: panel.VVV}, blockField, txField)

	return []panel.Panel{wave, size(queue, 12, 9), feed}
}
