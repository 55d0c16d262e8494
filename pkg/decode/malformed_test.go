package decode

import (
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/stretchr/testify/require"
)

// TestMalformedLogsOfEveryLayout spoils a log of each layout in every way: a topic
// too few or too many, data too short, too long or empty, a dirty byte in the padding
// of each argument that has some.
func TestMalformedLogsOfEveryLayout(t *testing.T) {
	t.Parallel()

	d := newDecoder(t, nil)

	for _, contract := range Contracts() {
		for _, y := range layoutsOf(contract) {
			sound := sampleOf(contract, &y)

			if y.kind != KindCurveUpdated { // which has no shape but its size
				e, err := d.DecodeAt([]types.Log{sound}, 0)
				require.NoError(t, err, y.signature())
				require.NotEqual(t, KindUnknown, e.Kind)
			}

			for name, spoilt := range spoil(sound, &y) {
				e, err := d.DecodeAt([]types.Log{spoilt}, 0)
				what := y.signature() + ": " + name

				var malformed *MalformedError
				require.ErrorAs(t, err, &malformed, what)
				require.Equal(t, spoilt.BlockNumber, malformed.BlockNumber)
				require.Equal(t, spoilt.Index, uint(malformed.LogIndex))
				require.Equal(t, y.name, malformed.Event)
				require.NotEmpty(t, malformed.Field)
				require.Contains(t, err.Error(), "log 810 of block 51120636: malformed: "+y.name)

				requireSound(t, &spoilt, &e)
				require.Equal(t, KindUnknown, e.Kind)
				require.Equal(t, malformed.Problem(), e.Problem)
				require.Equal(t, e, decodeOne(t, d, spoilt))
			}
		}
	}
}

// sampleOf is a log of the layout: each argument is its position, counted from 1.
func sampleOf(contract Contract, y *layout) types.Log {
	l := logOf(contract, y.signature(), nil, nil)

	for i := range y.params {
		value := make([]byte, y.params[i].kind.size())
		value[len(value)-1] = byte(i + 1)

		if y.params[i].indexed {
			l.Topics = append(l.Topics, common.Hash(value))
		} else {
			l.Data = append(l.Data, value...)
		}
	}

	return l
}

func spoil(sound types.Log, y *layout) map[string]types.Log {
	copied := func(change func(l *types.Log)) types.Log {
		l := sound
		l.Topics = append([]common.Hash(nil), sound.Topics...)
		l.Data = append([]byte(nil), sound.Data...)
		change(&l)

		return l
	}

	out := map[string]types.Log{
		"long data": copied(func(l *types.Log) { l.Data = append(l.Data, 0) }),
		"long word": copied(func(l *types.Log) { l.Data = append(l.Data, make([]byte, wordSize)...) }),
	}

	if y.kind != KindCurveUpdated {
		out["many topics"] = copied(func(l *types.Log) { l.Topics = append(l.Topics, common.Hash{}) })
	}

	if len(sound.Topics) > 1 {
		out["few topics"] = copied(func(l *types.Log) { l.Topics = l.Topics[:len(l.Topics)-1] })
		out["topic 0 alone"] = copied(func(l *types.Log) { l.Topics = l.Topics[:1] })
	}

	if len(sound.Data) > 0 {
		out["no data"] = copied(func(l *types.Log) { l.Data = nil })
		out["short data"] = copied(func(l *types.Log) { l.Data = l.Data[:len(l.Data)-1] })
		out["half a word"] = copied(func(l *types.Log) { l.Data = l.Data[:len(l.Data)-16] })
	}

	topic, offset := 1, 0

	for i := range y.params {
		p := &y.params[i]
		padded := !p.kind.fits(append([]byte{1}, make([]byte, wordSize-1)...))

		if p.indexed {
			if at := topic; padded {
				out["dirty "+p.name] = copied(func(l *types.Log) { l.Topics[at][0] = 1 })
			}

			topic++
		} else {
			if at := offset; padded {
				out["dirty "+p.name] = copied(func(l *types.Log) { l.Data[at] = 1 })
			}

			offset += p.kind.size()
		}
	}

	return out
}

func TestMalformedErrorsSayWhatIsWrong(t *testing.T) {
	t.Parallel()

	d := newDecoder(t, nil)

	dirty := transferLog(ContractVVV, alice, bob, token(1))
	dirty.Topics[2][11] = 0xff

	for want, l := range map[string]types.Log{
		"malformed: Staked: data: want 32 bytes, got 64":                                                            logOf(ContractStaking, "Staked(address,uint256)", words(alice), words(1, 2)),
		"malformed: Staked: topics: want 2, got 1":                                                                  logOf(ContractStaking, "Staked(address,uint256)", nil, words(alice, 1)),
		"malformed: Transfer: to: 0x0000000000000000000000ffb0b0000000000000000000000000000000000002 is no address": dirty,
		"malformed: Initialized: version: 0x0000000000000000000000000000000000000000000000000000000000000100 is no uint8": logOf(
			ContractStaking, "Initialized(uint8)", nil, words(256)),
		// of two layouts that of the log's shape
		"malformed: TreasuryUpdated: newTreasury: 0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff is no address": logOf(
			ContractStaking, "TreasuryUpdated(address)", words(largest()), nil),
	} {
		require.Equal(t, want, decodeOne(t, d, l).Problem)
	}
}
