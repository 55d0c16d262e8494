package decode

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"diemhouse/pkg/venice"
)

// watched is a contract and the events it can emit.
type watched struct {
	contract  Contract
	address   common.Address
	events    map[common.Hash]*candidates
	anonymous []custom
}

// candidates are the events that share a topic 0, in the order in which they are
// tried. Where there are layouts, nothing is custom.
type candidates struct {
	layouts []layout
	custom  []custom
}

// watch lists the deployment's contracts with what is built in.
func watch(d venice.Deployment) []watched {
	addresses := map[Contract]common.Address{
		ContractVVV: d.VVV, ContractStaking: d.Staking, ContractDIEM: d.DIEM, ContractAirdrop: d.Airdrop,
	}

	var all []watched

	for _, contract := range Contracts() {
		if addresses[contract] == (common.Address{}) {
			continue
		}

		w := watched{contract: contract, address: addresses[contract], events: make(map[common.Hash]*candidates)}
		for _, y := range layoutsOf(contract) {
			c := w.candidatesOf(topicOf(y.signature()))
			c.layouts = append(c.layouts, y)
		}

		all = append(all, w)
	}

	return all
}

func (d *Decoder) watchedAt(address common.Address) *watched {
	for i := range d.watched {
		if d.watched[i].address == address {
			return &d.watched[i]
		}
	}

	return nil
}

func (d *Decoder) watchedAs(contract Contract) *watched {
	for i := range d.watched {
		if d.watched[i].contract == contract {
			return &d.watched[i]
		}
	}

	return nil
}

// candidates are the events that the log's topic 0 can stand for, nil for none.
func (w *watched) candidates(l *types.Log) *candidates {
	if len(l.Topics) == 0 {
		return nil
	}

	return w.events[l.Topics[0]]
}

// candidatesOf makes room for the events of a topic.
func (w *watched) candidatesOf(topic common.Hash) *candidates {
	if w.events[topic] == nil {
		w.events[topic] = new(candidates)
	}

	return w.events[topic]
}

// learn adds the events of an ABI, in the order of their names so that it is always
// the same. An event with the signature of a built-in one keeps its meaning and
// teaches only which arguments are indexed; any other is custom.
func (w *watched) learn(a abi.ABI) error {
	for _, name := range slices.Sorted(maps.Keys(a.Events)) {
		event := a.Events[name]
		if err := checkEvent(&event); err != nil {
			return fmt.Errorf("event %s: %w", event.Sig, err)
		}

		c := newCustom(&event)

		if event.Anonymous {
			w.anonymous = append(w.anonymous, c)

			continue
		}

		known := w.candidatesOf(event.ID)
		if len(known.layouts) == 0 {
			known.custom = append(known.custom, c)
		} else {
			known.layouts = append(known.layouts, known.layouts[0].indexedLike(event.Inputs))
		}
	}

	return nil
}

// read fills in the event by the first candidate that the log fits. The error is that
// of the first whose shape the log has, or else of the first.
func (c *candidates) read(d *Decoder, e *Event, at neighbours) *MalformedError {
	l := &at.logs[at.i]

	var shape, content *MalformedError

	for i := range c.layouts {
		y := &c.layouts[i]

		if err := y.checkShape(l); err != nil {
			shape = first(shape, err)

			continue
		}

		if err := y.checkWords(l); err != nil {
			content = first(content, err)

			continue
		}

		y.read(e, l)

		if y.finish != nil {
			y.finish(d, e, at)
		}

		return nil
	}

	for i := range c.custom {
		err := c.custom[i].read(e, l)
		if err == nil {
			return nil
		}

		content = first(content, err)
	}

	return first(content, shape)
}

// readAnonymous reads a log whose topic 0 stands for nothing as the one anonymous
// event that it can be. None, or several, leave it unknown.
func (w *watched) readAnonymous(e *Event, l *types.Log) {
	var (
		names []string
		read  Event
	)

	for i := range w.anonymous {
		attempt := *e
		if err := w.anonymous[i].read(&attempt, l); err == nil {
			names, read = append(names, w.anonymous[i].name), attempt
		}
	}

	switch len(names) {
	case 0:
		keep(e, l, ProblemUnknownEvent)
	case 1:
		*e = read
	default:
		keep(e, l, ProblemAmbiguous+": "+strings.Join(names, ", "))
	}
}

func first(a, b *MalformedError) *MalformedError {
	if a != nil {
		return a
	}

	return b
}

func topicOf(signature string) common.Hash { return crypto.Keccak256Hash([]byte(signature)) }
