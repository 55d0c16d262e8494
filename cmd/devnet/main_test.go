package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/stretchr/testify/require"
)

// asDevnet makes the test binary be the program, so that signals and output are real.
const asDevnet = "DIEMHOUSE_TEST_AS_DEVNET"

func TestMain(m *testing.M) {
	if os.Getenv(asDevnet) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// program prepares the program with arguments.
func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	executable, err := os.Executable()
	require.NoError(t, err)
	command := exec.CommandContext(t.Context(), executable, args...)
	command.Env = append(os.Environ(), asDevnet+"=1")
	return command
}

// started runs the program until it printed its first lines, so many of them.
func started(t *testing.T, lines int, args ...string) (*exec.Cmd, map[string]string) {
	t.Helper()
	command := program(t, args...)
	out, err := command.StdoutPipe()
	require.NoError(t, err)
	command.Stderr = os.Stderr // its complaints explain a failure
	require.NoError(t, command.Start())
	said := make(map[string]string)
	for range lines {
		var name, value string
		_, err = fmt.Fscan(out, &name, &value)
		require.NoError(t, err)
		said[name] = value
	}
	return command, said
}

func stopped(t *testing.T, command *exec.Cmd) {
	t.Helper()
	require.NoError(t, command.Process.Signal(os.Interrupt))
	require.NoError(t, command.Wait(), "a clean stop")
}

func TestRunServesAndObeys(t *testing.T) {
	t.Parallel()
	command, said := started(t, 3, "run", "--history", "1m", "--actors", "50", "--block-time", "0",
		"--http-port", "0", "--ws-port", "0", "--admin-port", "0")
	client, err := ethclient.Dial(said["http"])
	require.NoError(t, err)
	defer client.Close()
	height := func() uint64 {
		n, err := client.BlockNumber(t.Context())
		require.NoError(t, err)
		return n
	}
	first := height()
	require.EqualValues(t, 30, first)
	at := []string{"--admin", said["admin"]}
	out, err := program(t, append([]string{"mine", "4"}, at...)...).Output()
	require.NoError(t, err)
	require.Contains(t, string(out), fmt.Sprintf("head  %d 0x", first+4))
	out, err = program(t, append([]string{"reorg", "3", "--length", "1"}, at...)...).Output()
	require.NoError(t, err)
	require.Equal(t, first+2, height())
	_, hash, found := strings.Cut(string(out), "devnet canonical ")
	require.True(t, found, "it says how to go back")
	require.NoError(t, program(t, append([]string{"canonical", strings.TrimSpace(hash)}, at...)...).Run())
	require.Equal(t, first+4, height())
	for _, args := range [][]string{{"curve", "42000"}, {"emission", "1000000"}, {"unknown"}} {
		require.NoError(t, program(t, append(args, at...)...).Run(), args)
	}
	require.Equal(t, first+7, height())
	stopped(t, command)
}

func TestReplayServesACapture(t *testing.T) {
	t.Parallel()
	command, said := started(t, 2, "run", "--replay", "../../internal/devnet/replay/testdata/base.json", "--http-port", "0")
	client, err := ethclient.Dial(said["ws"])
	require.NoError(t, err)
	defer client.Close()
	head, err := client.BlockNumber(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 51_120_637, head)
	stopped(t, command)
}

func TestMistakesAreNamed(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		"want a duration such as 400d":    {"run", "--history", "a while"},
		"is it running":                   {"mine", "1", "--admin", "http://127.0.0.1:1"},
		"no log, receipt or block header": {"run", "--replay", "../../internal/devnet/replay/testdata/empty.json"},
		"replay/testdata/nothing.json":    {"run", "--replay", "../../internal/devnet/replay/testdata/nothing.json"},
		"unexpected argument":             {"fly"},
		"no block is named by 0x12: want": {"canonical", "0x12"},
	} {
		out, err := program(t, args...).CombinedOutput()
		require.Error(t, err, args)
		require.Contains(t, string(out), want, args)
	}
}

func TestSpan(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"400d": 400 * 24 * time.Hour, "1.5d": 36 * time.Hour, "36h": 36 * time.Hour, "90m": 90 * time.Minute, "0d": 0,
	} {
		var s span
		require.NoError(t, s.UnmarshalText([]byte(text)), text)
		require.Equal(t, want, time.Duration(s), text)
	}
	for _, text := range []string{"", "d", "-1d", "-1h", "400", "xd"} {
		var s span
		require.ErrorIs(t, s.UnmarshalText([]byte(text)), errSpan, text)
	}
}
