package devnet

import (
	"math/big"
	"time"
)

// The story is Venice's own between its launch and the end of storyEnd, laid
// over whatever time the history has.
var (
	storyBegin = time.Date(2025, 1, 27, 0, 0, 0, 0, time.UTC)
	storyEnd   = time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
)

// Token figures of the story, in tokens.
const (
	genesisSupply  = 100_000_000
	airdropFund    = 50_000_000
	airdropClaimed = 18_000_000
	poolFund       = 8_000_000
	firstGrant     = 12_000_000
	laterGrant     = 5_000_000
	buybackAmount  = 70_000
	buybacks       = 18 // about monthly

	launchEmission  = 14_000_000 // a year
	upgradeEmission = 10_000_000 // a year, from the upgrade on
	firstTarget     = 38_000     // DIEM
	firstWidth      = 475        // DIEM a bucket
)

const (
	airdropEnd    = 0.12 // share of the story in which the airdrop can be claimed
	airdropClaims = 3    // in each block of that time
	lockedPercent = 200_000_000_000_000_000
	onePercent    = 10_000_000_000_000_000
	launchPercent = 80 // of emissions, to the treasury, before anybody uses the API
	unstakeDays   = 7 * 24 * time.Hour
)

// step is something the people behind Venice do at a point of the story.
type step struct {
	at  float64 // 0 at the launch, 1 at the history's end
	run func(*turn) error
}

// moment places a date of the real story.
func moment(year int, month time.Month, day int) float64 {
	at := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	return float64(at.Sub(storyBegin)) / float64(storyEnd.Sub(storyBegin))
}

// timeline lists the steps in their order. span is the history's length: where
// it is short, so are the cooldowns.
func timeline(span time.Duration) []step {
	cooldown := min(unstakeDays, span/50)
	diemCooldown := min(24*time.Hour, span/400)
	launch := func(t *turn) error { return t.launch(cooldown) }
	return append(monthly(), []step{
		{0, launch},
		{0, (*turn).fund},
		{0.05, percentage(60)},
		{0.10, percentage(35)},
		{0.2, percentage(20)},
		{airdropEnd + 0.01, (*turn).burnAirdrop},
		{0.2, grant},
		{moment(2025, time.August, 20), (*turn).upgrade},
		{moment(2025, time.August, 20), curve(firstTarget, firstWidth)},
		{moment(2025, time.August, 20), emission(upgradeEmission)},
		{0.32, func(t *turn) error { return t.diemCooldown(diemCooldown) }},
		{0.4, grant},
		{0.43, func(t *turn) error {
			return t.ownerCall("setCooldownDuration", big.NewInt(int64(cooldown/time.Second)))
		}},
		{moment(2025, time.November, 10), emission(8_000_000)},
		{0.45, func(t *turn) error { return t.ownerCall("setTreasury", t.Treasury) }},
		{moment(2026, time.February, 10), emission(6_000_000)},
		{0.5, (*turn).lendMinting},
		{0.6, grant},
		{moment(2026, time.May, 1), emission(5_000_000)},
		{0.72, curve(39_500, 500)},
		{moment(2026, time.June, 1), emission(4_000_000)},
		{moment(2026, time.July, 1), emission(3_000_000)},
		{0.8, (*turn).notice},
		{moment(2026, time.September, 1), emission(2_500_000)},
		{moment(2026, time.September, 14), curve(40_000, 500)},
		{moment(2026, time.October, 1), emission(2_000_000)},
	}...)
}

// monthly lists the buybacks.
func monthly() []step {
	steps := make([]step, buybacks)
	for i := range steps {
		steps[i] = step{(float64(i) + 2.5) / (buybacks + 2), (*turn).buyback}
	}
	return steps
}
