package decode

import (
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"
)

// neighbours is a log among those before and after it.
type neighbours struct {
	logs []types.Log
	i    int
}

// erc20Transfer is a Transfer of any token.
type erc20Transfer struct {
	address, from, to common.Address
	amount            uint256.Int
}

// previous is the transfer at the log index just before, in the same transaction; ok
// is false when the log there is another event, or not among those given.
func (n neighbours) previous() (t erc20Transfer, ok bool) { return n.transferAt(-1) }

// next is the transfer at the log index just after.
func (n neighbours) next() (t erc20Transfer, ok bool) { return n.transferAt(1) }

func (n neighbours) transferAt(step int) (t erc20Transfer, ok bool) {
	j := n.i + step
	if j < 0 || j >= len(n.logs) {
		return t, false
	}

	here, there := &n.logs[n.i], &n.logs[j]
	if there.BlockNumber != here.BlockNumber || there.TxHash != here.TxHash ||
		int64(there.Index)-int64(here.Index) != int64(step) {
		return t, false
	}

	return asTransfer(there)
}

// asTransfer reads a well-formed ERC-20 Transfer.
func asTransfer(l *types.Log) (t erc20Transfer, ok bool) {
	const topics, pad = 3, wordSize - common.AddressLength

	if len(l.Topics) != topics || len(l.Data) != wordSize || l.Topics[0] != topicTransfer ||
		!isZero(l.Topics[1][:pad]) || !isZero(l.Topics[2][:pad]) {
		return t, false
	}

	t.address = l.Address
	t.from, t.to = common.Address(l.Topics[1][pad:]), common.Address(l.Topics[2][pad:])
	t.amount.SetBytes32(l.Data)

	return t, true
}

// findUser finds whom a DiemMinted or DiemBurned is about, which the event does not
// say: staking mints to, or burns from, the user just before it emits. Without that
// partner, or with one of another amount, the account stays zero and Problem says so.
// The transaction's sender would be wrong for vaults, Safes and smart wallets.
func (d *Decoder) findUser(e *Event, at neighbours) {
	t, ok := at.previous()
	if !ok || t.address != d.deployment.DIEM {
		e.Problem = ProblemMissingPartner

		return
	}

	user, zeroSide := t.to, t.from
	if e.Kind == KindDIEMBurn {
		user, zeroSide = t.from, t.to
	}

	switch {
	case zeroSide != common.Address{}:
		e.Problem = ProblemMissingPartner
	case t.amount != e.DIEMWei:
		e.Problem = ProblemAmountMismatch
	default:
		e.Account = user
	}
}
