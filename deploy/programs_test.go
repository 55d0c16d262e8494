package deploy_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"diemhouse/dashboards"
	"diemhouse/internal/config"
)

// run builds a program of this project and gives what it says.
func run(t *testing.T, program string, arguments ...string) string {
	t.Helper()

	path := filepath.Join(t.TempDir(), program)

	build := exec.CommandContext(t.Context(), "go", "build", "-o", path, filepath.Join(root, "cmd", program))
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // As they are shipped.
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)

	out, err = exec.CommandContext(t.Context(), path, arguments...).CombinedOutput()
	require.NoError(t, err, "%s", out)

	return string(out)
}

func TestIndexerKnowsItsEnvironment(t *testing.T) {
	t.Parallel()

	service := project(t).Services["indexer"]
	flags := run(t, "indexer", "run", "--help")

	require.Regexp(t, `(?m)^CMD \["run"\]$`, read(t, "Dockerfile"), "the command whose flags these are")

	for name := range service.Environment {
		require.True(t, strings.HasPrefix(name, config.EnvPrefix+"_"), name)
		require.Contains(t, flags, "$"+name+")", "no flag has this twin")
	}

	published := map[string]bool{}
	for _, target := range targets(service) {
		published[strconv.Itoa(int(target))] = true
	}

	for _, name := range []string{"DIEMHOUSE_LISTEN", "DIEMHOUSE_BOARD_ADDR"} {
		host, port, err := net.SplitHostPort(*service.Environment[name])
		require.NoError(t, err)
		require.Equal(t, "0.0.0.0", host, "what is published is reached from outside the container")
		require.True(t, published[port], "nobody publishes %s", name)
		delete(published, port)
	}

	require.Empty(t, published, "nothing listens there")

	_, port, err := net.SplitHostPort(*service.Environment["DIEMHOUSE_LISTEN"])
	require.NoError(t, err)
	require.Contains(t, strings.Join(service.HealthCheck.Test, " "), "/127.0.0.1/"+port+" ")
}

func TestDevnetKnowsItsFlags(t *testing.T) {
	t.Parallel()

	command := project(t, "demo.env").Services["devnet"].Command
	require.NotEmpty(t, command)

	flags := run(t, "devnet", command[0], "--help")
	for _, argument := range command[1:] {
		name, _, _ := strings.Cut(argument, "=")
		require.Regexp(t, regexp.QuoteMeta(name)+`=`, flags)
	}
}

func TestDashboardsCommandWritesWhatGrafanaNeeds(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	out := run(t, "indexer", "dashboards", "--out", dir)
	require.Contains(t, out, "GF_PATHS_PROVISIONING="+dir)
	require.FileExists(t, filepath.Join(dir, "json", dashboards.SupplyUID+".json"))
	require.FileExists(t, filepath.Join(dir, "provisioning/alerting/diemhouse.yaml"))
	require.Contains(t, read(t, "docs/OPERATIONS.md"), "indexer dashboards --out ", "as the runbook says it")
}
