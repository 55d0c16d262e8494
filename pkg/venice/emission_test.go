package venice_test

import (
	"errors"
	"testing"

	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"

	"diemhouse/pkg/venice"
)

func isAny(err error, targets ...error) bool {
	for _, target := range targets {
		if errors.Is(err, target) {
			return true
		}
	}

	return false
}

// TestEmitGivesTheCapturedMints runs the arithmetic with the captured stake, locked as
// the update implies, and gets both captured mints to the wei.
func TestEmitGivesTheCapturedMints(t *testing.T) {
	t.Parallel()

	f := readFacts(t)

	for _, u := range f.Updates {
		s := f.rewardState()
		s.Rate = u.Rate
		s.Locked = *lockedOf(t, s, u.Elapsed, &u.ToTreasury)

		e, err := s.Emit(u.Elapsed)
		require.NoError(t, err)
		require.Equal(t, u.ToTreasury, e.ToTreasury)
		require.Equal(t, u.ToStakers, e.ToStakers)

		kept := new(uint256.Int).Sub(&e.Due, new(uint256.Int).Add(&e.ToTreasury, &e.ToStakers))
		require.Equal(t, u.Loss, *kept)
	}
}

// lockedOf solves toTreasury = due · locked/staked · percentageWhenLocked for locked,
// rounded up.
func lockedOf(t *testing.T, s venice.RewardState, elapsed uint64, toTreasury *uint256.Int) *uint256.Int {
	t.Helper()

	due := new(uint256.Int).Mul(uint256.NewInt(elapsed), &s.Rate)
	lockedRaw := new(uint256.Int).Div(new(uint256.Int).Mul(toTreasury, uint256.NewInt(1e18)), &s.PercentageWhenLocked)
	locked, overflow := new(uint256.Int).MulDivOverflow(lockedRaw, &s.Staked, due)
	require.False(t, overflow)

	return locked.AddUint64(locked, 1)
}

func TestEmitOfTheCapturedState(t *testing.T) {
	t.Parallel()

	s := readFacts(t).rewardState()

	e, err := s.Emit(22)
	require.NoError(t, err)

	sum := new(uint256.Int).Add(&e.ToTreasury, &e.ToStakers)
	require.Equal(t, *new(uint256.Int).Mul(uint256.NewInt(22), &s.Rate), e.Due)
	require.Equal(t, *new(uint256.Int).SubUint64(&e.Due, 2), *sum)

	share, err := venice.ImpliedLockedShare(&e.ToTreasury, &e.ToStakers, &s.Percentage, &s.PercentageWhenLocked)
	require.NoError(t, err)
	require.InDelta(t, s.Locked.Float64()/s.Staked.Float64(), share, 1e-12)
}

func TestEmitByHand(t *testing.T) {
	t.Parallel()

	half, fifth := wei(t, "500000000000000000"), wei(t, "200000000000000000")

	for name, test := range map[string]struct {
		state                venice.RewardState
		elapsed              uint64
		toTreasury, toStaker uint64
	}{
		"V1: a part of everything": {
			venice.RewardState{Rate: *uint256.NewInt(100), Staked: *uint256.NewInt(10), Percentage: *half}, 7, 350, 350,
		},
		"V2: a part of what is locked": { // 400 of 1000 locked, of it 80; 600 and 320 to stakers
			venice.RewardState{
				Rate: *uint256.NewInt(100), Staked: *uint256.NewInt(10), Locked: *uint256.NewInt(4),
				PercentageWhenLocked: *fifth,
			}, 10, 80, 920,
		},
		"both": { // 500 at once, of the other 500 all is locked, of it 100
			venice.RewardState{
				Rate: *uint256.NewInt(100), Staked: *uint256.NewInt(10), Locked: *uint256.NewInt(10),
				Percentage: *half, PercentageWhenLocked: *fifth,
			}, 10, 600, 400,
		},
		"rounding": { // 10 over three wei of stake: 3.33… each, so 9.99…
			venice.RewardState{Rate: *uint256.NewInt(10), Staked: *uint256.NewInt(3)}, 1, 0, 9,
		},
		"nobody stakes": {venice.RewardState{Rate: *uint256.NewInt(100)}, 7, 0, 0},
		"no time":       {venice.RewardState{Rate: *uint256.NewInt(100), Staked: *uint256.NewInt(10)}, 0, 0, 0},
	} {
		e, err := test.state.Emit(test.elapsed)
		require.NoError(t, err, name)
		require.Equal(t, test.toTreasury, e.ToTreasury.Uint64(), name)
		require.Equal(t, test.toStaker, e.ToStakers.Uint64(), name)
	}
}

func TestEmitRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()

	for _, s := range []venice.RewardState{
		{Staked: *uint256.NewInt(1), Locked: *uint256.NewInt(2)},
		{Percentage: *largest()},
		{PercentageWhenLocked: *largest()},
	} {
		_, err := s.Emit(1)
		require.ErrorIs(t, err, venice.ErrRewardState)
	}

	for _, s := range []venice.RewardState{
		{Rate: *largest(), Staked: *uint256.NewInt(1)},
		{Rate: *new(uint256.Int).Lsh(token(1), 90), Staked: *uint256.NewInt(1)},
		{Rate: *new(uint256.Int).Rsh(largest(), 8), Staked: *uint256.NewInt(1), Percentage: *uint256.NewInt(1e18)},
		{Rate: *token(1), Staked: *largest(), Locked: *largest()},
	} {
		_, err := s.Emit(1 << 7)
		require.ErrorIs(t, err, venice.ErrOverflow)
	}
}

// FuzzEmit checks that an update never mints more than is due nor keeps more than 2
// wei of it back, and that the rate is read back from the two mints.
func FuzzEmit(f *testing.F) {
	f.Add(uint64(22), uint64(79274479959411466), uint64(33941208), uint64(8954489), uint64(0), uint64(200000000000000000))
	f.Add(uint64(2), uint64(443937087772704211), uint64(1), uint64(0), uint64(800000000000000000), uint64(0))
	f.Add(uint64(3), uint64(1), uint64(7), uint64(3), uint64(1e18), uint64(1e18))

	f.Fuzz(func(t *testing.T, elapsed, rate, staked, locked, percentage, whenLocked uint64) {
		s := venice.RewardState{
			Rate: *uint256.NewInt(rate), Staked: *uint256.NewInt(staked), Locked: *uint256.NewInt(locked),
			Percentage: *uint256.NewInt(percentage), PercentageWhenLocked: *uint256.NewInt(whenLocked),
		}
		for _, amount := range []*uint256.Int{&s.Staked, &s.Locked} {
			amount.Mul(amount, uint256.NewInt(1e15+7))
		}

		e, err := s.Emit(elapsed)
		if err != nil {
			require.True(t, isAny(err, venice.ErrRewardState, venice.ErrOverflow), "%v", err)

			return
		}

		sum := new(uint256.Int).Add(&e.ToTreasury, &e.ToStakers)
		require.False(t, sum.Gt(&e.Due))

		kept := new(uint256.Int).Sub(&e.Due, sum)
		require.True(t, kept.LtUint64(3), "kept %s wei", kept.Dec())

		if elapsed < 3 || staked == 0 {
			return
		}

		implied, err := venice.ImpliedRate(&e.ToTreasury, &e.ToStakers, elapsed)
		require.NoError(t, err)
		require.Equal(t, s.Rate, implied)
	})
}
