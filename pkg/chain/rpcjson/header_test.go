package rpcjson

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/stretchr/testify/require"
)

// headers are those that were captured on Base.
func headers(tb testing.TB) []json.RawMessage {
	tb.Helper()

	file, err := os.ReadFile("../testdata/headers.json")
	require.NoError(tb, err)

	var captured []struct {
		Header json.RawMessage `json:"header"`
	}

	require.NoError(tb, json.Unmarshal(file, &captured))
	require.NotEmpty(tb, captured)

	all := make([]json.RawMessage, len(captured))
	for i := range captured {
		all[i] = captured[i].Header
	}

	return all
}

// fast reads a header by the fast reader alone.
func fast(raw []byte) (*types.Header, common.Hash, bool) {
	r := headerReader{scanner: scanner{text: raw}, header: new(types.Header)}
	ok := r.read() && blank(raw[r.at:])

	return r.header, r.hash, ok
}

// text gives a header as JSON: what two readers make of zero differs inside big.Int.
func text(tb testing.TB, h *types.Header) string {
	tb.Helper()

	out, err := json.Marshal(h)
	require.NoError(tb, err)

	return string(out)
}

func TestHeaderTakesTheHeadersOfBaseTheFastWay(t *testing.T) {
	t.Parallel()

	for _, raw := range headers(t) {
		want, wantHash, err := standardHeader(raw)
		require.NoError(t, err)
		require.Equal(t, wantHash, want.Hash())

		got, gotHash, ok := fast(raw)
		require.True(t, ok)
		require.JSONEq(t, text(t, want), text(t, got))
		require.Equal(t, wantHash, gotHash)

		// So it does with transactions beside it, and with fields of later forks.
		more := strings.Replace(string(raw), "{", `{"transactions":["0x01",{"a":["]"]}],"uncles":[],"newRoot":null,`, 1)
		got, _, ok = fast([]byte(more))
		require.True(t, ok)
		require.Equal(t, want.Hash(), got.Hash())
	}
}

// What the fast reader does not take, the standard one decides.
func TestHeaderLeavesTheRestToTheStandardReader(t *testing.T) {
	t.Parallel()

	raw := string(headers(t)[27])

	for name, odd := range map[string]string{
		"a field's name in capitals": strings.Replace(raw, `"number"`, `"NUMBER"`, 1),
		"the last of two values":     strings.Replace(raw, "{", `{"gasUsed":"0x1",`, 1),
	} {
		require.NotEqual(t, raw, odd, name)

		_, _, ok := fast([]byte(odd))
		require.False(t, ok, name)

		h, hash, err := Header([]byte(odd))
		require.NoError(t, err, name)
		require.Equal(t, h.Hash(), hash, name)
	}

	for name, wrong := range map[string]string{
		"nothing": "", "null": "null", "a list": "[]", "empty": "{}", "more": raw + "x",
		"an escape":        strings.Replace(raw, `"gasUsed":"0x`, `"gasUsed":"\u0030x`, 1),
		"leading zero":     strings.Replace(raw, `"gasUsed":"0x`, `"gasUsed":"0x0`, 1),
		"a number":         strings.Replace(raw, `"gasUsed":"0x`, `"gasUsed":1,"x":"0x`, 1),
		"no parent":        strings.Replace(raw, `"parentHash"`, `"parent"`, 1),
		"short bloom":      strings.Replace(raw, `"logsBloom":"0x49`, `"logsBloom":"0x`, 1),
		"no hex":           strings.Replace(raw, `"miner":"0x4`, `"miner":"0xg`, 1),
		"a null that must": strings.Replace(raw, `"extraData":"0x`, `"extraData":null,"x":"0x`, 1),
	} {
		require.NotEqual(t, raw, wrong, name)

		_, _, err := Header([]byte(wrong))
		require.Error(t, err, name)
	}

	_, hash, err := Header([]byte(strings.Replace(raw, `"hash":"0x`, `"hash":null,"x":"0x`, 1)))
	require.NoError(t, err)
	require.Zero(t, hash)
}

// Where the fast reader accepts what encoding/json accepts, both give the same.
func FuzzHeader(f *testing.F) {
	for _, raw := range headers(f) {
		f.Add([]byte(raw))
	}

	f.Fuzz(func(t *testing.T, raw []byte) {
		want, wantHash, refused := standardHeader(raw)
		got, gotHash, ok := fast(raw)

		if ok && json.Valid(raw) {
			require.NoError(t, refused)
			require.JSONEq(t, text(t, want), text(t, got))
			require.Equal(t, wantHash, gotHash)
		}

		_, _, err := Header(raw)
		require.Equal(t, refused == nil || ok, err == nil)
	})
}

// BenchmarkHeader reads a header of Base with the hashes of 200 transactions beside
// it, as eth_getBlockByNumber gives it; hashing it is not included.
func BenchmarkHeader(b *testing.B) {
	txs := strings.TrimSuffix(strings.Repeat(`"0x`+strings.Repeat("ab", 32)+`",`, 200), ",")
	raw := []byte(strings.Replace(string(headers(b)[27]), "{", `{"transactions":[`+txs+`],`, 1))

	for name, read := range map[string]func([]byte) (*types.Header, common.Hash, error){
		"fast": Header, "standard": standardHeader,
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()

			for b.Loop() {
				_, _, err := read(raw)
				require.NoError(b, err)
			}
		})
	}
}
