package chain

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestEndpointNameHasNoKey(t *testing.T) {
	t.Parallel()

	for raw, want := range map[string]string{
		"https://mainnet.base.org":                       "https://mainnet.base.org",
		"https://mainnet.base.org/":                      "https://mainnet.base.org",
		"https://base-mainnet.g.alchemy.com/v2/SECRETK":  "https://base-mainnet.g.alchemy.com/…",
		"wss://example.org:8546/ws?apikey=SECRETKEY":     "wss://example.org:8546/…",
		"http://bob:hunter2@example.org":                 "http://example.org/…",
		"https://lb.drpc.org/ogrpc?network=base&dkey=SE": "https://lb.drpc.org/…",
		"https://example.org/#SECRETKEY":                 "https://example.org/…",
	} {
		u, err := url.Parse(raw)
		require.NoError(t, err)
		require.Equal(t, want, endpointName(u))
	}
}

func TestCleanRemovesEveryPartOfTheURL(t *testing.T) {
	t.Parallel()

	raw := "https://bob:p%2Fw@example.org/v2/SECRETPATH/more?apikey=SECRET%20QUERY&SECRETNAME=1#SECRETFRAGMENT"
	u, err := url.Parse(raw)
	require.NoError(t, err)

	r := newRedactor(u)

	for _, text := range []string{
		raw, "bob", "p/w", "p%2Fw", "SECRETPATH", "SECRET QUERY", "SECRET%20QUERY", "SECRET+QUERY", "SECRETNAME",
		"SECRETFRAGMENT", u.RequestURI(), "Post \"" + raw + "\": EOF",
	} {
		clean := r.clean("said " + text + " to us")
		require.Contains(t, clean, "said ")

		for _, secret := range []string{"SECRET", "bob", "p/w", "p%2Fw"} {
			require.NotContains(t, clean, secret, text)
		}
	}

	require.Equal(t, "a b c", r.clean(" a\n\x00b\t c "))
	require.LessOrEqual(t, len(r.clean(strings.Repeat("é", 1000))), maxMessage+len(hidden))
	require.Equal(t, "a\uFFFDb", r.clean("a\xffb"))
}

func FuzzClean(f *testing.F) {
	f.Add("https://u:secretpassword@h/secretpath?secretname=secretvalue", "said secretvalue to secretname")

	f.Fuzz(func(t *testing.T, raw, text string) {
		u, err := url.Parse(raw)
		if err != nil {
			return
		}

		clean := newRedactor(u).clean(text)
		if password, ok := u.User.Password(); ok && len(password) >= minPassword && !strings.Contains(hidden, password) {
			require.NotContains(t, clean, password)
		}
	})
}

// Whatever an endpoint does, its key is in no error, name or status.
func TestNoErrorCarriesAKey(t *testing.T) {
	t.Parallel()

	const key, password = "k3yk3yk3yk3y", "s3cr3t"

	bodies := []string{
		"", "not JSON " + key, `<html>` + key + `</html>`, `{"error":{"code":-32000,"message":"no plan for ` + key + ` of ` + password + `"}}`,
		`{"jsonrpc":"2.0","id":1,"result":"` + key + `"}`, `{"jsonrpc":"2.0","id":1,"result":[{"address":"` + key + `"}]}`,
		`{"message":"` + key + `"}`, `{"error":"` + key + `"}`,
	}

	for _, status := range []int{200, 301, 401, 500} {
		for i, body := range bodies {
			if status != http.StatusOK && i%3 != 0 {
				continue // The body counts less there.
			}

			server := newFront(t, "", func([]frontCall, bool) *reply {
				return &reply{status: status, body: body, header: map[string]string{"Location": "http://127.0.0.1:1/" + key}}
			})
			withKey := strings.Replace(server.URL, "http://", "http://bob:"+password+"@", 1) + "/v2/" + key + "?dkey=" + key

			var seen []Request

			cfg := quick(withKey, withKey)
			cfg.Rounds = 1
			cfg.Observe = func(r Request) { seen = append(seen, r) }
			p := newPool(t, cfg)

			_, chainErr := p.ChainID(t.Context())
			_, headErr := p.Heads(t.Context())
			_, codeErr := p.CodeAt(t.Context(), contracts.VVV, Latest())
			scanErr := p.Scan(t.Context(), ScanConfig{
				Filter: filterSet(t, FilterAll), Ranges: []Range{{From: 1, To: 2}}, Workers: 1, Attempts: 1, GiveUp: time.Nanosecond,
			}, func(Chunk) error { return errors.New("yielded") })

			shown := []error{chainErr, headErr, codeErr, scanErr}
			for _, s := range p.Endpoints() {
				require.NotContains(t, s.Name, key)

				if s.Refusal != nil {
					shown = append(shown, s.Refusal)
				}
			}

			for _, r := range seen {
				require.NotContains(t, r.Endpoint+r.Method, key)
			}

			for _, err := range shown {
				for ; err != nil; err = errors.Unwrap(err) {
					require.NotContains(t, err.Error(), key)
					require.NotContains(t, err.Error(), password)
				}
			}

			require.Error(t, scanErr, "HTTP %d %s", status, body)
		}
	}

	for _, raw := range []string{"ftp://h/" + key, "https:///" + key, "http://h:port/" + key, "ws://127.0.0.1:1/" + key} {
		p, err := NewPool(quick(raw))
		if err == nil {
			_, err = p.ChainID(t.Context())
			p.Close()
		}

		require.Error(t, err)
		require.NotContains(t, err.Error(), key)
	}
}
