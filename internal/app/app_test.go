package app_test

import (
	"bytes"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/app"
	"diemhouse/internal/config"
	"diemhouse/pkg/store"
	"diemhouse/pkg/venice"
)

func TestRedact(t *testing.T) {
	t.Parallel()

	for text, want := range map[string]string{
		"https://mainnet.base.org":                              "https://mainnet.base.org",
		"https://mainnet.base.org/":                             "https://mainnet.base.org/",
		"https://mainnet.base.org: refused":                     "https://mainnet.base.org: refused",
		"http://127.0.0.1:8545: refused":                        "http://127.0.0.1:8545: refused",
		"http://[::1]:8545/KEY":                                 "http://[::1]:8545/…",
		"https://a.example/v2/KEY":                              "https://a.example/…",
		"https://user:PASS@a.example:8545/v2/KEY?k=KEY refuses": "https://a.example:8545/… refuses",
		"clickhouse://writer:PASS@db:9000/house: refused":       "clickhouse://db:9000/… refused",
		"wss://a.example?apikey=KEY":                            "wss://a.example/…",
		`dial "https://a.example/KEY": no`:                      `dial "https://a.example/…": no`,
		"two https://a/1 and https://b/2":                       "two https://a/… and https://b/…",
		"clickhouse://u:p%40ss@127.0.0.1:1/db":                  "clickhouse://127.0.0.1:1/…",
		"clickhouse://u:PA@SS@127.0.0.1:1/db":                   "clickhouse://127.0.0.1:1/…",
		"clickhouse://u:PA/SS@127.0.0.1:1/db":                   "clickhouse://u/…",
		"clickhouse://u:PA,SS);@127.0.0.1:1/db":                 "clickhouse://127.0.0.1:1/…",
		"no address here: 5/6 a//b":                             "no address here: 5/6 a//b",
	} {
		require.Equal(t, want, app.Redact(text), text)
	}
}

func TestLogHidesWhatIsSecret(t *testing.T) {
	t.Parallel()

	for _, format := range []string{"json", "console", "auto"} {
		path := filepath.Join(t.TempDir(), "log")
		file, err := os.Create(path)
		require.NoError(t, err)

		log := app.Logger(config.Log{LogLevel: "info", LogFormat: format}, app.NewScreen(file))
		log.Info().Str("rpc", "https://a.example/v2/KEY").Msg("at https://b.example/KEY")
		log.Debug().Msg("not said")
		require.NoError(t, file.Close())

		text, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NotContains(t, string(text), "KEY")
		require.NotContains(t, string(text), "not said")
		require.Equal(t, format != "console", bytes.HasPrefix(text, []byte("{")), "auto is JSON where there is no terminal")
		require.Contains(t, string(text), "a.example")
	}
}

func TestProgressLines(t *testing.T) {
	t.Parallel()

	file, err := os.Create(filepath.Join(t.TempDir(), "screen"))
	require.NoError(t, err)

	var log strings.Builder

	p := app.NewProgress("history", app.NewScreen(file), zerolog.New(&log))
	p.Left(0, 0)
	require.Empty(t, log.String(), "nothing to do")

	p.Left(3000, 0)
	p.Left(1500, 10)
	p.Left(0, 20)
	require.Contains(t, log.String(), `"left":0,"events":30`)
	require.Contains(t, log.String(), "100.0 % of 3,000 blocks")

	// More to do than before is a new task.
	p.Left(500, 0)
	p.Left(0, 1)
	require.Contains(t, log.String(), "100.0 % of 500 blocks")
	require.NoError(t, file.Close())
}

func TestAmounts(t *testing.T) {
	t.Parallel()

	wei := func(text string) store.Wei {
		n, ok := new(big.Int).SetString(text, 10)
		require.True(t, ok)

		return store.NewWei(n)
	}

	for in, want := range map[string]string{
		"0":                          "0.00",
		"1":                          "0.00",
		"999999999999999999":         "0.99",
		"1000000000000000000":        "1.00",
		"8675496071742374425126434":  "8,675,496.07",
		"-467481400145667578":        "-0.46",
		"-1234567000000000000000000": "-1,234,567.00",
	} {
		require.Equal(t, want, app.Tokens(wei(in)), in)
	}

	require.Equal(t, "unknown", app.Tokens(store.Wei{}))
	require.Equal(t, "25.00 %", app.Share(wei("1000"), wei("4000")))
	require.Equal(t, "unknown", app.Share(wei("1000"), wei("0")))
	require.Equal(t, "unknown", app.Share(store.Wei{}, wei("1")))
	require.Equal(t, "2,500,000", app.Year(wei("79274479959411466")))
	require.Equal(t, "1,234,567", app.Thousands(1234567))
	require.Equal(t, "12", app.Thousands(12))
	require.Equal(t, "512 B", app.Bytes(512))
	require.Equal(t, "1.5 KiB", app.Bytes(1536))
	require.Equal(t, "3.0 GiB", app.Bytes(3<<30))
}

func TestFirstBlock(t *testing.T) {
	t.Parallel()

	base := venice.Base()
	at := func(n uint64) *uint64 { return &n }

	for _, c := range []struct {
		given *uint64
		head  uint64
		want  uint64
	}{
		{nil, 50_000_000, base.FirstBlock},
		{nil, 3600, 1},
		{at(0), 3600, 1},
		{at(30_000_000), 50_000_000, 30_000_000},
	} {
		got, err := app.FirstBlock(c.given, base, c.head)
		require.NoError(t, err)
		require.Equal(t, c.want, got)
	}

	_, err := app.FirstBlock(at(11), base, 10)
	require.ErrorContains(t, err, "--from 11 is above the chain's head, block 10")
}
