package embedded

import (
	"bytes"
	"context"
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
	// libraryEnv names the library, for installations that keep it elsewhere.
	libraryEnv = "DIEMHOUSE_LIBCHDB"
	// childEnv marks a re-executed program that is to become the engine.
	childEnv = "DIEMHOUSE_EMBEDDED_ENGINE"

	portAttempts = 3
	// stopPatience is how long a server may take to close its tables. What it has
	// acknowledged is on disk, so one that takes longer is killed.
	stopPatience = 20 * time.Second
	tailSize     = 4 << 10
)

var errPortTaken = errors.New("a port was taken")

// install is what to run: a binary, or the library in a child of this program.
type install struct{ binary, library string }

func findEngine(cfg Config) (install, error) {
	if cfg.Binary != "" {
		path, err := exec.LookPath(cfg.Binary)
		if err != nil {
			return install{}, fmt.Errorf("%w: %w", ErrNoEngine, err)
		}

		return install{binary: path}, nil
	}

	if cfg.Library != "" {
		return library(cfg.Library)
	}

	if path, err := exec.LookPath("clickhouse"); err == nil {
		return install{binary: path}, nil
	}

	if path := os.Getenv(libraryEnv); path != "" {
		return library(path)
	}

	for _, start := range searchRoots() {
		for dir := start; ; dir = filepath.Dir(dir) {
			found, err := filepath.Glob(filepath.Join(dir, "deps", "clickhouse", "node_modules", "@chdb", "*", "libchdb.so"))
			if err == nil && len(found) > 0 {
				return install{library: found[0]}, nil
			}

			if dir == filepath.Dir(dir) {
				break
			}
		}
	}

	return install{}, fmt.Errorf("%w: there is no clickhouse program on PATH, and no library in deps/clickhouse; "+
		"run `make clickhouse` to install it, or use a server of your own with --clickhouse URL", ErrNoEngine)
}

func library(path string) (install, error) {
	path, err := filepath.Abs(path)
	if err == nil {
		_, err = os.Stat(path) //nolint:gosec // the user says where the library is
	}

	if err != nil {
		return install{}, fmt.Errorf("%w: %w; run `make clickhouse` to install the library", ErrNoEngine, err)
	}

	return install{library: path}, nil
}

func searchRoots() []string {
	var roots []string
	if dir, err := os.Getwd(); err == nil {
		roots = append(roots, dir)
	}

	if exe, err := os.Executable(); err == nil {
		roots = append(roots, filepath.Dir(exe))
	}

	return roots
}

// engine is the child process.
type engine struct {
	cmd    *exec.Cmd
	stdin  io.Closer
	tail   *tail
	exited chan struct{}
	err    error // of Wait, set before exited closes
}

// run starts the child and returns when the server answers. ep learns its pid.
func run(ctx context.Context, cfg Config, how install, ep *endpoint, serving *lock) (*engine, error) {
	configFile, err := writeConfig(cfg, *ep)
	if err != nil {
		return nil, err
	}

	args := []string{"local", "--config-file=" + configFile, "--query=" + serveQuery(cfg.Database)}
	program := how.binary

	if how.library != "" {
		program, err = os.Executable()
		if err != nil {
			return nil, fmt.Errorf("find this program to run it again: %w", err)
		}
	}

	// Not CommandContext: the server outlives the context of its start.
	cmd := exec.Command(program, args...) //nolint:gosec,noctx // the user's own engine
	cmd.Dir = cfg.DataDir
	cmd.Env = os.Environ()

	if how.library != "" {
		cmd.Env = append(cmd.Env, childEnv+"="+how.library)
	}

	e := &engine{cmd: cmd, tail: &tail{}, exited: make(chan struct{})}
	out := io.MultiWriter(cfg.Log, e.tail)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.ExtraFiles = []*os.File{serving.file}
	// Own group: the terminal's ^C is for the program, which then stops the server.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}

	e.stdin, err = cmd.StdinPipe()
	if err != nil {
		return nil, err
	}

	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("run %s: %w", program, err)
	}

	go func() {
		e.err = cmd.Wait()
		close(e.exited)
	}()

	ep.EnginePID = cmd.Process.Pid

	return e, e.waitReady(ctx, *ep)
}

func (e *engine) waitReady(ctx context.Context, ep endpoint) error {
	for {
		err := ep.check(ctx)
		if err == nil {
			return nil
		}

		select {
		case <-e.exited:
			if strings.Contains(e.tail.String(), "Address already in use") {
				return fmt.Errorf("%w: %w", errPortTaken, e.cause())
			}

			return fmt.Errorf("the engine ended at once: %w", e.cause())
		default:
		}

		if !pause(ctx) {
			return errors.Join(fmt.Errorf("the engine does not answer on %s: %w", ep.url(), err), e.stop())
		}
	}
}

// stop closes the child's standard input and waits; a child that does not end is
// killed.
func (e *engine) stop() error {
	// The child may be gone already; then there is nothing to close.
	_ = e.stdin.Close()

	patience := time.NewTimer(stopPatience)
	defer patience.Stop()

	select {
	case <-e.exited:
		return nil
	case <-patience.C:
	}

	if err := e.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill the embedded ClickHouse (pid %d): %w", e.cmd.Process.Pid, err)
	}

	<-e.exited

	return nil
}

// cause is how the child ended, with its last words. Call it after exited.
func (e *engine) cause() error {
	state := e.err
	if state == nil {
		state = errors.New("exit status 0")
	}

	if words := strings.TrimSpace(e.tail.String()); words != "" {
		return fmt.Errorf("%w: %s", state, words)
	}

	return state
}

// tail keeps the end of what was written to it.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()

	t.buf = append(t.buf, p...)
	if len(t.buf) > tailSize {
		t.buf = bytes.Clone(t.buf[len(t.buf)-tailSize:])
	}

	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()

	return string(t.buf)
}
