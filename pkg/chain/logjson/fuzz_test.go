package logjson

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Where the fast reader accepts, the standard one gives the same; where the standard
// one refuses, so does Decode. Neither panics.
func FuzzDecode(f *testing.F) {
	for _, a := range answers(f) {
		f.Add([]byte(a.Raw))
	}

	for _, raw := range []string{
		"[" + plainLog("", "") + "," + plainLog("", "") + "]",
		"[" + plainLog("blockTimestamp", "101") + "]",
		"[" + plainLog("topics", "[]") + "," + plainLog("data", `"0x"`) + "]",
		" [ ] ", "null", `[{"address":"0x` + "\\u0030" + `"}]`,
	} {
		f.Add([]byte(raw))
	}

	f.Fuzz(func(t *testing.T, raw []byte) {
		standard, refused := decodeStandard(raw, true)

		fast, n, ok := Prefix(raw)
		if ok && blank(raw[n:]) {
			require.NoError(t, refused)
			require.Equal(t, standard, fast)
		}

		got, err := Decode(raw)
		require.Equal(t, refused == nil, err == nil)
		require.Equal(t, standard, got)
	})
}
