package rpcjson

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEveryByteInEveryPlace holds decodeHex against encoding/hex for every byte at each
// place.
func TestEveryByteInEveryPlace(t *testing.T) {
	t.Parallel()

	for place := range 4 {
		for c := range 256 {
			for _, around := range []byte("07fF") {
				digits := bytes.Repeat([]byte{around}, 4)
				digits[place] = byte(c)

				requireAsStandard(t, digits)
			}
		}
	}
}

// FuzzDecodeHex holds decodeHex against encoding/hex.
func FuzzDecodeHex(f *testing.F) {
	f.Add([]byte("00112233445566778899aabbccddeeffAABBCCDDEEFF"))
	f.Add([]byte("0g"))
	f.Add([]byte("@@@@@@@@"))
	f.Fuzz(requireAsStandard)
}

func requireAsStandard(t *testing.T, digits []byte) {
	t.Helper()

	want, err := hex.DecodeString(string(digits))
	into := make([]byte, len(digits)/2)

	require.Equal(t, err == nil, decodeHex(into, digits), "%q", digits)

	if err == nil {
		require.Equal(t, want, into, "%q", digits)
	}
}
