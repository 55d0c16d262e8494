package rpcjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"github.com/ethereum/go-ethereum/core/types"
)

// Answer is one JSON-RPC answer.
type Answer struct {
	// ID is the text of the id, nil when there is none.
	ID []byte
	// Logs is the result, where a list of logs was expected and the fast reader took
	// it. Result is nil then.
	Logs []types.Log
	// Result is the text of the result, nil when there is none. It is part of the
	// body, and not checked to be valid JSON.
	Result json.RawMessage
	// Error is the text of the error, nil when there is none or it is null. The same
	// holds for it.
	Error json.RawMessage
}

// ErrNoAnswer says that a body is not what JSON-RPC answers with.
var ErrNoAnswer = errors.New("no JSON-RPC answer")

// ReadAnswers reads the body of a JSON-RPC answer: one, or a list of them (batch).
// With logs it expects the results to be lists of logs, and reads them in the same
// pass where they are such.
func ReadAnswers(body []byte, logs bool) (answers []Answer, batch bool, err error) {
	s := scanner{text: body}

	if s.peek() != '[' {
		a, ok := s.answer(logs)
		if !ok || !blank(body[s.at:]) {
			return nil, false, ErrNoAnswer
		}

		return []Answer{a}, false, nil
	}

	s.at++

	if s.take(']') {
		if !blank(body[s.at:]) {
			return nil, true, ErrNoAnswer
		}

		return nil, true, nil
	}

	for {
		a, ok := s.answer(logs)
		if !ok {
			return nil, true, ErrNoAnswer
		}

		answers = append(answers, a)

		if s.take(',') {
			continue
		}

		if !s.take(']') || !blank(body[s.at:]) {
			return nil, true, ErrNoAnswer
		}

		return answers, true, nil
	}
}

func (s *scanner) answer(logs bool) (a Answer, ok bool) {
	if !s.take('{') {
		return a, false
	}

	if s.take('}') {
		return a, true
	}

	for {
		name, ok := s.value()
		if !ok || name[0] != '"' || !s.take(':') {
			return a, false
		}

		asLogs := logs && string(name) == `"result"` && s.logs(&a)
		if !asLogs && !s.member(&a, name) {
			return a, false
		}

		if !s.take(',') {
			return a, s.take('}')
		}
	}
}

// logs takes a result that is a list of logs; where it is not, nothing is taken.
func (s *scanner) logs(a *Answer) bool {
	r := reader{scanner: *s}
	if !r.list() {
		return false
	}

	a.Logs, a.Result = r.logs, nil
	s.at = r.at

	return true
}

func (s *scanner) member(a *Answer, name []byte) bool {
	value, ok := s.value()

	switch string(name) {
	case `"id"`:
		a.ID = value
	case `"result"`:
		a.Logs, a.Result = nil, value
	case `"error"`:
		a.Error = value
		if string(value) == "null" {
			a.Error = nil
		}
	}

	return ok
}

// value takes any value and gives its text. It finds the end of the value and checks
// no more of its grammar than that takes.
func (s *scanner) value() ([]byte, bool) {
	first := s.peek()
	start := s.at
	ok := true

	switch first {
	case 0, ',', ':', ']', '}':
		ok = false
	case '"':
		ok = s.quoted()
	case '[', '{':
		ok = s.nested()
	default:
		for s.at < len(s.text) && strings.IndexByte(",:]}[{\" \t\r\n", s.text[s.at]) < 0 {
			s.at++
		}
	}

	return s.text[start:s.at:s.at], ok
}

// quoted takes a string, from its first quote to its last.
func (s *scanner) quoted() bool {
	start := s.at + 1
	s.at++

	for {
		n := bytes.IndexByte(s.text[s.at:], '"')
		if n < 0 {
			return false
		}

		s.at += n + 1

		// The quote ends the string unless an odd number of backslashes stands before it.
		slashes := 0
		for at := s.at - 2; at >= start && s.text[at] == '\\'; at-- {
			slashes++
		}

		if slashes%2 == 0 {
			return true
		}
	}
}

// nested takes an object or array, counting brackets.
func (s *scanner) nested() bool {
	for depth := 0; s.at < len(s.text); {
		switch s.text[s.at] {
		case '"':
			if !s.quoted() {
				return false
			}

			continue
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		}

		s.at++

		if depth == 0 {
			return true
		}
	}

	return false
}
