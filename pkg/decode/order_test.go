package decode

import (
	"math"
	"testing"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"
)

func TestLogsOutOfOrderAreRefused(t *testing.T) {
	t.Parallel()

	at := func(block uint64, index uint) types.Log {
		l := transferLog(ContractVVV, alice, bob, uint256.NewInt(1))
		l.BlockNumber, l.Index = block, index

		return l
	}
	fork := at(5, 9)
	fork.BlockHash[0]++

	removed := at(5, 9)
	removed.Removed = true

	far := at(5, 9)
	far.TxIndex = math.MaxUint32 + 1

	for name, test := range map[string]struct {
		logs []types.Log
		want string
	}{
		"a block before":    {[]types.Log{at(6, 1), at(5, 2)}, "log 2 of block 5 comes after log 1 of block 6"},
		"an index before":   {[]types.Log{at(5, 2), at(5, 1)}, "log 1 of block 5 comes after log 2 of block 5"},
		"the same twice":    {[]types.Log{at(5, 2), at(5, 2)}, "log 2 of block 5 comes after log 2 of block 5"},
		"two hashes":        {[]types.Log{at(5, 8), fork}, "block 5 has two hashes"},
		"removed":           {[]types.Log{removed}, "log 9 of block 5 is marked removed"},
		"an endless block":  {[]types.Log{at(5, math.MaxUint32+1)}, "no block is so long"},
		"an endless block2": {[]types.Log{far}, "no block is so long"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			d := newDecoder(t, nil)
			before := []Event{{BlockNumber: 1}}

			after, err := d.Decode(before, test.logs)
			require.ErrorIs(t, err, ErrOrder)
			require.ErrorContains(t, err, test.want)
			require.Equal(t, before, after, "nothing was appended")

			_, err = d.DecodeAt(test.logs, 0)
			require.ErrorIs(t, err, ErrOrder)
		})
	}

	_, err := newDecoder(t, nil).Decode(nil, []types.Log{at(5, 2), at(5, 7), at(6, 0), at(9, 0), at(9, math.MaxUint32)})
	require.NoError(t, err)
}
