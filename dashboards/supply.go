package dashboards

import "diemhouse/dashboards/panel"

// supply is the home: the figures that people come for.
func supply() panel.Dashboard {
	return panel.Dashboard{
		UID: SupplyUID, Title: "Venice supply", From: "now-30d", Refresh: liveRefresh,
		Description: "VVV locked, the mint rate, DIEM against its target, emissions and burns, live from Base.",
		Rows: []panel.Row{
			{Title: "Now", Panels: append(supplyNow(), supplyMore()...)},
			{Title: "Over time", Panels: supplySeries()},
			{Title: "The mint curve", Panels: supplyCurve()},
			{Title: "To the wei", Panels: []panel.Panel{supplyExact()}},
		},
	}
}

func supplyNow() []panel.Panel {
	share := figure(2, "Locked share",
		"VVV locked as a part of the effective supply (total supply less what was burned to 0x0), and as a part of all staked VVV.",
		panel.Share, `SELECT vvv_locked / nullIf(vvv_effective, 0) AS of_supply, vvv_locked / nullIf(svvv_supply, 0) AS of_stake
FROM supply_now`)
	share.Fields = []panel.Field{{Column: "of_supply", Title: "of supply"}, {Column: "of_stake", Title: "of stake"}}

	rate := figure(3, "Mint rate",
		"sVVV to lock for one DIEM in the bucket in force: the first of the curve whose bound is above the DIEM supply. Beside it the change since 24 hours ago.",
		panel.Rate, `SELECT mint_rate AS rate, mint_rate / nullIf(mint_rate_day_ago, 0) - 1 AS change
FROM mint_rate_now`)
	rate.Exact = "mint_rate"
	rate.Fields = []panel.Field{{Column: "rate", Title: "now"}, {Column: "change", Title: "in 24 h", Unit: panel.Share}}

	target := figure(4, "DIEM supply against target",
		"DIEM in existence divided by the target supply that the mint curve is built around. Above 100 % the mint rate is more than 665 VVV and rises steeply.",
		panel.Share, `SELECT diem_supply / nullIf(diem_target, 0) AS share FROM supply_now`)
	target.Kind, target.Min, target.Max = panel.Gauge, new(0.0), new(1.2)
	target = levels(target, panel.Good, panel.Threshold{From: 0.9, Level: panel.Warn}, panel.Threshold{From: 1, Level: panel.Bad})

	left := figure(5, "DIEM supply",
		"DIEM in existence, and how much more can be minted until the target supply is reached. Minting does not stop there; it becomes dear.",
		panel.DIEM, `SELECT diem_supply AS supply, diem_target - diem_supply AS left FROM supply_now`)
	left.Fields = []panel.Field{{Column: "supply", Title: "supply"}, {Column: "left", Title: "to target"}}

	return []panel.Panel{
		known(figure(1, "VVV locked",
			"VVV whose stake is locked for DIEM: what all mints locked less what all burns of DIEM released. It depends on each wallet's own average rate, so it is summed from events and equals totalLockedStakedVVV() of the staking contract.",
			panel.VVV, `SELECT vvv_locked FROM supply_now`), "vvv_locked"),
		past(share, "vvv_locked / nullIf(vvv_effective, 0)"), trend(rate, "mint_rate", "mint_rate_hourly"), target, known(left, "diem_supply"),
		past(figure(6, "DIEM staked",
			"DIEM staked for AI credit as a part of all DIEM; one staked DIEM gives one dollar of credit a day.",
			panel.Share, `SELECT diem_staked / nullIf(diem_supply, 0) AS share FROM supply_now`), "diem_staked / nullIf(diem_supply, 0)"),
	}
}
