package decode

import (
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"
)

func stakingABI(tb testing.TB, text string) map[Contract][]abi.ABI {
	tb.Helper()

	return map[Contract][]abi.ABI{ContractStaking: {parseABI(tb, text)}}
}

// eventLog is a log of an ABI's event as go-ethereum encodes it.
func eventLog(tb testing.TB, event *abi.Event, topics []common.Hash, values ...any) types.Log {
	tb.Helper()

	data, err := event.Inputs.NonIndexed().Pack(values...)
	require.NoError(tb, err)

	l := logOf(ContractStaking, "", topics, nil)
	l.Data = data

	if event.Anonymous {
		l.Topics = topics
	} else {
		l.Topics[0] = event.ID
	}

	return l
}

const noticed = `[{"type": "event", "name": "GuardianNoticed", "inputs": [
	{"name": "guardian", "type": "address", "indexed": true},
	{"name": "reason", "type": "bytes32", "indexed": true},
	{"name": "level", "type": "uint256"},
	{"name": "note", "type": "string"}]}]`

func TestAUsersABIDecodesWhatNothingKnew(t *testing.T) {
	t.Parallel()

	abis := stakingABI(t, noticed)
	event := abis[ContractStaking][0].Events["GuardianNoticed"]
	l := eventLog(t, &event, words(alice, common.HexToHash("0xd7")), big.NewInt(3), `a "drill", nothing else`)

	require.Equal(t, KindUnknown, decodeOne(t, newDecoder(t, nil), l).Kind)

	e := decodeOne(t, newDecoder(t, abis), l)
	requireSound(t, &l, &e)
	require.Equal(t, KindCustom, e.Kind)
	require.Equal(t, "GuardianNoticed", e.Name)
	require.Equal(t, alice, e.Account)
	require.Equal(t, zero, e.Counterparty)
	require.Empty(t, e.Problem)
	require.JSONEq(t, `{"guardian":"0xa11ce00000000000000000000000000000000001",`+
		`"reason":"0x00000000000000000000000000000000000000000000000000000000000000d7",`+
		`"level":"3","note":"a \"drill\", nothing else"}`, e.Args)
}

func TestCustomArgumentsOfEveryType(t *testing.T) {
	t.Parallel()

	abis := stakingABI(t, `[{"type": "event", "name": "All", "inputs": [
		{"name": "small", "type": "uint8"}, {"name": "middle", "type": "uint96"}, {"name": "negative", "type": "int24"},
		{"name": "least", "type": "int256"}, {"name": "yes", "type": "bool"}, {"name": "code", "type": "bytes4"},
		{"name": "raw", "type": "bytes"}, {"name": "text", "type": "string"}, {"name": "who", "type": "address"},
		{"name": "", "type": "address"}, {"name": "who", "type": "address"},
		{"name": "list", "type": "uint16[]"}, {"name": "pair", "type": "int8[2]"}, {"name": "texts", "type": "string[2]"},
		{"name": "none", "type": "address[]"}, {"name": "call", "type": "function"},
		{"name": "deep", "type": "tuple[]", "components": [
			{"name": "a", "type": "bool"}, {"name": "b", "type": "bytes"},
			{"name": "c", "type": "tuple", "components": [{"name": "x", "type": "uint256"}, {"name": "y", "type": "uint8[2]"}]}]}
	]}]`)
	event := abis[ContractStaking][0].Events["All"]

	type inner struct {
		X *big.Int
		Y [2]uint8
	}

	type deep struct {
		A bool
		B []byte
		C inner
	}

	least := new(big.Int).Neg(new(big.Int).Lsh(big.NewInt(1), 255))
	l := eventLog(t, &event, nil,
		uint8(255), new(big.Int).Lsh(big.NewInt(1), 95), big.NewInt(-8388608), least, true, [4]byte{0xde, 0xad, 0xbe, 0xef},
		[]byte{1, 2, 3}, "caf\u00e9 <&>", alice, bob, zero,
		[]uint16{1, 65535}, [2]int8{-128, 127}, [2]string{"", strings.Repeat("x", 33)},
		[]common.Address{}, [24]byte{0xff, 23: 0x01},
		[]deep{{true, []byte{}, inner{big.NewInt(1), [2]uint8{2, 3}}}, {false, []byte{0xaa}, inner{new(big.Int), [2]uint8{}}}})

	e := decodeOne(t, newDecoder(t, abis), l)
	require.Equal(t, KindCustom, e.Kind, e.Problem)
	require.Equal(t, alice, e.Account)
	require.Equal(t, bob, e.Counterparty)
	require.Equal(t, map[string]any{
		"small": "255", "middle": "39614081257132168796771975168", "negative": "-8388608",
		"least": "-57896044618658097711785492504343953926634992332820282019728792003956564819968",
		"yes":   true, "code": "0xdeadbeef", "raw": "0x010203", "text": "caf\u00e9 <&>",
		"who": "0xa11ce00000000000000000000000000000000001", "arg9": "0xb0b0000000000000000000000000000000000002",
		"arg10": "0x0000000000000000000000000000000000000000",
		"list":  []any{"1", "65535"}, "pair": []any{"-128", "127"}, "texts": []any{"", strings.Repeat("x", 33)},
		"none": []any{}, "call": "0xff00000000000000000000000000000000000000000000010000000000000000",
		"deep": []any{
			map[string]any{"a": true, "b": "0x", "c": map[string]any{"x": "1", "y": []any{"2", "3"}}},
			map[string]any{"a": false, "b": "0xaa", "c": map[string]any{"x": "0", "y": []any{"0", "0"}}},
		},
	}, args(t, &e))
}

func TestIndexedArgumentsOfManyWordsAreTheirHash(t *testing.T) {
	t.Parallel()

	abis := stakingABI(t, `[{"type": "event", "name": "Named", "inputs": [
		{"name": "name", "type": "string", "indexed": true}, {"name": "pair", "type": "uint8[2]", "indexed": true},
		{"name": "small", "type": "int8", "indexed": true}]}]`)
	event := abis[ContractStaking][0].Events["Named"]
	minusOne := new(uint256.Int).SetAllOne()
	l := eventLog(t, &event, words(common.HexToHash("0x0a"), common.HexToHash("0x0b"), minusOne))

	e := decodeOne(t, newDecoder(t, abis), l)
	require.Equal(t, map[string]any{
		"name": common.HexToHash("0x0a").Hex(), "pair": common.HexToHash("0x0b").Hex(), "small": "-1",
	}, args(t, &e))
}

func TestAStringThatIsNotTextIsGivenAsBytes(t *testing.T) {
	t.Parallel()

	abis := stakingABI(t, `[{"type": "event", "name": "Said", "inputs": [{"name": "text", "type": "string"}]}]`)
	event := abis[ContractStaking][0].Events["Said"]

	e := decodeOne(t, newDecoder(t, abis), eventLog(t, &event, nil, "\xff\xfe"))
	require.JSONEq(t, `{"text":"0xfffe"}`, e.Args)
}

func TestMalformedCustomEventsAreKept(t *testing.T) {
	t.Parallel()

	abis := stakingABI(t, `[{"type": "event", "name": "Odd", "inputs": [
		{"name": "who", "type": "address"}, {"name": "n", "type": "uint32"}, {"name": "m", "type": "int32"},
		{"name": "b", "type": "bool"}, {"name": "code", "type": "bytes4"}, {"name": "texts", "type": "string[]"}]}]`)
	event := abis[ContractStaking][0].Events["Odd"]
	sound := eventLog(t, &event, nil, alice, uint32(1), int32(-1), true, [4]byte{1}, []string{"one", "two"})
	d := newDecoder(t, abis)

	require.Equal(t, KindCustom, decodeOne(t, d, sound).Kind)

	at := func(word, index int, value byte) func([]byte) []byte {
		return func(data []byte) []byte {
			data[word*wordSize+index] = value

			return data
		}
	}

	for name, test := range map[string]struct {
		spoil func([]byte) []byte
		want  string
	}{
		"dirty address":   {at(0, 0, 1), "malformed: Odd: who: 0x01"},
		"wide uint32":     {at(1, 27, 1), "malformed: Odd: n: 0x"},
		"wide int32":      {at(2, 0, 0), "malformed: Odd: m: 0x00ff"},
		"unextended":      {at(2, 3, 0xfe), "malformed: Odd: m: 0xfffffffe"},
		"bool of 2":       {at(3, 31, 2), "malformed: Odd: b: 0x"},
		"long bytes4":     {at(4, 4, 1), "malformed: Odd: code: 0x"},
		"offset":          {at(5, 31, 0), "malformed: Odd: texts: offset points elsewhere"},
		"huge offset":     {at(5, 0, 1), "malformed: Odd: texts: offset points elsewhere"},
		"length":          {at(6, 31, 3), "malformed: Odd: texts: "},
		"huge length":     {at(6, 0, 1), "malformed: Odd: texts: data ends too soon"},
		"inner offset":    {at(7, 31, 0x60), "malformed: Odd: texts: [0]: offset points elsewhere"},
		"long text":       {at(9, 31, 200), "malformed: Odd: texts: [0]: data ends too soon"},
		"dirty text":      {at(10, 31, 1), "malformed: Odd: texts: [0]: padding is not zero"},
		"short":           {func(d []byte) []byte { return d[:len(d)-1] }, "malformed: Odd: texts: [1]: data ends too soon"},
		"shorter":         {func(d []byte) []byte { return d[:40] }, "malformed: Odd: n: data ends too soon"},
		"empty":           {func([]byte) []byte { return nil }, "malformed: Odd: who: data ends too soon"},
		"a word too many": {func(d []byte) []byte { return append(d, make([]byte, 32)...) }, "malformed: Odd: data: 32 bytes too many"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			l := sound
			l.Data = test.spoil(append([]byte(nil), sound.Data...))
			e := decodeOne(t, d, l)
			requireSound(t, &l, &e)
			require.Equal(t, KindUnknown, e.Kind)
			require.Contains(t, e.Problem, test.want)

			_, err := d.DecodeAt([]types.Log{l}, 0)
			var malformed *MalformedError
			require.ErrorAs(t, err, &malformed)
		})
	}

	tiny := stakingABI(t, `[{"type": "event", "name": "Tiny", "inputs": [{"name": "n", "type": "int8"}]}]`)
	require.Contains(t, decodeOne(t, newDecoder(t, tiny), logOf(ContractStaking, "Tiny(int8)", nil, words(128))).Problem,
		"malformed: Tiny: n: 0x", "128 is no int8")

	many := sound
	many.Topics = append([]common.Hash{}, sound.Topics[0], common.Hash{})
	require.Equal(t, "malformed: Odd: topics: want 1, got 2", decodeOne(t, d, many).Problem)
}

func TestOverloadedEventsAreToldByTopicAndLayout(t *testing.T) {
	t.Parallel()

	abis := stakingABI(t, `[
		{"type": "event", "name": "Set", "inputs": [{"name": "a", "type": "uint256"}]},
		{"type": "event", "name": "Set", "inputs": [{"name": "a", "type": "address"}]}]`)
	abis[ContractStaking] = append(abis[ContractStaking], parseABI(t, `[
		{"type": "event", "name": "Set", "inputs": [{"name": "a", "type": "uint256", "indexed": true}]}]`))
	d := newDecoder(t, abis)

	for want, l := range map[string]types.Log{
		`{"a":"7"}`: logOf(ContractStaking, "Set(uint256)", nil, words(7)),
		`{"a":"8"}`: logOf(ContractStaking, "Set(uint256)", words(8), nil),
		`{"a":"0xa11ce00000000000000000000000000000000001"}`: logOf(ContractStaking, "Set(address)", nil, words(alice)),
	} {
		e := decodeOne(t, d, l)
		require.Equal(t, "Set", e.Name)
		require.Equal(t, want, e.Args)
	}

	require.Equal(t, "malformed: Set: topics: want 1, got 3",
		decodeOne(t, d, logOf(ContractStaking, "Set(uint256)", words(1, 2), nil)).Problem)

	require.Equal(t, KindUnknown, decodeOne(t, d, logOf(ContractDIEM, "Set(uint256)", nil, words(7))).Kind,
		"the ABI is staking's alone")
}

// TestAUsersABINeverOverridesWhatIsBuiltIn has the built-in events under other names
// of arguments, and with other arguments indexed.
func TestAUsersABINeverOverridesWhatIsBuiltIn(t *testing.T) {
	t.Parallel()

	d := newDecoder(t, stakingABI(t, `[
		{"type": "event", "name": "Staked", "inputs": [{"name": "x", "type": "address"}, {"name": "y", "type": "uint256"}]},
		{"type": "event", "name": "Claimed", "inputs": [
			{"name": "x", "type": "address"}, {"name": "y", "type": "uint256", "indexed": true}]},
		{"type": "event", "name": "DiemMinted", "inputs": [
			{"name": "x", "type": "uint256", "indexed": true}, {"name": "y", "type": "uint256"}]}]`))

	// as built in
	e := decodeOne(t, d, logOf(ContractStaking, "Staked(address,uint256)", words(alice), words(7)))
	require.Equal(t, KindStake, e.Kind)
	require.Equal(t, alice, e.Account)

	// as the ABI has it, with the meaning that is built in
	e = decodeOne(t, d, logOf(ContractStaking, "Staked(address,uint256)", nil, words(alice, 7)))
	require.Equal(t, KindStake, e.Kind)
	require.Equal(t, alice, e.Account)
	require.Equal(t, uint64(7), e.VVVWei.Uint64())

	// the same shape, but only one of the two reads it
	e = decodeOne(t, d, logOf(ContractStaking, "Claimed(address,uint256)", words(alice), words(7)))
	require.Equal(t, KindClaim, e.Kind)
	require.Equal(t, alice, e.Account)

	e = decodeOne(t, d, logOf(ContractStaking, "Claimed(address,uint256)", words(largest()), words(alice)))
	require.Equal(t, KindClaim, e.Kind)
	require.Equal(t, alice, e.Account)
	require.Equal(t, *largest(), e.VVVWei)

	// and its partner is found
	events, err := d.Decode(nil, inOrder(
		transferLog(ContractDIEM, zero, alice, uint256.NewInt(7)),
		logOf(ContractStaking, "DiemMinted(uint256,uint256)", words(4000), words(7))))
	require.NoError(t, err)
	require.Equal(t, KindDIEMMint, events[1].Kind)
	require.Equal(t, alice, events[1].Account)
	require.Equal(t, uint64(4000), events[1].VVVWei.Uint64())
}

func TestAnonymousEvents(t *testing.T) {
	t.Parallel()

	abis := stakingABI(t, `[
		{"type": "event", "anonymous": true, "name": "Hidden", "inputs": [
			{"name": "who", "type": "address", "indexed": true}, {"name": "n", "type": "uint256"}]},
		{"type": "event", "anonymous": true, "name": "Flag", "inputs": [{"name": "on", "type": "bool"}]},
		{"type": "event", "anonymous": true, "name": "Number", "inputs": [{"name": "n", "type": "uint256"}]},
		{"type": "event", "anonymous": true, "name": "Four", "inputs": [
			{"name": "a", "type": "bool", "indexed": true}, {"name": "b", "type": "bool", "indexed": true},
			{"name": "c", "type": "bool", "indexed": true}, {"name": "d", "type": "bool", "indexed": true}]}]`)
	d := newDecoder(t, abis)
	bare := func(topics, data []common.Hash) types.Log {
		l := logOf(ContractStaking, "", nil, data)
		l.Topics = topics

		return l
	}

	e := decodeOne(t, d, bare(words(alice), words(7)))
	require.Equal(t, KindCustom, e.Kind)
	require.Equal(t, "Hidden", e.Name)
	require.Equal(t, alice, e.Account)

	require.Equal(t, "Four", decodeOne(t, d, bare(words(0, 1, 1, 0), nil)).Name)
	require.Equal(t, "Number", decodeOne(t, d, bare(nil, words(2))).Name)

	ambiguous := bare(nil, words(1))
	e = decodeOne(t, d, ambiguous)
	requireSound(t, &ambiguous, &e)
	require.Equal(t, "ambiguous: Flag, Number", e.Problem)

	require.Equal(t, ProblemUnknownEvent, decodeOne(t, d, bare(words(largest()), words(7))).Problem)
}

func TestACurveUpdateHasTheNameOfTheUsersABI(t *testing.T) {
	t.Parallel()

	d := newDecoder(t, stakingABI(t, `[{"type": "event", "name": "TableSet", "inputs": [
		{"name": "supply", "type": "uint256[256]"}, {"name": "rates", "type": "uint256[256]"}]}]`))
	c := generate(t, 40_000, 500)

	e := decodeOne(t, d, curveLog("TableSet(uint256[256],uint256[256])", c.Bounds, c.Rates))
	require.Equal(t, KindCurveUpdated, e.Kind)
	require.Equal(t, "TableSet", e.Name)
	require.Contains(t, args(t, &e), "topics")
}

func TestLengthsThatNoLogHas(t *testing.T) {
	t.Parallel()

	for n, want := range map[uint64]bool{0: true, 1<<30 - 1: true, 1 << 30: false, 1 << 40: false} {
		word := uint256.NewInt(n).Bytes32()
		_, ok := asLength(word[:])
		require.Equal(t, want, ok, "%d", n)
	}
}

func TestUniqueNames(t *testing.T) {
	t.Parallel()

	require.Equal(t, []string{"a", "arg1", "arg2"}, uniqueNames([]string{"a", "", "a"}))
	require.Equal(t, []string{"arg1", "arg1_"}, uniqueNames([]string{"arg1", ""}))
}
