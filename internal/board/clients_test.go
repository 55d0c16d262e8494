package board

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestClientsAreLimitedOneByOne(t *testing.T) {
	t.Parallel()

	c := newClients(Limits{Rate: 1, Burst: 3})
	for range 3 {
		require.True(t, c.allow("a"))
	}

	require.False(t, c.allow("a"))
	require.True(t, c.allow("b"), "another's haste is not his")
}

func TestClientsAreForgotten(t *testing.T) {
	t.Parallel()

	c := newClients(Limits{Rate: 1, Burst: 1})
	for i := range 3 * mostClients {
		c.allow(strconv.Itoa(i))
	}

	require.LessOrEqual(t, len(c.buckets), mostClients)
}

func TestOnlyAProxyOfThisMachineSpeaksForOthers(t *testing.T) {
	t.Parallel()

	for _, c := range []struct{ remote, forwarded, want string }{
		{"127.0.0.1:1", "", "127.0.0.1"},
		{"127.0.0.1:1", "203.0.113.9, 198.51.100.7", "198.51.100.7"},
		{"127.0.0.1:1", "nonsense", "127.0.0.1"},
		{"203.0.113.9:1", "198.51.100.7", "203.0.113.9"},
		{"[2001:db8:1:2:3:4:5:6]:1", "", "2001:db8:1:2::/64"},
		{"[::ffff:203.0.113.9]:1", "", "203.0.113.9"},
	} {
		r := &http.Request{RemoteAddr: c.remote, Header: http.Header{}}
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}

		require.Equal(t, c.want, clientOf(r))
	}
}
