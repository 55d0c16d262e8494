package app

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/mattn/go-isatty"
	"golang.org/x/term"
)

// narrow is the width of a terminal that does not tell.
const narrow = 80

// Screen is a terminal that log lines and a foot share: what is under way stands at
// the foot, and a log line pushes it down. Elsewhere it passes lines on.
type Screen struct {
	file     *os.File
	terminal bool

	mu   sync.Mutex
	foot []byte // as drawn; the cursor is at its end
}

// NewScreen gives the screen of a file, usually standard error.
func NewScreen(f *os.File) *Screen { return &Screen{file: f, terminal: IsTerminal(f)} }

// IsTerminal reports whether f is a terminal that a person looks at.
func IsTerminal(f *os.File) bool { return isatty.IsTerminal(f.Fd()) || isatty.IsCygwinTerminal(f.Fd()) }

// Terminal reports whether a person looks at the screen.
func (s *Screen) Terminal() bool { return s.terminal }

// Write prints whole lines above the foot.
func (s *Screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	if len(s.foot) == 0 {
		return s.file.Write(p)
	}

	if _, err := s.file.Write(bytes.Join([][]byte{s.clear(), p, s.foot}, nil)); err != nil {
		return 0, err
	}

	return len(p), nil
}

// Foot replaces what stands at the foot, one or more lines. Empty text removes it. On
// something that is no terminal it does nothing.
func (s *Screen) Foot(text string) {
	if !s.terminal {
		return
	}

	s.mu.Lock()
	defer s.mu.Unlock()

	before := s.clear()
	s.foot = []byte(cut(text, s.width()))

	// A foot that cannot be drawn is no reason to stop.
	_, _ = s.file.Write(append(before, s.foot...))
}

// Keep leaves the foot where it is, as if it had been printed.
func (s *Screen) Keep() {
	s.mu.Lock()
	defer s.mu.Unlock()

	if len(s.foot) > 0 {
		// As in Foot.
		_, _ = s.file.WriteString("\n")
	}

	s.foot = nil
}

// clear is what empties the foot and puts the cursor to its beginning.
func (s *Screen) clear() []byte {
	if len(s.foot) == 0 {
		return nil
	}

	up := ""
	if n := bytes.Count(s.foot, []byte("\n")); n > 0 {
		up = fmt.Sprintf("\x1b[%dA", n)
	}

	return []byte("\r" + up + "\x1b[J")
}

func (s *Screen) width() int {
	width, _, err := term.GetSize(int(s.file.Fd()))
	if err != nil || width <= 0 {
		return narrow
	}

	return width
}

// cut shortens lines that would wrap: the foot must know how many lines it has.
func cut(text string, width int) string {
	lines := strings.Split(text, "\n")

	for i, line := range lines {
		if utf8.RuneCountInString(line) < width {
			continue
		}

		runes := []rune(line)
		lines[i] = string(runes[:width-2]) + "…"
	}

	return strings.Join(lines, "\n")
}
