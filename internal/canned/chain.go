package canned

import (
	"bytes"
	"errors"
	"math/big"
	"runtime"
	"slices"
	"sync"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/trie"

	"diemhouse/pkg/venice"
)

// Config says what chain to make.
type Config struct {
	// Seed makes the logs: the same seed, the same chain.
	Seed       uint64
	Deployment venice.Deployment
	// Blocks is the number of blocks from the deployment's first on.
	Blocks uint64
	// Every is how many blocks there are for one that has logs. Zero: 1.
	Every uint64
}

// Chain is a chain that was made. It may grow at its head; blocks never change.
type Chain struct {
	cfg Config
	mix mix

	mu sync.RWMutex
	// text holds all logs as JSON, each with a comma after it; ends where each ends; shape
	// which of shapes each has.
	text   []byte
	ends   []int
	shape  []uint8
	shapes []shape
	// counts are the logs of each shape.
	counts []int
	// blocks are those from the first on.
	blocks []block
	// heads are told of new blocks.
	heads map[chan uint64]struct{}
}

// block is what a header states of its own.
type block struct {
	hash common.Hash
	// transactions and receipts are their roots.
	transactions, receipts common.Hash
	bloom                  *types.Bloom // nil: empty
	// to is the end of the block's logs in ends.
	to int
	// header is the header as JSON, made once: headers are most of what a history that is
	// verified asks for. It is some 1.8 KB.
	header []byte
}

// New makes the chain, on all cores.
func New(cfg Config) (*Chain, error) {
	cfg.Every = max(cfg.Every, 1)
	if cfg.Blocks == 0 || len(cfg.Deployment.Pools) == 0 {
		return nil, errors.New("canned chain: want at least one block and one pool")
	}

	c := &Chain{cfg: cfg, mix: mix{seed: cfg.Seed, d: cfg.Deployment, bundler: newBundler(cfg.Deployment.ChainID)}, heads: make(map[chan uint64]struct{})}

	const stretch = 4096

	for n := uint64(0); n < cfg.Blocks; n += stretch {
		made := c.make(c.first()+n, min(stretch, cfg.Blocks-n))
		for i := range made {
			c.add(made[i])
		}
	}

	return c, nil
}

// Head is the number of the last block.
func (c *Chain) Head() uint64 {
	c.mu.RLock()
	defer c.mu.RUnlock()

	return c.first() + uint64(len(c.blocks)) - 1
}

// Logs is how many logs the indexer's filter core asks for, and how many there are.
func (c *Chain) Logs() (core, all int) {
	c.mu.RLock()
	defer c.mu.RUnlock()

	for i, s := range c.shapes {
		all += c.counts[i]
		if s.address != c.cfg.Deployment.VVV || s.from || s.to {
			core += c.counts[i]
		}
	}

	return core, all
}

// Append adds one block at the head and tells who listens.
func (c *Chain) Append() uint64 {
	number := c.Head() + 1
	c.add(c.make(number, 1)[0])

	c.mu.RLock()
	defer c.mu.RUnlock()

	for heard := range c.heads {
		select {
		case heard <- number:
		default: // It has one to take already.
		}
	}

	return number
}

func (c *Chain) first() uint64 { return c.cfg.Deployment.FirstBlock }

// made is a block that waits for its parent.
type made struct {
	block

	number uint64
	logs   []*types.Log
}

// make makes blocks that do not know their parents.
func (c *Chain) make(from, n uint64) []made {
	out := make([]made, n)

	var workers sync.WaitGroup

	for w := range runtime.NumCPU() {
		workers.Go(func() {
			for i := uint64(w); i < n; i += uint64(runtime.NumCPU()) {
				out[i] = c.makeOne(from + i)
			}
		})
	}

	workers.Wait()

	return out
}

func (c *Chain) makeOne(number uint64) made {
	m := made{number: number, block: block{transactions: types.EmptyTxsHash, receipts: types.EmptyReceiptsHash}}
	if (number-c.first())%c.cfg.Every != 0 {
		return m
	}

	logs, transactions := c.mix.block(number, c.first())
	m.logs = logs

	if len(m.logs) == 0 {
		return m
	}

	receipts := receiptsOf(m.logs)
	bloom := types.MergeBloom(receipts)
	m.bloom, m.receipts = &bloom, types.DeriveSha(receipts, trie.NewStackTrie(nil))
	m.transactions = types.DeriveSha(transactions, trie.NewStackTrie(nil))

	return m
}

// receiptsOf are the receipts of a block's transactions.
func receiptsOf(logs []*types.Log) types.Receipts {
	var receipts types.Receipts

	for from, i := 0, 0; i < len(logs); i++ {
		if i+1 < len(logs) && logs[i+1].TxIndex == logs[i].TxIndex {
			continue
		}

		r := &types.Receipt{
			Type: types.DynamicFeeTxType, Status: types.ReceiptStatusSuccessful, CumulativeGasUsed: gasUsed * uint64(len(receipts)+1),
			TxHash: logs[i].TxHash, TransactionIndex: logs[i].TxIndex, GasUsed: gasUsed, Logs: logs[from : i+1],
			EffectiveGasPrice: big.NewInt(baseFee + tip),
		}
		r.Bloom = types.CreateBloom(r)
		receipts = append(receipts, r)
		from = i + 1
	}

	return receipts
}

// add puts a block on the head.
func (c *Chain) add(m made) {
	c.mu.Lock()
	defer c.mu.Unlock()

	header := c.header(m.number, &m.block)
	m.hash = header.Hash()

	for _, l := range m.logs {
		l.BlockHash, l.BlockTimestamp = m.hash, header.Time
		c.count(shapeOf(l))
		c.text = append(appendLog(c.text, l), ',')
		c.ends = append(c.ends, len(c.text))
	}

	m.to = len(c.ends)
	m.header = bytes.Clone(appendHeader(nil, header, m.hash[:]))
	c.blocks = append(c.blocks, m.block)
}

// count notes the shape of one more log. There are some twenty.
func (c *Chain) count(s shape) {
	i := slices.Index(c.shapes, s)
	if i < 0 {
		i = len(c.shapes)
		c.shapes, c.counts = append(c.shapes, s), append(c.counts, 0)
	}

	c.counts[i]++
	c.shape = append(c.shape, uint8(i))
}

// baseFee is that of every block, gasUsed what every transaction takes.
const baseFee, gasUsed = 5_000_000, 100_000

// header is a block's header; its parent must be there.
func (c *Chain) header(number uint64, b *block) *types.Header {
	parent := crypto.Keccak256Hash([]byte("before the first block"))
	if i := number - c.first(); i > 0 {
		parent = c.blocks[i-1].hash
	}

	h := &types.Header{
		ParentHash: parent, UncleHash: types.EmptyUncleHash, Coinbase: common.HexToAddress("0x4200000000000000000000000000000000000011"),
		Root: crypto.Keccak256Hash(parent[:]), TxHash: b.transactions, ReceiptHash: b.receipts, Difficulty: new(big.Int),
		Number: new(big.Int).SetUint64(number), GasLimit: 400_000_000, GasUsed: 30_000_000, Time: blockTime(number),
		Extra: make([]byte, 17), BaseFee: big.NewInt(baseFee), WithdrawalsHash: &types.EmptyWithdrawalsHash,
		BlobGasUsed: new(uint64), ExcessBlobGas: new(uint64), ParentBeaconRoot: new(common.Hash), RequestsHash: &types.EmptyRequestsHash,
	}
	if b.bloom != nil {
		h.Bloom = *b.bloom
	}

	return h
}

// blockTime is that of Base: block 0 was at 2023-06-15 00:35:47, and one came every
// two seconds since.
func blockTime(number uint64) uint64 { return 1_686_789_347 + 2*number }
