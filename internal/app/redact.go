package app

import (
	"io"
	"regexp"
)

// address is a URL in running text: scheme, user and password, host, and the rest, as
// far as there is no space or quote.
var address = regexp.MustCompile(`\b([a-z][a-z0-9+.-]*)://(?:[^\s/?#"'<>]*(?:@|%40))?(\[[0-9a-fA-F:]+\](?::\d+)?|[A-Za-z0-9._-]*(?::\d+)?)([^\s"'<>]*)`)

// punctuation ends a sentence, not a URL.
var punctuation = regexp.MustCompile(`^[/]?[:;,.)\]}]*$`)

// Redact removes from text what may be secret in a URL: user and password, path and
// query. Scheme and host stay, so that one knows which it is. It is the last guard on
// the way out; the rooms name endpoints without secrets by themselves.
func Redact(text string) string {
	return address.ReplaceAllStringFunc(text, func(url string) string {
		part := address.FindStringSubmatch(url)

		shown := part[1] + "://" + part[2]
		if punctuation.MatchString(part[3]) {
			return shown + part[3]
		}

		return shown + "/…"
	})
}

// redacting is a writer that lets no secret of a URL pass. A write is a whole line.
type redacting struct{ to io.Writer }

func (r redacting) Write(p []byte) (int, error) {
	if _, err := io.WriteString(r.to, Redact(string(p))); err != nil {
		return 0, err
	}

	return len(p), nil
}
