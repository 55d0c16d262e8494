package rpcjson

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReadAnswersReadsOne(t *testing.T) {
	t.Parallel()

	answers, batch, err := ReadAnswers([]byte(` {"jsonrpc":"2.0", "id" : 7,"result":{"a\"}":["]",{}]}} `+"\n"), false)
	require.NoError(t, err)
	require.False(t, batch)
	require.Len(t, answers, 1)
	require.Equal(t, "7", string(answers[0].ID))
	require.JSONEq(t, `{"a\"}":["]",{}]}`, string(answers[0].Result))
	require.Nil(t, answers[0].Error)

	answers, _, err = ReadAnswers([]byte(`{"error":{"code":-32000,"message":"x\\"},"id":null}`), true)
	require.NoError(t, err)
	require.Nil(t, answers[0].Result)
	require.JSONEq(t, `{"code":-32000,"message":"x\\"}`, string(answers[0].Error))

	answers, _, err = ReadAnswers([]byte(`{"id":1,"result":null,"error":null}`), true)
	require.NoError(t, err)
	require.Equal(t, "null", string(answers[0].Result))
	require.Nil(t, answers[0].Error)
}

func TestReadAnswersReadsLogsInPlace(t *testing.T) {
	t.Parallel()

	list := "[" + plainLog("", "") + "," + plainLog("", "") + "]"
	odd := "[" + plainLog("removed", "null") + "]"

	answers, batch, err := ReadAnswers([]byte(`[{"id":2,"result":`+list+`},{"result":`+odd+`,"id":1},{"id":3,"error":{}}]`), true)
	require.NoError(t, err)
	require.True(t, batch)
	require.Len(t, answers, 3)

	require.Len(t, answers[0].Logs, 2)
	require.Nil(t, answers[0].Result)

	require.Nil(t, answers[1].Logs, "left to the standard reader")
	require.Equal(t, odd, string(answers[1].Result))
	require.Equal(t, "1", string(answers[1].ID))

	require.JSONEq(t, `{}`, string(answers[2].Error))

	answers, _, err = ReadAnswers([]byte(`{"result":`+list+`}`), false)
	require.NoError(t, err)
	require.Equal(t, list, string(answers[0].Result))
}

func TestReadAnswersRefuses(t *testing.T) {
	t.Parallel()

	for _, body := range []string{
		``, ` `, `null`, `"text"`, `{`, `[`, `[{]`, `[{}`, `[{},]`, `{}{}`, `{"id"}`, `{"id":}`, `{"id":1,}`, `{id:1}`,
		`{"result":[}`, `{"result":"`, `{"result":"\"}`, `<html></html>`, `[] x`, `{"result":[1,2}`,
	} {
		_, _, err := ReadAnswers([]byte(body), true)
		require.Error(t, err, body)
	}
}

// Whatever encoding/json takes for an answer is read as the same.
func FuzzReadAnswers(f *testing.F) {
	f.Add([]byte(`{"jsonrpc":"2.0","id":1,"result":[` + plainLog("", "") + `]}`))
	f.Add([]byte(`[{"id":1,"result":"0x1"},{"id":2,"error":{"code":1,"message":"\u00e9\\\""}}]`))

	f.Fuzz(func(t *testing.T, body []byte) {
		for _, logs := range []bool{false, true} {
			answers, batch, err := ReadAnswers(body, logs)

			for _, member := range members(body) {
				require.NoError(t, err, "encoding/json takes it")
				require.Equal(t, body[bytes.IndexAny(body, "[{")] == '[', batch)
				require.NotEmpty(t, answers)

				got := answers[0]
				answers = answers[1:]

				require.Equal(t, string(member.ID), string(got.ID))

				if got.Logs == nil {
					require.Equal(t, string(member.Result), string(got.Result))
				} else {
					want, err := standardLogs(member.Result, true)
					require.NoError(t, err)
					require.Equal(t, want, got.Logs)
				}
			}
		}
	})
}

// members gives the answers as encoding/json reads them; nothing where it cannot, or
// where it takes names that stand for a field in its own way.
func members(body []byte) []Answer {
	var maps []map[string]json.RawMessage
	if json.Unmarshal(body, &maps) != nil {
		var one map[string]json.RawMessage
		if json.Unmarshal(body, &one) != nil || one == nil {
			return nil
		}

		maps = append(maps, one)
	}

	var out []Answer

	for _, m := range maps {
		if m == nil || bytes.ContainsRune(body, '\\') {
			return nil
		}

		out = append(out, Answer{ID: m["id"], Result: m["result"], Error: m["error"]})
	}

	return out
}
