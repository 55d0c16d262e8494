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
	return d.Head().Time + uint64(liveStep/time.Second) + d.ahead
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
