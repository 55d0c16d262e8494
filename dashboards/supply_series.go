package dashboards

import "diemhouse/dashboards/panel"

func supplySeries() []panel.Panel {
	locked := series(20, "VVV locked over time",
		"VVV locked at the end of each interval: the running total of mints less burns of DIEM.",
		panel.Lines, panel.VVV, `SELECT $__timeInterval(hour) AS time, argMax(vvv_locked, hour) AS locked
FROM figures_hourly WHERE $__timeFilter(hour) GROUP BY time ORDER BY time`,
		panel.Field{Column: "locked", Title: "VVV locked", Colour: panel.Blue})

	diemSupply := series(21, "DIEM supply and target over time",
		"DIEM in existence at the end of each interval, and the target supply of the mint curve in force then. Every burn of DIEM counts, with or without a release of VVV.",
		panel.Lines, panel.DIEM, `SELECT $__timeInterval(hour) AS time, argMax(diem_supply, hour) AS supply, argMax(diem_target, hour) AS target
FROM mint_rate_hourly WHERE $__timeFilter(hour) GROUP BY time ORDER BY time`,
		panel.Field{Column: "supply", Title: "DIEM supply", Colour: panel.Blue},
		panel.Field{Column: "target", Title: "target", Colour: panel.Orange, Dashed: true})

	rate := series(22, "Mint rate over time",
		"sVVV for one DIEM at the end of each interval, on a logarithmic axis: equal heights are equal factors.",
		panel.Lines, panel.Rate, `SELECT $__timeInterval(hour) AS time, argMax(mint_rate, hour) AS rate
FROM mint_rate_hourly WHERE $__timeFilter(hour) GROUP BY time ORDER BY time`,
		panel.Field{Column: "rate", Title: "mint rate", Colour: panel.Orange})
	rate.Log = true

	emissions := series(23, "Emissions to stakers and treasury",
		"VVV minted in each interval: to the staking contract for all stakers, and to Venice's treasury, which takes its share of what locked stake would have earned.",
		panel.Bars, panel.VVV, `SELECT $__timeInterval(hour) AS time, toFloat64(sum(vvv_emitted_stakers)) / 1e18 AS stakers, toFloat64(sum(vvv_emitted_treasury)) / 1e18 AS treasury
FROM rollup_hourly FINAL WHERE $__timeFilter(hour) GROUP BY time ORDER BY time`,
		panel.Field{Column: "stakers", Title: "to stakers", Colour: panel.Blue},
		panel.Field{Column: "treasury", Title: "to treasury", Colour: panel.Pink})

	churn := series(24, "DIEM minted and burned",
		"DIEM minted (up) and burned (down) in each interval, and the net of both as a line.",
		panel.Bars, panel.DIEM, `SELECT $__timeInterval(hour) AS time, toFloat64(sum(diem_supply_in)) / 1e18 AS minted, toFloat64(sum(diem_supply - diem_supply_in)) / 1e18 AS burned, toFloat64(sum(diem_supply)) / 1e18 AS net
FROM rollup_hourly FINAL WHERE $__timeFilter(hour) GROUP BY time ORDER BY time`,
		panel.Field{Column: "minted", Title: "minted", Colour: panel.Green},
		panel.Field{Column: "burned", Title: "burned", Colour: panel.Red},
		panel.Field{Column: "net", Title: "net", Colour: panel.Neutral, Line: true})

	burns := series(25, "VVV burned by kind",
		"VVV sent to 0x0 in each interval: swaps of the pool whose recipient is 0x0 (programmatic), transfers of the buyback Safe, what the airdrop left over, and anybody else's.",
		panel.Bars, panel.VVV, `SELECT $__timeInterval(hour) AS time, toFloat64(sum(vvv_burned_programmatic)) / 1e18 AS programmatic, toFloat64(sum(vvv_burned_buyback)) / 1e18 AS buyback,
    toFloat64(sum(vvv_burned_airdrop)) / 1e18 AS airdrop, toFloat64(sum(vvv_burned_other)) / 1e18 AS other
FROM rollup_hourly FINAL WHERE $__timeFilter(hour) GROUP BY time ORDER BY time`,
		panel.Field{Column: "programmatic", Title: "programmatic", Colour: panel.Blue},
		panel.Field{Column: "buyback", Title: "buyback Safe", Colour: panel.Orange},
		panel.Field{Column: "airdrop", Title: "airdrop remainder", Colour: panel.Pink},
		panel.Field{Column: "other", Title: "other", Colour: panel.Neutral})

	return []panel.Panel{locked, diemSupply, rate, emissions, churn, burns}
}
