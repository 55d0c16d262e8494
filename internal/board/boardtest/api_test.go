package boardtest_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"diemhouse/internal/board"
	"diemhouse/internal/board/boardtest"
)

var update = flag.Bool("update", false, "write what the API answers into docs/API.md")

const apiDocument = "../../../docs/API.md"

// example is a request of docs/API.md, with the answer that follows it, if one does.
var example = regexp.MustCompile("(?s)```sh\ncurl (?:--\\S+ )?'?http://127\\.0\\.0\\.1:8080(/\\S*?)'?\n```\n(?:\n```json\n(.*?)\n```\n)?")

// testExamples asks what docs/API.md asks, and compares the shape of the answers.
func testExamples(t *testing.T, b *board.Board) {
	t.Helper()

	content, err := os.ReadFile(apiDocument)
	require.NoError(t, err)

	found := example.FindAllSubmatch(content, -1)
	require.GreaterOrEqual(t, len(found), 7)

	for _, m := range found {
		path, documented := string(m[1]), m[2]
		if strings.Contains(path, "/live/") {
			messages, stop := boardtest.Watch(t, b, path)
			require.Equal(t, "status", (<-messages).Name)
			stop()

			continue
		}

		status, text := boardtest.Fetch(t, b, path)
		require.Equal(t, http.StatusOK, status, "%s: %s", path, text)

		if *update && documented != nil {
			content = bytes.Replace(content, documented, shortened(t, text), 1)

			continue
		}

		if documented != nil {
			var want, have any

			require.NoError(t, json.Unmarshal(documented, &want), path)
			require.NoError(t, json.Unmarshal([]byte(text), &have), path)
			sameShape(t, path, want, have)
		}
	}

	if *update {
		require.NoError(t, os.WriteFile(apiDocument, content, 0o644))
	}
}

// sameShape compares names and types: values are of the day.
func sameShape(t *testing.T, at string, want, have any) {
	t.Helper()

	switch want := want.(type) {
	case map[string]any:
		have, ok := have.(map[string]any)
		require.True(t, ok, "%s is no object", at)

		for name, value := range want {
			require.Contains(t, have, name, at)
			sameShape(t, at+"."+name, value, have[name])
		}

		for name := range have {
			require.Contains(t, want, name, "%s has a part that docs/API.md does not show", at)
		}
	case []any:
		have, ok := have.([]any)
		require.True(t, ok, "%s is no list", at)
		require.GreaterOrEqual(t, len(have), len(want), at)

		for i := range want {
			sameShape(t, fmt.Sprintf("%s[%d]", at, i), want[i], have[i])
		}
	case string:
		require.IsType(t, want, have, at)

		// Names and kinds are not of the day.
		if last := at[strings.LastIndex(at, ".")+1:]; last == "name" || last == "type" || last == "kind" || last == "unit" || last == "uid" {
			require.Equal(t, want, have, at)
		}
	case nil:
	default:
		if have != nil {
			require.IsType(t, want, have, at)
		}
	}
}

// shortened is an answer as the document shows it: indented, long lists cut.
func shortened(t *testing.T, text string) []byte {
	t.Helper()

	var content any

	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	require.NoError(t, d.Decode(&content))

	var out bytes.Buffer

	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	require.NoError(t, e.Encode(cut(content)))

	// Lists of plain values stand on one line.
	flat := regexp.MustCompile(`\[\n\s+([^\[\]{}]*?)\n\s+\]`).ReplaceAllFunc(out.Bytes(), func(list []byte) []byte {
		return regexp.MustCompile(`\n\s+`).ReplaceAll(regexp.MustCompile(`,\n\s+`).ReplaceAll(list, []byte(", ")), nil)
	})

	return bytes.TrimSpace(flat)
}

// cut keeps the first three of a list.
func cut(content any) any {
	switch v := content.(type) {
	case map[string]any:
		for name := range v {
			v[name] = cut(v[name])
		}
	case []any:
		v = v[:min(len(v), 3)]
		for i := range v {
			v[i] = cut(v[i])
		}

		return v
	}

	return content
}
