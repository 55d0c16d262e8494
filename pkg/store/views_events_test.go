package store_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/testenv"
	"diemhouse/pkg/decode"
)

// eventView says which events a view shows, and what of each beside its place.
type eventView struct {
	name    string
	kinds   []decode.Kind // none: all
	columns []string
	row     func(e *decode.Event) []string
}

func hexOf(a common.Address) string { return strings.ToLower(a.Hex()) }

func accountVVV(e *decode.Event) []string  { return []string{hexOf(e.Account), e.VVVWei.Dec()} }
func accountDIEM(e *decode.Event) []string { return []string{hexOf(e.Account), e.DIEMWei.Dec()} }

func accountBoth(e *decode.Event) []string {
	return []string{hexOf(e.Account), e.VVVWei.Dec(), e.DIEMWei.Dec(), e.Problem}
}

// named is the account, a word for the kind, and an amount.
func named(words map[decode.Kind]string, amount func(*decode.Event) []string) func(*decode.Event) []string {
	return func(e *decode.Event) []string { return append([]string{words[e.Kind]}, amount(e)...) }
}

var (
	vvvUnstakes = map[decode.Kind]string{decode.KindUnstakeInitiated: "initiated", decode.KindUnstakeFinalized: "finalized"}
	diemSteps   = map[decode.Kind]string{decode.KindDIEMUnstakeInitiated: "initiated", decode.KindDIEMUnstake: "finalized"}
	burnWords   = map[decode.Kind]string{
		decode.KindVVVBurnProgrammatic: "programmatic", decode.KindVVVBurnBuyback: "buyback",
		decode.KindVVVBurnAirdrop: "airdrop", decode.KindVVVBurnOther: "other",
	}
	mintWords = map[decode.Kind]string{
		decode.KindVVVGenesis: "genesis", decode.KindVVVEmissionTreasury: "emission_treasury",
		decode.KindVVVEmissionStakers: "emission_stakers", decode.KindVVVMintOther: "other",
	}
)

func kindsOf(words map[decode.Kind]string) []decode.Kind {
	kinds := make([]decode.Kind, 0, len(words))
	for kind := range words {
		kinds = append(kinds, kind)
	}

	return kinds
}

var eventViews = []eventView{
	{"diem_mints", []decode.Kind{decode.KindDIEMMint}, []string{"account", "svvv_wei", "diem_wei", "problem"}, accountBoth},
	{"diem_burns", []decode.Kind{decode.KindDIEMBurn}, []string{"account", "svvv_wei", "diem_wei", "problem"}, accountBoth},
	{"stakes", []decode.Kind{decode.KindStake}, []string{"account", "vvv_wei"}, accountVVV},
	{"unstakes", kindsOf(vvvUnstakes), []string{"stage", "account", "vvv_wei"}, named(vvvUnstakes, accountVVV)},
	{"claims", []decode.Kind{decode.KindClaim}, []string{"account", "vvv_wei"}, accountVVV},
	{"airdrop_claims", []decode.Kind{decode.KindAirdropClaim}, []string{"account", "vvv_wei"}, accountVVV},
	{"vvv_mints", kindsOf(mintWords), []string{"kind", "account", "vvv_wei"}, named(mintWords, accountVVV)},
	{"vvv_burns", kindsOf(burnWords), []string{"kind", "account", "vvv_wei"}, named(burnWords, accountVVV)},
	{"vvv_transfers", []decode.Kind{decode.KindVVVTransfer}, []string{"account", "counterparty", "vvv_wei"}, func(e *decode.Event) []string {
		return []string{hexOf(e.Account), hexOf(e.Counterparty), e.VVVWei.Dec()}
	}},
	{"diem_stakes", []decode.Kind{decode.KindDIEMStake}, []string{"account", "diem_wei"}, accountDIEM},
	{"diem_unstakes", kindsOf(diemSteps), []string{"stage", "account", "diem_wei"}, named(diemSteps, accountDIEM)},
	{
		"diem_transfers",
		[]decode.Kind{decode.KindDIEMTransferMint, decode.KindDIEMTransferBurn, decode.KindDIEMTransfer},
		[]string{"kind", "account", "counterparty", "diem_wei"},
		func(e *decode.Event) []string {
			if e.Kind == decode.KindDIEMTransferMint {
				return []string{"mint", hexOf(common.Address{}), hexOf(e.Account), e.DIEMWei.Dec()}
			}

			word := map[decode.Kind]string{decode.KindDIEMTransferBurn: "burn", decode.KindDIEMTransfer: "transfer"}[e.Kind]

			return []string{word, hexOf(e.Account), hexOf(e.Counterparty), e.DIEMWei.Dec()}
		},
	},
	{
		"unknown_logs",
		[]decode.Kind{decode.KindUnknown},
		[]string{"contract", "address", "topic0", "topics", "data", "data_bytes", "problem"},
		func(e *decode.Event) []string {
			topics := make([]string, len(e.Topics))
			for i, topic := range e.Topics {
				topics[i] = "'" + topic.Hex() + "'"
			}

			return []string{
				string(e.Contract), hexOf(e.Address), e.Topics[0].Hex(), "[" + strings.Join(topics, ",") + "]",
				"0x" + common.Bytes2Hex(e.Data), strconv.Itoa(len(e.Data)), e.Problem,
			}
		},
	},
	{
		"all_events",
		nil,
		[]string{
			"tx_index", "block_hash", "contract", "address", "event", "kind", "account", "counterparty", "vvv_wei", "diem_wei", "args", "problem",
		},
		func(e *decode.Event) []string {
			return []string{
				strconv.FormatUint(uint64(e.TxIndex), 10), e.BlockHash.Hex(), string(e.Contract), hexOf(e.Address), e.Name, string(e.Kind),
				hexOf(e.Account), hexOf(e.Counterparty), e.VVVWei.Dec(), e.DIEMWei.Dec(), e.Args, e.Problem,
			}
		},
	},
}

// rows are what the view should show of the events that pass.
func (v *eventView) rows(events []decode.Event, passes func(*decode.Event) bool) [][]string {
	kinds := map[decode.Kind]bool{}
	for _, kind := range v.kinds {
		kinds[kind] = true
	}

	var out [][]string

	for i := range events {
		e := &events[i]
		if (len(v.kinds) == 0 || kinds[e.Kind]) && passes(e) {
			out = append(out, slices.Concat([]string{
				strconv.FormatUint(e.BlockNumber, 10), strconv.FormatUint(uint64(e.LogIndex), 10), second(int64(e.BlockTime)), e.TxHash.Hex(),
			}, v.row(e)))
		}
	}

	return out
}

// TestEventsByKind holds every view of events against the events, whole and cut down
// by each of the conditions that use an index, after a reorg and merges.
func TestEventsByKind(t *testing.T) {
	t.Parallel()

	s, c := testenv.Open(t), lively(30, 400)
	follow(t, s, c, 1, 390)
	require.NoError(t, s.Write(t.Context(), c.history(storeRange(1, 389))))
	c.abandon(392)
	c.grow(10)
	c.tame(393)
	require.NoError(t, s.Rewind(t.Context(), 392))
	follow(t, s, c, 390, 393)

	someone := c.blocks[395].events
	for n := 394; len(someone) == 0; n-- {
		someone = c.blocks[n].events
	}

	account, from, to := someone[0].Account, c.blocks[200].Time, c.blocks[300].Time

	for _, state := range []string{"in parts", "merged"} {
		for _, v := range eventViews {
			columns := append([]string{"block_number", "log_index", "block_time", "tx_hash"}, v.columns...)

			for condition, passes := range map[string]func(e *decode.Event) bool{
				"1": func(*decode.Event) bool { return true },
				"block_number > 380 AND block_number <= 397": func(e *decode.Event) bool { return e.BlockNumber > 380 && e.BlockNumber <= 397 },
				fmt.Sprintf("block_time >= '%s' AND block_time < '%s'", second(int64(from)), second(int64(to))): func(e *decode.Event) bool {
					return e.BlockTime >= from && e.BlockTime < to
				},
			} {
				require.Equal(t, v.rows(c.all(), passes), texts(t, s, columns, v.name+" WHERE "+condition+" ORDER BY block_number, log_index"),
					"%s where %s, %s", v.name, condition, state)
			}
		}

		require.Equal(t,
			(&eventViews[len(eventViews)-1]).rows(c.all(), func(e *decode.Event) bool { return e.Account == account || e.Counterparty == account }),
			texts(t, s, append([]string{"block_number", "log_index", "block_time", "tx_hash"}, eventViews[len(eventViews)-1].columns...),
				fmt.Sprintf("all_events WHERE account = '%[1]s' OR counterparty = '%[1]s' ORDER BY block_number, log_index", hexOf(account))))

		require.NoError(t, s.Conn().Exec(t.Context(), "OPTIMIZE TABLE events FINAL"))
	}

	require.Zero(t, number(t, s, "SELECT count() FROM diem_mints WHERE diem_wei > 0 AND abs(rate - toFloat64(svvv_wei) / toFloat64(diem_wei)) > rate / 1e9"))
	require.Zero(t, number(t, s, "SELECT count() FROM diem_burns WHERE (diem_wei = 0) != isNull(rate)"))
	require.Zero(t, number(t, s, "SELECT count() FROM ledger_changes")-uint64(len(changesOf(c.all()))))
}

// TestEventsRedecoded: a log that is known at last is no unknown one any more.
func TestEventsRedecoded(t *testing.T) {
	t.Parallel()

	s, c := testenv.Open(t), lively(31, 60)
	require.NoError(t, s.Write(t.Context(), c.history(storeRange(1, 60))))

	for _, e := range c.all() {
		if e.Kind == decode.KindUnknown {
			e.Kind, e.Name, e.Topics, e.Data = decode.KindCustom, "Known", nil, nil
			b := c.history(storeRange(e.BlockNumber, e.BlockNumber))
			b.Events = []decode.Event{e}
			require.NoError(t, s.Write(t.Context(), b))
		}
	}

	require.Zero(t, number(t, s, "SELECT count() FROM unknown_logs"))
	require.Zero(t, number(t, s, "SELECT unknown_logs FROM status"))
	require.Positive(t, number(t, s, "SELECT count() FROM all_events WHERE event = 'Known'"))
}

// TestReorgAcrossMonths: views prune the months of a query before they look at
// tombstones, because a tombstone lies in the month of its row. So a block that a
// reorg moved into another month is in that one alone.
func TestReorgAcrossMonths(t *testing.T) {
	t.Parallel()

	s, c := testenv.Open(t), lively(34, 12)
	month := time.Date(2025, 2, 1, 0, 0, 0, 0, time.UTC).Unix()

	// at puts block 11 there, with a mint by one account and another by a second.
	at := func(unix int64, second common.Address) {
		c.blocks[11].Time, c.blocks[12].Time, c.blocks[12].events = uint64(unix), uint64(unix)+2, nil
		c.blocks[11].events = []decode.Event{
			{BlockNumber: 11, LogIndex: 1, BlockTime: uint64(unix), Contract: decode.ContractStaking, Kind: decode.KindDIEMMint, Account: common.Address{1}, VVVWei: *uint256.NewInt(5)},
			{BlockNumber: 11, LogIndex: 2, BlockTime: uint64(unix), Contract: decode.ContractStaking, Kind: decode.KindDIEMMint, Account: second, VVVWei: *uint256.NewInt(7)},
		}
	}

	at(month-10, common.Address{2})
	follow(t, s, c, 1, 1)

	for i, unix := range []int64{month + 10, month - 20, month + 30} {
		now, before := common.Address{3, byte(i)}, c.blocks[11].events[1].Account
		at(unix, now)
		require.NoError(t, s.Rewind(t.Context(), 10))
		follow(t, s, c, 1, 11)

		for range 2 {
			for condition, want := range map[string]uint64{
				"block_number = 11": 2,
				"block_number = 11 AND block_time >= '" + second(month) + "'": uint64(2 * ((i + 1) % 2)),
				"block_number = 11 AND block_time < '" + second(month) + "'":  uint64(2 * (i % 2)),
				"account = '" + hexOf(now) + "'":                              1,
				"account = '" + hexOf(before) + "'":                           0,
			} {
				require.Equal(t, want, number(t, s, "SELECT count() FROM diem_mints WHERE "+condition), condition)
				require.Equal(t, want, number(t, s, "SELECT count() FROM ledger_changes WHERE metric = 'vvv_locked' AND "+condition), condition)
			}

			require.Equal(t, uint64(1), number(t, s, "SELECT count() FROM wallets WHERE account = '"+hexOf(now)+"'"))
			require.Zero(t, number(t, s, "SELECT count() FROM wallets WHERE account = '"+hexOf(before)+"'"))

			for _, table := range []string{"events", "ledger"} {
				require.NoError(t, s.Conn().Exec(t.Context(), "OPTIMIZE TABLE "+table))
			}
		}
	}
}
