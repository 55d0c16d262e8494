package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	// stopPatience is how long a program may take to end by itself.
	stopPatience = 30 * time.Second
	// lastWords is how many lines of a program are kept to explain its end.
	lastWords = 5
)

// child is a program that the demo runs.
type child struct {
	name string
	cmd  *exec.Cmd
	done chan struct{}
	err  error // of Wait, set before done closes

	mu    sync.Mutex
	words []string
}

// start runs a program. line hears of every line of its standard output and, where
// stderr is nil, of its standard error. It has its own process group: ^C in the
// terminal is for the demo, which stops its children in order.
func start(name, path string, args []string, stderr *os.File, line func(string)) (*child, error) {
	c := &child{name: name, done: make(chan struct{})}
	c.cmd = exec.Command(path, args...) //nolint:gosec,noctx // our own programs; they are stopped in order, by signal
	c.cmd.Env = environment()
	c.cmd.SysProcAttr = attributes()

	r, w := io.Pipe()

	c.cmd.Stdout, c.cmd.Stderr = w, io.Writer(w)
	if stderr != nil {
		c.cmd.Stderr = stderr
	}

	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}

	var read sync.WaitGroup

	read.Go(func() {
		for lines := bufio.NewScanner(r); lines.Scan(); {
			c.remember(lines.Text())
			line(lines.Text())
		}

		// A line too long to be read must not hold the program up.
		_, _ = io.Copy(io.Discard, r)
	})

	go func() {
		c.err = c.cmd.Wait()
		_ = w.Close()

		read.Wait()
		close(c.done)
	}()

	return c, nil
}

// typed is what a person types to run the same program.
func typed(c *child) string {
	if dir, err := os.Getwd(); err == nil {
		if short, err := filepath.Rel(dir, c.cmd.Path); err == nil && len(short) < len(c.cmd.Path) {
			return short
		}
	}

	return c.cmd.Path
}

// environment is this process's without what would turn the demo into something
// else: its children get their settings by flags.
func environment() []string {
	var env []string

	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "DIEMHOUSE_") || strings.HasPrefix(pair, "DIEMHOUSE_LIBCHDB=") {
			env = append(env, pair)
		}
	}

	return env
}

func (c *child) remember(line string) {
	c.mu.Lock()
	defer c.mu.Unlock()

	c.words = append(c.words, line)
	c.words = c.words[max(0, len(c.words)-lastWords):]
}

// gone says how a program ended that should not have. Call it after done.
func (c *child) gone() error {
	c.mu.Lock()
	defer c.mu.Unlock()

	state := c.err
	if state == nil {
		state = errors.New("it ended by itself")
	}

	return fmt.Errorf("%s: %w: %s", c.name, state, strings.Join(c.words, "\n"))
}

// stop asks the program to end and waits; one that does not is killed.
func (c *child) stop() error {
	// Where it is gone already, there is nothing to ask.
	_ = c.cmd.Process.Signal(syscall.SIGTERM)

	select {
	case <-c.done:
		return nil
	case <-time.After(stopPatience):
	}

	if err := c.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill %s (process %d): %w", c.name, c.cmd.Process.Pid, err)
	}

	<-c.done

	return fmt.Errorf("%s did not end within %s and was killed", c.name, stopPatience)
}
