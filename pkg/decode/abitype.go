package decode

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/holiman/uint256"
)

// maxWords bounds the static size of one argument, in words: 2 MiB, more than a block
// has gas for.
const maxWords = 1 << 16

const (
	maxIndexed          = 3
	maxIndexedAnonymous = 4
)

// checkEvent refuses an event that no log can be: too many indexed arguments, or a
// type that the ABI does not have. go-ethereum's parser lets some pass.
func checkEvent(event *abi.Event) error {
	most := maxIndexed
	if event.Anonymous {
		most = maxIndexedAnonymous
	}

	indexed := 0

	for i := range event.Inputs {
		input := &event.Inputs[i]
		if input.Indexed {
			indexed++
		}

		if _, err := canonical(&input.Type); err != nil {
			return fmt.Errorf("%s: %w", input.Name, err)
		}
	}

	if indexed > most {
		return fmt.Errorf("%d indexed arguments, a log has room for %d", indexed, most)
	}

	return nil
}

// canonical is the type's name in a signature. It errs where the parsed type is none
// of the ABI's, or where its text says something else than was parsed.
func canonical(kind *abi.Type) (name string, err error) {
	switch kind.T {
	case abi.UintTy, abi.IntTy:
		if kind.Size < 8 || kind.Size > 256 || kind.Size%8 != 0 {
			return "", fmt.Errorf("%s is no type of the ABI", kind)
		}

		name = map[byte]string{abi.UintTy: "uint", abi.IntTy: "int"}[kind.T] + strconv.Itoa(kind.Size)
	case abi.BoolTy:
		name = "bool"
	case abi.AddressTy:
		name = "address"
	case abi.StringTy:
		name = "string"
	case abi.BytesTy:
		name = "bytes"
	case abi.FixedBytesTy:
		name = fmt.Sprintf("bytes%d", kind.Size)
	case abi.FunctionTy:
		name = "function"
	case abi.SliceTy, abi.ArrayTy:
		name, err = canonicalArray(kind)
	case abi.TupleTy:
		name, err = canonicalTuple(kind)
	}

	switch {
	case err != nil:
		return "", err
	case name == "" || name != kind.String():
		return "", fmt.Errorf("%s is no type of the ABI", kind)
	case !isDynamic(kind) && headSize(kind) > maxWords*wordSize:
		return "", fmt.Errorf("%s is longer than any log", kind)
	}

	return name, nil
}

func canonicalArray(kind *abi.Type) (string, error) {
	elem, err := canonical(kind.Elem)
	if err != nil {
		return "", err
	}

	if kind.T == abi.SliceTy {
		return elem + "[]", nil
	}

	if kind.Size < 1 || kind.Size > maxWords {
		return "", fmt.Errorf("%s: an array of %d", kind, kind.Size)
	}

	return fmt.Sprintf("%s[%d]", elem, kind.Size), nil
}

func canonicalTuple(kind *abi.Type) (string, error) {
	if len(kind.TupleElems) == 0 {
		return "", errors.New("a tuple of nothing")
	}

	names := make([]string, len(kind.TupleElems))

	for i, elem := range kind.TupleElems {
		name, err := canonical(elem)
		if err != nil {
			return "", err
		}

		names[i] = name
	}

	return "(" + strings.Join(names, ",") + ")", nil
}

// isDynamic reports whether the type's encoding has a length of its own, so that its
// head is an offset.
func isDynamic(kind *abi.Type) bool {
	switch kind.T {
	case abi.StringTy, abi.BytesTy, abi.SliceTy:
		return true
	case abi.ArrayTy:
		return isDynamic(kind.Elem)
	case abi.TupleTy:
		return slices.ContainsFunc(kind.TupleElems, isDynamic)
	}

	return false
}

// headSize is how many bytes the type takes in the heads.
func headSize(kind *abi.Type) int {
	if isDynamic(kind) {
		return wordSize
	}

	switch kind.T {
	case abi.ArrayTy:
		return kind.Size * headSize(kind.Elem)
	case abi.TupleTy:
		size := 0
		for _, elem := range kind.TupleElems {
			size += headSize(elem)
		}

		return size
	}

	return wordSize
}

// topicJSON is an indexed argument as JSON. Of a type that takes more than a word the
// topic holds only the hash, which is given.
func topicJSON(kind *abi.Type, topic common.Hash) (string, error) {
	switch kind.T {
	case abi.StringTy, abi.BytesTy, abi.SliceTy, abi.ArrayTy, abi.TupleTy:
		return hexJSON(topic[:]), nil
	default:
		return valueJSON(kind, topic[:])
	}
}

// valueJSON is a value that fills one word as JSON.
func valueJSON(kind *abi.Type, word []byte) (json string, err error) {
	fits := true

	switch kind.T {
	case abi.UintTy:
		fits = isZero(word[:wordSize-kind.Size/8])
		json = `"` + new(uint256.Int).SetBytes32(word).Dec() + `"`
	case abi.IntTy:
		fits, json = signedJSON(kind.Size, word)
	case abi.BoolTy:
		fits = isZero(word[:wordSize-1]) && word[wordSize-1] <= 1
		json = strconv.FormatBool(word[wordSize-1] == 1)
	case abi.AddressTy:
		fits, json = typeAddress.fits(word), typeAddress.json(word)
	case abi.FixedBytesTy:
		fits, json = isZero(word[kind.Size:]), hexJSON(word[:kind.Size])
	default: // a function: address and selector, padded on either side
		json = hexJSON(word)
	}

	if !fits {
		return "", fmt.Errorf("0x%x is no %s", word, kind)
	}

	return json, nil
}

// signedJSON is a two's complement number, which fits when the bits above its size
// repeat its sign.
func signedJSON(bits int, word []byte) (fits bool, json string) {
	n := new(uint256.Int).SetBytes32(word)

	extended := new(uint256.Int).ExtendSign(n, uint256.NewInt(uint64(bits/8-1)))
	fits = extended.Eq(n)

	if n.Sign() < 0 {
		return fits, `"-` + n.Neg(n).Dec() + `"`
	}

	return fits, `"` + n.Dec() + `"`
}
