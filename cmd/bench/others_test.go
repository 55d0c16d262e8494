package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWithoutTheOthersItSaysHowToInstallThem(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	place := func(path string) { require.NoError(t, os.MkdirAll(filepath.Join(dir, path), 0o755)) }
	r := &run{settings: settings{othersFlags: othersFlags{Ponder: dir, Squid: dir}}}

	place(squidPackage)
	require.ErrorContains(t, r.installed(), "make ponder")

	require.NoError(t, os.RemoveAll(filepath.Join(dir, squidPackage)))
	place(ponderProgram)
	require.ErrorContains(t, r.installed(), "make squid")
}

func TestRowsOfASquidAreCounted(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()

	for chunk, text := range map[string]string{"0000000000-0000000009": "id,args\r\n1,\r\n2,\r\n", "0000000010-0000000019": "id,args\r\n3,\r\n"} {
		require.NoError(t, os.Mkdir(filepath.Join(dir, chunk), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, chunk, "events.csv"), []byte(text), 0o600))
	}

	rows, err := squidRows(dir)
	require.NoError(t, err)
	require.Equal(t, uint64(3), rows)
}

// TestPeakCountsChildren needs no more than that a child adds something.
func TestPeakCountsChildren(t *testing.T) {
	t.Parallel()

	child := exec.CommandContext(t.Context(), "cat")
	in, err := child.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())

	both, err := peakOf(os.Getpid())
	require.NoError(t, err)

	its, err := peakOf(child.Process.Pid)
	require.NoError(t, err)
	require.Positive(t, its)
	require.Greater(t, both, its)

	require.NoError(t, in.Close())
	require.NoError(t, child.Wait())
}
