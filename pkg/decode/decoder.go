package decode

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"diemhouse/pkg/venice"
)

// ErrOrder says that the logs are not whole blocks in order of place.
var ErrOrder = errors.New("logs are not in order of place")

// Config says what to decode.
type Config struct {
	// Deployment says where the contracts are.
	Deployment venice.Deployment
	// ABIs decode further events of a contract. What is built in comes first.
	ABIs map[Contract][]abi.ABI
}

// Decoder turns logs into events. It holds no state of the chain, so that the same
// logs always give the same events, and serves any number of goroutines.
type Decoder struct {
	deployment venice.Deployment
	watched    []watched
}

// watched is a contract and the events it can emit.
type watched struct {
	contract Contract
	address  common.Address
	events   map[common.Hash]*candidates
}

// candidates are the events that share a topic, in the order in which they are tried.
type candidates struct {
	layouts []layout
}

// New makes a decoder. The deployment must be valid.
func New(c Config) (*Decoder, error) {
	if err := c.Deployment.Validate(); err != nil {
		return nil, fmt.Errorf("decode: %w", err)
	}

	d := &Decoder{deployment: c.Deployment}
	d.deployment.Pools = slices.Clone(c.Deployment.Pools)

	addresses := map[Contract]common.Address{
		ContractVVV: c.Deployment.VVV, ContractStaking: c.Deployment.Staking,
		ContractDIEM: c.Deployment.DIEM, ContractAirdrop: c.Deployment.Airdrop,
	}

	for _, contract := range Contracts() {
		if addresses[contract] == (common.Address{}) {
			continue
		}

		w := watched{contract: contract, address: addresses[contract], events: make(map[common.Hash]*candidates)}
		for _, y := range layoutsOf(contract) {
			topic := topicOf(y.signature())
			if w.events[topic] == nil {
				w.events[topic] = new(candidates)
			}

			w.events[topic].layouts = append(w.events[topic].layouts, y)
		}

		d.watched = append(d.watched, w)
	}

	return d, nil
}

// Decode appends the events of logs to dst, one a log, in the same order. The logs
// are those of whole blocks (or of whole transactions at least), ordered by block
// number and log index, none twice; anything else is [ErrOrder]. A log that nothing
// decodes, or that is malformed, becomes an event of [KindUnknown]: it is no error.
func (d *Decoder) Decode(dst []Event, logs []types.Log) ([]Event, error) {
	if err := checkOrder(logs); err != nil {
		return dst, err
	}

	dst = slices.Grow(dst, len(logs))

	for i := range logs {
		dst = append(dst, Event{})
		if err := d.decode(&dst[len(dst)-1], neighbours{logs, i}); err != nil {
			keep(&dst[len(dst)-1], &logs[i], err.Problem())
		}
	}

	return dst, nil
}

func (d *Decoder) decode(e *Event, at neighbours) *MalformedError {
	l := &at.logs[at.i]
	*e = Event{
		BlockNumber: l.BlockNumber, LogIndex: uint32(l.Index), BlockTime: l.BlockTimestamp, BlockHash: l.BlockHash,
		TxHash: l.TxHash, TxIndex: uint32(l.TxIndex), Address: l.Address, Contract: ContractOther,
	}

	w := d.find(l.Address)
	if w == nil {
		keep(e, l, ProblemUnknownContract)

		return nil
	}

	e.Contract = w.contract

	if isCurve(w.contract, l) {
		readCurve(e, l)

		return nil
	}

	if len(l.Topics) == 0 || w.events[l.Topics[0]] == nil {
		keep(e, l, ProblemUnknownEvent)

		return nil
	}

	return d.try(e, at, w.events[l.Topics[0]])
}

func (d *Decoder) try(e *Event, at neighbours, c *candidates) (first *MalformedError) {
	place := *e

	for i := range c.layouts {
		y := &c.layouts[i]

		err := y.check(&at.logs[at.i])
		if err == nil {
			err = y.read(e, &at.logs[at.i])
		}

		if err == nil {
			if y.finish != nil {
				y.finish(d, e, at)
			}

			return nil
		}

		*e = place

		if first == nil {
			first = err
		}
	}

	return first
}

func (d *Decoder) find(address common.Address) *watched {
	for i := range d.watched {
		if d.watched[i].address == address {
			return &d.watched[i]
		}
	}

	return nil
}

// keep makes the event an unknown one that holds the raw log.
func keep(e *Event, l *types.Log, problem string) {
	e.Kind, e.Problem = KindUnknown, problem
	e.Topics, e.Data = slices.Clone(l.Topics), slices.Clone(l.Data)
}

// checkOrder makes sure that each log comes after the one before, and that one block
// has one hash.
func checkOrder(logs []types.Log) error {
	for i := range logs {
		l := &logs[i]
		if l.Removed {
			return fmt.Errorf("%w: log %d of block %d is marked removed", ErrOrder, l.Index, l.BlockNumber)
		}

		if l.Index > math.MaxUint32 || l.TxIndex > math.MaxUint32 {
			return fmt.Errorf("%w: log %d of transaction %d of block %d: no block is that long",
				ErrOrder, l.Index, l.TxIndex, l.BlockNumber)
		}

		if i == 0 {
			continue
		}

		before := &logs[i-1]
		if l.BlockNumber < before.BlockNumber || l.BlockNumber == before.BlockNumber && l.Index <= before.Index {
			return fmt.Errorf("%w: log %d of block %d comes after log %d of block %d",
				ErrOrder, l.Index, l.BlockNumber, before.Index, before.BlockNumber)
		}

		if l.BlockNumber == before.BlockNumber && l.BlockHash != before.BlockHash {
			return fmt.Errorf("%w: block %d has two hashes, %s and %s", ErrOrder, l.BlockNumber, before.BlockHash, l.BlockHash)
		}
	}

	return nil
}

func topicOf(signature string) common.Hash { return crypto.Keccak256Hash([]byte(signature)) }
