package dashboards

import "diemhouse/dashboards/panel"

// latestCurve is the mint-rate table in force: no row before the first is known.
const latestCurve = `(SELECT bounds, rates, target FROM curve FINAL ORDER BY block_number DESC, log_index DESC LIMIT 1)`

func supplyCurve() []panel.Panel {
	curve := panel.Panel{
		ID: 30, Title: "Mint rate over DIEM supply", Kind: panel.Curve, W: 14, H: 11,
		Description: "The mint-rate table in force and the two before it, on a logarithmic axis. The rate is constant inside a bucket of DIEM supply and jumps at its bound. The point is where Venice stands now.",
		Unit:        panel.Rate, Log: true, NoValue: "No curve known yet",
		Query: panel.Query{SQL: `SELECT
    x AS supply,
    rs[1][arrayFirstIndex(b -> x < b, bs[1])] AS in_force,
    if(length(bs) >= 2, rs[2][arrayFirstIndex(b -> x < b, bs[2])], NULL) AS before,
    if(length(bs) >= 3, rs[3][arrayFirstIndex(b -> x < b, bs[3])], NULL) AS earlier,
    if(x = diem_supply, mint_rate, NULL) AS today
FROM
(
    SELECT groupArray(b) AS bs, groupArray(r) AS rs, max(t) AS target
    FROM
    (
        SELECT arrayMap(x -> toFloat64(x) / 1e18, bounds) AS b, arrayMap(x -> toFloat64(x) / 1e18, rates) AS r, target AS t
        FROM curve FINAL ORDER BY block_number DESC, log_index DESC LIMIT 3
    )
) AS c
CROSS JOIN (SELECT diem_supply, mint_rate FROM mint_rate_now) AS n
ARRAY JOIN arraySort(arrayDistinct(arrayConcat([0., diem_supply], arrayFlatten(
    arrayMap(b -> [b - 0.001, b], arrayFilter(b -> b < 1.5 * target, arrayFlatten(bs))))))) AS x
WHERE notEmpty(bs)
ORDER BY x`},
		Fields: []panel.Field{
			{Column: "supply", Title: "DIEM supply", Unit: panel.DIEM},
			{Column: "in_force", Title: "in force", Colour: panel.Blue},
			{Column: "before", Title: "the one before", Colour: panel.Sky},
			{Column: "earlier", Title: "two before", Colour: panel.Neutral},
			{Column: "today", Title: "now", Colour: panel.Red, Points: true},
		},
	}

	cost := table(31, "What it costs to mint",
		"sVVV to lock for so much DIEM now, walking the buckets of the curve from the present supply with the contract's rounding (each bucket rounded up to the wei), and the average rate paid. Empty where the curve ends before.",
		"No curve known yet", `SELECT
    amount AS diem,
    if(fits, toFloat64(wei) / 1e18, NULL) AS vvv,
    if(fits, toFloat64(wei) / 1e18 / amount, NULL) AS rate,
    if(fits, toString(wei), NULL) AS svvv_wei
FROM
(
    SELECT
        amount,
        supply + toUInt256(amount) * unit AS goal,
        goal <= arrayElement(bounds, -1) AS fits,
        arraySum(arrayMap(
            (hi, lo, rate) -> if(least(hi, goal) > greatest(lo, supply),
                toUInt256(intDiv(rate * (least(hi, goal) - greatest(lo, supply)) + unit - 1, unit)), toUInt256(0)),
            bounds, arrayPushFront(arrayPopBack(bounds), toUInt256(0)), rates)) AS wei
    FROM
    (
        SELECT toUInt256(n.diem_supply_wei) AS supply, c.bounds AS bounds, c.rates AS rates, toUInt256('1000000000000000000') AS unit
        FROM mint_rate_now AS n CROSS JOIN `+latestCurve+` AS c
    )
    ARRAY JOIN [1, 10, 100, 1000] AS amount
)
ORDER BY diem`,
		panel.Field{Column: "diem", Title: "DIEM to mint", Unit: panel.DIEM, Decimals: panel.Whole, Width: 110},
		panel.Field{Column: "vvv", Title: "VVV to lock", Unit: panel.VVV},
		panel.Field{Column: "rate", Title: "average rate", Unit: panel.Rate},
		panel.Field{Column: "svvv_wei", Title: "sVVV wei, exact"})

	return []panel.Panel{curve, size(cost, 10, 11)}
}
