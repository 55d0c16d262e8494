package decode

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"
)

// wordSize is the size in bytes of a topic, and of an argument in data.
const wordSize = 32

// wordType is the ABI type of an argument that fills one word.
type wordType uint8

const (
	typeUint256 wordType = iota
	typeUint64
	typeUint8
	typeAddress
	typeBytes32
)

// String gives the type's name in a signature.
func (t wordType) String() string {
	return [...]string{"uint256", "uint64", "uint8", "address", "bytes32"}[t]
}

// width is how many low bytes of the word the type uses; the rest must be zero.
func (t wordType) width() int { return [...]int{32, 8, 1, 20, 32}[t] }

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
	kind    wordType
	indexed bool
	into    column
	// arg is the argument's key in Event.Args, empty when the column says it all.
	arg string
}

// layout is how one event lies in a log: every argument fills one word, the indexed
// ones after topic 0, the others in data, each in the order of the signature.
type layout struct {
	name   string
	kind   Kind
	params []param
	// finish, where there is one, settles what the log alone does not say.
	finish func(d *Decoder, e *Event, at neighbours)
}

// signature is the event's canonical text, whose hash is topic 0.
func (y *layout) signature() string {
	text := y.name + "("

	for i, p := range y.params {
		if i > 0 {
			text += ","
		}

		text += p.kind.String()
	}

	return text + ")"
}

// indexed counts the arguments that are topics.
func (y *layout) indexed() int {
	n := 0

	for _, p := range y.params {
		if p.indexed {
			n++
		}
	}

	return n
}

// check says what is wrong with the log's shape, nil when it is as the layout wants.
func (y *layout) check(l *types.Log) *MalformedError {
	topics := y.indexed()
	if want := topics + 1; len(l.Topics) != want {
		return malformed(l, y.name, "topics", fmt.Sprintf("want %d, got %d", want, len(l.Topics)))
	}

	if want := wordSize * (len(y.params) - topics); len(l.Data) != want {
		return malformed(l, y.name, "data", fmt.Sprintf("want %d bytes, got %d", want, len(l.Data)))
	}

	return nil
}

// read fills in the event. The log must have passed check.
func (y *layout) read(e *Event, l *types.Log) *MalformedError {
	topic, offset := 1, 0

	var args object

	for i := range y.params {
		p := &y.params[i]

		var word []byte
		if p.indexed {
			word = l.Topics[topic][:]
			topic++
		} else {
			word = l.Data[offset : offset+wordSize]
			offset += wordSize
		}

		pad := wordSize - p.kind.width()
		if !zero(word[:pad]) {
			return malformed(l, y.name, p.name, fmt.Sprintf("0x%x is no %s: the first %d bytes are not zero", word, p.kind, pad))
		}

		p.put(e, word)

		if p.arg != "" {
			args.add(p.arg, wordJSON(p.kind, word))
		}
	}

	e.Name, e.Kind, e.Args = y.name, y.kind, args.String()

	return nil
}

func (p *param) put(e *Event, word []byte) {
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

// wordJSON is the argument as Event.Args holds it.
func wordJSON(kind wordType, word []byte) string {
	switch kind {
	case typeAddress:
		return fmt.Sprintf(`"0x%x"`, word[wordSize-common.AddressLength:])
	case typeBytes32:
		return fmt.Sprintf(`"0x%x"`, word)
	case typeUint256, typeUint64, typeUint8:
	}

	return `"` + new(uint256.Int).SetBytes32(word).Dec() + `"`
}

func zero(b []byte) bool {
	for _, x := range b {
		if x != 0 {
			return false
		}
	}

	return true
}

func malformed(l *types.Log, event, field, reason string) *MalformedError {
	return &MalformedError{
		BlockNumber: l.BlockNumber, LogIndex: uint32(l.Index), Event: event, Field: field, Reason: reason,
	}
}
