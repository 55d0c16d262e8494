package chain

import (
	"bytes"
	"sync/atomic"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// bloomBits are the bits that a value sets in a bloom: a keccak hash of it, which is most
// of what checking a log against a header costs. The contracts, the events and the zero
// address come in every block, so what was computed is kept.
type bloomBits struct {
	value []byte
	// bits are the bytes of a bloom with a bit set, at most three.
	bits []bloomByte
}

type bloomByte struct {
	at   uint8
	mask byte
}

// knownBits are the values seen last, each in the one place that its last bytes name: no
// lock, no growth past 2 MB, and what comes again and again is nearly always there: the
// contracts and events in any case, and with so many places most wallets that act often.
var knownBits [1 << 14]atomic.Pointer[bloomBits]

// inBloom is b.Test(value) for an address or a topic.
func inBloom(b *types.Bloom, value []byte) bool {
	n := len(value)
	place := &knownBits[(uint(value[n-1])|uint(value[n-2])<<8^uint(n))%uint(len(knownBits))]

	known := place.Load()
	if known == nil || !bytes.Equal(known.value, value) {
		known = bitsOf(value)
		place.Store(known)
	}

	for _, bit := range known.bits {
		if b[bit.at]&bit.mask != bit.mask {
			return false
		}
	}

	return true
}

func bitsOf(value []byte) *bloomBits {
	var alone types.Bloom

	alone.Add(value)

	known := &bloomBits{value: bytes.Clone(value), bits: make([]bloomByte, 0, 3)}

	for at, mask := range alone {
		if mask != 0 {
			known.bits = append(known.bits, bloomByte{uint8(at), mask})
		}
	}

	return known
}

func logInBloom(l *types.Log, b *types.Bloom) bool {
	if !inBloom(b, l.Address[:]) {
		return false
	}

	for i := range l.Topics {
		if !inBloom(b, l.Topics[i][:]) {
			return false
		}
	}

	return true
}

// anyIn reports whether the bloom may hold one of the values.
func anyIn[T common.Address | common.Hash](b *types.Bloom, values []T, raw func(T) []byte) bool {
	for _, v := range values {
		if inBloom(b, raw(v)) {
			return true
		}
	}

	return false
}
