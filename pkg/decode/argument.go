package decode

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"

	"diemhouse/pkg/venice"
)

// wordSize is the size in bytes of a topic, and of a value in data.
const wordSize = 32

// argType is the ABI type of an argument.
type argType uint8

const (
	typeUint256 argType = iota
	typeUint64
	typeUint8
	typeAddress
	typeBytes32
	// typeTable is uint256[256], half a mint curve.
	typeTable
)

// String gives the type's name in a signature.
func (t argType) String() string {
	return [...]string{"uint256", "uint64", "uint8", "address", "bytes32", "uint256[256]"}[t]
}

// size is how many bytes the type takes in data.
func (t argType) size() int {
	if t == typeTable {
		return venice.Buckets * wordSize
	}

	return wordSize
}

// fits reports whether the bytes that the type does not use are zero.
func (t argType) fits(word []byte) bool {
	used := [...]int{wordSize, 8, 1, common.AddressLength, wordSize, wordSize}[t]

	return isZero(word[:wordSize-used])
}

// json is the value as Event.Args holds it.
func (t argType) json(word []byte) string {
	switch t {
	case typeAddress:
		return hexJSON(word[wordSize-common.AddressLength:])
	case typeBytes32:
		return hexJSON(word)
	case typeUint256, typeUint64, typeUint8, typeTable:
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

// arguments walks the arguments of a log: the topics after the first, and data, each in
// the order of the signature.
type arguments struct {
	topics []common.Hash
	data   []byte
}

func argumentsOf(l *types.Log) arguments { return arguments{l.Topics[1:], l.Data} }

// next is the next of those that are indexed, or the next of the others.
func (a *arguments) next(p *param) (word []byte) {
	if p.indexed {
		word, a.topics = a.topics[0][:], a.topics[1:]
	} else {
		word, a.data = a.data[:p.kind.size()], a.data[p.kind.size():]
	}

	return word
}
