package app

import (
	"bytes"
	"os"
	"sync"

	"github.com/mattn/go-isatty"
)

// Screen is a terminal that log lines and one line of progress share: the progress
// stands below, and a log line pushes it down. Elsewhere it passes lines on.
type Screen struct {
	file     *os.File
	terminal bool

	mu   sync.Mutex
	line []byte // what stands below, without its line end
}

// NewScreen gives the screen of a file, usually standard error.
func NewScreen(f *os.File) *Screen { return &Screen{file: f, terminal: IsTerminal(f)} }

// IsTerminal reports whether f is a terminal that a person looks at.
func IsTerminal(f *os.File) bool { return isatty.IsTerminal(f.Fd()) || isatty.IsCygwinTerminal(f.Fd()) }

// Terminal reports whether a person looks at the screen.
func (s *Screen) Terminal() bool { return s.terminal }

// clearLine moves to the line's start and empties it.
const clearLine = "\r\x1b[2K"

// Write prints whole lines above the progress.
func (s *Screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	if len(s.line) == 0 {
		return s.file.Write(p)
	}

	if _, err := s.file.Write(append(append([]byte(clearLine), p...), s.line...)); err != nil {
		return 0, err
	}

	return len(p), nil
}

// Progress replaces the line below. Empty text removes it. On something that is no
// terminal it does nothing.
func (s *Screen) Progress(text []byte) {
	if !s.terminal {
		return
	}

	s.mu.Lock()
	defer s.mu.Unlock()

	s.line = bytes.Clone(text)

	// A line that cannot be drawn is no reason to stop.
	_, _ = s.file.Write(append([]byte(clearLine), s.line...))
}
