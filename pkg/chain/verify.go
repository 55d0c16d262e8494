package chain

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// ViolationError says that an answer contradicts the request or itself. It comes inside
// a [*Refusal] of kind Untrue, which names the endpoint.
type ViolationError struct {
	// Block and Index are the place of the offending log, as it states it.
	Block uint64
	Index uint
	// Problem says what is wrong.
	Problem string
}

// Error implements error.
func (v *ViolationError) Error() string {
	return fmt.Sprintf("log %d of block %d: %s", v.Index, v.Block, v.Problem)
}

func violation(l *types.Log, format string, args ...any) error {
	return &ViolationError{Block: l.BlockNumber, Index: l.Index, Problem: fmt.Sprintf(format, args...)}
}

// verifyAnswer checks the answer to one query over a range: sorted by place, no log
// twice, none outside the range, none that was not asked for, none removed.
func verifyAnswer(logs []types.Log, q *query, r Range) error {
	for i := range logs {
		l := &logs[i]

		switch {
		case l.Removed:
			return violation(l, "is marked removed")
		case l.BlockNumber < r.From || l.BlockNumber > r.To:
			return violation(l, "is outside of the %s that were asked for", r)
		case !q.matches(l):
			return violation(l, "of contract %s was not asked for", l.Address)
		case i > 0 && comparePlace(&logs[i-1], l) == 0:
			return violation(l, "is there twice")
		case i > 0 && comparePlace(&logs[i-1], l) > 0:
			return violation(l, "comes after log %d of block %d", logs[i-1].Index, logs[i-1].BlockNumber)
		}
	}

	return nil
}

func comparePlace(a, b *types.Log) int {
	return cmp.Or(cmp.Compare(a.BlockNumber, b.BlockNumber), cmp.Compare(a.Index, b.Index))
}

// mergeAnswers puts the sorted answers of several queries in one order, in the memory of
// the first where it has room. A log that matches two queries comes twice and must be the
// same both times.
func mergeAnswers(answers [][]types.Log) ([]types.Log, error) {
	merged := answers[0]
	for _, logs := range answers[1:] {
		merged = mergeInto(merged, logs)
	}

	out := merged[:0]

	for i := range merged {
		l := &merged[i]

		switch n := len(out); {
		case n == 0 || comparePlace(&out[n-1], l) != 0:
			if n != i {
				merged[n] = *l
			}

			out = merged[:n+1]
		case !sameLog(&out[n-1], l):
			return nil, violation(l, "differs between two answers")
		}
	}

	return out, nil
}

// mergeInto merges two sorted lists from their ends, so that none is overwritten before
// it is moved.
func mergeInto(a, b []types.Log) []types.Log {
	i, j := len(a)-1, len(b)-1
	a = slices.Grow(a, len(b))[:len(a)+len(b)]

	for at := len(a) - 1; j >= 0; at-- {
		if i >= 0 && comparePlace(&a[i], &b[j]) > 0 {
			a[at] = a[i]
			i--
		} else {
			a[at] = b[j]
			j--
		}
	}

	return a
}

func sameLog(a, b *types.Log) bool {
	return a.Address == b.Address && a.TxHash == b.TxHash && a.TxIndex == b.TxIndex &&
		a.BlockHash == b.BlockHash && a.BlockTimestamp == b.BlockTimestamp &&
		slices.Equal(a.Topics, b.Topics) && bytes.Equal(a.Data, b.Data)
}

// verifyMerged checks that sorted logs tell one story: one hash and one time a block,
// one index a transaction, time that does not run backwards.
func verifyMerged(logs []types.Log) error {
	blocks := make(map[common.Hash]struct{})
	txs := make(map[common.Hash]struct{})

	for i := range logs {
		l := &logs[i]
		newBlock := i == 0 || logs[i-1].BlockNumber != l.BlockNumber
		newTx := newBlock || logs[i-1].TxIndex != l.TxIndex

		if !newBlock {
			if err := verifyNeighbours(&logs[i-1], l); err != nil {
				return err
			}
		} else {
			if i > 0 && l.BlockTimestamp < logs[i-1].BlockTimestamp {
				return violation(l, "has time %d, block %d had %d", l.BlockTimestamp, logs[i-1].BlockNumber, logs[i-1].BlockTimestamp)
			}

			if _, seen := blocks[l.BlockHash]; seen {
				return violation(l, "has block hash %s, which another block has too", l.BlockHash)
			}

			blocks[l.BlockHash] = struct{}{}

			clear(txs)
		}

		if newTx {
			if _, seen := txs[l.TxHash]; seen {
				return violation(l, "says transaction %s is number %d, another log says otherwise", l.TxHash, l.TxIndex)
			}

			txs[l.TxHash] = struct{}{}
		}
	}

	return nil
}

// verifyNeighbours checks two logs of one block, the earlier first.
func verifyNeighbours(before, l *types.Log) error {
	switch {
	case before.BlockHash != l.BlockHash:
		return violation(l, "has block hash %s, log %d has %s", l.BlockHash, before.Index, before.BlockHash)
	case before.BlockTimestamp != l.BlockTimestamp:
		return violation(l, "has time %d, log %d has %d", l.BlockTimestamp, before.Index, before.BlockTimestamp)
	case before.TxIndex > l.TxIndex:
		return violation(l, "is of transaction %d, log %d is of %d", l.TxIndex, before.Index, before.TxIndex)
	case before.TxIndex == l.TxIndex && before.TxHash != l.TxHash:
		return violation(l, "says transaction %d is %s, log %d says %s", l.TxIndex, l.TxHash, before.Index, before.TxHash)
	}

	return nil
}
