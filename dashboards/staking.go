package dashboards

import "diemhouse/dashboards/panel"

// staking is the stake, what leaves it, and what it earns.
func staking() panel.Dashboard {
	return panel.Dashboard{
		UID: StakingUID, Title: "Staking and emissions", From: "now-90d", Refresh: liveRefresh,
		Description: "VVV staked and leaving, yields, emissions against the announced rate, the treasury's income and claims.",
		Rows: []panel.Row{
			{Title: "Now", Panels: stakingNow()},
			{Title: "Stake", Panels: stakingSeries()},
			{Title: "Leaving", Panels: stakingLeaving()},
			{Title: "Yield and emissions", Panels: stakingYield()},
			{Title: "Rewards", Panels: stakingRewards()},
		},
	}
}

// lockedPercentage is the part of locked stake's emissions that Venice takes now, as
// a part of one: no row while nobody knows.
const lockedPercentage = `(SELECT toFloat64(value) / 1e18 FROM parameter_changes WHERE name = 'venice_percentage_locked' ORDER BY block_number DESC, log_index DESC LIMIT 1)`

// unlockedPercentage is the same of stake that is not locked.
const unlockedPercentage = `(SELECT toFloat64(value) / 1e18 FROM parameter_changes WHERE name = 'venice_percentage' ORDER BY block_number DESC, log_index DESC LIMIT 1)`

func stakingNow() []panel.Panel {
	ratio := figure(2, "Stake and lock ratio",
		"VVV staked as a part of the effective supply, and VVV locked for DIEM as a part of the VVV staked.",
		panel.Share, `SELECT svvv_supply / nullIf(vvv_effective, 0) AS staked, vvv_locked / nullIf(svvv_supply, 0) AS locked FROM supply_now`)
	ratio.Fields = []panel.Field{{Column: "staked", Title: "staked"}, {Column: "locked", Title: "of it locked"}}

	cooling := figure(4, "VVV in cooldown",
		"VVV whose unstaking began and that was not taken out yet, and how much of it could be taken now. It no longer earns; the sVVV is burned at the start.",
		panel.VVV, `SELECT sum(amount) AS cooling, sumIf(amount, released) AS ready FROM cooldown_queue WHERE token = 'vvv'`)
	cooling.Fields = []panel.Field{{Column: "cooling", Title: "cooling"}, {Column: "ready", Title: "ready"}}

	return []panel.Panel{
		known(figure(1, "VVV staked", "sVVV in existence: totalSupply() of the staking contract. One sVVV stands for one VVV.", panel.VVV,
			`SELECT svvv_supply FROM supply_now`), "svvv_supply"),
		past(ratio, "svvv_supply / nullIf(vvv_effective, 0)"),
		figure(3, "Stakers", "Wallets that hold sVVV now, locked or not.", panel.Count,
			`SELECT countIf(held > 0) AS stakers FROM (SELECT sum(delta_wei) AS held FROM ledger_changes WHERE metric = 'svvv_supply' GROUP BY account)`),
		past(cooling, "vvv_cooling"),
		figure(5, "Yield, unlocked",
			"What a staked VVV that is not locked earns in a year at today's announced emission and stake, in VVV, claims not staked again: emission a year, less Venice's share, divided by all stake.",
			panel.Share, `SELECT emission_year * (1 - `+unlockedPercentage+`) / nullIf(svvv_supply, 0) AS yield FROM supply_now`),
		figure(6, "Yield, locked",
			"What a VVV locked for DIEM earns in a year: the yield of unlocked stake less the share that Venice's treasury takes of it.",
			panel.Share, `SELECT emission_year * (1 - `+unlockedPercentage+`) * (1 - `+lockedPercentage+`) / nullIf(svvv_supply, 0) AS yield FROM supply_now`),
	}
}

func stakingSeries() []panel.Panel {
	staked := series(10, "VVV staked over time",
		"VVV staked at the end of each interval, and the part of it that is locked for DIEM.",
		panel.Lines, panel.VVV, `SELECT $__timeInterval(hour) AS time, argMax(svvv_supply, hour) AS staked, argMax(vvv_locked, hour) AS locked
FROM figures_hourly WHERE $__timeFilter(hour) GROUP BY time ORDER BY time`,
		panel.Field{Column: "staked", Title: "staked", Colour: panel.Blue},
		panel.Field{Column: "locked", Title: "of it locked", Colour: panel.Orange})

	flow := series(11, "VVV staked and unstaked",
		"VVV newly staked (up) and VVV whose unstaking began (down) in each interval, and the net of both as a line. Rewards that are staked at once count as staked.",
		panel.Bars, panel.VVV, `SELECT $__timeInterval(hour) AS time, toFloat64(sum(svvv_supply_in)) / 1e18 AS staked, toFloat64(sum(svvv_supply - svvv_supply_in)) / 1e18 AS unstaked, toFloat64(sum(svvv_supply)) / 1e18 AS net
FROM rollup_hourly FINAL WHERE $__timeFilter(hour) GROUP BY time ORDER BY time`,
		panel.Field{Column: "staked", Title: "staked", Colour: panel.Green},
		panel.Field{Column: "unstaked", Title: "unstaking begun", Colour: panel.Red},
		panel.Field{Column: "net", Title: "net", Colour: panel.Neutral, Line: true})

	ratio := series(12, "Stake and lock ratio over time",
		"VVV staked as a part of the effective supply, and VVV locked as a part of the VVV staked, at the end of each interval.",
		panel.Lines, panel.Share, `SELECT $__timeInterval(hour) AS time, argMax(svvv_supply / nullIf(vvv_effective, 0), hour) AS staked, argMax(vvv_locked / nullIf(svvv_supply, 0), hour) AS locked
FROM figures_hourly WHERE $__timeFilter(hour) GROUP BY time ORDER BY time`,
		panel.Field{Column: "staked", Title: "staked, of supply", Colour: panel.Blue},
		panel.Field{Column: "locked", Title: "locked, of stake", Colour: panel.Orange})

	largest := table(13, "Largest stakes",
		"Wallets with the most VVV staked: how much, how much of it is locked for DIEM, and their part of all stake.",
		"Nobody has VVV staked", `SELECT account, toFloat64(sumIf(delta_wei, metric = 'svvv_supply')) / 1e18 AS staked, toFloat64(sumIf(delta_wei, metric = 'vvv_locked')) / 1e18 AS locked,
    staked - locked AS unlocked, staked / sum(staked) OVER () AS share, max(block_time) AS last_time
FROM ledger_changes WHERE metric IN ('svvv_supply', 'vvv_locked') GROUP BY account HAVING staked > 0 ORDER BY staked DESC LIMIT 100`,
		accountField,
		panel.Field{Column: "staked", Title: "staked", Unit: panel.VVV},
		panel.Field{Column: "locked", Title: "locked", Unit: panel.VVV},
		panel.Field{Column: "unlocked", Title: "unlocked", Unit: panel.VVV},
		panel.Field{Column: "share", Title: "of all stake", Unit: panel.Share},
		panel.Field{Column: "last_time", Title: "last change", Unit: panel.Time})

	return []panel.Panel{staked, flow, ratio, size(largest, 12, 9)}
}
