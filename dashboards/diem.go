package dashboards

import "diemhouse/dashboards/panel"

// diem is who minted and burned DIEM, at which rate, and what still is locked for it.
func diem() panel.Dashboard {
	return panel.Dashboard{
		UID: DiemUID, Title: "DIEM", From: "now-90d", Refresh: liveRefresh,
		Description: "Mints and burns of DIEM, minters and their average rates, the lock behind them, and DIEM staking.",
		Rows: []panel.Row{
			{Title: "Now", Panels: diemNow()},
			{Title: "Mints and burns", Panels: diemFlow()},
			{Title: "Who holds the lock", Panels: diemMinters()},
			{Title: "DIEM staking", Panels: diemStaking()},
		},
	}
}

func diemNow() []panel.Panel {
	surplus := figure(2, "Lock surplus",
		"VVV locked less what the curve in force would hold if the whole supply had been minted along it once, without any burn. Burning releases VVV at the burner's own average while new mints pay the rate of the day, and curves change: both leave a difference.",
		panel.VVV, `SELECT n.vvv_locked - toFloat64(arraySum(arrayMap(
    (hi, lo, rate) -> if(least(hi, supply) > lo, toUInt256(intDiv(rate * (least(hi, supply) - lo) + unit - 1, unit)), toUInt256(0)),
    c.bounds, arrayPushFront(arrayPopBack(c.bounds), toUInt256(0)), c.rates))) / 1e18 AS surplus
FROM (SELECT vvv_locked, toUInt256(diem_supply_wei) AS supply, toUInt256('1000000000000000000') AS unit FROM supply_now) AS n
CROSS JOIN `+latestCurve+` AS c`)

	average := figure(3, "Average rate of the lock",
		"VVV locked divided by the DIEM that minters have outstanding: what one DIEM in existence has cost on average, and what burning one releases on average.",
		panel.Rate, `SELECT vvv_locked / nullIf(diem_outstanding, 0) AS rate FROM supply_now`)

	return []panel.Panel{
		known(figure(1, "DIEM in existence", "totalSupply() of the DIEM token: all mints less all burns.", panel.DIEM,
			`SELECT diem_supply FROM supply_now`), "diem_supply"),
		surplus, past(average, "vvv_locked / nullIf(diem_outstanding, 0)"),
		figure(4, "DIEM minted in 24 hours", "DIEM minted through the staking contract in the last 24 hours.", panel.DIEM,
			`SELECT sum(diem) AS minted FROM diem_mints WHERE block_time > now() - INTERVAL 24 HOUR`),
		figure(5, "DIEM burned in 24 hours", "DIEM burned through the staking contract in the last 24 hours.", panel.DIEM,
			`SELECT sum(diem) AS burned FROM diem_burns WHERE block_time > now() - INTERVAL 24 HOUR`),
		figure(6, "Minters with a lock", "Wallets that have VVV locked for DIEM now.", panel.Count,
			`SELECT countIf(locked > 0) AS minters FROM (SELECT sum(delta_wei) AS locked FROM ledger_changes WHERE metric = 'vvv_locked' GROUP BY account)`),
	}
}
