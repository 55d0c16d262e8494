package devnet

import (
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

var errNoBlock = errors.New("no such block")

// Branch is what a reorg did.
type Branch struct {
	// Ancestor is the last block that both branches share.
	Ancestor *types.Header
	// OldHead and NewHead end the two branches.
	OldHead, NewHead *types.Header
}

// Reorg replaces the last depth blocks by as many others and one more, as a
// chain that overtakes does. Some transactions come again, in other places.
func (d *Devnet) Reorg(depth int) (Branch, error) { return d.ReorgTo(depth, depth+1) }

// ReorgTo replaces the last depth blocks by length others; fewer than depth make
// the head fall.
func (d *Devnet) ReorgTo(depth, length int) (Branch, error) {
	return d.replace(depth, length, func(t *turn, old *types.Block, b *block) error {
		if old != nil {
			t.keepHalf(old, b)
		}
		return t.live(1, livePace())
	})
}

// Replace replaces the last depth blocks by one block for each list of actions, and
// an empty one for an empty list. Where an action reverts, nothing happens and the
// error wraps ErrReverted.
func (d *Devnet) Replace(depth int, blocks ...[]Action) (Branch, error) {
	next := 0
	return d.replace(depth, len(blocks), func(t *turn, _ *types.Block, _ *block) error {
		actions := blocks[next]
		next++
		for i, action := range actions {
			err := action(t)
			if err != nil {
				return fmt.Errorf("action %d of %d: %w", i+1, len(actions), err)
			}
		}
		return nil
	})
}

// replace builds length blocks on the one that lies depth below the head, beside the
// canonical ones, and makes the last of them the head. fill is given the canonical
// block that the new one replaces, nil above the old head.
func (d *Devnet) replace(depth, length int, fill func(t *turn, old *types.Block, b *block) error) (Branch, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	chain := d.chain()
	head := chain.CurrentHeader()
	if depth < 1 || uint64(depth) > head.Number.Uint64() || length < 1 {
		return Branch{}, fmt.Errorf("reorg of %d blocks to %d at height %d: %w", depth, length, head.Number, errNoBlock)
	}
	result := Branch{Ancestor: chain.GetHeaderByNumber(head.Number.Uint64() - uint64(depth)), OldHead: head}
	d.branch++
	parent := result.Ancestor
	var tip *types.Block
	for range length {
		side, err := d.sibling(parent, fill)
		if err != nil {
			return Branch{}, err
		}
		_, err = chain.InsertBlockWithoutSetHead(untraced, side, false)
		if err != nil {
			return Branch{}, fmt.Errorf("insert side block %d: %w", side.NumberU64(), err)
		}
		tip, parent = side, side.Header()
	}
	err := d.setCanonical(tip)
	if err != nil {
		return Branch{}, err
	}
	result.NewHead = tip.Header()
	return result, nil
}

// sibling builds a block on parent beside the canonical one, of the same time.
func (d *Devnet) sibling(parent *types.Header, fill func(t *turn, old *types.Block, b *block) error) (*types.Block, error) {
	time := parent.Time + 2
	old := d.chain().GetBlockByNumber(parent.Number.Uint64() + 1)
	if old != nil {
		time = old.Time()
	}
	b, t, err := d.open(parent, time)
	if err != nil {
		return nil, err
	}
	err = fill(t, old, b)
	if err != nil {
		return nil, fmt.Errorf("side block %d: %w", b.header.Number, err)
	}
	return b.seal()
}

// keepHalf takes about half of a block's transactions into another.
func (t *turn) keepHalf(old *types.Block, b *block) {
	for _, tx := range old.Transactions() {
		if t.rng.IntN(2) == 0 {
			continue
		}
		// Where its nonce or its tokens are gone on this branch, it is left out or
		// fails: both happen after real reorgs.
		_ = b.apply(tx)
	}
}

// SetCanonical makes a known block the head, whatever branch it is on: after a
// reorg, the old head's hash leads back.
func (d *Devnet) SetCanonical(hash common.Hash) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	block := d.chain().GetBlockByHash(hash)
	if block == nil {
		return fmt.Errorf("block %s: %w", hash, errNoBlock)
	}
	d.branch++
	return d.setCanonical(block)
}

func (d *Devnet) setCanonical(block *types.Block) error {
	_, err := d.chain().SetCanonical(block)
	if err != nil {
		return fmt.Errorf("make block %d (%s) canonical: %w", block.NumberU64(), block.Hash(), err)
	}
	d.moveTags()
	return nil
}
