package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/app"
	"diemhouse/internal/config"
	"diemhouse/internal/testenv"
	"diemhouse/pkg/store"
)

func TestMain(m *testing.M) { os.Exit(testenv.Main(m)) }

// printed runs a query and gives what the command would print.
func printed(t *testing.T, s *store.Store, format, query string) string {
	t.Helper()

	rows, err := s.Conn().Query(t.Context(), query)
	require.NoError(t, err)

	var out bytes.Buffer

	p, err := newPrinter(format, &out, rows)
	require.NoError(t, err)
	require.NoError(t, p.print())
	require.NoError(t, rows.Close())

	return out.String()
}

func TestEveryTypeIsPrinted(t *testing.T) {
	t.Parallel()

	s := testenv.Open(t)

	for expression, want := range map[string]string{
		"toUInt8(7)":                             `7`,
		"toInt64(-7)":                            `-7`,
		"toUInt64('18446744073709551615')":       `18446744073709551615`,
		"toInt256('-8675496071742374425126434')": `"-8675496071742374425126434"`,
		"toUInt256('115792089237316195423570985008687907853269984665640564039457584007913129639935')": `"115792089237316195423570985008687907853269984665640564039457584007913129639935"`,
		"toUInt128(12)":                  `"12"`,
		"0.1 + 0.2":                      `0.30000000000000004`,
		"toFloat32(1.5)":                 `1.5`,
		"nan":                            `"NaN"`,
		"inf":                            `"+Inf"`,
		"'a \"quoted\" <text>'":          `"a \"quoted\" <text>"`,
		"toFixedString('ab', 2)":         `"ab"`,
		"toLowCardinality('x')":          `"x"`,
		"true":                           `true`,
		"NULL":                           `null`,
		"CAST(NULL, 'Nullable(Int256)')": `null`,
		"CAST(5, 'Nullable(Int256)')":    `"5"`,
		"CAST('x', 'Nullable(String)')":  `"x"`,
		"toDateTime('2026-09-10 08:56:59', 'UTC')":             `"2026-09-10 08:56:59"`,
		"toDateTime64('2026-09-10 08:56:59.123456', 6, 'UTC')": `"2026-09-10 08:56:59.123456"`,
		"toDate('2026-09-10')":                                 `"2026-09-10"`,
		"[1, 2]":                                               `[1,2]`,
		"[toUInt256(1), toUInt256(2)]":                         `["1","2"]`,
		"CAST([], 'Array(String)')":                            `[]`,
		"(1, 'a')":                                             `[1,"a"]`,
		"map('k', toUInt64(1))":                                `{"k":1}`,
		"toUUID('61f0c404-5cb3-11e7-907b-a6006ad3dba0')":       `"61f0c404-5cb3-11e7-907b-a6006ad3dba0"`,
		"toDecimal64('1.25', 2)":                               `"1.25"`,
		"toIPv4('127.0.0.1')":                                  `"127.0.0.1"`,
		"CAST('b', 'Enum8(\\'a\\' = 1, \\'b\\' = 2)')":         `"b"`,
	} {
		got := printed(t, s, "jsonl", "SELECT "+expression+" AS v")
		require.Equal(t, `{"v":`+want+"}\n", got, expression)
		require.True(t, json.Valid([]byte(got)))
	}
}

func TestTypeThatCannotBeShownIsSaid(t *testing.T) {
	t.Parallel()

	rows, err := testenv.Open(t).Conn().Query(t.Context(), "SELECT map('k', toUInt256(1)) AS v")
	require.NoError(t, err)

	p, err := newPrinter("jsonl", &bytes.Buffer{}, rows)
	require.NoError(t, err)
	require.ErrorContains(t, p.print(), "wrap it in toString()")
	require.NoError(t, rows.Close())
}

func TestFormats(t *testing.T) {
	t.Parallel()

	s := testenv.Open(t)

	const query = "SELECT number AS n, toUInt256(number) * 1000000000000000000 AS wei, if(number = 1, NULL, concat('t\t', toString(number))) AS text FROM numbers(2)"

	for format, want := range map[string]string{
		"table": "n  wei                  text\n0  0                    t 0\n1  1000000000000000000  NULL\n",
		"csv":   "n,wei,text\n0,0,t\t0\n1,1000000000000000000,NULL\n",
		"tsv":   "n\twei\ttext\n0\t0\t\"t\t0\"\n1\t1000000000000000000\tNULL\n",
		"json":  "[\n" + `{"n":0,"wei":"0","text":"t\t0"},` + "\n" + `{"n":1,"wei":"1000000000000000000","text":null}` + "\n]\n",
		"jsonl": `{"n":0,"wei":"0","text":"t\t0"}` + "\n" + `{"n":1,"wei":"1000000000000000000","text":null}` + "\n",
	} {
		require.Equal(t, want, printed(t, s, format, query), format)
	}

	for format, want := range map[string]string{"json": "[\n]\n", "jsonl": "", "csv": "n\n", "table": "n\n"} {
		require.Equal(t, want, printed(t, s, format, "SELECT number AS n FROM numbers(0)"), format)
	}
}

// What the protocol passes over is refused, not ignored.
func TestTheQueryDoesNotSayHowItIsPrinted(t *testing.T) {
	t.Parallel()

	s := testenv.Open(t)

	for query, want := range map[string]string{
		"SELECT 1 FORMAT JSON":                                                  "FORMAT JSON is not for this command: leave it out and give --format",
		"select 1\n  format\tJSONEachRow;":                                      "FORMAT JSONEachRow",
		"SELECT 1 /* FORMAT A */ FORMAT CSV -- end":                             "FORMAT CSV",
		"SELECT 1 SETTINGS max_threads = 1 FORMAT TSV":                          "FORMAT TSV",
		"SELECT 1 FORMAT TSV SETTINGS max_threads = 1":                          "FORMAT TSV",
		"SHOW TABLES FORMAT Vertical":                                           "FORMAT Vertical",
		"SELECT 1 INTO OUTFILE 'x.csv' FORMAT CSV":                              "INTO OUTFILE",
		"SELECT 'x FORMAT JSON'":                                                "",
		"SELECT 1 AS `a FORMAT JSON`":                                           "",
		"SELECT 1 -- FORMAT JSON":                                               "",
		`SELECT 'it\'s INTO OUTFILE x' AS x, 'FORMAT' SETTINGS max_threads = 1`: "",
		"SELECT formatRow('CSV', 1)":                                            "",
		"SELECT 1 AS format, 2 AS JSON":                                         "",
		"no SQL at all FORMAT JSON":                                             "",
	} {
		err := checkOutput(t.Context(), s.Conn(), query)
		if want == "" {
			require.NoError(t, err, query)
		} else {
			require.ErrorContains(t, err, want, query)
		}
	}
}

func TestFormatIsChosen(t *testing.T) {
	t.Parallel()

	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, file.Close()) })

	for args, want := range map[string]string{
		"": "tsv", "--json": "json", "--format=csv": "csv", "--format=json --json": "json", "--format=csv --json": "",
	} {
		var c cli

		options, err := config.Options("indexer", "", "")
		require.NoError(t, err)
		parser, err := kong.New(&c, options...)
		require.NoError(t, err)

		_, err = parser.Parse(append([]string{"sql", "SELECT 1"}, strings.Fields(args)...))
		if want == "" {
			require.ErrorContains(t, err, "two things", args)

			continue
		}

		require.NoError(t, err, args)
		require.Equal(t, want, c.SQL.format(&app.Env{Out: file}), args)
	}
}

func TestTheCommandPrintsAndRefuses(t *testing.T) {
	t.Parallel()

	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	require.NoError(t, err)

	env := &app.Env{Out: out, Log: zerolog.Nop()}
	c := sqlCommand{Warehouse: config.Warehouse{ClickHouse: testenv.DSN(t)}, JSON: true, Query: "SELECT toUInt256(1) AS n"}
	require.NoError(t, c.Run(t.Context(), env))
	require.NoError(t, out.Close())

	text, err := os.ReadFile(out.Name())
	require.NoError(t, err)
	require.JSONEq(t, `[{"n": "1"}]`, string(text))

	c.Query += " FORMAT JSONEachRow"
	require.ErrorContains(t, c.Run(t.Context(), env), "FORMAT JSONEachRow is not for this command")
}

func TestLongResultsAreStreamed(t *testing.T) {
	t.Parallel()

	s := testenv.Open(t)

	const rows = 5_000

	for _, format := range []string{"table", "csv", "jsonl"} {
		out := printed(t, s, format, "SELECT number, toString(number) AS text FROM numbers(5000)")
		require.Contains(t, out, "4999", format)
		require.GreaterOrEqual(t, strings.Count(out, "\n"), rows, format)
	}
}

func TestStatementsThatGiveNoRows(t *testing.T) {
	t.Parallel()

	for query, rows := range map[string]bool{
		"SELECT 1": true, " with x AS (SELECT 1) SELECT *": true, "\n(SELECT 1)": true, "SHOW TABLES": true, "describe events": true,
		"EXPLAIN SELECT 1": true, "OPTIMIZE TABLE events": false, "SYSTEM REFRESH VIEW x": false, "INSERT INTO x VALUES (1)": false, "": false,
	} {
		require.Equal(t, rows, returnsRows(query), query)
	}
}

func TestQueryText(t *testing.T) {
	t.Parallel()

	r, w, err := os.Pipe()
	require.NoError(t, err)
	_, err = w.WriteString("SELECT 1")
	require.NoError(t, err)
	require.NoError(t, w.Close())

	text, err := (&sqlCommand{Query: "-"}).text(r)
	require.NoError(t, err)
	require.Equal(t, "SELECT 1", text)

	_, err = (&sqlCommand{}).text(r)
	require.ErrorContains(t, err, "standard input was empty")
	require.NoError(t, r.Close())
}
