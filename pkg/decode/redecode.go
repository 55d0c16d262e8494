package decode

import (
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// Redecode decodes stored events again that were unknown, which helps after an ABI was
// added or the program learned more. It appends to dst those of the stored events that
// are of [KindUnknown] and now decode, or now have another Problem; their places are
// the same, so that writing them replaces what is stored.
//
// stored is in order of place. Beside the unknown events it should hold those at the
// log index before and after each, because the meaning of a few depends on a transfer
// there; what else it holds does no harm. Order that is not so is [ErrOrder].
func (d *Decoder) Redecode(dst, stored []Event) ([]Event, error) {
	logs := make([]types.Log, 0, len(stored))
	from := make([]int, 0, len(stored))

	for i := range stored {
		if l, ok := stored[i].Log(); ok {
			logs = append(logs, l)
			from = append(from, i)
		}
	}

	if err := checkOrder(logs); err != nil {
		return dst, fmt.Errorf("redecode: %w", err)
	}

	for i := range logs {
		before := &stored[from[i]]
		if before.Kind != KindUnknown {
			continue
		}

		var e Event

		_ = d.decode(&e, neighbours{logs, i}) // the event tells the error

		if e.Kind != KindUnknown || e.Problem != before.Problem {
			dst = append(dst, e)
		}
	}

	return dst, nil
}

// The kinds that a token's Transfer becomes: mints, whose account is the receiver, and
// the rest, whose account is the sender.
var (
	mintKinds = []Kind{
		KindVVVGenesis, KindVVVEmissionTreasury, KindVVVEmissionStakers, KindVVVMintOther,
		KindSVVVMint, KindDIEMTransferMint,
	}
	moveKinds = []Kind{
		KindVVVBurnProgrammatic, KindVVVBurnBuyback, KindVVVBurnAirdrop, KindVVVBurnOther, KindVVVTransfer,
		KindSVVVBurn, KindSVVVTransfer, KindDIEMTransferBurn, KindDIEMTransfer,
	}
)

// Log gives back the log that the event was decoded from: exactly that of
// [KindUnknown], of which everything is kept, and of a token's Transfer, of which
// nothing is lost. ok is false for other events.
func (e *Event) Log() (l types.Log, ok bool) {
	l = types.Log{
		Address: e.Address, BlockNumber: e.BlockNumber, BlockHash: e.BlockHash, BlockTimestamp: e.BlockTime,
		TxHash: e.TxHash, TxIndex: uint(e.TxIndex), Index: uint(e.LogIndex),
	}

	if e.Kind == KindUnknown {
		l.Topics, l.Data = slices.Clone(e.Topics), slices.Clone(e.Data)

		return l, true
	}

	from, to := e.Account, e.Counterparty

	switch {
	case slices.Contains(mintKinds, e.Kind):
		from, to = to, from
	case !slices.Contains(moveKinds, e.Kind):
		return types.Log{}, false
	}

	amount := e.VVVWei
	if e.Contract == ContractDIEM {
		amount = e.DIEMWei
	}

	word := amount.Bytes32()
	l.Topics = []common.Hash{topicTransfer, addressTopic(from), addressTopic(to)}
	l.Data = word[:]

	return l, true
}

func addressTopic(a common.Address) common.Hash { return common.BytesToHash(a[:]) }
