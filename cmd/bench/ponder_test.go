package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// following is a Ponder that says something; its process is the test's own.
func following(said ...string) *ponder {
	return &ponder{cmd: &exec.Cmd{Process: &os.Process{Pid: os.Getpid()}}, out: strings.NewReader(strings.Join(said, "\n") + "\n"), began: time.Now()}
}

func TestPonderIsFollowedUntilItIsReady(t *testing.T) {
	t.Parallel()

	start, u, err := following(
		`{"level":30,"msg":"Started returning 200 responses","endpoint":"/health"}`, `no message at all`,
		`{"level":30,"msg":"Started backfill indexing","chain":"base"}`,
		`{"level":30,"msg":"Started returning 200 responses","endpoint":"/ready"}`,
	).follow()

	require.NoError(t, err)
	require.Positive(t, start)
	require.Positive(t, u.Wall)
}

func TestPonderThatEndsTellsWhatItSaid(t *testing.T) {
	t.Parallel()

	_, _, err := following(`{"level":50,"msg":"Build failed","stage":"config"}`).follow()

	require.ErrorContains(t, err, "before it was ready")
	require.ErrorContains(t, err, "Build failed")
}
