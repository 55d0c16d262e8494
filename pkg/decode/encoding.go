package decode

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/ethereum/go-ethereum/accounts/abi"
)

// encoding walks the ABI encoding of a sequence of values, such as the arguments of an
// event, and gives each as JSON. It accepts only what compilers write: every value in
// its place, padding zero, nothing between or after. So what it accepts can be encoded
// again to the same bytes, and its cost is bounded by the length of the data.
type encoding struct {
	data []byte
	// head is where the next value's head is, tail where the next dynamic value lies.
	head, tail int
}

var (
	errShort   = errors.New("data ends too soon")
	errOffset  = errors.New("offset points elsewhere than to the next value")
	errPadding = errors.New("padding is not zero")
)

// newEncoding starts at the first of the values.
func newEncoding(data []byte, kinds []*abi.Type) *encoding {
	heads := 0
	for _, kind := range kinds {
		heads += headSize(kind)
	}

	return &encoding{data: data, tail: heads}
}

// rest is how many bytes no value has claimed.
func (c *encoding) rest() int { return len(c.data) - c.tail }

// next is the next value as JSON.
func (c *encoding) next(kind *abi.Type) (string, error) {
	if !isDynamic(kind) {
		return c.static(kind)
	}

	offset, err := c.word()
	if err != nil {
		return "", err
	}

	if n, ok := asLength(offset); !ok || n != c.tail || n > len(c.data) {
		return "", errOffset
	}

	value, size, err := dynamic(kind, c.data[c.tail:])
	c.tail += size

	return value, err
}

// word takes the word at the head.
func (c *encoding) word() ([]byte, error) {
	if len(c.data)-c.head < wordSize {
		return nil, errShort
	}

	word := c.data[c.head : c.head+wordSize]
	c.head += wordSize

	return word, nil
}

// static is a value that lies in the heads themselves.
func (c *encoding) static(kind *abi.Type) (string, error) {
	switch kind.T {
	case abi.ArrayTy:
		return c.array(kind.Elem, kind.Size)
	case abi.TupleTy:
		return c.tuple(kind)
	default:
	}

	word, err := c.word()
	if err != nil {
		return "", err
	}

	return valueJSON(kind, word)
}

// array is n values of one type, one after the other.
func (c *encoding) array(kind *abi.Type, n int) (string, error) {
	var values []string

	for i := range n {
		value, err := c.next(kind)
		if err != nil {
			return "", fmt.Errorf("[%d]: %w", i, err)
		}

		values = append(values, value)
	}

	return list(values), nil
}

// tuple is the values of a struct as a JSON object.
func (c *encoding) tuple(kind *abi.Type) (string, error) {
	var fields object

	for i, name := range uniqueNames(kind.TupleRawNames) {
		value, err := c.next(kind.TupleElems[i])
		if err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}

		fields.add(name, value)
	}

	return fields.String(), nil
}

// dynamic is a value of a dynamic type whose encoding starts with data, and how many
// bytes it takes.
func dynamic(kind *abi.Type, data []byte) (value string, size int, err error) {
	switch kind.T {
	case abi.BytesTy, abi.StringTy:
		return text(kind, data)
	case abi.TupleTy:
		inner := newEncoding(data, kind.TupleElems)
		value, err = inner.tuple(kind)

		return value, inner.tail, err
	case abi.ArrayTy:
		inner := &encoding{data: data, tail: kind.Size * headSize(kind.Elem)}
		value, err = inner.array(kind.Elem, kind.Size)

		return value, inner.tail, err
	default:
	}

	n, ok := lengthAt(data)
	if !ok {
		return "", 0, errShort
	}

	inner := &encoding{data: data[wordSize:], tail: n * headSize(kind.Elem)}
	value, err = inner.array(kind.Elem, n)

	return value, wordSize + inner.tail, err
}

// text is a bytes or string value. A string that is not UTF-8 is given as bytes.
func text(kind *abi.Type, data []byte) (value string, size int, err error) {
	n, ok := lengthAt(data)
	padded := (n + wordSize - 1) / wordSize * wordSize

	if !ok || padded > len(data)-wordSize {
		return "", 0, errShort
	}

	content, padding := data[wordSize:wordSize+n], data[wordSize+n:wordSize+padded]
	if !isZero(padding) {
		return "", 0, errPadding
	}

	if kind.T == abi.StringTy && utf8.Valid(content) {
		return quote(string(content)), wordSize + padded, nil
	}

	return hexJSON(content), wordSize + padded, nil
}

// lengthAt is the length that the data starts with.
func lengthAt(data []byte) (n int, ok bool) {
	if len(data) < wordSize {
		return 0, false
	}

	return asLength(data[:wordSize])
}

// asLength reads an offset or a length. No log is as long as 1 GiB.
func asLength(word []byte) (n int, ok bool) {
	const used = 4

	low := binary.BigEndian.Uint32(word[wordSize-used:])

	return int(low), isZero(word[:wordSize-used]) && low < 1<<30
}
