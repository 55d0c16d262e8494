package chain

import (
	"encoding/binary"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/stretchr/testify/require"
)

// FuzzInBloom holds the remembered bits against go-ethereum's, for values that share a
// place and for an address and a topic with the same end.
func FuzzInBloom(f *testing.F) {
	f.Add(uint64(1), uint64(2), uint8(3))
	f.Add(uint64(0), uint64(0), uint8(0))
	f.Add(uint64(1)<<40, uint64(1)<<40+1<<24, uint8(200))

	f.Fuzz(func(t *testing.T, a, b uint64, others uint8) {
		var one, two [8]byte

		binary.LittleEndian.PutUint64(one[:], a) // the same last bytes, the same place
		binary.LittleEndian.PutUint64(two[:], b)

		values := [][]byte{
			common.BytesToAddress(one[:]).Bytes(), common.BytesToHash(one[:]).Bytes(),
			common.BytesToAddress(two[:]).Bytes(), common.BytesToHash(two[:]).Bytes(),
		}

		var bloom types.Bloom

		for i, v := range values {
			if a>>i&1 == 1 {
				bloom.Add(v)
			}
		}

		for i := range others {
			bloom.Add([]byte{i, one[0]})
		}

		for range 2 { // computed, then remembered
			for _, v := range values {
				require.Equal(t, bloom.Test(v), inBloom(&bloom, v), "%x", v)
			}
		}
	})
}
