package decode

import (
	"encoding/json"
	"strings"
)

// object writes a JSON object key by key, in the order given. Its zero value is
// empty and has the text "".
type object struct{ text []byte }

// String is the finished object, "" when nothing was added.
func (o *object) String() string {
	if len(o.text) == 0 {
		return ""
	}

	return string(o.text) + "}"
}

// add appends a key and its value, which is JSON already.
func (o *object) add(key, value string) {
	before := byte(',')
	if len(o.text) == 0 {
		before = '{'
	}

	o.text = append(o.text, before)
	o.text = append(o.text, quote(key)...)
	o.text = append(o.text, ':')
	o.text = append(o.text, value...)
}

// list is a JSON array of values that are JSON already.
func list(values []string) string { return "[" + strings.Join(values, ",") + "]" }

// quote makes a JSON string of any text; bytes that are not UTF-8 become U+FFFD.
func quote(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil { // cannot be: every string has a JSON form
		return `""`
	}

	return string(quoted)
}
