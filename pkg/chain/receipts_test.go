package chain

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/stretchr/testify/require"
)

// capturedReceipts are receipts of a block with the root that the chain had and the
// roots that wrong rules give (testdata/receipts.json).
type capturedReceipts struct {
	Name                   string          `json:"name"`
	Header                 json.RawMessage `json:"header"`
	Root                   common.Hash     `json:"root"`
	WithoutVersion         *common.Hash    `json:"without_version"`
	WithoutNonceAndVersion *common.Hash    `json:"without_nonce_and_version"`
	WithNonceOnly          *common.Hash    `json:"with_nonce_only"`
	Logs                   int             `json:"logs"`
	Receipts               json.RawMessage `json:"receipts"`
}

func allCapturedReceipts(tb testing.TB) []capturedReceipts {
	tb.Helper()

	var all []capturedReceipts

	readJSON(tb, "receipts.json", &all)
	require.Len(tb, all, 3)

	return all
}

func rootOf(tb testing.TB, raw []byte) common.Hash {
	tb.Helper()

	receipts, err := decodeReceipts(raw)
	require.NoError(tb, err)

	return receiptList(receipts).root()
}

func TestReceiptsRootsOfTheOPStack(t *testing.T) {
	t.Parallel()

	for _, c := range allCapturedReceipts(t) {
		require.Equal(t, c.Root, rootOf(t, c.Receipts), c.Name)

		receipts, err := decodeReceipts(c.Receipts)
		require.NoError(t, err)
		require.Len(t, receiptList(receipts).place(Header{Header: &types.Header{Number: common.Big1}}), c.Logs)

		// The wrong rules give the wrong roots, which therefore are not ours.
		deposit := &receipts[0]
		require.Equal(t, byte(depositType), deposit.kind)

		if c.WithoutVersion != nil {
			version := deposit.version
			deposit.version = nil
			require.Equal(t, *c.WithoutNonceAndVersion, receiptList(receipts).root(), c.Name)
			require.NotEqual(t, c.Root, *c.WithoutVersion)

			deposit.version = version
		}

		if c.WithNonceOnly != nil {
			require.NotEqual(t, *c.WithNonceOnly, receiptList(receipts).root(), c.Name)
		}
	}
}

// A whole block: header, receipts and logs prove each other; every other word of the
// endpoint about a log's place is overruled.
func TestReceiptsProveTheLogsOfABlock(t *testing.T) {
	t.Parallel()

	block := allCapturedReceipts(t)[0]
	h, err := decodeHeader(block.Header, false)
	require.NoError(t, err)

	want, err := proveReceipts(block.Receipts, h)
	require.NoError(t, err)
	require.Len(t, want, 190)

	var bloom types.Bloom

	for i := range want {
		require.Equal(t, uint(i), want[i].Index)
		require.Equal(t, h.Hash, want[i].BlockHash)
		require.Equal(t, h.Time, want[i].BlockTimestamp)
		require.NotZero(t, want[i].TxHash)
		require.True(t, logInBloom(&want[i], &h.Bloom))
		bloom.Add(want[i].Address.Bytes())
	}

	require.NoError(t, verifyMerged(want))

	places := strings.NewReplacer(`"logIndex":"0x`, `"logIndex":"0xf`, `"blockNumber":"0x`, `"blockNumber":"0x1`,
		`"transactionIndex":"0x`, `"transactionIndex":"0x2`, `"removed":false`, `"removed":true`)
	got, err := proveReceipts([]byte(places.Replace(string(block.Receipts))), h)
	require.NoError(t, err)
	require.Equal(t, want, got)

	anvilStyle := strings.ReplaceAll(string(block.Receipts), `"type":"0x7e"`, `"type":"0x7E"`)
	_, err = proveReceipts([]byte(anvilStyle), h)
	require.NoError(t, err)
}

// Whatever is taken away, added or altered, the root shows it.
func TestAlteredReceiptsAreRefused(t *testing.T) {
	t.Parallel()

	block := allCapturedReceipts(t)[0]
	h, err := decodeHeader(block.Header, false)
	require.NoError(t, err)

	var list []map[string]json.RawMessage

	require.NoError(t, json.Unmarshal(block.Receipts, &list))

	refused := func(name string, altered []map[string]json.RawMessage) {
		raw, err := json.Marshal(altered)
		require.NoError(t, err)

		_, err = proveReceipts(raw, h)

		var mismatch *ReceiptsMismatchError

		require.ErrorAs(t, err, &mismatch, name)
		require.Equal(t, h.Ref(), mismatch.Block)
		require.Equal(t, h.ReceiptHash, mismatch.Stated)
	}

	refused("none", list[:0])
	refused("all but the last", list[:len(list)-1])
	refused("all but the first", list[1:])
	refused("two swapped", append([]map[string]json.RawMessage{list[1], list[0]}, list[2:]...))

	for i := range list {
		for field, value := range map[string]string{
			"status": `"0x0"`, "cumulativeGasUsed": `"0x1"`, "type": `"0x3"`, "logs": `[]`,
			"depositNonce": `"0x1"`, "depositReceiptVersion": `"0x2"`,
		} {
			had, ok := list[i][field]
			if !ok || string(had) == value {
				continue
			}

			list[i][field] = json.RawMessage(value)

			refused(fmt.Sprintf("%s of receipt %d", field, i), list)

			list[i][field] = had
		}
	}

	for old, altered := range map[string]string{`"address":"0x4`: `"address":"0x5`, `"data":"0x0`: `"data":"0x1`} {
		text := strings.Replace(string(block.Receipts), old, altered, 1)
		require.NotEqual(t, string(block.Receipts), text, old)
		require.NoError(t, json.Unmarshal([]byte(text), &list))
		refused(old, list)
	}
}

func TestReceiptsAreReadLenientlyAndNotBlindly(t *testing.T) {
	t.Parallel()

	const rest = `"cumulativeGasUsed":"0x5208","logs":[]`

	one := rootOf(t, []byte(`[{"type":"0x0","status":"0x1",`+rest+`}]`))
	require.Equal(t, one, rootOf(t, []byte(`[{"status":1,`+rest+`,"type":null,"logsBloom":"0x00"}]`)))
	require.NotEqual(t, one, rootOf(t, []byte(`[{"type":"0x0","status":"0x0",`+rest+`}]`)))
	require.NotEqual(t, one, rootOf(t, []byte(`[{"root":"0x0102",`+rest+`}]`)))
	require.Equal(t, types.EmptyReceiptsHash, rootOf(t, []byte(`[]`)))

	for _, raw := range []string{
		``, `null`, `{}`, `[null]`, `[{}]`, `[1]`, `[{"status":"0x1","logs":[]}]`, `[{"status":"0x2",` + rest + `}]`,
		`[{` + rest + `}]`, `[{"status":"0x1","cumulativeGasUsed":"0x1"}]`, `[{"type":"0x80","status":"0x1",` + rest + `}]`,
		`[{"status":"0xg",` + rest + `}]`, `[{"status":"0x1","cumulativeGasUsed":"0x10000000000000000","logs":[]}]`,
	} {
		_, err := decodeReceipts([]byte(raw))
		require.Error(t, err, raw)
	}
}

func FuzzDecodeReceipts(f *testing.F) {
	for _, c := range allCapturedReceipts(f) {
		f.Add([]byte(c.Receipts))
	}

	f.Add([]byte(`[{"type":"0x0","status":"0x1","cumulativeGasUsed":1,"logs":[]}]`))

	f.Fuzz(func(t *testing.T, raw []byte) {
		receipts, err := decodeReceipts(raw)
		if err != nil {
			return
		}

		require.NotZero(t, receiptList(receipts).root())

		h := Header{Header: &types.Header{Number: common.Big1}, Hash: common.Hash{1}}
		for i, l := range receiptList(receipts).place(h) {
			require.Equal(t, uint(i), l.Index, hexutil.Encode(l.Data))
		}
	})
}

func BenchmarkProveReceipts(b *testing.B) {
	block := allCapturedReceipts(b)[0]
	h, err := decodeHeader(block.Header, false)
	require.NoError(b, err)
	b.SetBytes(int64(len(block.Receipts)))

	for b.Loop() {
		_, err := proveReceipts(block.Receipts, h)
		require.NoError(b, err)
	}
}
