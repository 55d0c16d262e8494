package config_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzConfigFile reads any text as a config file: it is understood or refused with a
// word on it, and a file that is understood once is understood again.
func FuzzConfigFile(f *testing.F) {
	for _, text := range []string{
		"", "# nothing\n", "data-dir: x\nrpc: [https://a.example, https://b.example]\n", "abi: {staking: a.json}\n",
		"- a list", "workers: many", "rpc-timeout: {}", "rpc-timeout: 7s", "from: -1", "from: 18446744073709551616",
		"all-transfers: yes", "a: &a [*a]", "? [x]\n: y", "1: 2", "log-level: null", "rpc: null", "data-dir: !!binary aGk=", "\xff\xfe",
		"verify: bloom\n---\nverify: none\n", "<<: {data-dir: x}",
	} {
		f.Add([]byte(text))
	}

	f.Fuzz(func(t *testing.T, text []byte) {
		path := write(t, "c.yaml", string(text))

		first, err := parse(t, "--config="+path)
		if err != nil {
			require.NotEmpty(t, err.Error())

			return
		}

		again, err := parse(t, "--config="+path)
		require.NoError(t, err)
		require.Equal(t, first, again)
	})
}
