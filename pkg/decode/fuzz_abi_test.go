package decode

import (
	"bytes"
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/stretchr/testify/require"
)

// fuzzedABI has an event of every shape that an encoding can have.
const fuzzedABI = `[
	{"type": "event", "name": "A", "inputs": [{"name": "x", "type": "uint256"}, {"name": "y", "type": "string"}]},
	{"type": "event", "name": "B", "inputs": [{"name": "x", "type": "bytes[]"}, {"name": "y", "type": "uint8[2][]"}]},
	{"type": "event", "name": "C", "inputs": [{"name": "x", "type": "int24"}, {"name": "y", "type": "bool"},
		{"name": "z", "type": "bytes3"}, {"name": "w", "type": "address"}]},
	{"type": "event", "name": "D", "inputs": [{"name": "x", "type": "tuple[]", "components": [
		{"name": "a", "type": "string"}, {"name": "b", "type": "uint16[2]"}, {"name": "c", "type": "tuple", "components": [
			{"name": "d", "type": "bytes"}, {"name": "e", "type": "int8"}]}]}]},
	{"type": "event", "name": "E", "inputs": [{"name": "x", "type": "string[2]"}, {"name": "y", "type": "uint256[][2]"}]},
	{"type": "event", "name": "F", "inputs": [{"name": "x", "type": "uint64"}, {"name": "y", "type": "int64[]"}]}
]`

// FuzzCustomData has data of any kind: what decodes is what go-ethereum reads and
// writes, so that its encoding gives the same data; anything else is kept with a typed
// error. No data makes it panic.
func FuzzCustomData(f *testing.F) {
	abis := stakingABI(f, fuzzedABI)
	events := abis[ContractStaking][0].Events
	names := []string{"A", "B", "C", "D", "E", "F"}

	type inner struct {
		D []byte
		E int8
	}

	type outer struct {
		A string
		B [2]uint16
		C inner
	}

	seed := func(which int, values ...any) {
		event := events[names[which]]
		l := eventLog(f, &event, nil, values...)
		f.Add(uint8(which), l.Data)
	}
	seed(0, largest().ToBig(), "text")
	seed(1, [][]byte{{1}, {}}, [][2]uint8{{1, 2}, {3, 4}})
	seed(2, big.NewInt(-1), true, [3]byte{1}, alice)
	seed(3, []outer{{"a", [2]uint16{1, 2}, inner{[]byte{9}, -1}}})
	seed(4, [2]string{"", "x"}, [2][]*big.Int{{big.NewInt(1)}, {}})
	seed(5, uint64(1), []int64{-1, 1})

	d := newDecoder(f, abis)

	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		event := events[names[int(which)%len(names)]]
		l := logOf(ContractStaking, event.Sig, nil, nil)
		l.Data = data

		e, err := d.DecodeAt([]types.Log{l}, 0)
		requireSound(t, &l, &e)

		if err != nil {
			var malformed *MalformedError
			require.ErrorAs(t, err, &malformed)

			return
		}

		require.Equal(t, KindCustom, e.Kind)

		values, err := event.Inputs.Unpack(data)
		require.NoError(t, err, "go-ethereum reads it too")

		again, err := event.Inputs.Pack(values...)
		require.NoError(t, err)
		require.True(t, bytes.Equal(data, again), "the encoding is the only one")
	})
}

// FuzzParseABI has ABIs of any kind: an error, or a decoder that takes any log.
func FuzzParseABI(f *testing.F) {
	f.Add(fuzzedABI, []byte{1})
	f.Add(noticed, []byte{})
	f.Add(`{"abi": `+noticed+`}`, make([]byte, 100))
	f.Add(`[{"type": "event", "name": "E", "anonymous": true, "inputs": [{"type": "uint8[3][]", "name": "a"}]}]`, make([]byte, 64))
	f.Add(`[{"type": "event", "name": "E", "inputs": [{"type": "tuple", "components": [{"type": "bool", "name": "é"}]}]}]`, []byte{})
	f.Add(`[{"type": "event", "name": "E", "inputs": [{"type": "uint8[99999999999999]", "name": "a"}]}]`, []byte{})

	f.Fuzz(func(t *testing.T, text string, data []byte) {
		parsed, err := ParseABI("staking", strings.NewReader(text))
		if err != nil {
			return
		}

		d, err := New(Config{Deployment: base, ABIs: map[Contract][]abi.ABI{ContractStaking: {parsed}}})
		require.NoError(t, err, "ParseABI lets nothing pass that New refuses")

		for _, event := range parsed.Events {
			l := logOf(ContractStaking, "", nil, nil)
			l.Topics[0] = event.ID
			l.Data = data

			e := decodeOne(t, d, l)
			requireSound(t, &l, &e)
		}
	})
}

var errRead = errors.New("the disk is gone")

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errRead }

func TestParseABIReturnsReadErrors(t *testing.T) {
	t.Parallel()

	_, err := ParseABI("diem", brokenReader{})
	require.ErrorIs(t, err, errRead)
	require.ErrorContains(t, err, "ABI of diem")
}
