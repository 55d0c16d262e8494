package rpcjson

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Where the fast reader accepts, the standard one gives the same; where the standard
// one refuses, so does Logs. Neither panics.
func FuzzLogs(f *testing.F) {
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
		standard, refused := standardLogs(raw, true)

		fast, n, ok := logsPrefix(raw)
		if ok && blank(raw[n:]) {
			require.NoError(t, refused)
			require.Equal(t, standard, fast)
		}

		got, err := Logs(raw)
		require.Equal(t, refused == nil, err == nil)
		require.Equal(t, standard, got)
	})
}
