package dashboards

import "diemhouse/dashboards/panel"

// Annotations mark on every chart the moments at which the rules changed.
func Annotations() []panel.Annotation {
	return []panel.Annotation{
		{
			Name: "Mint curves", Colour: panel.Orange,
			SQL: `SELECT block_time AS time, 'New mint curve' AS title,
    concat('Target ', toString(round(target)), ' DIEM, from block ', toString(block_number), ', learned: ', learned) AS text, 'curve' AS tags
FROM curve FINAL WHERE $__timeFilter(block_time) ORDER BY time`,
		},
		{
			Name: "Emission rates", Colour: panel.Green,
			SQL: `SELECT block_time AS time, 'Emission rate changed' AS title,
    concat(toString(round(toFloat64(value) * 31536000 / 1e18)), ' VVV a year, from block ', toString(block_number), ', learned: ', learned) AS text, 'emission' AS tags
FROM params FINAL WHERE name = 'emission_rate' AND $__timeFilter(block_time) ORDER BY time`,
		},
		{
			Name: "Upgrades", Colour: panel.Pink,
			SQL: `SELECT block_time AS time, concat('Upgrade of ', contract) AS title,
    concat('New implementation 0x', lower(hex(account)), ', block ', toString(block_number)) AS text, 'upgrade' AS tags
FROM events FINAL WHERE kind = 'upgraded' AND $__timeFilter(block_time) ORDER BY time`,
		},
	}
}
