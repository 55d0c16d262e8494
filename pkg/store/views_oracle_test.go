package store_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"

	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
)

// What the views say, worked out a second time from the events, in Go.

// figures are the names of the figures of supply_now and its like.
var figures = []string{
	"vvv_supply", "vvv_burned", "vvv_burned_programmatic", "vvv_burned_buyback", "vvv_burned_airdrop", "vvv_burned_other",
	"vvv_effective", "vvv_emitted", "vvv_emitted_stakers", "vvv_emitted_treasury", "svvv_supply", "vvv_locked",
	"vvv_unlocked", "vvv_cooling", "vvv_claimed", "vvv_airdropped", "diem_supply", "diem_outstanding", "diem_staked",
	"diem_cooling",
}

// grossFigures are those with gross changes beside the net one.
var grossFigures = []string{"svvv_supply", "vvv_locked", "vvv_cooling", "diem_supply", "diem_staked", "diem_cooling"}

// sums are amounts by metric or figure. A missing one is 0.
type sums map[string]*big.Int

func (s sums) add(metric string, delta *big.Int) {
	if s[metric] == nil {
		s[metric] = new(big.Int)
	}

	s[metric].Add(s[metric], delta)
}

func (s sums) of(name string) *big.Int {
	total := new(big.Int)
	for term, sign := range map[string][]string{
		"vvv_burned":   {"+vvv_burned_programmatic", "+vvv_burned_buyback", "+vvv_burned_airdrop", "+vvv_burned_other"},
		"vvv_emitted":  {"+vvv_emitted_stakers", "+vvv_emitted_treasury"},
		"vvv_unlocked": {"+svvv_supply", "-vvv_locked"},
		"vvv_effective": {
			"+vvv_supply", "-vvv_burned_programmatic", "-vvv_burned_buyback", "-vvv_burned_airdrop", "-vvv_burned_other",
		},
	} {
		if term != name {
			continue
		}

		for _, part := range sign {
			if part[0] == '+' {
				total.Add(total, s.of(part[1:]))
			} else {
				total.Sub(total, s.of(part[1:]))
			}
		}

		return total
	}

	if s[name] != nil {
		total.Set(s[name])
	}

	return total
}

// summed adds up the changes of the events: net, and what increases alone.
func summed(events []decode.Event) (net, in sums) {
	net, in = sums{}, sums{}

	for _, c := range changesOf(events) {
		delta, _ := new(big.Int).SetString(c.Delta, 10)
		net.add(c.Metric, delta)

		if delta.Sign() > 0 {
			in.add(c.Metric, delta)
		}
	}

	return net, in
}

// upTo are the events of the blocks up to and including one.
func upTo(events []decode.Event, block uint64) []decode.Event {
	return slices.DeleteFunc(slices.Clone(events), func(e decode.Event) bool { return e.BlockNumber > block })
}

// epoch is a mint curve and its place.
type epoch struct {
	block         uint64
	logIndex      uint32
	time          int64
	target        string // as the event has it
	bounds, rates []*big.Int
}

// epochs are the curves of the events, in order.
func epochs(t *testing.T, events []decode.Event) []epoch {
	t.Helper()

	var out []epoch

	for _, e := range events {
		if e.Kind != decode.KindCurveUpdated {
			continue
		}

		var args struct {
			Target        string
			Bounds, Rates []string
		}

		require.NoError(t, json.Unmarshal([]byte(e.Args), &args)) //nolint:musttag // the event's own names

		next := epoch{block: e.BlockNumber, logIndex: e.LogIndex, time: int64(e.BlockTime), target: args.Target}

		for i := range args.Bounds {
			bound, _ := new(big.Int).SetString(args.Bounds[i], 10)
			rate, _ := new(big.Int).SetString(args.Rates[i], 10)
			next.bounds, next.rates = append(next.bounds, bound), append(next.rates, rate)
		}

		out = append(out, next)
	}

	return out
}

// rateAt is the bucket and the rate at a DIEM supply: the first whose bound is above.
func (e *epoch) rateAt(supply *big.Int) (bucket, rate string) {
	if e != nil {
		for i, bound := range e.bounds {
			if supply.Cmp(bound) < 0 || supply.Sign() < 0 && bound.Sign() > 0 {
				return strconv.Itoa(i), e.rates[i].String()
			}
		}
	}

	return "NULL", "NULL"
}

func (e *epoch) targetText() string {
	if e == nil || e.target == "0" {
		return "NULL"
	}

	return e.target
}

// last is the last of the rows that passes, nil when none does.
func last[T any](rows []T, passes func(*T) bool) *T {
	for i := len(rows) - 1; i >= 0; i-- {
		if passes(&rows[i]) {
			return &rows[i]
		}
	}

	return nil
}

// rulesAt is what the views say of the rules after a block: mint rate, bucket, target
// and emission rate.
func rulesAt(t *testing.T, events []decode.Event, block uint64) []string {
	t.Helper()

	events = upTo(events, block)
	net, _ := summed(events)
	curve := last(epochs(t, events), func(*epoch) bool { return true })
	bucket, rate := curve.rateAt(net.of("diem_supply"))

	announced := "NULL"
	if s := last(settingsOf(t, events), func(s *setting) bool { return s.Name == store.ParamEmissionRate }); s != nil {
		announced = s.Value
	}

	return []string{rate, bucket, curve.targetText(), announced}
}

// texts reads columns of a view as text, NULL as such.
func texts(tb testing.TB, s *store.Store, columns []string, from string) [][]string {
	tb.Helper()

	quoted := make([]string, len(columns))
	for i, c := range columns {
		quoted[i] = fmt.Sprintf("ifNull(toString(`%s`), 'NULL')", c)
	}

	sql := "SELECT [" + strings.Join(quoted, ", ") + "] FROM " + from

	rows, err := s.Conn().Query(tb.Context(), sql)
	require.NoError(tb, err, sql)

	var out [][]string

	for rows.Next() {
		var row []string

		require.NoError(tb, rows.Scan(&row))
		out = append(out, row)
	}

	require.NoError(tb, rows.Err(), sql)
	require.NoError(tb, rows.Close())

	return out
}

// suffixed gives every name an ending.
func suffixed(names []string, ending string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = name + ending
	}

	return out
}

// ruleColumns are the columns that rulesAt gives.
var ruleColumns = []string{"mint_rate_wei", "mint_bucket", "diem_target", "emission_rate_wei"}

// second writes a unix time as ClickHouse does.
func second(unix int64) string { return time.Unix(unix, 0).UTC().Format(time.DateTime) }

// lively is a chain whose blocks are a quarter of an hour apart, with DIEM amounts
// that stay near the curves, targets and settings that a contract could have.
func lively(seed uint64, blocks int) *madeChain {
	c := newChain(seed)
	c.grow(blocks)
	c.tame(1)

	return c
}

// tame makes the blocks from the given one on so.
func (c *madeChain) tame(from uint64) {
	before, parent := c.blocks[from-1].Time, c.blocks[from-1].Time

	for i := range c.blocks[from:] {
		b := &c.blocks[from+uint64(i)]
		own := b.Time
		b.Time = parent + 1 + (own-before)/40
		before, parent = own, b.Time

		for j := range b.events {
			e := &b.events[j]
			e.BlockTime = b.Time

			switch e.Kind { //nolint:exhaustive // the others are as good as any
			case decode.KindDIEMTransferMint, decode.KindDIEMTransferBurn:
				e.DIEMWei.Mod(&e.DIEMWei, new(uint256.Int).Mul(uint256.NewInt(40_000), uint256.NewInt(1e18)))
			case decode.KindCurveUpdated:
				e.Args = strings.Replace(e.Args, `"target":"0"`, fmt.Sprintf(`"target":"%d"`, c.rand.Uint64N(3)*38_500), 1)
			case decode.KindEmissionRateUpdated, decode.KindVenicePercentageUpdated, decode.KindVenicePercentageLockedUpdated:
				e.Args = fmt.Sprintf(`{"value":"%d"}`, c.rand.Uint64N(1e18))
			}
		}
	}
}

// move makes the chain so many seconds younger.
func (c *madeChain) move(seconds int64) {
	for i := range c.blocks {
		b := &c.blocks[i]
		b.Time = uint64(int64(b.Time) + seconds)

		for j := range b.events {
			b.events[j].BlockTime = b.Time
		}
	}
}

// all are the chain's events.
func (c *madeChain) all() []decode.Event { return c.between(store.Range{From: 1, To: c.tip()}) }

// hoursBetween are the starts of the hours of two unix times and between them.
func hoursBetween(from, to int64) []int64 {
	var out []int64
	for h := from / 3600 * 3600; h <= to; h += 3600 {
		out = append(out, h)
	}

	return out
}

// accounts are the addresses of a ledger's changes, as the views write them.
func accounts(changes []change) []string {
	seen := map[string]bool{}
	for _, c := range changes {
		seen[strings.ToLower(c.Account.Hex())] = true
	}

	return slices.Sorted(maps.Keys(seen))
}
