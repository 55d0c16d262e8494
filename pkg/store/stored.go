package store

import (
	"math/big"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/holiman/uint256"

	"diemhouse/pkg/decode"
)

// storedEvent is what readEvent reads.
var storedEvent = strings.Join(eventColumns, ", ")

// readEvent gives a row of events back as it was written, and its version.
func readEvent(read func(...any) error) (e decode.Event, version uint64, err error) {
	var (
		at                                           time.Time
		blockHash, txHash, address, account, counter string
		contract, kind, data                         string
		vvv, diem                                    big.Int
		topics                                       []string
	)

	err = read(&e.BlockNumber, &e.LogIndex, &at, &blockHash, &txHash, &e.TxIndex, &address, &contract, &e.Name, &kind,
		&account, &counter, &vvv, &diem, &e.Args, &e.Problem, &topics, &data, &version)
	if err != nil {
		return e, 0, err
	}

	e.BlockTime, e.Contract, e.Kind = uint64(at.Unix()), decode.Contract(contract), decode.Kind(kind)
	e.BlockHash, e.TxHash = common.BytesToHash([]byte(blockHash)), common.BytesToHash([]byte(txHash))
	e.Address, e.Account = common.BytesToAddress([]byte(address)), common.BytesToAddress([]byte(account))
	e.Counterparty = common.BytesToAddress([]byte(counter))
	e.VVVWei, e.DIEMWei = *uint256.MustFromBig(&vvv), *uint256.MustFromBig(&diem)

	for _, topic := range topics {
		e.Topics = append(e.Topics, common.BytesToHash([]byte(topic)))
	}

	if data != "" {
		e.Data = []byte(data)
	}

	return e, version, nil
}
