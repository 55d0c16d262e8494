package replay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// Load reads a capture from a JSON file. It looks for logs, receipts and headers at
// any depth, so all of these are captures: an array of logs, the answer of
// eth_getLogs or of an explorer's log API, receipts, blocks, objects that hold any
// of them, and one of these a line. What is none of them is passed over.
func Load(path string) (*Capture, error) {
	raw, err := os.ReadFile(path) //nolint:gosec // the user's own file, named by the user
	if err != nil {
		return nil, fmt.Errorf("read the capture: %w", err)
	}
	found, err := parse(raw)
	if err != nil {
		return nil, fmt.Errorf("capture %s: %w", path, err)
	}
	capture, err := newCapture(found)
	if err != nil {
		return nil, fmt.Errorf("capture %s: %w", path, err)
	}
	return capture, nil
}

// findings are the parts of a capture, in the order of the file.
type findings struct {
	logs     []foundLog
	headers  []foundHeader
	receipts []foundReceipt
}

// ErrEmpty says that a file holds no log, receipt or header.
var ErrEmpty = errors.New("no log, receipt or block header in it")

func parse(raw []byte) (*findings, error) {
	var f findings
	values := json.NewDecoder(bytes.NewReader(raw))
	for i := 0; ; i++ {
		var value json.RawMessage
		err := values.Decode(&value)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("value %d: %w", i+1, err)
		}
		err = f.visit(fmt.Sprintf("value %d", i+1), value)
		if err != nil {
			return nil, err
		}
	}
	if len(f.logs)+len(f.headers)+len(f.receipts) == 0 {
		return nil, ErrEmpty
	}
	return &f, nil
}

// visit takes what a JSON value is and goes on inside. path says where it stands.
func (f *findings) visit(path string, raw json.RawMessage) error {
	switch raw[0] {
	case '[':
		var elements []json.RawMessage
		err := json.Unmarshal(raw, &elements)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		for i, element := range elements {
			err = f.visit(fmt.Sprintf("%s[%d]", path, i), element)
			if err != nil {
				return err
			}
		}
	case '{':
		o, err := newObject(raw)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		return f.take(path, o)
	}
	return nil
}

func (f *findings) take(path string, o object) error {
	switch {
	case o.has("address", "topics", "data"):
		l, err := o.log()
		if err != nil {
			return fmt.Errorf("log at %s: %w", path, err)
		}
		f.logs = append(f.logs, l)
		return nil
	case o.has("logs", "cumulativeGasUsed"):
		r, err := o.receipt()
		if err != nil {
			return fmt.Errorf("receipt at %s: %w", path, err)
		}
		if r != nil {
			f.receipts = append(f.receipts, *r)
		}
	case o.has("parentHash", "hash", "number"):
		h, err := o.header()
		if err != nil {
			return fmt.Errorf("header at %s: %w", path, err)
		}
		f.headers = append(f.headers, h)
	}
	for _, key := range o.keys {
		err := f.visit(path+"."+key, o.fields[normal(key)])
		if err != nil {
			return err
		}
	}
	return nil
}

// object is a JSON object whose keys are compared without case and underscores:
// block_number is blockNumber.
type object struct {
	raw    json.RawMessage
	keys   []string // in the file's order
	fields map[string]json.RawMessage
}

func normal(key string) string { return strings.ToLower(strings.ReplaceAll(key, "_", "")) }

func newObject(raw json.RawMessage) (object, error) {
	o := object{raw: raw, fields: make(map[string]json.RawMessage)}
	d := json.NewDecoder(bytes.NewReader(raw))
	_, err := d.Token() // the brace
	for err == nil && d.More() {
		var key json.Token
		key, err = d.Token()
		if err != nil {
			break
		}
		var value json.RawMessage
		err = d.Decode(&value)
		name, _ := key.(string)
		o.keys = append(o.keys, name)
		o.fields[normal(name)] = value
	}
	if err != nil {
		return object{}, fmt.Errorf("object: %w", err)
	}
	return o, nil
}

func (o object) has(keys ...string) bool {
	for _, key := range keys {
		value, found := o.fields[normal(key)]
		if !found || bytes.Equal(value, []byte("null")) {
			return false
		}
	}
	return true
}
