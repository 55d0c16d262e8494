package rpcjson

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/stretchr/testify/require"
)

// answer is a list of logs as an endpoint gave it (testdata/answers.json).
type answer struct {
	Style string `json:"style"`
	Logs  int    `json:"logs"`
	Raw   string `json:"raw"`
}

func answers(tb testing.TB) []answer {
	tb.Helper()

	file, err := os.ReadFile("testdata/answers.json")
	require.NoError(tb, err)

	var all []answer

	require.NoError(tb, json.Unmarshal(file, &all))
	require.NotEmpty(tb, all)

	return all
}

func TestLogsReadsCapturedAnswers(t *testing.T) {
	t.Parallel()

	for _, a := range answers(t) {
		t.Run(a.Style, func(t *testing.T) {
			t.Parallel()

			logs, err := Logs([]byte(a.Raw))
			require.NoError(t, err)
			require.Len(t, logs, a.Logs)

			for i := range logs {
				require.NotZero(t, logs[i].Address)
				require.NotZero(t, logs[i].TxHash)
				require.NotZero(t, logs[i].BlockNumber)
				require.NotEmpty(t, logs[i].Topics)
			}
		})
	}
}

// The explorer's first log is one of the protocol's burns: every field is known.
func TestLogsReadsEveryField(t *testing.T) {
	t.Parallel()

	logs, err := Logs([]byte(answers(t)[0].Raw))
	require.NoError(t, err)
	require.Equal(t, types.Log{
		Address: common.HexToAddress("0xacfe6019ed1a7dc6f7b508c02d1b04ec88cc21bf"),
		Topics: []common.Hash{
			common.HexToHash("0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"),
			common.HexToHash("0x00000000000000000000000001784ef301d79e4b2df3a21ad9a536d4cf09a5ce"),
			{},
		},
		Data:        common.FromHex("0x0000000000000000000000000000000000000000000000000191aada45faf9b1"),
		BlockNumber: 0x2c32782,
		TxHash:      common.HexToHash("0x40e31987470f655580288530bf61662863470819271136a9d3f741143d98879b"),
		TxIndex:     0x44,
		Index:       0x100,
	}, logs[0])
}

const (
	block1 = `"0x1111111111111111111111111111111111111111111111111111111111111111"`
	tx1    = `"0x2222222222222222222222222222222222222222222222222222222222222222"`
	who1   = `"0x3333333333333333333333333333333333333333"`
)

// plainLog is a log in the style of go-ethereum, with one field's value replaced
// (or left out, when value is "").
func plainLog(field, value string) string {
	fields := [][2]string{
		{"address", who1},
		{"topics", "[" + tx1 + "," + block1 + "]"},
		{"data", `"0x0102"`},
		{"blockNumber", `"0x10"`},
		{"transactionHash", tx1},
		{"transactionIndex", `"0x1"`},
		{"blockHash", block1},
		{"blockTimestamp", `"0x65"`},
		{"logIndex", `"0x2"`},
		{"removed", "false"},
	}

	var parts []string

	for _, f := range fields {
		if f[0] == field {
			f[1] = value
		}

		if f[1] != "" {
			parts = append(parts, fmt.Sprintf("%q:%s", f[0], f[1]))
		}
	}

	return "{" + strings.Join(parts, ",") + "}"
}

func TestLogsIsLenientWhereEndpointsDiffer(t *testing.T) {
	t.Parallel()

	want, err := Logs([]byte("[" + plainLog("", "") + "]"))
	require.NoError(t, err)
	require.Equal(t, uint64(0x65), want[0].BlockTimestamp)
	require.Equal(t, uint(2), want[0].Index)

	for name, log := range map[string]string{
		"block time is a number":      plainLog("blockTimestamp", "101"),
		"leading zeros":               plainLog("blockNumber", `"0x0000000000000000000010"`),
		"capital X":                   plainLog("data", `"0X0102"`),
		"removed is null":             plainLog("removed", "null"),
		"removed is left out":         plainLog("removed", ""),
		"padded topics":               plainLog("topics", "["+tx1+","+block1+",null,null]"),
		"capital digits":              plainLog("logIndex", `"0x2"`),
		"white space":                 " " + strings.ReplaceAll(plainLog("", ""), `":`, "\" :\n\t"),
		"an escape":                   plainLog("address", `"\u0030x3333333333333333333333333333333333333333"`),
		"a further field":             strings.Replace(plainLog("", ""), "{", `{"gas":{"a":[1]},`, 1),
		"a field's name in capitals":  strings.Replace(plainLog("", ""), "blockHash", "BLOCKHASH", 1),
		"the last of two values":      strings.Replace(plainLog("", ""), "{", `{"data":"0x99",`, 1),
		"a further field with a text": strings.Replace(plainLog("", ""), "{", `{"note":"héllo","n":-1.5e3,`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, err := Logs([]byte("[" + log + "]"))
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
}

func TestLogsLeavesOutIsZero(t *testing.T) {
	t.Parallel()

	for _, field := range []string{"blockHash", "blockTimestamp"} {
		logs, err := Logs([]byte("[" + plainLog(field, "") + "]"))
		require.NoError(t, err, field)
		require.Len(t, logs, 1)
	}

	logs, err := Logs([]byte(" [ ] "))
	require.NoError(t, err)
	require.Empty(t, logs)

	logs, err = Logs([]byte("[" + plainLog("topics", "[]") + "," + plainLog("data", `"0x"`) + "]"))
	require.NoError(t, err)
	require.Empty(t, logs[0].Topics)
	require.Empty(t, logs[1].Data)
}

// Nothing that is not a whole list of whole logs becomes a list.
func TestLogsRefuses(t *testing.T) {
	t.Parallel()

	for name, raw := range map[string]string{
		"nothing":                ``,
		"null":                   ` null `,
		"an object":              `{}`,
		"a text":                 `"0x"`,
		"cut off":                `[` + plainLog("", ""),
		"cut off in a log":       `[` + plainLog("", "")[:40],
		"more after the list":    `[]x`,
		"two lists":              `[][]`,
		"null in the list":       `[null]`,
		"pending":                `[` + plainLog("blockNumber", "null") + `]`,
		"no address":             `[` + plainLog("address", "") + `]`,
		"no topics":              `[` + plainLog("topics", "") + `]`,
		"null topics":            `[` + plainLog("topics", "null") + `]`,
		"no data":                `[` + plainLog("data", "") + `]`,
		"no block number":        `[` + plainLog("blockNumber", "") + `]`,
		"no transaction":         `[` + plainLog("transactionHash", "") + `]`,
		"no transaction index":   `[` + plainLog("transactionIndex", "") + `]`,
		"no log index":           `[` + plainLog("logIndex", "") + `]`,
		"short address":          `[` + plainLog("address", `"0x33"`) + `]`,
		"long address":           `[` + plainLog("address", tx1) + `]`,
		"address without 0x":     `[` + plainLog("address", `"3333333333333333333333333333333333333333"`) + `]`,
		"address is no hex":      `[` + plainLog("address", `"0x333333333333333333333333333333333333333g"`) + `]`,
		"short topic":            `[` + plainLog("topics", `["0x22"]`) + `]`,
		"five topics":            `[` + plainLog("topics", `[`+strings.Repeat(tx1+",", 4)+tx1+`]`) + `]`,
		"null before a topic":    `[` + plainLog("topics", `[null,`+tx1+`]`) + `]`,
		"odd data":               `[` + plainLog("data", `"0x012"`) + `]`,
		"data is no hex":         `[` + plainLog("data", `"0x0x"`) + `]`,
		"number without 0x":      `[` + plainLog("logIndex", `"2"`) + `]`,
		"number without digits":  `[` + plainLog("logIndex", `"0x"`) + `]`,
		"number of 65 bits":      `[` + plainLog("logIndex", `"0x10000000000000000"`) + `]`,
		"negative number":        `[` + plainLog("blockTimestamp", `-1`) + `]`,
		"fraction":               `[` + plainLog("blockTimestamp", `1.5`) + `]`,
		"decimal of 65 bits":     `[` + plainLog("blockTimestamp", `18446744073709551616`) + `]`,
		"removed is a text":      `[` + plainLog("removed", `"false"`) + `]`,
		"a comma too many":       `[` + plainLog("", "") + `,]`,
		"no comma":               `[` + plainLog("", "") + plainLog("", "") + `]`,
		"a number of other kind": `[` + plainLog("blockTimestamp", `01`) + `]`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			_, err := Logs([]byte(raw))
			require.Error(t, err)
		})
	}
}

// A receipt's logs need no place.
func TestLogContentsNeedsNoPlace(t *testing.T) {
	t.Parallel()

	bare := `[{"address":` + who1 + `,"topics":[` + tx1 + `],"data":"0x01"}]`
	logs, err := LogContents([]byte(bare))
	require.NoError(t, err)
	require.Equal(t, []byte{1}, logs[0].Data)
	require.Len(t, logs[0].Topics, 1)

	full, err := LogContents([]byte("[" + plainLog("", "") + "]"))
	require.NoError(t, err)
	require.Equal(t, uint64(0x10), full[0].BlockNumber)

	for _, raw := range []string{bare[:30], `null`, `[{"topics":[],"data":"0x"}]`, `[{"address":` + who1 + `,"topics":[]}]`} {
		_, err = LogContents([]byte(raw))
		require.Error(t, err, raw)
	}

	_, err = Logs([]byte(bare))
	require.Error(t, err)
}

// What nodes write goes the fast way, whose logs do not share memory with the text.
func TestLogsPrefixTakesWhatNodesWrite(t *testing.T) {
	t.Parallel()

	for style, raw := range map[string]string{
		"geth":  "[" + plainLog("", "") + "," + plainLog("data", `"0x"`) + "]",
		"anvil": "[" + plainLog("blockTimestamp", "101") + "]",
		"old":   "[" + plainLog("blockTimestamp", "") + "]",
	} {
		text := []byte(raw + `,"id":1}`)
		logs, n, ok := logsPrefix(text)
		require.True(t, ok, style)
		require.Equal(t, `,"id":1}`, string(text[n:]), style)

		want, err := standardLogs([]byte(raw), true)
		require.NoError(t, err, style)

		clear(text)
		require.Equal(t, want, logs, style)
	}
}

// Logs of one answer share memory; appending to one must not reach the next.
func TestLogsDoNotReachIntoEachOther(t *testing.T) {
	t.Parallel()

	logs, err := Logs([]byte("[" + plainLog("", "") + "," + plainLog("", "") + "]"))
	require.NoError(t, err)

	_ = append(logs[0].Topics, common.Hash{1})
	_ = append(logs[0].Data, 9, 9)

	require.Equal(t, logs[0], logs[1])
}
