package chain

import (
	"bytes"
	"sync/atomic"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// bloomBits are the bits that a value sets in a bloom: a keccak hash of it, which is most
// of what checking a log against a header costs. The contracts, the events and the zero
// address come in every block, and most wallets come again, so what was computed is kept.
type bloomBits struct {
	// value is an address or a topic, size its length.
	value [common.HashLength]byte
	size  uint8
	// The bytes of a bloom with a bit set, and those bits: three, or fewer and 0 for the rest.
	at, mask [3]byte
}

// knownBits are the values seen last, each in the one place that its last bytes name: no
// lock, no growth past 2 MB.
var knownBits [1 << 15]atomic.Pointer[bloomBits]

// inBloom is b.Test(value) for an address or a topic.
func inBloom(b *types.Bloom, value []byte) bool {
	n := len(value)
	place := &knownBits[(uint(value[n-1])|uint(value[n-2])<<8^uint(n))%uint(len(knownBits))]

	known := place.Load()
	if known == nil || !bytes.Equal(known.value[:known.size], value) {
		known = bitsOf(value)
		place.Store(known)
	}

	for i, mask := range known.mask {
		if b[known.at[i]]&mask != mask {
			return false
		}
	}

	return true
}

func bitsOf(value []byte) *bloomBits {
	var alone types.Bloom

	alone.Add(value)

	known := &bloomBits{size: uint8(len(value))}
	copy(known.value[:], value)

	i := 0

	for at, mask := range alone {
		if mask != 0 {
			known.at[i], known.mask[i] = uint8(at), mask
			i++
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
func anyIn[T common.Address | common.Hash](b *types.Bloom, values []T, raw func(*T) []byte) bool {
	for i := range values {
		if inBloom(b, raw(&values[i])) {
			return true
		}
	}

	return false
}

func rawAddress(a *common.Address) []byte { return a[:] }
func rawHash(h *common.Hash) []byte       { return h[:] }
