package decode

import (
	"errors"
	"fmt"
	"math"

	"github.com/ethereum/go-ethereum/core/types"
)

// ErrOrder says that logs are not whole blocks in order of place; the error around it
// names the first log that is out of order.
var ErrOrder = errors.New("logs are not in order of place")

// checkOrder makes sure that every log is on the chain, has a place that a block can
// have, comes after the one before, and has its block's hash.
func checkOrder(logs []types.Log) error {
	var before *types.Log

	for i := range logs {
		l := &logs[i]

		switch {
		case l.Removed:
			return fmt.Errorf("%w: log %d of block %d is marked removed", ErrOrder, l.Index, l.BlockNumber)
		case l.Index > math.MaxUint32 || l.TxIndex > math.MaxUint32:
			return fmt.Errorf("%w: no block is so long that it has a log %d in a transaction %d, block %d",
				ErrOrder, l.Index, l.TxIndex, l.BlockNumber)
		case before != nil:
			if err := checkAfter(l, before); err != nil {
				return err
			}
		}

		before = l
	}

	return nil
}

func checkAfter(l, before *types.Log) error {
	switch {
	case l.BlockNumber > before.BlockNumber:
		return nil
	case l.BlockNumber < before.BlockNumber || l.Index <= before.Index:
		return fmt.Errorf("%w: log %d of block %d comes after log %d of block %d",
			ErrOrder, l.Index, l.BlockNumber, before.Index, before.BlockNumber)
	case l.BlockHash != before.BlockHash:
		return fmt.Errorf("%w: block %d has two hashes, %s and %s",
			ErrOrder, l.BlockNumber, before.BlockHash, l.BlockHash)
	}

	return nil
}
