package decode

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"
)

// wordSize is the size in bytes of a topic, and of a value in data.
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

// fits reports whether the bytes that the type does not use are zero.
func (t wordType) fits(word []byte) bool {
	used := [...]int{wordSize, 8, 1, common.AddressLength, wordSize}[t]

	return isZero(word[:wordSize-used])
}

// json is the value as Event.Args holds it.
func (t wordType) json(word []byte) string {
	switch t {
	case typeAddress:
		return hexJSON(word[wordSize-common.AddressLength:])
	case typeBytes32:
		return hexJSON(word)
	case typeUint256, typeUint64, typeUint8:
	}

	return `"` + new(uint256.Int).SetBytes32(word).Dec() + `"`
}

func isZero(b []byte) bool {
	for _, x := range b {
		if x != 0 {
			return false
		}
	}

	return true
}

// hexJSON is bytes as 0x lower-case text in quotes.
func hexJSON(b []byte) string { return fmt.Sprintf(`"0x%x"`, b) }

// words walks the arguments of a log: the topics after the first, and data, each in
// the order of the signature.
type words struct {
	topics []common.Hash
	data   []byte
}

func wordsOf(l *types.Log) words { return words{l.Topics[1:], l.Data} }

// next is the next indexed argument, or the next of the others.
func (w *words) next(indexed bool) (word []byte) {
	if indexed {
		word, w.topics = w.topics[0][:], w.topics[1:]
	} else {
		word, w.data = w.data[:wordSize], w.data[wordSize:]
	}

	return word
}
