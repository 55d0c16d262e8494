package e2e_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	// patience bounds what a test waits for; nothing is measured by it.
	patience = 2 * time.Minute
	poll     = 50 * time.Millisecond
)

// built is where the programs are, once they are built.
var built struct {
	once sync.Once
	dir  string
	err  error
}

func TestMain(m *testing.M) {
	code := m.Run()

	if built.dir != "" {
		if err := os.RemoveAll(built.dir); err != nil {
			fmt.Fprintln(os.Stderr, err)

			code = 1
		}
	}

	os.Exit(code)
}

// programs builds all programs, once a test binary, and gives their directory.
func programs(t *testing.T) string {
	t.Helper()

	built.once.Do(func() {
		built.dir, built.err = os.MkdirTemp("", "diemhouse-e2e-") //nolint:usetesting // it outlives the first test
		if built.err != nil {
			return
		}

		built.err = build(root(t), built.dir)
	})
	require.NoError(t, built.err)

	return built.dir
}

// build builds the programs as they are shipped, which the demo runs, and those of the
// product once more under the race detector, for all other tests: driven from outside,
// the whole daemon is watched, and neither the tests nor the chain are slowed down.
func build(root, dir string) error {
	for _, how := range [][]string{
		{"0", "-o", dir + "/shipped/", "./cmd/..."},
		{"1", "-o", dir + "/watched/", "-race", "./cmd/indexer", "./cmd/backfill"},
	} {
		cmd := exec.Command("go", append([]string{"build"}, how[1:]...)...)
		cmd.Dir, cmd.Env = root, append(os.Environ(), "CGO_ENABLED="+how[0])

		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("build the programs, %v: %w: %s", how, err, out)
		}
	}

	return nil
}

// program is the path of a built program.
func program(t *testing.T, name string) string {
	t.Helper()

	how := "shipped"
	if name == "indexer" || name == "backfill" {
		how = "watched"
	}

	return filepath.Join(programs(t), how, name)
}

// root is the project's folder.
func root(t *testing.T) string {
	t.Helper()

	dir, err := filepath.Abs(filepath.Join("..", ".."))
	require.NoError(t, err)

	return dir
}

// house is a folder in which programs run, as a user's would be.
type house struct {
	dir string
	env []string
	// said is everything that the programs printed.
	said safeBuffer
}

// newHouse gives an empty folder, and an environment in which nothing of ours is set
// but where the ClickHouse library is.
func newHouse(t *testing.T) *house {
	t.Helper()

	libraries, err := filepath.Glob(filepath.Join(root(t), "deps", "clickhouse", "node_modules", "@chdb", "*", "libchdb.so"))
	require.NoError(t, err)
	require.NotEmpty(t, libraries, "run `make clickhouse`")

	// Nothing is served on the usual ports: tests run beside each other.
	h := &house{dir: t.TempDir(), env: []string{"DIEMHOUSE_LIBCHDB=" + libraries[0], "DIEMHOUSE_BOARD_ADDR="}}

	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "DIEMHOUSE_") {
			h.env = append(h.env, pair)
		}
	}

	// A program that is about to be killed has no exit code to tell of a race.
	t.Cleanup(func() { assert.NotContains(t, h.said.String(), "WARNING: DATA RACE") })

	return h
}

// embedded are the flags of a ClickHouse of the house's own, on free ports.
func embedded(args ...string) []string {
	return append(args, "--data-dir=data", "--http-port=0", "--tcp-port=0")
}

// process is a program that runs.
type process struct {
	cmd            *exec.Cmd
	stdout, stderr safeBuffer
	done           chan struct{}
	err            error
}

// start runs a program of the built ones. It is killed at the end of the test at the
// latest.
func (h *house) start(t *testing.T, name string, args ...string) *process {
	t.Helper()

	p := &process{cmd: exec.Command(program(t, name), args...), done: make(chan struct{})}
	p.cmd.Dir, p.cmd.Env = h.dir, h.env
	p.cmd.Stdout, p.cmd.Stderr = both{&p.stdout, &h.said}, both{&p.stderr, &h.said}

	require.NoError(t, p.cmd.Start())

	go func() {
		p.err = p.cmd.Wait()
		close(p.done)
	}()

	t.Cleanup(func() { p.kill(t) })

	return p
}

// run runs a program to its end and gives its exit code.
func (h *house) run(t *testing.T, name string, args ...string) (stdout, stderr string, code int) {
	t.Helper()

	p := h.start(t, name, args...)
	code = p.wait(t)

	return p.stdout.String(), p.stderr.String(), code
}

// ok runs a program that is to succeed and gives its standard output.
func (h *house) ok(t *testing.T, name string, args ...string) string {
	t.Helper()

	p := h.start(t, name, args...)
	require.Zero(t, p.wait(t), "%s %v: %s", name, args, p.stderr.String())

	return p.stdout.String()
}

// wait waits for the program's end and gives its exit code.
func (p *process) wait(t *testing.T) int {
	t.Helper()

	select {
	case <-p.done:
	case <-time.After(patience):
		p.kill(t)
		require.Fail(t, "the program does not end", "%v: %s", p.cmd.Args, p.stderr.String())
	}

	return p.cmd.ProcessState.ExitCode()
}

// stop asks the program to end and gives its exit code.
func (p *process) stop(t *testing.T) int {
	t.Helper()
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))

	return p.wait(t)
}

// kill ends the program as a crash would.
func (p *process) kill(t *testing.T) {
	t.Helper()

	if err := p.cmd.Process.Kill(); err != nil {
		require.ErrorIs(t, err, os.ErrProcessDone)
	}

	<-p.done
}

// says waits for a text in what the program prints.
func (p *process) says(t *testing.T, text string) {
	t.Helper()

	came := assert.Eventually(t, func() bool {
		if strings.Contains(p.stdout.String()+p.stderr.String(), text) {
			return true
		}

		select {
		case <-p.done:
			t.Errorf("%v ended without saying %q", p.cmd.Args, text)

			return true
		default:
			return false
		}
	}, patience, poll)
	if !came {
		// What it does instead, goroutine by goroutine.
		_ = p.cmd.Process.Signal(syscall.SIGQUIT)

		p.wait(t)
	}

	if t.Failed() {
		t.Logf("%v said:\n%s%s", p.cmd.Args, p.stdout.String(), p.stderr.String())
		t.FailNow()
	}
}

// sql runs a query by the indexer and gives its rows.
func (h *house) sql(t *testing.T, query string) []map[string]any {
	t.Helper()

	var rows []map[string]any

	out := h.ok(t, "indexer", embedded("sql", "--format=json", query)...)
	require.NoError(t, json.Unmarshal([]byte(out), &rows), out)

	return rows
}

// enginePID is the process of the embedded ClickHouse.
func (h *house) enginePID(t *testing.T) int {
	t.Helper()

	text, err := os.ReadFile(filepath.Join(h.dir, "data", "endpoint.json"))
	require.NoError(t, err)

	var endpoint struct {
		EnginePID int `json:"engine_pid"`
	}

	require.NoError(t, json.Unmarshal(text, &endpoint))

	return endpoint.EnginePID
}

// alive reports whether a process is there.
func alive(pid int) bool { return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }

// safeBuffer is a buffer that one goroutine fills and others read.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()

	return s.b.String()
}

// both writes to two buffers.
type both struct{ a, b *safeBuffer }

func (w both) Write(p []byte) (int, error) {
	if _, err := w.a.Write(p); err != nil {
		return 0, err
	}

	return w.b.Write(p)
}
