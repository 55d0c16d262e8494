package dashboards

import "diemhouse/dashboards/panel"

// supplyMore is the second line of figures of the home.
func supplyMore() []panel.Panel {
	emission := figure(7, "Emission",
		"VVV that the staking contract is set to mint in a year of 31,536,000 seconds, and who received what it minted in the last 24 hours: stakers, and Venice's treasury, which takes its share of what locked stake would earn.",
		panel.PerYear, `SELECT n.emission_year AS year, d.stakers AS stakers, d.treasury AS treasury
FROM supply_now AS n
CROSS JOIN
(
    SELECT
        toFloat64(sum(vvv_emitted_stakers)) / nullIf(toFloat64(sum(vvv_emitted_stakers + vvv_emitted_treasury)), 0) AS stakers,
        toFloat64(sum(vvv_emitted_treasury)) / nullIf(toFloat64(sum(vvv_emitted_stakers + vvv_emitted_treasury)), 0) AS treasury
    FROM rollup_hourly FINAL WHERE hour > now() - INTERVAL 24 HOUR
) AS d`)
	emission.Fields = []panel.Field{
		{Column: "year", Title: "a year"},
		{Column: "stakers", Title: "to stakers", Unit: panel.Share, Decimals: 1},
		{Column: "treasury", Title: "to treasury", Unit: panel.Share, Decimals: 1},
	}

	burned := figure(8, "VVV burned",
		"VVV sent to 0x0 since the launch, and its part of all VVV ever minted. totalSupply() still counts it; the effective supply does not.",
		panel.VVV, `SELECT vvv_burned AS burned, vvv_burned / nullIf(vvv_supply, 0) AS of_minted FROM supply_now`)
	burned.Fields = []panel.Field{
		{Column: "burned", Title: "burned"}, {Column: "of_minted", Title: "of all minted", Unit: panel.Share},
	}

	staked := figure(9, "VVV staked",
		"sVVV in existence, which is the VVV staked, locked or not; and its part of the effective supply.",
		panel.VVV, `SELECT svvv_supply AS staked, svvv_supply / nullIf(vvv_effective, 0) AS of_supply FROM supply_now`)
	staked.Fields = []panel.Field{
		{Column: "staked", Title: "staked"}, {Column: "of_supply", Title: "of supply", Unit: panel.Share},
	}

	at := figure(10, "True at block",
		"The newest block in the warehouse, and how long ago it was made. Every figure of this page holds at that block.",
		panel.Number, `SELECT block_number AS block, dateDiff('second', block_time, now('UTC')) AS age FROM supply_now`)
	at.Fields = []panel.Field{
		{Column: "block", Title: "block"},
		{Column: "age", Title: "ago", Unit: panel.Seconds, Decimals: panel.Whole, Thresholds: ageLevels},
	}

	return []panel.Panel{
		size(past(emission, "emission_year"), 8, 4), known(burned, "vvv_burned"), known(staked, "svvv_supply"), size(at, 8, 4),
	}
}

// supplyExact is what the contracts themselves would answer, in wei.
func supplyExact() panel.Panel {
	return table(40, "Figures in wei",
		"The headline figures as whole numbers of wei, summed from events, and the view of the contract that gives the same number at the same block. An audit finds a difference of 0.",
		nothingYet, `SELECT row.1 AS figure, row.2 AS wei, row.3 AS tokens, row.4 AS contract_view, block_number
FROM supply_now
ARRAY JOIN [
    ('VVV supply', toString(vvv_supply_wei), vvv_supply, 'VVV.totalSupply()'),
    ('VVV burned', toString(vvv_burned_wei), vvv_burned, 'VVV.balanceOf(0x0)'),
    ('VVV staked', toString(svvv_supply_wei), svvv_supply, 'staking.totalSupply()'),
    ('VVV locked', toString(vvv_locked_wei), vvv_locked, 'staking.totalLockedStakedVVV()'),
    ('DIEM supply', toString(diem_supply_wei), diem_supply, 'DIEM.totalSupply()'),
    ('DIEM staked', toString(diem_staked_wei), diem_staked, 'DIEM.totalStaked()')] AS row`,
		panel.Field{Column: "figure", Title: "Figure", Width: 160},
		panel.Field{Column: "wei", Title: "wei, exact"},
		panel.Field{Column: "tokens", Title: "tokens", Unit: panel.Count, Decimals: 4},
		panel.Field{Column: "contract_view", Title: "the contract's own view"},
		panel.Field{Column: "block_number", Title: "at block", Unit: panel.Number, Link: panel.ToBlock, Width: 110})
}
