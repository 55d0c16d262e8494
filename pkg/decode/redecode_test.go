package decode

import (
	"math/big"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"
)

func TestRedecodeGivesWhatAnABIDecodesNow(t *testing.T) {
	t.Parallel()

	abis := stakingABI(t, noticed)
	event := abis[ContractStaking][0].Events["GuardianNoticed"]
	logs := inOrder(
		logOf(ContractStaking, "Staked(address,uint256)", words(alice), words(7)),
		eventLog(t, &event, words(alice, 1), big.NewInt(3), "first"),
		logOf(ContractStaking, "Nobody()", nil, nil),
		transferLog(ContractVVV, zero, base.Treasury, uint256.NewInt(1)),
		eventLog(t, &event, words(bob, 1), big.NewInt(4), "second"))

	stored, err := newDecoder(t, nil).Decode(nil, logs)
	require.NoError(t, err)

	d := newDecoder(t, abis)
	want, err := d.Decode(nil, logs)
	require.NoError(t, err)

	got, err := d.Redecode(nil, stored)
	require.NoError(t, err)
	require.Equal(t, []Event{want[1], want[4]}, got)

	again, err := d.Redecode(got, got)
	require.NoError(t, err)
	require.Equal(t, got, again, "nothing is left to decode")
}

// TestRedecodeFindsThePartnerAmongStoredEvents has a DiemMinted that only the user's
// ABI can read, after a transfer that was stored decoded.
func TestRedecodeFindsThePartnerAmongStoredEvents(t *testing.T) {
	t.Parallel()

	logs := inOrder(
		transferLog(ContractDIEM, zero, alice, uint256.NewInt(7)),
		logOf(ContractStaking, "DiemMinted(uint256,uint256)", words(4000), words(7)))

	stored, err := newDecoder(t, nil).Decode(nil, logs)
	require.NoError(t, err)
	require.Equal(t, KindUnknown, stored[1].Kind)

	got, err := newDecoder(t, stakingABI(t, `[{"type": "event", "name": "DiemMinted", "inputs": [
		{"name": "x", "type": "uint256", "indexed": true}, {"name": "y", "type": "uint256"}]}]`)).Redecode(nil, stored)
	require.NoError(t, err)
	require.Len(t, got, 1)
	require.Equal(t, KindDIEMMint, got[0].Kind)
	require.Equal(t, alice, got[0].Account)
	require.Empty(t, got[0].Problem)
}

func TestRedecodeTellsAProblemThatChanged(t *testing.T) {
	t.Parallel()

	stored := []Event{decodeOne(t, newDecoder(t, nil), logOf(ContractStaking, "Set(uint256)", nil, nil))}
	require.Equal(t, ProblemUnknownEvent, stored[0].Problem)

	got, err := newDecoder(t, stakingABI(t, `[{"type": "event", "name": "Set", "inputs": [
		{"name": "a", "type": "uint256"}]}]`)).Redecode(nil, stored)
	require.NoError(t, err)
	require.Len(t, got, 1)
	require.Equal(t, KindUnknown, got[0].Kind)
	require.Equal(t, "malformed: Set: a: data ends too soon", got[0].Problem)
}

func TestRedecodeWantsOrder(t *testing.T) {
	t.Parallel()

	d := newDecoder(t, nil)
	stored, err := d.Decode(nil, inOrder(
		logOf(ContractStaking, "A()", nil, nil), logOf(ContractStaking, "B()", nil, nil)))
	require.NoError(t, err)

	slices.Reverse(stored)

	_, err = d.Redecode(nil, stored)
	require.ErrorIs(t, err, ErrOrder)
}

func TestLogGivesBackWhatIsKept(t *testing.T) {
	t.Parallel()

	d := newDecoder(t, nil)

	for _, c := range readCaptures(t) {
		for i, l := range c.logs() {
			e := c.want(i)

			back, ok := e.Log()
			require.Equal(t, e.Name == "Transfer", ok)

			if ok {
				require.Equal(t, l, back)
			}
		}
	}

	unknown := logOf(ContractStaking, "Nobody()", words(1, 2), words(3))
	e := decodeOne(t, d, unknown)
	back, ok := e.Log()
	require.True(t, ok)
	require.Equal(t, unknown, back)

	back.Data[0], back.Topics[0] = 1, common.Hash{}
	again, _ := e.Log()
	require.Equal(t, unknown, again, "the log shares no memory with the event")
	require.Equal(t, types.Log{}, logOfStake(t, d))
}

func logOfStake(tb testing.TB, d *Decoder) types.Log {
	tb.Helper()

	e := decodeOne(tb, d, logOf(ContractStaking, "Staked(address,uint256)", words(alice), words(7)))
	l, ok := e.Log()
	require.False(tb, ok)

	return l
}
