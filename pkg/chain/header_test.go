package chain

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"diemhouse/pkg/chain/rpcjson"
)

// capturedHeader is a header of Base with the logs of one of its receipts
// (testdata/headers.json).
type capturedHeader struct {
	Era          string          `json:"era"`
	Header       json.RawMessage `json:"header"`
	Logs         json.RawMessage `json:"logs"`
	ReceiptBloom string          `json:"receipt_bloom"`
}

func capturedHeaders(tb testing.TB) []capturedHeader {
	tb.Helper()

	var all []capturedHeader

	readJSON(tb, "headers.json", &all)
	require.Len(tb, all, 28)

	return all
}

// Every captured header of Base, Regolith to Jovian, hashes to what it states, and
// its bloom holds the logs of the block.
func TestHeadersOfBaseHashToWhatTheyState(t *testing.T) {
	t.Parallel()

	withLogs := 0

	for _, c := range capturedHeaders(t) {
		h, err := decodeHeader(c.Header, false)
		require.NoError(t, err, c.Era)
		require.Equal(t, h.Header.Hash(), h.Hash)
		require.Equal(t, 1686789347+2*h.Number.Uint64(), h.Time, "Base's clock")

		logs, err := rpcjson.Logs(c.Logs)
		require.NoError(t, err)

		for i := range logs {
			withLogs++

			require.Equal(t, h.Hash, logs[i].BlockHash)
			require.True(t, logInBloom(&logs[i], &h.Bloom))
		}
	}

	require.Greater(t, withLogs, 250)
}

// One wrong digit anywhere in a hashed field is noticed.
func TestAnAlteredHeaderIsRefused(t *testing.T) {
	t.Parallel()

	for _, c := range capturedHeaders(t) {
		var fields map[string]json.RawMessage

		require.NoError(t, json.Unmarshal(c.Header, &fields))

		for name, value := range fields {
			if name == "hash" || name == "size" || strings.HasPrefix(string(value), "[") || string(value) == "null" {
				continue
			}

			altered := string(value)

			switch digits := strings.Trim(altered, `"`); {
			case !strings.HasPrefix(digits, "0x"):
				continue
			case digits == "0x" || digits == "0x0":
				altered = `"0x1"`
			case strings.HasSuffix(digits, "1"):
				altered = `"` + digits[:len(digits)-1] + `2"`
			default:
				altered = `"` + digits[:len(digits)-1] + `1"`
			}

			if name == "extraData" && altered == `"0x1"` {
				altered = `"0x01"`
			}

			wrong := maps.Clone(fields)
			wrong[name] = json.RawMessage(altered)
			raw, err := json.Marshal(wrong)
			require.NoError(t, err)

			_, err = decodeHeader(raw, false)

			var mismatch *HashMismatchError

			if name == "totalDifficulty" {
				require.NoError(t, err)

				continue
			}

			require.ErrorAs(t, err, &mismatch, "%s of %s", name, c.Era)

			h, err := decodeHeader(raw, true)
			require.NoError(t, err, "where the hash is trusted")
			require.NotEqual(t, h.Header.Hash(), h.Hash)
		}
	}
}

func TestAHeaderOfALaterForkSaysSo(t *testing.T) {
	t.Parallel()

	raw := strings.Replace(string(capturedHeaders(t)[27].Header), "{", `{"newRoot":"0x01",`, 1)
	raw = strings.Replace(raw, `"hash":"0x`, `"hash":"0xff`, 1)
	raw = raw[:strings.Index(raw, `"hash":"0xff`)+len(`"hash":"0xff`)+62] + raw[strings.Index(raw, `"hash":"0xff`)+len(`"hash":"0xff`)+64:]

	_, err := decodeHeader(json.RawMessage(raw), false)
	require.ErrorContains(t, err, "fields unknown to this program [newRoot]")
}

func TestPendingAndMissingBlocksAreRefused(t *testing.T) {
	t.Parallel()

	var pending json.RawMessage

	readJSON(t, "pending.json", &pending)

	_, err := decodeHeader(pending, false)
	require.ErrorIs(t, err, errPending)

	_, err = decodeHeader(pending, true)
	require.ErrorIs(t, err, errPending)

	_, err = decodeHeader(json.RawMessage(strings.Replace(string(pending), `"hash"`, `"other"`, 1)), false)
	require.ErrorIs(t, err, errPending)

	_, err = decodeHeader(json.RawMessage("null"), false)
	require.ErrorIs(t, err, errNoBlock)

	for _, raw := range []string{`{}x`, `[]`, `"0x"`, `{"hash":"0x01"}`, `{"hash":1}`} {
		_, err = decodeHeader(json.RawMessage(raw), false)
		require.Error(t, err, raw)
	}

	huge := strings.Replace(string(capturedHeaders(t)[0].Header), `"number":"0x`, `"number":"0xffffffffffffffffff`, 1)
	_, err = decodeHeader(json.RawMessage(huge), true)
	require.ErrorContains(t, err, "too great")
}

func FuzzDecodeHeader(f *testing.F) {
	for _, c := range capturedHeaders(f) {
		f.Add([]byte(c.Header))
	}

	f.Fuzz(func(t *testing.T, raw []byte) {
		h, err := decodeHeader(raw, false)
		if err == nil {
			require.Equal(t, h.Header.Hash(), h.Hash)
			require.Equal(t, h.Ref().Hash, h.Hash)
		}
	})
}

// BenchmarkDecodeHeader reads and hashes a header of Base, as eth_getBlockByNumber
// answers with the hashes of 200 transactions beside it.
func BenchmarkDecodeHeader(b *testing.B) {
	txs := strings.TrimSuffix(strings.Repeat(`"0x`+strings.Repeat("ab", 32)+`",`, 200), ",")
	raw := json.RawMessage(strings.Replace(string(capturedHeaders(b)[27].Header), "{", `{"transactions":[`+txs+`],`, 1))

	b.SetBytes(int64(len(raw)))

	for b.Loop() {
		_, err := decodeHeader(raw, false)
		require.NoError(b, err)
	}
}
