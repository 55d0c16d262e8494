package store_test

import (
	"encoding/json"
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/holiman/uint256"

	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
	"diemhouse/pkg/venice"
)

// blockSeconds and genesisTime make the tests' chain cross a month every few dozen
// blocks.
const (
	blockSeconds = 40_000
	genesisTime  = 1_735_689_600 // 2025-01-01
)

// madeBlock is a block of the tests' chain and what happens in it.
type madeBlock struct {
	store.Block

	events []decode.Event
}

// madeChain is the canonical chain: block n is at index n. Block 0 is empty.
type madeChain struct {
	rand   *rand.Rand
	blocks []madeBlock
}

func newChain(seed uint64) *madeChain {
	c := &madeChain{rand: rand.New(rand.NewPCG(seed, 1))}
	c.blocks = []madeBlock{{Block: store.Block{Time: genesisTime, Hash: c.hash()}}}

	return c
}

func (c *madeChain) tip() uint64 { return uint64(len(c.blocks) - 1) }

// grow mines n blocks.
func (c *madeChain) grow(n int) {
	for range n {
		parent := c.blocks[len(c.blocks)-1]
		b := madeBlock{Block: store.Block{
			Number: parent.Number + 1, Hash: c.hash(), ParentHash: parent.Hash,
			Time: parent.Time + 1 + c.rand.Uint64N(2*blockSeconds),
		}}

		for range c.rand.IntN(5) {
			b.events = append(b.events, c.event(b))
		}

		c.blocks = append(c.blocks, b)
	}
}

// abandon drops every block above the given one.
func (c *madeChain) abandon(above uint64) { c.blocks = c.blocks[:above+1] }

// between are the events of the blocks from to to.
func (c *madeChain) between(r store.Range) []decode.Event {
	var events []decode.Event
	for n := r.From; n <= r.To; n++ {
		events = append(events, c.blocks[n].events...)
	}

	return events
}

// history is the batch that fills a settled range.
func (c *madeChain) history(r store.Range) store.Batch {
	return store.Batch{Filter: store.FilterCore, Events: c.between(r), Covered: []store.Range{r}}
}

// parts are the same, block by block, all in the same memory.
func (c *madeChain) parts(r store.Range) iter.Seq[store.Part] {
	return func(yield func(store.Part) bool) {
		var events []decode.Event

		for n := r.From; n <= r.To; n++ {
			events = append(events[:0], c.blocks[n].events...)

			if !yield(store.Part{Events: events, Covered: []store.Range{{From: n, To: n}}}) {
				return
			}

			clear(events)
		}
	}
}

// head is the batch that follows the blocks from to to, of a loop that began at since.
func (c *madeChain) head(since uint64, r store.Range) store.Batch {
	b := store.Batch{Filter: store.FilterCore, Events: c.between(r), Covered: []store.Range{{From: since, To: r.To}}}
	for n := r.From; n <= r.To; n++ {
		b.Blocks = append(b.Blocks, c.blocks[n].Block)
	}

	return b
}

func (c *madeChain) hash() (h common.Hash) {
	for i := range h {
		h[i] = byte(c.rand.Uint32())
	}

	return h
}

// kinds are the kinds that the tests' chain knows: all that the ledger or a
// parameter's view treats in its own way, and some that nothing does.
var kinds = append([]decode.Kind{
	decode.KindCurveUpdated, decode.KindEmissionRateUpdated, decode.KindCooldownUpdated, decode.KindTreasuryUpdated,
	decode.KindVenicePercentageUpdated, decode.KindVenicePercentageLockedUpdated,
	decode.KindUnknown, decode.KindUpgraded, decode.KindVVVTransfer, decode.KindSVVVTransfer, decode.KindStake,
}, ledgerKinds()...)

func (c *madeChain) event(b madeBlock) decode.Event {
	n := uint32(len(b.events))
	if n > 0 {
		n = b.events[n-1].LogIndex + 1
	}

	hash := c.hash()
	e := decode.Event{
		BlockNumber: b.Number, LogIndex: n + c.rand.Uint32N(3), BlockTime: b.Time, BlockHash: b.Hash,
		TxHash: hash, TxIndex: n, Address: common.BytesToAddress(hash[:20]), Contract: decode.ContractStaking,
		Kind: kinds[c.rand.IntN(len(kinds))], Account: c.account(), Counterparty: c.account(),
		VVVWei: c.amount(), DIEMWei: c.amount(),
	}

	switch e.Kind { //nolint:exhaustive // the others have no arguments
	case decode.KindUnknown:
		e.Topics, e.Data, e.Problem = []common.Hash{c.hash(), c.hash()}, hash[:c.rand.IntN(32)+1], "unknown"
	case decode.KindCurveUpdated:
		e.Name, e.Args = "DiemMintRatesUpdated", curveArgs(c.curve())
	case decode.KindTreasuryUpdated:
		e.Args = fmt.Sprintf(`{"value":"%s"}`, strings.ToLower(c.account().Hex()))
	case decode.KindCooldownUpdated:
		if c.rand.IntN(2) == 0 {
			e.Contract = decode.ContractDIEM
		}

		fallthrough
	case decode.KindEmissionRateUpdated, decode.KindVenicePercentageUpdated, decode.KindVenicePercentageLockedUpdated:
		amount := c.amount()
		e.Args = fmt.Sprintf(`{"value":"%s"}`, amount.Dec())
	default:
		e.Name = string(e.Kind)
	}

	return e
}

func (c *madeChain) account() common.Address { return common.Address{19: byte(c.rand.IntN(6))} }

// amount is small, of the usual size, or the largest that a signed sum can hold some
// of: the ledger must not lose a digit of any.
func (c *madeChain) amount() uint256.Int {
	switch c.rand.IntN(3) {
	case 0:
		return *uint256.NewInt(c.rand.Uint64N(3))
	case 1:
		return *new(uint256.Int).Mul(uint256.NewInt(c.rand.Uint64()), uint256.NewInt(1e9))
	default:
		return *new(uint256.Int).Rsh(new(uint256.Int).SetAllOne(), 16)
	}
}

func (c *madeChain) curve() venice.Curve {
	step := 100 + c.rand.Uint64N(900)

	var curve venice.Curve

	for i := range venice.Buckets {
		curve.Bounds[i].Mul(uint256.NewInt(step*uint64(i+1)), uint256.NewInt(1e18))
		curve.Rates[i].Mul(uint256.NewInt(90+step+uint64(i)), uint256.NewInt(1e18))
	}

	return curve
}

func curveArgs(curve venice.Curve) string {
	args := struct {
		Target string   `json:"target"`
		Bounds []string `json:"bounds"`
		Rates  []string `json:"rates"`
	}{Target: "0"}

	for i := range venice.Buckets {
		args.Bounds = append(args.Bounds, curve.Bounds[i].Dec())
		args.Rates = append(args.Rates, curve.Rates[i].Dec())
	}

	out, err := json.Marshal(args)
	if err != nil {
		panic(err) // strings
	}

	return string(out)
}
