package chain

import (
	"net/url"
	"sort"
	"strings"
	"unicode"
)

const (
	// minSecret is the length from which a part of a URL is taken for a secret when it
	// turns up in a message. Shorter parts ("v2", "rpc") are words.
	minSecret = 6
	// minPassword is that length of a user's name or password, which are no words.
	minPassword = 3
)

// maxMessage is the length to which a provider's message is cut, in bytes.
const maxMessage = 300

const hidden = "…"

// redactor removes what is secret in one URL from text.
type redactor struct {
	secrets []string
}

// endpointName gives the part of a URL that may be shown: scheme, host and port,
// and "/…" when there was more.
func endpointName(u *url.URL) string {
	name := u.Scheme + "://" + u.Host
	if u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		name += "/" + hidden
	}

	return name
}

func newRedactor(u *url.URL) redactor {
	var r redactor

	seen := make(map[string]bool)
	addFrom := func(least int, values []string) {
		for _, v := range values {
			if len(v) >= least && !seen[v] {
				seen[v] = true

				r.secrets = append(r.secrets, v)
			}
		}
	}
	add := func(values ...string) { addFrom(minSecret, values) }

	add(u.String(), u.RequestURI(), u.RawQuery, u.Fragment, u.EscapedPath(), u.Path)

	for _, path := range []string{u.Path, u.EscapedPath()} {
		add(strings.Split(path, "/")...)
	}

	for _, pair := range strings.FieldsFunc(u.RawQuery, func(c rune) bool { return c == '&' || c == ';' }) {
		add(pair)

		for _, raw := range strings.SplitN(pair, "=", 2) {
			add(raw)

			if value, err := url.QueryUnescape(raw); err == nil {
				add(value, url.QueryEscape(value), url.PathEscape(value))
			}
		}
	}

	if u.User != nil {
		secrets := []string{u.User.String(), u.User.Username()}

		if password, ok := u.User.Password(); ok {
			secrets = append(secrets, password, url.QueryEscape(password), url.PathEscape(password))
		}

		addFrom(minPassword, secrets)
	}

	// Longest first, so that a whole is hidden before its parts are.
	sort.Slice(r.secrets, func(i, j int) bool { return len(r.secrets[i]) > len(r.secrets[j]) })

	return r
}

// clean gives the text in one line, without secrets, cut to maxMessage.
func (r redactor) clean(text string) string {
	for _, secret := range r.secrets {
		text = strings.ReplaceAll(text, secret, hidden)
	}

	text = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return ' '
		}

		return c
	}, text)
	text = strings.Join(strings.Fields(text), " ")

	if len(text) > maxMessage {
		text = strings.ToValidUTF8(text[:maxMessage], "") + hidden
	}

	return text
}
