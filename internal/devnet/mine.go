package devnet

import (
	"fmt"
	"time"

	"github.com/ethereum/go-ethereum/core/txpool"
	"github.com/ethereum/go-ethereum/core/types"
)

// livePace is that of a block every two seconds.
func livePace() pace { return pace{actions: 3, burns: 0.3, burnSize: 2, size: 0.02} }

// Mine adds n blocks of life and returns their headers. Transactions that came
// in over JSON-RPC go first.
func (d *Devnet) Mine(n int) ([]*types.Header, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	headers := make([]*types.Header, 0, n)
	for range n {
		header, err := d.mineOne()
		if err != nil {
			return headers, err
		}
		headers = append(headers, header)
	}
	return headers, nil
}

func (d *Devnet) mineOne() (*types.Header, error) {
	b, t, err := d.open(d.Head(), d.nextTime())
	if err != nil {
		return nil, err
	}
	err = d.drainPool(b)
	if err != nil {
		return nil, err
	}
	err = t.live(1, livePace())
	if err != nil {
		return nil, fmt.Errorf("block %d: %w", b.header.Number, err)
	}
	sealed, err := d.extend(b)
	if err != nil {
		return nil, err
	}
	return sealed.Header(), nil
}

// nextTime is now where blocks are live, and two seconds on where they are made
// by hand, so that those repeat.
func (d *Devnet) nextTime() uint64 {
	if d.config.BlockTime > 0 {
		return uint64(time.Now().Unix())
	}
	next := d.Head().Time + uint64(liveStep/time.Second) + d.ahead
	d.ahead = 0
	return next
}

// drainPool takes the transactions that users sent. One that fails stays out.
func (d *Devnet) drainPool(b *block) error {
	err := d.eth.TxPool().Sync()
	if err != nil {
		return fmt.Errorf("transaction pool: %w", err)
	}
	pending, _ := d.eth.TxPool().Pending(txpool.PendingFilter{})
	for _, lazies := range pending {
		for _, lazy := range lazies {
			tx := lazy.Resolve()
			if tx == nil {
				continue
			}
			err := b.apply(tx)
			if err != nil {
				break
			}
		}
	}
	return nil
}

// moveTags lets safe and finalized follow the head. Finalized does not go back,
// unless its block was abandoned: then it is the block of that height, or the
// head, as if the new branch had been final all along.
func (d *Devnet) moveTags() {
	chain := d.chain()
	head := d.Head().Number.Uint64()
	chain.SetSafe(chain.GetHeaderByNumber(head - min(head, d.config.SafeLag)))
	number := head - min(head, d.config.FinalizedLag)
	if before := chain.CurrentFinalBlock(); before != nil {
		old := before.Number.Uint64()
		kept := chain.GetCanonicalHash(old) == before.Hash()
		if kept && (d.pinned || old > number) {
			return
		}
		if d.pinned {
			number = min(old, head)
		}
	}
	chain.SetFinalized(chain.GetHeaderByNumber(number))
}

// SetFinalized puts the finalized tag on a block, where it stays until the next
// call: it no longer follows the head. A test thus reorganizes what is final.
func (d *Devnet) SetFinalized(number uint64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	header := d.chain().GetHeaderByNumber(number)
	if header == nil {
		return fmt.Errorf("finalize block %d: %w", number, errNoBlock)
	}
	d.pinned = true
	d.chain().SetFinalized(header)
	return nil
}
