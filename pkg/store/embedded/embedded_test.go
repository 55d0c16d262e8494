package embedded_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"diemhouse/pkg/store/embedded"
)

// ownerEnv makes this test binary a program that starts a server on the directory
// it names, tells about it, and waits to be ended.
const ownerEnv = "EMBEDDED_TEST_OWNER"

const patience = 60 * time.Second

func TestMain(m *testing.M) {
	embedded.Main()

	if dir := os.Getenv(ownerEnv); dir != "" {
		if err := ownerProgram(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}

		return
	}

	os.Exit(m.Run())
}

type told struct {
	URL      string `json:"url"`
	PID      int    `json:"pid"`
	Attached bool   `json:"attached"`
}

func ownerProgram(dir string) error {
	s, err := embedded.Start(context.Background(), embedded.Config{DataDir: dir, Log: os.Stderr})
	if err != nil {
		return err
	}

	if err := json.NewEncoder(os.Stdout).Encode(told{s.HTTPURL(), s.PID(), s.Attached()}); err != nil {
		return err
	}

	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}

	return s.Close()
}

type program struct {
	told

	cmd   *exec.Cmd
	stdin io.Closer
}

// startProgram runs this test binary as another process that uses the directory.
func startProgram(t *testing.T, dir string) *program {
	t.Helper()

	p := &program{cmd: exec.Command(os.Args[0])}
	p.cmd.Env = append(os.Environ(), ownerEnv+"="+dir)
	p.cmd.Stderr = t.Output()

	in, err := p.cmd.StdinPipe()
	require.NoError(t, err)

	p.stdin = in

	out, err := p.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, p.cmd.Start())
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	})

	require.NoError(t, json.NewDecoder(bufio.NewReader(out)).Decode(&p.told))

	return p
}

func start(t *testing.T, dir string) *embedded.Server {
	t.Helper()

	s, err := embedded.Start(t.Context(), embedded.Config{DataDir: dir, Log: t.Output()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })

	return s
}

// ask runs a query over HTTP and gives the answer or the server's complaint.
func ask(t *testing.T, base, user, query string, settings ...string) (string, error) {
	t.Helper()

	v := url.Values{"user": {user}}
	for _, s := range settings {
		name, value, _ := strings.Cut(s, "=")
		v.Set(name, value)
	}

	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/?"+v.Encode(), strings.NewReader(query))
	require.NoError(t, err)

	req.Close = true

	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()

	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}

	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s", body)
	}

	return strings.TrimSpace(string(body)), nil
}

func must(t *testing.T, base, query string) string {
	t.Helper()

	answer, err := ask(t, base, "default", query)
	require.NoError(t, err, query)

	return answer
}

func alive(pid int) bool { return syscall.Kill(pid, 0) == nil }

func TestServerStartsServesAndStops(t *testing.T) {
	t.Parallel()

	dir := filepath.Join(t.TempDir(), "made", "here")

	s := start(t, dir)
	require.False(t, s.Attached())
	require.Equal(t, "1", must(t, s.HTTPURL(), "SELECT 1"))
	require.Equal(t, "false", must(t, s.HTTPURL(), "SELECT getSetting('async_insert')"))

	must(t, s.HTTPURL(), "CREATE TABLE diemhouse.t (x UInt64) ENGINE = MergeTree ORDER BY x")
	must(t, s.HTTPURL(), "INSERT INTO diemhouse.t SELECT number FROM numbers(1000)")

	pid := s.PID()
	require.True(t, alive(pid))
	require.NoError(t, s.Close())
	require.False(t, alive(pid), "Close waits for the child")
	require.NoError(t, s.Err())
	<-s.Done()
	require.NoError(t, s.Close(), "Close may be repeated")

	again := start(t, dir)
	require.Equal(t, s.HTTPPort(), again.HTTPPort(), "the ports of the last run are taken again")
	require.Equal(t, s.TCPPort(), again.TCPPort())
	require.Equal(t, "1000", must(t, again.HTTPURL(), "SELECT count() FROM diemhouse.t"))

	logged, err := os.ReadFile(filepath.Join(dir, "clickhouse.log"))
	require.NoError(t, err)
	require.Contains(t, string(logged), "<Information>")
	require.NotContains(t, string(logged), "<Trace>")
	require.NotContains(t, string(logged), "<Debug>")
}

func TestWantedPortsAreUsedAndGiveWay(t *testing.T) {
	t.Parallel()

	first := start(t, t.TempDir())

	s, err := embedded.Start(t.Context(), embedded.Config{
		DataDir: t.TempDir(), HTTPPort: first.HTTPPort(), TCPPort: first.TCPPort(), Log: t.Output(),
	})
	require.NoError(t, err)

	t.Cleanup(func() { require.NoError(t, s.Close()) })
	require.NotEqual(t, first.HTTPPort(), s.HTTPPort())
	require.NotEqual(t, first.TCPPort(), s.TCPPort())
	require.False(t, s.Attached())
}

func TestSecondProcessAttaches(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	owner := startProgram(t, dir)
	require.False(t, owner.Attached)

	s := start(t, dir)
	require.True(t, s.Attached())
	require.Equal(t, owner.URL, s.HTTPURL())
	require.Equal(t, owner.PID, s.PID())
	require.Equal(t, "2", must(t, s.HTTPURL(), "SELECT 2"))

	t.Run("LeavesTheServerRunning", func(t *testing.T) {
		other := start(t, dir)
		require.NoError(t, other.Close())
		require.NoError(t, other.Err())
		require.Equal(t, "3", must(t, owner.URL, "SELECT 3"))
	})

	t.Run("LearnsThatTheOwnerIsGone", func(t *testing.T) {
		require.NoError(t, s.Err())
		require.NoError(t, owner.stdin.Close())
		require.NoError(t, owner.cmd.Wait())

		select {
		case <-s.Done():
		case <-time.After(patience):
			t.Fatal("an attached server must notice the end of its owner")
		}

		require.ErrorIs(t, s.Err(), embedded.ErrOwnerGone)
	})
}

// startWatched is start, and a channel that hears of every restart.
func startWatched(t *testing.T, dir string) (*embedded.Server, <-chan error) {
	t.Helper()

	restarted := make(chan error, 16)

	s, err := embedded.Start(t.Context(), embedded.Config{
		DataDir: dir, Log: t.Output(), Restarted: func(cause error) { restarted <- cause },
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })

	return s, restarted
}

func awaitRestart(t *testing.T, s *embedded.Server, restarted <-chan error) {
	t.Helper()

	select {
	case cause := <-restarted:
		require.ErrorIs(t, cause, embedded.ErrStopped)
	case <-s.Done():
		require.NoError(t, s.Err())
	case <-time.After(patience):
		t.Fatal("the end of the child must be noticed")
	}
}

func TestKilledServerStartsAgain(t *testing.T) {
	t.Parallel()

	s, restarted := startWatched(t, t.TempDir())
	must(t, s.HTTPURL(), "CREATE TABLE diemhouse.t (x UInt64) ENGINE = MergeTree ORDER BY x")
	must(t, s.HTTPURL(), "INSERT INTO diemhouse.t SELECT number FROM numbers(1000)")

	pid, dsn, web := s.PID(), s.DSN(), s.HTTPURL()

	require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
	awaitRestart(t, s, restarted)

	require.NotEqual(t, pid, s.PID())
	require.Equal(t, dsn, s.DSN(), "who is connected finds it again")
	require.Equal(t, "1000", must(t, web, "SELECT count() FROM diemhouse.t"))
	require.NoError(t, s.Err())

	// Close comes in between an end and the start that follows it.
	require.NoError(t, syscall.Kill(s.PID(), syscall.SIGKILL))
	require.NoError(t, s.Close())
	require.NoError(t, s.Err())
	require.Eventually(t, func() bool { return !alive(s.PID()) }, patience, 20*time.Millisecond)
}

func TestStrangersDoNotEndTheServer(t *testing.T) {
	t.Parallel()

	s, restarted := startWatched(t, t.TempDir())

	// The library ends when a native client hangs up in the middle of its hello.
	c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", s.TCPPort()))
	require.NoError(t, err)
	_, err = c.Write([]byte("\x00\x05abc"))
	require.NoError(t, err)
	require.NoError(t, c.Close())

	awaitRestart(t, s, restarted)
	require.Equal(t, "1", must(t, s.HTTPURL(), "SELECT 1"))
}

func TestServerThatKeepsEndingIsReported(t *testing.T) {
	t.Parallel()

	s, restarted := startWatched(t, t.TempDir())

	for range 10 {
		require.NoError(t, syscall.Kill(s.PID(), syscall.SIGKILL))
		awaitRestart(t, s, restarted)
	}

	require.NoError(t, syscall.Kill(s.PID(), syscall.SIGKILL))

	select {
	case <-s.Done():
	case <-time.After(patience):
		t.Fatal("a server that keeps ending must be given up")
	}

	require.ErrorIs(t, s.Err(), embedded.ErrStopped)
	require.ErrorContains(t, s.Err(), "started again 10 times")
}

func TestKilledOwnerLeavesNoOrphanAndNoLock(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	owner := startProgram(t, dir)
	must(t, owner.URL, "CREATE TABLE diemhouse.t (x UInt64) ENGINE = MergeTree ORDER BY x")
	must(t, owner.URL, "INSERT INTO diemhouse.t SELECT number FROM numbers(1000)")

	require.NoError(t, owner.cmd.Process.Kill())
	_ = owner.cmd.Wait()

	// At once: the server of the dead owner may not have closed its tables yet.
	s := start(t, dir)
	require.False(t, s.Attached())
	require.NotEqual(t, owner.PID, s.PID())
	require.Equal(t, "1000", must(t, s.HTTPURL(), "SELECT count() FROM diemhouse.t"))
	require.Eventually(t, func() bool { return !alive(owner.PID) }, patience, 20*time.Millisecond)
}

func TestMissingLibraryNamesTheCommand(t *testing.T) {
	t.Parallel()

	_, err := embedded.Start(t.Context(), embedded.Config{
		DataDir: t.TempDir(), Library: filepath.Join(t.TempDir(), "libchdb.so"),
	})
	require.ErrorIs(t, err, embedded.ErrNoEngine)
	require.ErrorContains(t, err, "make clickhouse")

	_, err = embedded.Start(t.Context(), embedded.Config{DataDir: t.TempDir(), Binary: "no-such-clickhouse"})
	require.ErrorIs(t, err, embedded.ErrNoEngine)
}

func TestBrokenEngineGivesItsLastWords(t *testing.T) {
	t.Parallel()

	script := filepath.Join(t.TempDir(), "clickhouse")
	require.NoError(t, os.WriteFile(script, []byte("#!/bin/sh\necho no room on device >&2\nexit 3\n"), 0o700))

	dir := t.TempDir()
	_, err := embedded.Start(t.Context(), embedded.Config{DataDir: dir, Binary: script})
	require.ErrorContains(t, err, "no room on device")

	s := start(t, dir)
	require.False(t, s.Attached(), "a failed start leaves no lock")
}

func TestBinaryIsRunAsClickHouseLocal(t *testing.T) {
	t.Parallel()

	library, err := filepath.Glob("../../../deps/clickhouse/node_modules/@chdb/*/libchdb.so")
	require.NoError(t, err)
	require.Len(t, library, 1)

	lib, err := filepath.Abs(library[0])
	require.NoError(t, err)

	// A clickhouse program made of the library: it takes what `clickhouse` takes.
	script := filepath.Join(t.TempDir(), "clickhouse")
	require.NoError(t, os.WriteFile(script, fmt.Appendf(nil,
		"#!/bin/sh\n[ \"$1\" = local ] || exit 9\nDIEMHOUSE_EMBEDDED_ENGINE=%s exec %s \"$@\"\n", lib, os.Args[0]), 0o700))

	s, err := embedded.Start(t.Context(), embedded.Config{DataDir: t.TempDir(), Binary: script, Log: t.Output()})
	require.NoError(t, err)
	require.Equal(t, "1", must(t, s.HTTPURL(), "SELECT 1"))
	require.NoError(t, s.Close())
	require.False(t, alive(s.PID()))
}

func TestGrafanaUserOnlyReads(t *testing.T) {
	t.Parallel()

	s := start(t, t.TempDir())
	must(t, s.HTTPURL(), "CREATE TABLE diemhouse.t (x UInt64) ENGINE = MergeTree ORDER BY x")
	must(t, s.HTTPURL(), "INSERT INTO diemhouse.t SELECT number FROM numbers(10)")

	answer, err := ask(t, s.HTTPURL(), embedded.GrafanaUser, "SELECT sum(x) FROM t SETTINGS max_execution_time = 65")
	require.NoError(t, err, "it reads the warehouse, which is its default database, with a client's own timeout")
	require.Equal(t, "45", answer)

	for _, forbidden := range []string{
		"INSERT INTO diemhouse.t VALUES (1)",
		"CREATE TABLE diemhouse.u (x UInt64) ENGINE = MergeTree ORDER BY x",
		"CREATE TEMPORARY TABLE u (x UInt64)",
		"ALTER TABLE diemhouse.t DELETE WHERE 1",
		"DROP TABLE diemhouse.t",
		"TRUNCATE TABLE diemhouse.t",
		"SYSTEM STOP MERGES diemhouse.t",
		"SYSTEM SHUTDOWN",
		"SELECT * FROM url('http://127.0.0.1:1/', LineAsString)",
		"SELECT * FROM file('config.xml', LineAsString)",
		"SELECT * FROM remote('127.0.0.1', system.one)",
		"SET readonly = 0",
		"SELECT 1 SETTINGS readonly = 0",
		"SELECT 1 SETTINGS max_execution_time = 0",
		"SELECT 1 SETTINGS max_execution_time = 121",
		"SELECT 1 SETTINGS max_memory_usage = 0",
		"SELECT 1 SETTINGS max_memory_usage = 100000000000",
		"SELECT 1 SETTINGS max_memory_usage_for_user = 0",
		"SELECT 1 SETTINGS max_result_rows = 0",
		"SELECT 1 SETTINGS max_result_rows = 1000001",
		"SELECT 1 SETTINGS max_result_bytes = 0",
		"SELECT 1 SETTINGS max_rows_to_read = 0",
		"SELECT 1 SETTINGS max_concurrent_queries_for_user = 0",
		"SELECT 1 SETTINGS timeout_overflow_mode = 'break'",
		"SELECT 1 SETTINGS allow_ddl = 1",
		"SELECT 1 SETTINGS profile = 'default'",
		"SET profile = 'default'",
		"SELECT number FROM numbers(1000001)",
	} {
		answer, err := ask(t, s.HTTPURL(), embedded.GrafanaUser, forbidden)
		require.Error(t, err, "%s gave %q", forbidden, answer)
	}

	_, err = ask(t, s.HTTPURL(), embedded.GrafanaUser, "SELECT 1", "max_memory_usage=0")
	require.Error(t, err, "settings in the address are held to the same limits")
	require.Equal(t, "10", must(t, s.HTTPURL(), "SELECT count() FROM diemhouse.t"))
}

func TestServerListensOnLoopbackOnly(t *testing.T) {
	t.Parallel()

	s := start(t, t.TempDir())
	require.Contains(t, s.HTTPURL(), "127.0.0.1")

	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		b, err := os.ReadFile(table)
		if os.IsNotExist(err) {
			continue
		}

		require.NoError(t, err)

		for _, port := range []int{s.HTTPPort(), s.TCPPort()} {
			for line := range strings.Lines(string(b)) {
				f := strings.Fields(line)
				if strings.HasSuffix(f[1], fmt.Sprintf(":%04X", port)) && f[3] == "0A" {
					require.Equal(t, fmt.Sprintf("0100007F:%04X", port), f[1], "listening socket in %s", table)
				}
			}
		}
	}
}
