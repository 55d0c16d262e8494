package venice_test

import (
	"testing"

	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"

	"diemhouse/pkg/venice"
)

func TestRatePerSecondOfTheSchedule(t *testing.T) {
	t.Parallel()

	for _, s := range readFacts(t).Schedule {
		require.Equal(t, s.Rate, venice.RatePerSecond(s.Annual))
	}

	for annual, want := range map[uint64]string{
		14_000_000: "443937087772704211", // floor(14e24 / 31536000)
		2_000_000:  "63419583967529173",
		0:          "0",
	} {
		rate := venice.RatePerSecond(annual)
		require.Equal(t, want, rate.Dec())

		back, err := venice.Annual(&rate)
		require.NoError(t, err)

		lost := new(uint256.Int).Sub(token(annual), &back)
		require.True(t, lost.LtUint64(venice.SecondsPerYear))
	}

	_, err := venice.Annual(largest())
	require.ErrorIs(t, err, venice.ErrOverflow)
}

func TestImpliedRateAndLockedShareOfTheCapturedUpdates(t *testing.T) {
	t.Parallel()

	f := readFacts(t)

	for _, u := range f.Updates {
		rate, err := venice.ImpliedRate(&u.ToTreasury, &u.ToStakers, u.Elapsed)
		require.NoError(t, err)
		require.Equal(t, u.Rate, rate)

		share, err := venice.ImpliedLockedShare(&u.ToTreasury, &u.ToStakers, &f.State.Percentage, &f.State.PercentageWhenLocked)
		require.NoError(t, err)
		require.InDelta(t, u.LockedShare, share, 5e-12)
	}
}

func TestImpliedLockedShareBesideAPercentageOfAll(t *testing.T) {
	t.Parallel()

	s := venice.RewardState{
		Rate: *token(1), Staked: *token(100), Locked: *token(30),
		Percentage: *wei(t, "250000000000000000"), PercentageWhenLocked: *wei(t, "200000000000000000"),
	}

	e, err := s.Emit(60)
	require.NoError(t, err)

	share, err := venice.ImpliedLockedShare(&e.ToTreasury, &e.ToStakers, &s.Percentage, &s.PercentageWhenLocked)
	require.NoError(t, err)
	require.InDelta(t, 0.3, share, 1e-12)
}

func TestImpliedFiguresOfAnUpdateThatTellsNothing(t *testing.T) {
	t.Parallel()

	one, fifth, none := token(1), wei(t, "200000000000000000"), new(uint256.Int)

	_, err := venice.ImpliedRate(one, one, 0)
	require.ErrorIs(t, err, venice.ErrRewardState)

	_, err = venice.ImpliedRate(largest(), one, 1)
	require.ErrorIs(t, err, venice.ErrOverflow)

	for _, test := range [][4]*uint256.Int{{none, none, none, fifth}, {one, one, none, none}, {one, one, one, fifth}} {
		_, err := venice.ImpliedLockedShare(test[0], test[1], test[2], test[3])
		require.ErrorIs(t, err, venice.ErrRewardState)
	}
}
