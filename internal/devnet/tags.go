package devnet

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/rawdb"
	"github.com/ethereum/go-ethereum/core/types"
)

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
	d.setFinalized(chain.GetHeaderByNumber(number))
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
	d.setFinalized(header)
	return nil
}

// setFinalized tells the chain and keeps it from the database: what is final there
// is frozen within a minute, which throws other branches away, so that no reorg leads
// back to them, and searches the whole database in memory once for each block.
func (d *Devnet) setFinalized(header *types.Header) {
	d.chain().SetFinalized(header)
	rawdb.WriteFinalizedBlockHash(d.eth.ChainDb(), common.Hash{})
}
