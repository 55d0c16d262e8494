package replay

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// Capture is what was found in a file, checked to tell one story and completed where
// that can be done. It does not change.
type Capture struct {
	logs     []types.Log // by place
	blocks   map[uint64]*block
	byHash   map[common.Hash]*block
	receipts map[common.Hash]json.RawMessage // by transaction
	emitters map[common.Address]bool
	head     *block
}

// block is one that the capture says something of.
type block struct {
	number, time uint64
	hash         common.Hash
	header       *types.Header // nil: its hash is known and no header hashes to it
	logs         []types.Log
	receipts     []foundReceipt // by index
}

// Head is the number of the made-up block above the last captured one.
func (c *Capture) Head() uint64 { return c.head.number }

// Logs is how many logs were captured, in how many blocks something was.
func (c *Capture) Logs() (logs, blocks int) { return len(c.logs), len(c.blocks) - 1 }

// First is the number of the first captured block.
func (c *Capture) First() uint64 { return slices.Min(slices.Collect(maps.Keys(c.blocks))) }

// Contradictions of a capture.
var (
	errTwoLogs   = errors.New("two different logs have this place")
	errTwoHashes = errors.New("it has two hashes")
	errTwoTimes  = errors.New("it has two times")
)

func newCapture(found *findings) (*Capture, error) {
	c := &Capture{
		blocks:   make(map[uint64]*block),
		byHash:   make(map[common.Hash]*block),
		receipts: make(map[common.Hash]json.RawMessage),
		emitters: make(map[common.Address]bool),
	}
	for _, h := range found.headers {
		if h.hash == (common.Hash{}) {
			continue // the pending block's
		}
		b, err := c.meet(h.number, h.hash, h.time)
		if err != nil {
			return nil, err
		}
		if h.header != nil {
			b.header = h.header
		}
	}
	for _, r := range found.receipts {
		b, err := c.meet(r.block, r.hash, 0)
		if err != nil {
			return nil, err
		}
		if c.receipts[r.tx] == nil {
			b.receipts = append(b.receipts, r)
		}
		c.receipts[r.tx] = r.raw
	}
	err := c.takeLogs(found.logs)
	if err != nil {
		return nil, err
	}
	c.complete()
	return c, nil
}

// meet returns the block of a number and adds what is newly known of it; zeros are
// unknown.
func (c *Capture) meet(number uint64, hash common.Hash, time uint64) (*block, error) {
	b := c.blocks[number]
	if b == nil {
		b = &block{number: number}
		c.blocks[number] = b
	}
	switch {
	case hash != (common.Hash{}) && b.hash != (common.Hash{}) && hash != b.hash:
		return nil, fmt.Errorf("block %d: %w, %s and %s: capture one branch", number, errTwoHashes, b.hash, hash)
	case time != 0 && b.time != 0 && time != b.time:
		return nil, fmt.Errorf("block %d: %w, %d and %d", number, errTwoTimes, b.time, time)
	}
	if hash != (common.Hash{}) {
		b.hash = hash
	}
	b.time = max(b.time, time)
	return b, nil
}

// takeLogs sorts the logs by place, leaves out what comes twice or was removed by a
// reorg, and gives each block its own.
func (c *Capture) takeLogs(found []foundLog) error {
	logs := make([]types.Log, 0, len(found))
	for _, l := range found {
		if !l.Removed {
			logs = append(logs, l.Log)
		}
	}
	slices.SortStableFunc(logs, comparePlace)
	for _, l := range logs {
		b, err := c.meet(l.BlockNumber, l.BlockHash, l.BlockTimestamp)
		if err != nil {
			return err
		}
		if last := len(c.logs) - 1; last >= 0 && comparePlace(c.logs[last], l) == 0 {
			if !sameEvent(&c.logs[last], &l) {
				return fmt.Errorf("log %d of block %d: %w", l.Index, b.number, errTwoLogs)
			}
			continue
		}
		c.logs = append(c.logs, l)
		c.emitters[l.Address] = true
	}
	return nil
}

func comparePlace(a, b types.Log) int {
	return cmp.Or(cmp.Compare(a.BlockNumber, b.BlockNumber), cmp.Compare(a.Index, b.Index))
}

// sameEvent compares what a log says; one of two captures may say less of the block.
func sameEvent(a, b *types.Log) bool {
	return a.Address == b.Address && a.TxHash == b.TxHash && slices.Equal(a.Topics, b.Topics) && bytes.Equal(a.Data, b.Data)
}

// complete fills in times, hashes and headers, shares the logs out, and puts the head
// on top.
func (c *Capture) complete() {
	for from := 0; from < len(c.logs); {
		to := from + 1
		for to < len(c.logs) && c.logs[to].BlockNumber == c.logs[from].BlockNumber {
			to++
		}
		c.blocks[c.logs[from].BlockNumber].logs = c.logs[from:to:to]
		from = to
	}
	last := c.blocks[slices.Max(slices.Collect(maps.Keys(c.blocks)))]
	for _, b := range c.blocks {
		c.finish(b, common.Hash{})
	}
	c.head = &block{number: last.number + 1, time: last.time + blockTime}
	c.blocks[c.head.number] = c.head
	c.finish(c.head, last.hash)
}

func (c *Capture) finish(b *block, parent common.Hash) {
	if b.time == 0 {
		b.time = baseGenesis + blockTime*b.number
	}
	if b.hash == (common.Hash{}) {
		b.header = madeUp(b, parent)
		b.hash = b.header.Hash()
	}
	for i := range b.logs {
		b.logs[i].BlockHash, b.logs[i].BlockTimestamp = b.hash, b.time
	}
	slices.SortFunc(b.receipts, func(a, b foundReceipt) int { return cmp.Compare(a.index, b.index) })
	c.byHash[b.hash] = b
}
