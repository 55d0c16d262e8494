package chain

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzCallResults reads any bytes as the answer of Multicall3: as many results as there
// were calls, or none.
func FuzzCallResults(f *testing.F) {
	good, err := multicallABI.Methods["aggregate3"].Outputs.Pack([]multicallOutput{{true, []byte{1, 2}}, {false, nil}})
	require.NoError(f, err)

	f.Add(good, 2)
	f.Add(good, 3)
	f.Add(good[:40], 1)
	f.Add([]byte{}, 0)

	f.Fuzz(func(t *testing.T, answer []byte, n int) {
		results, err := new(endpoint).callResults(answer, n)
		if err != nil {
			require.ErrorIs(t, err, errNoMulticall)

			return
		}

		require.Len(t, results, n)
	})
}

// FuzzReceiptNumber reads any JSON as a number of a receipt.
func FuzzReceiptNumber(f *testing.F) {
	for _, text := range []string{`"0x1f"`, `31`, `null`, `"0x"`, `-1`, `1e3`, `"0xfffffffffffffffff"`, `{}`} {
		f.Add([]byte(text))
	}

	f.Fuzz(func(t *testing.T, text []byte) {
		var n receiptNumber
		if json.Unmarshal(text, &n) != nil {
			return
		}

		var again receiptNumber

		require.NoError(t, json.Unmarshal(text, &again))
		require.Equal(t, n, again)
	})
}
