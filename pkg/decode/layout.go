package decode

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// column says which field of the event an argument fills.
type column uint8

const (
	noColumn column = iota
	accountColumn
	counterpartyColumn
	vvvColumn
	diemColumn
)

// param is one argument of an event.
type param struct {
	name    string
	kind    argType
	indexed bool
	into    column
	// arg is the argument's key in Event.Args, empty when the column says it all.
	arg string
}

// layout is how one event lies in a log: the indexed arguments after topic 0, the
// others in data, each in the order of the signature.
type layout struct {
	name   string
	kind   Kind
	params []param
	// finish, where there is one, settles what the log alone does not say.
	finish func(d *Decoder, e *Event, at neighbours)
}

// signature is the event's canonical text, whose hash is topic 0.
func (y *layout) signature() string {
	names := make([]string, len(y.params))
	for i, p := range y.params {
		names[i] = p.kind.String()
	}

	return y.name + "(" + strings.Join(names, ",") + ")"
}

// shape is how many topics the log has, and how many bytes of data.
func (y *layout) shape() (topics, data int) {
	topics = 1

	for i := range y.params {
		if y.params[i].indexed {
			topics++
		} else {
			data += y.params[i].kind.size()
		}
	}

	return topics, data
}

// indexedLike is the layout with those arguments indexed that are in an ABI.
func (y *layout) indexedLike(inputs abi.Arguments) layout {
	other := *y
	other.params = slices.Clone(y.params)

	for i := range other.params {
		other.params[i].indexed = inputs[i].Indexed
	}

	return other
}

// checkShape says whether the log has as many topics and as much data as the layout.
func (y *layout) checkShape(l *types.Log) *MalformedError {
	topics, data := y.shape()

	if len(l.Topics) != topics {
		return malformed(l, y.name, "topics", fmt.Sprintf("want %d, got %d", topics, len(l.Topics)))
	}

	if len(l.Data) != data {
		return malformed(l, y.name, "data", fmt.Sprintf("want %d bytes, got %d", data, len(l.Data)))
	}

	return nil
}

// checkWords says whether each word is a value of its argument's type. The log must
// have the layout's shape.
func (y *layout) checkWords(l *types.Log) *MalformedError {
	words := argumentsOf(l)

	for i := range y.params {
		p := &y.params[i]
		if word := words.next(p); !p.kind.fits(word) {
			return malformed(l, y.name, p.name, fmt.Sprintf("0x%x is no %s", word, p.kind))
		}
	}

	return nil
}

// read fills in the event. The log must have passed both checks.
func (y *layout) read(e *Event, l *types.Log) {
	words := argumentsOf(l)

	var args object

	for i := range y.params {
		p := &y.params[i]
		word := words.next(p)
		p.fill(e, word)

		if p.arg != "" {
			args.add(p.arg, p.kind.json(word))
		}
	}

	e.Name, e.Kind, e.Args = y.name, y.kind, args.String()
}

func (p *param) fill(e *Event, word []byte) {
	switch p.into {
	case accountColumn:
		e.Account = common.Address(word[wordSize-common.AddressLength:])
	case counterpartyColumn:
		e.Counterparty = common.Address(word[wordSize-common.AddressLength:])
	case vvvColumn:
		e.VVVWei.SetBytes32(word)
	case diemColumn:
		e.DIEMWei.SetBytes32(word)
	case noColumn:
	}
}
