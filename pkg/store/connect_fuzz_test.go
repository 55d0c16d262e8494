package store_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"diemhouse/pkg/store"
)

// FuzzParseDSN reads any text as an address: it is read as one with a database, a user
// and the settings that the writer relies on, or refused without showing the password.
func FuzzParseDSN(f *testing.F) {
	for _, dsn := range []string{
		"clickhouse://u:passw0rd@host:9000/db", "https://u:passw0rd@host/db?secure=false", "http://host:8123", "tcp://a:1,b:2/x",
		"clickhouse://u:pass%40w0rd@host/db?dial_timeout=5s&async_insert=1", "clickhouse://u:pa@ss/w0rd@host", "postgres://x", "", "://",
		"clickhouse://u:passw0rd@host:port/db?compress=what", "https://h?secure=maybe", "http://[::1", "clickhouse://%zz:passw0rd@h", "clickhouse://u:passw0rd@h/db?dial_timeout=passw0rd",
	} {
		f.Add(dsn)
	}

	f.Fuzz(func(t *testing.T, dsn string) {
		options, err := store.ParseDSN(dsn)
		if err == nil {
			require.NotEmpty(t, options.Auth.Database)
			require.NotEmpty(t, options.Auth.Username)
			require.Equal(t, 0, options.Settings["async_insert"])
			require.Equal(t, 0, options.Settings["insert_deduplicate"])

			return
		}

		const marked = "passw0rd" // a word that no message has by itself
		if strings.Contains(dsn, "://u:"+marked+"@") {
			require.NotContains(t, err.Error(), marked)
		}
	})
}
