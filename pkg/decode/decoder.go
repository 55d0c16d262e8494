package decode

import (
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/core/types"

	"diemhouse/pkg/venice"
)

// Config says what to decode.
type Config struct {
	// Deployment says where the contracts are. A contract at the zero address is not
	// watched.
	Deployment venice.Deployment
	// ABIs decode further events of a contract. What is built in comes first.
	ABIs map[Contract][]abi.ABI
}

// Decoder turns logs into events. It keeps nothing of what it saw, so that the same
// logs always give the same events, and serves any number of goroutines.
type Decoder struct {
	deployment venice.Deployment
	watched    []watched
}

// New makes a decoder. An error says what is wrong with the deployment
// ([venice.ErrDeployment]) or with an event of an ABI.
func New(c Config) (*Decoder, error) {
	if err := c.Deployment.Validate(); err != nil {
		return nil, fmt.Errorf("decode: %w", err)
	}

	d := &Decoder{deployment: c.Deployment, watched: watch(c.Deployment)}
	d.deployment.Pools = slices.Clone(c.Deployment.Pools)

	for contract, abis := range c.ABIs {
		w := d.watchedAs(contract)
		if w == nil {
			return nil, fmt.Errorf("ABI of %s: the deployment has no such contract", contract)
		}

		for i := range abis {
			if err := w.learn(abis[i]); err != nil {
				return nil, fmt.Errorf("ABI of %s: %w", contract, err)
			}
		}
	}

	return d, nil
}

// Decode appends the events of logs to dst, one a log, in the same order. The logs
// are those of whole blocks, ordered by block number and log index, none twice;
// anything else is [ErrOrder], and dst is returned as it was. A log that nothing
// decodes, or that is malformed, becomes an event of [KindUnknown]: it is no error.
func (d *Decoder) Decode(dst []Event, logs []types.Log) ([]Event, error) {
	if err := checkOrder(logs); err != nil {
		return dst, fmt.Errorf("decode: %w", err)
	}

	dst = slices.Grow(dst, len(logs))

	for i := range logs {
		dst = append(dst, Event{})
		_ = d.decode(&dst[len(dst)-1], neighbours{logs, i}) // the event tells the error
	}

	return dst, nil
}

// DecodeAt decodes the one log at i amid those around it, of which it looks at the
// one before and the one after. The event is the one that Decode gives. An error is a
// [*MalformedError], of which Decode keeps only the text, or wraps [ErrOrder].
func (d *Decoder) DecodeAt(logs []types.Log, i int) (Event, error) {
	var e Event

	if err := checkOrder(logs[max(i-1, 0):min(i+2, len(logs))]); err != nil {
		return e, fmt.Errorf("decode: %w", err)
	}

	if err := d.decode(&e, neighbours{logs, i}); err != nil {
		return e, err
	}

	return e, nil
}

// decode fills in the event of a log. The error, which the event tells too, is why a
// log of a known topic is malformed.
func (d *Decoder) decode(e *Event, at neighbours) *MalformedError {
	l := &at.logs[at.i]
	*e = Event{
		BlockNumber: l.BlockNumber, LogIndex: uint32(l.Index), BlockTime: l.BlockTimestamp, BlockHash: l.BlockHash,
		TxHash: l.TxHash, TxIndex: uint32(l.TxIndex), Address: l.Address, Contract: ContractOther,
	}

	w := d.watchedAt(l.Address)
	if w == nil {
		keep(e, l, ProblemUnknownContract)

		return nil
	}

	e.Contract = w.contract

	c := w.candidates(l)

	var err *MalformedError

	switch {
	case isCurve(w.contract, l):
		readCurve(e, l, c)
	case c != nil:
		err = c.read(d, e, at)
	default:
		w.readAnonymous(e, l)
	}

	if err != nil {
		keep(e, l, err.Problem())
	}

	return err
}

// keep makes the event an unknown one that holds the raw log.
func keep(e *Event, l *types.Log, problem string) {
	e.Kind, e.Problem = KindUnknown, problem
	e.Topics, e.Data = slices.Clone(l.Topics), slices.Clone(l.Data)
}
