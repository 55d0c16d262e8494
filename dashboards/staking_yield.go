package dashboards

import "diemhouse/dashboards/panel"

func stakingYield() []panel.Panel {
	yield := series(30, "Yield over time",
		"What stakers received in each interval, brought to a year, divided by the stake at its end; locked stake counts with the part that Venice leaves it by today's setting, and earns that part of the yield of unlocked stake.",
		panel.Lines, panel.Share, `SELECT time, unlocked, if(locked_vvv > 0, unlocked * left_part, NULL) AS locked
FROM
(
    SELECT $__timeInterval(hour) AS time, coalesce(1 - `+lockedPercentage+`, 1) AS left_part, argMax(vvv_locked, hour) AS locked_vvv,
        sum(vvv_emitted_stakers_delta) * 8760 / count() / nullIf(argMax(vvv_unlocked, hour) + left_part * locked_vvv, 0) AS unlocked
    FROM supply_hourly WHERE $__timeFilter(hour) GROUP BY time
)
ORDER BY time`,
		panel.Field{Column: "unlocked", Title: "unlocked", Colour: panel.Blue},
		panel.Field{Column: "locked", Title: "locked", Colour: panel.Orange})
	yield.Min = new(0.0)

	rate := series(31, "Emission rate",
		"VVV a year that the mints imply in each interval, beside the rate that is announced. The contract mints elapsed seconds times the rate, so both meet; a lasting gap means that a change went unseen.",
		panel.Lines, panel.PerYear, `SELECT $__timeInterval(hour) AS time, avg(emission_year_implied) AS implied, argMax(emission_year, hour) AS announced
FROM supply_hourly WHERE $__timeFilter(hour) GROUP BY time ORDER BY time`,
		panel.Field{Column: "implied", Title: "implied by the mints", Colour: panel.Blue},
		panel.Field{Column: "announced", Title: "announced", Colour: panel.Orange, Dashed: true})
	rate.Min = new(0.0)

	treasury := series(32, "Treasury income",
		"VVV minted to Venice's treasury in each interval, and its part of all emissions on the axis at the right.",
		panel.Bars, panel.VVV, `SELECT $__timeInterval(hour) AS time, toFloat64(sum(vvv_emitted_treasury)) / 1e18 AS income, income / nullIf(toFloat64(sum(vvv_emitted_stakers + vvv_emitted_treasury)) / 1e18, 0) AS share
FROM rollup_hourly FINAL WHERE $__timeFilter(hour) GROUP BY time ORDER BY time`,
		panel.Field{Column: "income", Title: "income", Colour: panel.Pink},
		panel.Field{Column: "share", Title: "of all emissions", Unit: panel.Share, Colour: panel.Neutral, Line: true, Right: true})

	share := series(33, "Locked share, implied",
		"The locked part of all stake as the treasury's part of each emission implies it, beside the one summed from mints and burns of DIEM. They agree when nothing was missed; before DIEM existed the first is empty.",
		panel.Lines, panel.Share, `SELECT $__timeInterval(hour) AS time, avg(locked_share_implied) AS implied, argMax(vvv_locked / nullIf(svvv_supply, 0), hour) AS summed
FROM supply_hourly WHERE $__timeFilter(hour) GROUP BY time ORDER BY time`,
		panel.Field{Column: "implied", Title: "implied by emissions", Colour: panel.Blue},
		panel.Field{Column: "summed", Title: "summed from events", Colour: panel.Orange, Dashed: true})

	return []panel.Panel{yield, rate, treasury, share}
}

func stakingRewards() []panel.Panel {
	claimed := series(40, "Claims",
		"VVV of rewards that stakers claimed in each interval. A stake, an unstake, a mint and a burn claim what is pending too.",
		panel.Bars, panel.VVV, `SELECT $__timeInterval(hour) AS time, toFloat64(sum(vvv_claimed)) / 1e18 AS claimed
FROM rollup_hourly FINAL WHERE $__timeFilter(hour) GROUP BY time ORDER BY time`,
		panel.Field{Column: "claimed", Title: "claimed", Colour: panel.Green})

	feed := table(41, "Newest claims",
		"The newest claims of rewards in the time range.",
		"No claim in this time range", `SELECT block_time, account, vvv, block_number, tx_hash
FROM claims WHERE $__timeFilter(block_time) ORDER BY block_number DESC, log_index DESC LIMIT 200`,
		timeField, accountField, panel.Field{Column: "vvv", Title: "VVV", Unit: panel.VVV}, blockField, txField)

	updates := table(42, "Reward updates",
		"The newest emissions, of the last three days of the time range: what went to whom, the seconds since the one before, and the rate that follows, beside the announced one. The contract loses a few wei to rounding.",
		"No emission in this time range", `SELECT block_time, elapsed, vvv_stakers, vvv_treasury, year_implied, year_announced, toString(rounding_wei) AS rounding_wei, block_number, tx_hash
FROM emissions WHERE block_time > greatest($__fromTime, $__toTime - INTERVAL 3 DAY) AND block_time <= $__toTime ORDER BY block_number DESC, log_index DESC LIMIT 100`,
		timeField,
		panel.Field{Column: "elapsed", Title: "seconds", Unit: panel.Seconds, Width: 100},
		panel.Field{Column: "vvv_stakers", Title: "to stakers", Unit: panel.VVV},
		panel.Field{Column: "vvv_treasury", Title: "to treasury", Unit: panel.VVV},
		panel.Field{Column: "year_implied", Title: "implied rate", Unit: panel.PerYear},
		panel.Field{Column: "year_announced", Title: "announced rate", Unit: panel.PerYear},
		panel.Field{Column: "rounding_wei", Title: "rounding, wei"},
		blockField, txField)

	return []panel.Panel{claimed, size(feed, 12, 9), updates}
}
