package anvil

import (
	"bufio"
	"context"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// start runs the binary until the test ends and returns the address that it says
// it listens on.
func start(tb testing.TB, binary string, args []string) string {
	tb.Helper()
	// The test's context ends before its cleanups, which may still need the node.
	ctx := context.WithoutCancel(tb.Context())
	child := exec.CommandContext(ctx, binary, args...) //nolint:gosec // the pinned binary, with flags that tests choose
	child.SysProcAttr = dieWithParent()
	output, err := child.StdoutPipe()
	require.NoError(tb, err)
	var complaints strings.Builder
	child.Stderr = &complaints
	require.NoError(tb, child.Start())

	lines := bufio.NewScanner(output)
	address := ""
	for address == "" && lines.Scan() {
		address, _ = strings.CutPrefix(lines.Text(), "Listening on ")
		if address == lines.Text() {
			address = ""
		}
	}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		for lines.Scan() { // a full pipe would stop it
		}
	}()
	tb.Cleanup(func() {
		_ = child.Process.Kill()
		<-drained
		_ = child.Wait() // it was killed, and says so
	})
	if address == "" {
		_ = child.Wait()
		require.Fail(tb, "anvil did not start", complaints.String())
	}
	return address
}
