package replay_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/devnet/replay"
)

// aLog is one log as eth_getLogs gives it, with changes.
func aLog(changes map[string]any) map[string]any {
	l := map[string]any{
		"address": "0x321b7ff75154472b18edb199033ff4d116f340ff", "data": "0x01", "blockNumber": "0x10",
		"topics":    []string{"0x9e71bc8eea02a63969f509818f2dafb9254532904319f9dbda79b67bd34a5f3d"},
		"blockHash": "0x33af7f620054b2636d51211b0878c22f8bdd738ce68bb6d4e85a6e3393f5245b", "blockTimestamp": "0x64",
		"transactionHash":  "0xafbc27d2fcdd1c7f1ece4acecd04676a1c6f09fa74cdefd6e64127768bf0f994",
		"transactionIndex": "0x2", "logIndex": "0x5", "removed": false,
	}
	maps.Copy(l, changes)
	return l
}

func TestLayouts(t *testing.T) {
	t.Parallel()
	one := aLog(nil)
	two := aLog(map[string]any{"logIndex": "0x6"})
	encode := func(v any) string {
		raw, err := json.Marshal(v)
		require.NoError(t, err)
		return string(raw)
	}
	receipt := map[string]any{
		"transactionHash": one["transactionHash"], "transactionIndex": "0x2", "cumulativeGasUsed": "0x9", "blockNumber": "0x10",
		"blockHash": one["blockHash"], "status": "0x1", "logs": []any{one, two},
	}
	other := map[string]any{}
	for key, value := range one {
		other[strings.NewReplacer("blockN", "block_n", "blockH", "block_h", "blockT", "block_t", "transactionH", "transaction_h",
			"transactionI", "transaction_i", "logI", "log_i").Replace(key)] = value
	}
	decimal := aLog(map[string]any{"blockNumber": 16, "logIndex": "6", "transactionIndex": 2, "blockTimestamp": 100})

	for name, capture := range map[string]any{
		"array of logs":       []any{one, two},
		"logs in an object":   map[string]any{"logs": []any{one, two}},
		"answer":              map[string]any{"jsonrpc": "2.0", "id": 1, "result": []any{one, two}},
		"batch of answers":    []any{map[string]any{"result": []any{one}}, map[string]any{"result": []any{two}}},
		"receipt":             receipt,
		"receipts":            []any{receipt},
		"lines":               encode(one) + "\n" + encode(two) + "\n",
		"lines of arrays":     encode([]any{one}) + "\n" + encode([]any{two}),
		"snake case":          []any{other, two},
		"decimals":            []any{one, decimal},
		"twice the same":      []any{one, two, one, receipt},
		"with a removed one":  []any{one, two, aLog(map[string]any{"logIndex": "0x7", "removed": true})},
		"among other things":  map[string]any{"a": []any{1, "x", nil, true, map[string]any{"b": []any{one}}}, "c": two},
		"with a query in it":  []any{one, two, map[string]any{"address": one["address"], "topics": []any{}, "fromBlock": "0x1"}},
		"less said elsewhere": []any{one, aLog(map[string]any{"logIndex": "0x6", "blockHash": nil, "blockTimestamp": nil})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, _ := serve(t, replay.Config{File: write(t, capture)})
			logs := allLogs(t, client)
			require.Len(t, logs, 2)
			for i, l := range logs {
				want := types.Log{}
				raw, err := json.Marshal(one)
				require.NoError(t, err)
				require.NoError(t, json.Unmarshal(raw, &want))
				want.Index = uint(5 + i)
				require.Equal(t, want, l)
			}
		})
	}
}

func TestBadCaptures(t *testing.T) {
	t.Parallel()
	one := aLog(nil)
	otherHash := "0x44af7f620054b2636d51211b0878c22f8bdd738ce68bb6d4e85a6e3393f5245b"
	for name, test := range map[string]struct {
		capture any
		says    []string
	}{
		"empty":                  {"", []string{"no log, receipt or block header"}},
		"nothing of use":         {map[string]any{"a": 1}, []string{"no log, receipt or block header"}},
		"no JSON":                {"log", []string{"value 1", "invalid character"}},
		"cut off":                {`[{"address":`, []string{"value 1", "unexpected EOF"}},
		"no block number":        {map[string]any{"x": []any{one, aLog(map[string]any{"blockNumber": nil})}}, []string{"value 1.x[1]", "blockNumber"}},
		"bad number":             {[]any{aLog(map[string]any{"logIndex": "0xzz"})}, []string{"value 1[0]", "logIndex", "0xzz"}},
		"bad address":            {[]any{aLog(map[string]any{"address": "0x12"})}, []string{"value 1[0]", "address"}},
		"five topics":            {[]any{aLog(map[string]any{"topics": []string{otherHash, otherHash, otherHash, otherHash, otherHash}})}, []string{"value 1[0]", "topics"}},
		"two logs in a place":    {[]any{one, aLog(map[string]any{"data": "0x02"})}, []string{"log 5 of block 16", "two different logs"}},
		"two hashes of a block":  {[]any{one, aLog(map[string]any{"logIndex": "0x6", "blockHash": otherHash})}, []string{"block 16", "two hashes"}},
		"two times of a block":   {[]any{one, aLog(map[string]any{"logIndex": "0x6", "blockTimestamp": "0x65"})}, []string{"block 16", "two times"}},
		"header of another hash": {headerWithHash(t, otherHash), []string{"value 1", "does not hash"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := write(t, test.capture)
			_, err := replay.Load(path)
			require.Error(t, err)
			for _, says := range append(test.says, path) {
				require.ErrorContains(t, err, says)
			}
		})
	}
	_, err := replay.Load("testdata/nothing.json")
	require.ErrorContains(t, err, "nothing.json")
}

// headerWithHash is a whole header that states a hash which is not its own.
func headerWithHash(t *testing.T, hash string) map[string]any {
	t.Helper()
	client, _ := serve(t, replay.Config{File: "testdata/blocks.jsonl"})
	var header map[string]any
	require.NoError(t, client.Client().CallContext(t.Context(), &header, "eth_getBlockByNumber", "0x48c778", false))
	header["hash"] = hash
	return header
}

func TestPendingHeaderIsPassedOver(t *testing.T) {
	t.Parallel()
	header := headerWithHash(t, "0x"+strings.Repeat("0", 64))
	capture, err := replay.Load(write(t, []any{aLog(nil), header}))
	require.NoError(t, err)
	require.EqualValues(t, 0x11, capture.Head())
}

func FuzzLoad(f *testing.F) {
	f.Add(`[{"address":"0x321b7ff75154472b18edb199033ff4d116f340ff","topics":[null],"data":"0x","blockNumber":1,"logIndex":"0x","transactionHash":"0xafbc27d2fcdd1c7f1ece4acecd04676a1c6f09fa74cdefd6e64127768bf0f994"}]`)
	f.Add(`{"result":[]}` + "\n" + `{"number":"0x1","hash":"0x00","parentHash":"0x00"}`)
	f.Fuzz(func(t *testing.T, capture string) {
		loaded, err := replay.Load(write(t, capture))
		if err == nil {
			require.NotZero(t, loaded.Head())
		}
	})
}
