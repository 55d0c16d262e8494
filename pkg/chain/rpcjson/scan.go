package rpcjson

import "bytes"

// scanner walks over JSON text. Its methods report false on what they do not take,
// and leave it at an unspecified place then.
type scanner struct {
	text []byte
	at   int
}

// blanks are JSON's white space.
const blanks = " \t\r\n"

func isBlank(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// blank reports whether the text is white space.
func blank(text []byte) bool { return len(bytes.Trim(text, blanks)) == 0 }

// peek gives the next byte that is not white space, without taking it; 0 at the end.
func (s *scanner) peek() byte {
	for s.at < len(s.text) {
		if c := s.text[s.at]; !isBlank(c) {
			return c
		}

		s.at++
	}

	return 0
}

// take takes the next byte that is not white space when it is c.
func (s *scanner) take(c byte) bool {
	if s.at < len(s.text) && s.text[s.at] == c || s.peek() == c {
		s.at++

		return true
	}

	return false
}

// word takes the text itself, at this very place.
func (s *scanner) word(text string) bool {
	end := s.at + len(text)
	if end > len(s.text) || string(s.text[s.at:end]) != text {
		return false
	}

	s.at = end

	return true
}

// plain takes a string without escapes, of printable ASCII, and gives what is
// between its quotes.
func (s *scanner) plain() ([]byte, bool) {
	if !s.take('"') {
		return nil, false
	}

	start := s.at

	for s.at < len(s.text) && isPlain[s.text[s.at]] {
		s.at++
	}

	if s.at == len(s.text) || s.text[s.at] != '"' {
		return nil, false
	}

	s.at++

	return s.text[start : s.at-1], true
}

// isPlain marks what stands for itself in a string: printable ASCII but quote and backslash.
var isPlain = func() (table [256]bool) {
	for c := ' '; c <= '~'; c++ {
		table[c] = c != '"' && c != '\\'
	}

	return table
}()

// decimal takes a whole number without a sign, of at most 19 digits (2^64 has 20).
func (s *scanner) decimal() (uint64, bool) {
	start := s.at

	var n uint64

	for ; s.at < len(s.text); s.at++ {
		c := s.text[s.at]
		if c < '0' || c > '9' {
			break
		}

		n = n*10 + uint64(c-'0')
	}

	digits := s.at - start
	if digits == 0 || digits > 19 || digits > 1 && s.text[start] == '0' {
		return 0, false
	}

	// What a number could go on with, or text that is no JSON.
	if s.at < len(s.text) {
		switch c := s.text[s.at]; {
		case c == ',', c == '}', c == ']', isBlank(c):
		default:
			return 0, false
		}
	}

	return n, true
}

// skip takes a string, a whole number, true, false or null.
func (s *scanner) skip() bool {
	switch s.peek() {
	case '"':
		_, ok := s.plain()

		return ok
	case 't':
		return s.word("true")
	case 'f':
		return s.word("false")
	case 'n':
		return s.word("null")
	default:
		_, ok := s.decimal()

		return ok
	}
}

// hex takes a string of hex and gives its digits, not yet checked to be digits.
func (s *scanner) hex() ([]byte, bool) {
	if !s.take('"') || !s.word("0x") {
		return nil, false
	}

	end := bytes.IndexByte(s.text[s.at:], '"')
	if end < 0 {
		return nil, false
	}

	digits := s.text[s.at : s.at+end]
	s.at += end + 1

	return digits, true
}

// fixed takes hex of exactly the length of into.
func (s *scanner) fixed(into []byte) bool {
	if !s.take('"') || !s.word("0x") {
		return false
	}

	end := s.at + 2*len(into)
	if end >= len(s.text) || s.text[end] != '"' || !decodeHex(into, s.text[s.at:end]) {
		return false
	}

	s.at = end + 1

	return true
}
