package decode

import (
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"

	"diemhouse/pkg/venice"
)

// splitTopics cuts bytes into at most four topics; a rest is padded with zeros.
func splitTopics(b []byte) []common.Hash {
	var topics []common.Hash

	for len(b) > 0 && len(topics) < 4 {
		n := min(len(b), wordSize)
		topics = append(topics, common.Hash(common.RightPadBytes(b[:n], wordSize)))
		b = b[n:]
	}

	return topics
}

func joined(words []common.Hash) []byte {
	var b []byte
	for _, word := range words {
		b = append(b, word[:]...)
	}

	return b
}

// fuzzLayouts feeds the layouts that are chosen with any arguments: they decode to
// something that encodes to the same log, or the log is kept.
func fuzzLayouts(f *testing.F, contract Contract, chosen func(*layout) bool) {
	f.Helper()

	var layouts []layout

	for _, y := range layoutsOf(contract) {
		if chosen(&y) {
			layouts = append(layouts, y)
		}
	}

	require.NotEmpty(f, layouts)

	for i := range layouts {
		sample := sampleOf(contract, &layouts[i])
		f.Add(uint8(i), joined(sample.Topics[1:]), sample.Data)

		for _, spoilt := range spoil(sample, &layouts[i]) {
			f.Add(uint8(i), joined(spoilt.Topics[1:]), spoilt.Data)
		}

		f.Add(uint8(i), joined(words(largest(), largest()))[:wordSize*(len(sample.Topics)-1)%65], sample.Data)
	}

	d := newDecoder(f, nil)

	f.Fuzz(func(t *testing.T, which uint8, topics, data []byte) {
		y := &layouts[int(which)%len(layouts)]
		l := logOf(contract, y.signature(), splitTopics(topics), nil)
		l.Data = data

		e, err := d.DecodeAt([]types.Log{l}, 0)
		requireSound(t, &l, &e)
		require.Equal(t, e, decodeOne(t, d, l))

		if err != nil {
			var malformed *MalformedError
			require.ErrorAs(t, err, &malformed)
			require.Equal(t, malformed.Problem(), e.Problem)

			return
		}

		requireEncodesTo(t, l, &e)
	})
}

// requireEncodesTo puts the event's columns and args back into a log by one of its
// kind's layouts, and compares with the log it came from.
func requireEncodesTo(tb testing.TB, want types.Log, e *Event) {
	tb.Helper()

	if back, ok := e.Log(); ok {
		require.Equal(tb, want.Topics, back.Topics)
		require.Equal(tb, string(want.Data), string(back.Data))

		return
	}

	arguments := args(tb, e)

	for _, y := range layoutsOf(e.Contract) {
		topics, data := y.shape()
		if y.kind != e.Kind || y.name != e.Name || topicOf(y.signature()) != want.Topics[0] ||
			topics != len(want.Topics) || data != len(want.Data) || y.kind == KindCurveUpdated {
			continue
		}

		back := logOf(e.Contract, y.signature(), nil, nil)

		for i := range y.params {
			word := wordBack(tb, &y.params[i], e, arguments)
			if y.params[i].indexed {
				back.Topics = append(back.Topics, word)
			} else {
				back.Data = append(back.Data, word[:]...)
			}
		}

		require.Equal(tb, want.Topics, back.Topics)
		require.Equal(tb, string(want.Data), string(back.Data))

		return
	}

	require.Equal(tb, KindCurveUpdated, e.Kind, "no layout of the log's shape")
}

func wordBack(tb testing.TB, p *param, e *Event, arguments map[string]any) common.Hash {
	tb.Helper()

	if p.arg != "" {
		text, ok := arguments[p.arg].(string)
		require.True(tb, ok, "%s in args", p.arg)

		if strings.HasPrefix(text, "0x") {
			return common.HexToHash(text)
		}

		return uint256.MustFromDecimal(text).Bytes32()
	}

	switch p.into {
	case accountColumn:
		return addressTopic(e.Account)
	case counterpartyColumn:
		return addressTopic(e.Counterparty)
	case vvvColumn:
		return e.VVVWei.Bytes32()
	case diemColumn:
		return e.DIEMWei.Bytes32()
	case noColumn:
	}

	require.Fail(tb, "an argument is lost", "%s of %s", p.name, e.Name)

	return common.Hash{}
}

func named(names ...string) func(*layout) bool {
	return func(y *layout) bool { return slices.Contains(names, y.name) }
}

func FuzzVVVTransfer(f *testing.F)  { fuzzLayouts(f, ContractVVV, named("Transfer")) }
func FuzzSVVVTransfer(f *testing.F) { fuzzLayouts(f, ContractStaking, named("Transfer")) }
func FuzzDIEMTransfer(f *testing.F) { fuzzLayouts(f, ContractDIEM, named("Transfer")) }

func FuzzStakingUsers(f *testing.F) {
	fuzzLayouts(f, ContractStaking, named("Staked", "Claimed", "UnstakeInitiated", "UnstakeFinalized"))
}

func FuzzDIEMUsers(f *testing.F) {
	fuzzLayouts(f, ContractDIEM, named("Staked", "UnstakeInitiated", "Unstaked"))
}

func FuzzStakingSettings(f *testing.F) {
	fuzzLayouts(f, ContractStaking, func(y *layout) bool { return strings.HasSuffix(y.name, "Updated") })
}

func FuzzStandardEvents(f *testing.F) {
	standard := map[string]bool{}
	for _, y := range commonLayouts() {
		standard[y.signature()] = true
	}

	fuzzLayouts(f, ContractDIEM, func(y *layout) bool { return standard[y.signature()] })
}

func FuzzAirdropClaimed(f *testing.F) { fuzzLayouts(f, ContractAirdrop, named("Claimed")) }

// FuzzDiemMintedAndBurned has the pair of logs with any content: the user is the
// transfer's or nobody, and then the event says so.
func FuzzDiemMintedAndBurned(f *testing.F) {
	pair := joined(words(4000, 7))
	f.Add(true, joined(words(zero, alice)), joined(words(7)), pair, uint8(1))
	f.Add(false, joined(words(alice, zero)), joined(words(7)), pair, uint8(1))
	f.Add(true, joined(words(zero, alice)), joined(words(8)), pair, uint8(1))
	f.Add(true, joined(words(zero, largest())), joined(words(7)), pair, uint8(1))
	f.Add(true, joined(words(zero, alice)), joined(words(7)), pair[:63], uint8(2))
	f.Add(false, []byte{}, []byte{}, []byte{}, uint8(0))

	d := newDecoder(f, nil)

	f.Fuzz(func(t *testing.T, mint bool, topics, amount, data []byte, gap uint8) {
		partner := logOf(ContractDIEM, "Transfer(address,address,uint256)", splitTopics(topics), nil)
		partner.Data = amount

		name := map[bool]string{true: "DiemMinted", false: "DiemBurned"}[mint]
		l := logOf(ContractStaking, name+"(uint256,uint256)", nil, nil)
		l.Data = data
		l.Index = partner.Index + uint(gap)

		events, err := d.Decode(nil, []types.Log{partner, l})
		if gap == 0 {
			require.ErrorIs(t, err, ErrOrder)

			return
		}

		require.NoError(t, err)

		e := &events[1]
		requireSound(t, &l, e)

		if e.Kind == KindUnknown {
			return
		}

		requireEncodesTo(t, l, e)

		side := map[bool]Kind{true: KindDIEMTransferMint, false: KindDIEMTransferBurn}[mint]
		paired := gap == 1 && events[0].Kind == side

		switch {
		case paired && events[0].DIEMWei == e.DIEMWei:
			require.Equal(t, events[0].Account, e.Account)
			require.Empty(t, e.Problem)
		case paired:
			require.Equal(t, zero, e.Account)
			require.Equal(t, ProblemAmountMismatch, e.Problem)
		}

		if e.Problem != "" {
			require.Equal(t, zero, e.Account)
		}
	})
}

func FuzzCurve(f *testing.F) {
	c := generate(f, 40_000, 500)
	l := curveLog("", c.Bounds, c.Rates)
	f.Add(l.Data, []byte{})
	f.Add(l.Data[:len(l.Data)-1], joined(words(topicOf("DiemMintRatesUpdated(uint256[256],uint256[256])"))))
	f.Add(make([]byte, curveSize), joined(words(1, 2)))
	f.Add([]byte{0xff}, []byte{1})

	d := newDecoder(f, nil)

	f.Fuzz(func(t *testing.T, data, topics []byte) {
		// the engine seldom finds the length: stretch what it gives
		whole := make([]byte, curveSize)
		for i := range whole {
			if len(data) > 0 {
				whole[i] = data[i%len(data)]
			}
		}

		for _, data := range [][]byte{data, whole} {
			l := logOf(ContractStaking, "", nil, nil)
			l.Topics, l.Data = splitTopics(topics), data

			e := decodeOne(t, d, l)
			requireSound(t, &l, &e)

			if len(data) != curveSize {
				require.NotEqual(t, KindCurveUpdated, e.Kind)

				continue
			}

			require.Equal(t, KindCurveUpdated, e.Kind)
			requireTable(t, data, &e)
		}
	})
}

// requireTable checks that args hold every word of the data, in either order of the
// two halves.
func requireTable(tb testing.TB, data []byte, e *Event) {
	tb.Helper()

	a := args(tb, e)

	var first, second []byte

	for i := range venice.Buckets {
		bound := uint256.MustFromDecimal(a["bounds"].([]any)[i].(string)).Bytes32()
		rate := uint256.MustFromDecimal(a["rates"].([]any)[i].(string)).Bytes32()
		first, second = append(first, bound[:]...), append(second, rate[:]...)
	}

	require.Contains(tb, []string{string(first) + string(second), string(second) + string(first)}, string(data))
}

// FuzzAnyLogs has a few logs of any address, topics and data in a row.
func FuzzAnyLogs(f *testing.F) {
	for _, c := range readCaptures(f) {
		for _, l := range c.logs() {
			f.Add(l.Address[:], joined(l.Topics), l.Data)
		}
	}

	f.Add(base.Staking[:], []byte{}, []byte{})
	f.Add([]byte{}, []byte{1}, []byte{2})

	d := newDecoder(f, stakingABI(f, noticed))

	f.Fuzz(func(t *testing.T, address, topics, data []byte) {
		var logs []types.Log

		for range 3 {
			l := logOf(ContractVVV, "", nil, nil)
			l.Address, l.Topics, l.Data = common.BytesToAddress(address), splitTopics(topics), data
			logs = append(logs, l)
		}

		logs = inOrder(logs...)
		events, err := d.Decode(nil, logs)
		require.NoError(t, err)
		require.Len(t, events, len(logs))

		for i := range events {
			requireSound(t, &logs[i], &events[i])
		}

		again, err := d.Redecode(nil, events)
		require.NoError(t, err)
		require.Empty(t, again, "the same decoder learns nothing new")
	})
}
