package dashboards

import "diemhouse/dashboards/panel"

func diemFlow() []panel.Panel {
	feed := table(diemMintsAndBurns, "Mints and burns",
		"The newest mints and burns of DIEM in the time range, with the sVVV each locked or released and the rate of it. The wallet is that of the DIEM transfer beside the event, not the sender of the transaction.",
		"No mint or burn in this time range", `SELECT block_time, what, account, diem, svvv, rate, block_number, tx_hash
FROM
(
    SELECT block_time, block_number, log_index, tx_hash, account, 'mint' AS what, diem, svvv, rate FROM diem_mints WHERE $__timeFilter(block_time)
    UNION ALL
    SELECT block_time, block_number, log_index, tx_hash, account, 'burn' AS what, diem, svvv, rate FROM diem_burns WHERE $__timeFilter(block_time)
)
ORDER BY block_number DESC, log_index DESC LIMIT 200`,
		timeField,
		mintField,
		accountField,
		panel.Field{Column: "diem", Title: "DIEM", Unit: panel.DIEM},
		panel.Field{Column: "svvv", Title: "locked or released", Unit: panel.VVV},
		panel.Field{Column: "rate", Title: "rate", Unit: panel.Rate},
		blockField, txField)

	rates := series(11, "Rate paid",
		"Average rate of the DIEM minted in each interval, and of the DIEM burned: what was locked, and what was released, for one DIEM.",
		panel.Lines, panel.Rate, `SELECT time, sumIf(svvv, minted) / nullIf(sumIf(diem, minted), 0) AS minted_at, sumIf(svvv, NOT minted) / nullIf(sumIf(diem, NOT minted), 0) AS burned_at
FROM
(
    SELECT $__timeInterval(block_time) AS time, svvv, diem, true AS minted FROM diem_mints WHERE $__timeFilter(block_time)
    UNION ALL
    SELECT $__timeInterval(block_time) AS time, svvv, diem, false AS minted FROM diem_burns WHERE $__timeFilter(block_time)
)
GROUP BY time ORDER BY time`,
		panel.Field{Column: "minted_at", Title: "minted at", Colour: panel.Green},
		panel.Field{Column: "burned_at", Title: "burned at", Colour: panel.Red})
	rates.Log = true

	cohorts := panel.Panel{
		ID: 12, Title: "Mint cohorts by rate", Kind: panel.Categories, W: 12, H: 9, Unit: panel.VVV, NoValue: "No mint yet",
		Description: "All mints by the rate they paid, in bands of 50 VVV/DIEM: what they locked, and how much of it still is. A burn releases at the wallet's average, so what a wallet still holds is shared among its mints in proportion.",
		Query: panel.Query{SQL: `SELECT
    concat(toString(intDiv(toInt64(locked / diem), 50) * 50 AS band), '–', toString(band + 50)) AS cohort,
    sum(locked) AS locked_then,
    sum(locked * left_share) AS locked_now
FROM
(
    SELECT
        toFloat64(svvv_wei) / 1e18 AS locked,
        toFloat64(diem_wei) / 1e18 AS diem,
        toFloat64(sum(svvv_wei) OVER (PARTITION BY account)) / toFloat64(sumIf(svvv_wei, svvv_wei > 0) OVER (PARTITION BY account)) AS left_share
    FROM
    (
        SELECT account, block_number, log_index, sumIf(delta_wei, metric = 'vvv_locked') AS svvv_wei, sumIf(delta_wei, metric = 'diem_outstanding') AS diem_wei
        FROM ledger_changes WHERE metric IN ('vvv_locked', 'diem_outstanding') GROUP BY account, block_number, log_index
    )
)
WHERE locked > 0 AND diem > 0
GROUP BY band ORDER BY band`},
		Fields: []panel.Field{
			{Column: "cohort", Title: "VVV/DIEM", Unit: panel.Plaintext},
			{Column: "locked_then", Title: "locked when minted", Colour: panel.Sky},
			{Column: "locked_now", Title: "still locked", Colour: panel.Blue},
		},
	}

	return []panel.Panel{feed, rates, cohorts}
}

func diemMinters() []panel.Panel {
	return []panel.Panel{table(20, "Minters",
		"Wallets with VVV locked, the largest first: what is locked, the DIEM they have outstanding, and the average of both, which is what a burn releases.",
		"Nobody has VVV locked", `SELECT account, toFloat64(sumIf(delta_wei, metric = 'vvv_locked')) / 1e18 AS locked, toFloat64(sumIf(delta_wei, metric = 'diem_outstanding')) / 1e18 AS outstanding,
    locked / nullIf(outstanding, 0) AS average_rate, locked / sum(locked) OVER () AS share
FROM ledger_changes WHERE metric IN ('vvv_locked', 'diem_outstanding') GROUP BY account HAVING locked > 0 ORDER BY locked DESC LIMIT 200`,
		panel.Field{Column: accountColumn, Title: "Wallet", Link: panel.ToWallet, Width: 380},
		panel.Field{Column: "locked", Title: "VVV locked", Unit: panel.VVV},
		panel.Field{Column: "outstanding", Title: "DIEM outstanding", Unit: panel.DIEM},
		panel.Field{Column: "average_rate", Title: "own average rate", Unit: panel.Rate},
		panel.Field{Column: "share", Title: "of all locked", Unit: panel.Share})}
}
