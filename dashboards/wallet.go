package dashboards

import "diemhouse/dashboards/panel"

// addressPattern is what an address is, in any case, or nothing.
const addressPattern = `^(0x[0-9a-fA-F]{40})?$`

// chosenWallet is the address of the variable wallet as the views write it.
const chosenWallet = `lower(trim(BOTH ' ' FROM ${wallet:sqlstring}))`

// wallet is everything that one address did and holds.
func wallet() panel.Dashboard {
	return panel.Dashboard{
		UID: WalletUID, Title: "Wallet", From: "now-365d", Refresh: "1m",
		Description: "What one wallet holds, locked and earned, and everything it did.",
		Variables: []panel.Variable{{
			Name: "wallet", Label: "Wallet", Custom: true, Pattern: addressPattern,
			Description: "The address to look at: one of the largest stakes, or any other pasted in.",
			SQL:         `SELECT account FROM ledger_changes WHERE metric = 'svvv_supply' GROUP BY account ORDER BY sum(delta_wei) DESC, account LIMIT 500`,
		}},
		Rows: []panel.Row{
			{Title: "Now", Panels: walletNow()},
			{Title: "Over time", Panels: walletSeries()},
			{Title: "What it did", Panels: walletFeeds()},
		},
	}
}

// ofWallet is a figure of the chosen wallet.
func ofWallet(id int, title, description string, unit panel.Unit, columns string, fields ...panel.Field) panel.Panel {
	p := figure(id, title, description, unit, `SELECT `+columns+` FROM wallets WHERE account = `+chosenWallet)
	p.NoValue, p.Fields = "Never seen", fields

	return p
}

func walletNow() []panel.Panel {
	exact := table(7, "Holdings in wei",
		"What the wallet holds as whole numbers of wei, and the contract's view that gives the same number.",
		"The wallet was never seen", `SELECT row.1 AS figure, row.2 AS wei, row.3 AS tokens, row.4 AS contract_view
FROM wallets
ARRAY JOIN [
    ('VVV staked', toString(staked_wei), staked, 'staking.balanceOf(wallet)'),
    ('VVV locked', toString(locked_wei), locked, 'staking.lockedStakes(wallet), first'),
    ('DIEM outstanding', toString(outstanding_wei), outstanding, 'staking.lockedStakes(wallet), second'),
    ('DIEM held', toString(diem_held_wei), diem_held, 'DIEM.balanceOf(wallet)'),
    ('DIEM staked', toString(diem_staked_wei), diem_staked, 'DIEM.stakedInfos(wallet), first'),
    ('DIEM in cooldown', toString(diem_cooling_wei), diem_cooling, 'DIEM.stakedInfos(wallet), third'),
    ('VVV in cooldown', toString(cooling_wei), cooling, ''),
    ('VVV claimed', toString(claimed_wei), claimed, ''),
    ('VVV of the airdrop', toString(airdropped_wei), airdropped, '')] AS row
WHERE account = `+chosenWallet,
		panel.Field{Column: "figure", Title: "Figure", Width: 170},
		panel.Field{Column: "wei", Title: "wei, exact"},
		panel.Field{Column: "tokens", Title: "tokens", Unit: panel.Count, Decimals: 4},
		panel.Field{Column: "contract_view", Title: "the contract's own view"})

	return []panel.Panel{
		ofWallet(1, "Staked", "sVVV of the wallet, and the part of it that is not locked for DIEM and could be unstaked.", panel.VVV,
			"staked, unlocked", panel.Field{Column: "staked", Title: "staked"}, panel.Field{Column: "unlocked", Title: "unlocked"}),
		ofWallet(2, "Locked", "sVVV locked for the DIEM that the wallet minted and did not burn.", panel.VVV, "locked"),
		ofWallet(3, "Outstanding", "DIEM that the wallet minted and did not burn, whoever holds it now, and the average rate: what burning one DIEM would release.", panel.DIEM,
			"outstanding, average_rate", panel.Field{Column: "outstanding", Title: "DIEM"}, panel.Field{Column: "average_rate", Title: "at", Unit: panel.Rate}),
		ofWallet(4, "DIEM", "DIEM in the wallet itself, and DIEM it has staked for AI credit.", panel.DIEM,
			"diem_held, diem_staked", panel.Field{Column: "diem_held", Title: "held"}, panel.Field{Column: "diem_staked", Title: "staked"}),
		ofWallet(5, "In cooldown", "VVV and DIEM whose unstaking the wallet began and that it has not taken out.", panel.VVV,
			"cooling, diem_cooling", panel.Field{Column: "cooling", Title: "VVV"}, panel.Field{Column: "diem_cooling", Title: "DIEM", Unit: panel.DIEM}),
		ofWallet(6, "Received", "Rewards that the wallet claimed since the launch, and what it claimed of the airdrop.", panel.VVV,
			"claimed, airdropped", panel.Field{Column: "claimed", Title: "rewards"}, panel.Field{Column: "airdropped", Title: "airdrop"}),
		exact,
	}
}

// walletOver sums changes of the wallet's metrics up to each interval. What lies
// before the time range is in its first point; the last point is the range's end.
func walletOver(columns, metrics string) string {
	return `SELECT time, ` + columns + `
FROM
(
    SELECT
        point.1 AS time, metric,
        sum(sum(delta_wei * point.2)) OVER (PARTITION BY metric ORDER BY time ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS wei
    FROM ledger_changes
    ARRAY JOIN [
        (greatest($__timeInterval(block_time), $__timeInterval($__fromTime)), 1),
        ($__timeInterval(least($__toTime, now('UTC'))), 0)] AS point
    WHERE account = ` + chosenWallet + ` AND metric IN (` + metrics + `) AND block_time <= $__toTime
    GROUP BY time, metric
)
GROUP BY time ORDER BY time`
}

func walletSeries() []panel.Panel {
	return []panel.Panel{
		series(10, "Stake and lock", "sVVV of the wallet and the part of it locked for DIEM, at each interval in which either changed.", panel.Lines, panel.VVV,
			walletOver("toFloat64(anyLastIf(wei, metric = 'svvv_supply')) / 1e18 AS staked, toFloat64(anyLastIf(wei, metric = 'vvv_locked')) / 1e18 AS locked", "'svvv_supply', 'vvv_locked'"),
			panel.Field{Column: "staked", Title: "staked", Colour: panel.Blue},
			panel.Field{Column: "locked", Title: "locked", Colour: panel.Orange}),
		series(11, "DIEM outstanding and staked", "DIEM that the wallet minted and did not burn, and DIEM it has staked, at each interval in which either changed.", panel.Lines, panel.DIEM,
			walletOver("toFloat64(anyLastIf(wei, metric = 'diem_outstanding')) / 1e18 AS outstanding, toFloat64(anyLastIf(wei, metric = 'diem_staked')) / 1e18 AS staked", "'diem_outstanding', 'diem_staked'"),
			panel.Field{Column: "outstanding", Title: "outstanding", Colour: panel.Green},
			panel.Field{Column: "staked", Title: "staked", Colour: panel.Pink}),
	}
}

func walletFeeds() []panel.Panel {
	mints := table(20, "Mints and burns of DIEM",
		"What the wallet minted and burned in the time range, with the sVVV that each locked or released and the rate of it.",
		"No mint or burn in this time range", `SELECT block_time, what, diem, svvv, rate, block_number, tx_hash
FROM
(
    SELECT block_time, block_number, log_index, tx_hash, 'mint' AS what, diem, svvv, rate FROM diem_mints WHERE account = `+chosenWallet+` AND $__timeFilter(block_time)
    UNION ALL
    SELECT block_time, block_number, log_index, tx_hash, 'burn' AS what, diem, svvv, rate FROM diem_burns WHERE account = `+chosenWallet+` AND $__timeFilter(block_time)
)
ORDER BY block_number DESC, log_index DESC LIMIT 200`,
		timeField, mintField,
		panel.Field{Column: "diem", Title: "DIEM", Unit: panel.DIEM},
		panel.Field{Column: "svvv", Title: "locked or released", Unit: panel.VVV},
		panel.Field{Column: "rate", Title: "rate", Unit: panel.Rate},
		blockField, txField)

	queue := table(21, "Waiting to be taken out",
		"VVV and DIEM of the wallet in their cooldown, and from when on each can be taken out.",
		"Nothing is cooling down", `SELECT token, amount, block_time, releases_at, released
FROM cooldown_queue WHERE account = `+chosenWallet+` ORDER BY releases_at`,
		panel.Field{Column: "token", Title: "Token", Width: 80},
		panel.Field{Column: "amount", Title: "amount", Unit: panel.Count, Decimals: 2},
		panel.Field{Column: "block_time", Title: "begun", Unit: panel.Time},
		releasesField, releasedField)

	all := table(22, "All events of the wallet",
		"Every event in the time range that names the wallet, on either side, the newest first.",
		"Nothing in this time range", `SELECT block_time, contract, kind, nullIf(vvv, 0) AS vvv, nullIf(diem, 0) AS diem, account, counterparty, block_number, tx_hash
FROM all_events WHERE (account = `+chosenWallet+` OR counterparty = `+chosenWallet+`) AND $__timeFilter(block_time)
ORDER BY block_number DESC, log_index DESC LIMIT 500`,
		timeField,
		panel.Field{Column: "contract", Title: "Contract", Width: 90},
		panel.Field{Column: "kind", Title: "What", Width: 190},
		vvvField, diemField, accountField, counterpartyField, blockField, txField)

	return []panel.Panel{size(mints, 14, 9), size(queue, 10, 9), size(all, panel.Columns, 12)}
}
