// Package deploy holds what docker-compose.yml mounts. Its tests hold the compose
// file, the Dockerfile, ClickHouse's users and Grafana's provisioning together: a
// port, user, path or variable that only one of them knows is an error.
package deploy_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"diemhouse/dashboards"
	"diemhouse/dashboards/grafana"
)

const root = ".."

var passwords = []string{
	"DIEMHOUSE_INDEXER_PASSWORD=writes", "DIEMHOUSE_GRAFANA_PASSWORD=reads", "GRAFANA_ADMIN_PASSWORD=rules",
}

// load reads the compose file as docker compose config does: schema, interpolation
// and consistency are checked.
func load(t *testing.T, env []string, files ...string) (*types.Project, error) {
	t.Helper()

	options, err := cli.NewProjectOptions([]string{filepath.Join(root, "docker-compose.yml")},
		cli.WithWorkingDirectory(root), cli.WithEnv(env), cli.WithEnvFiles(files...), cli.WithDotEnv,
		cli.WithDefaultProfiles())
	require.NoError(t, err)

	return options.LoadProject(t.Context())
}

func project(t *testing.T, files ...string) *types.Project {
	t.Helper()

	p, err := load(t, passwords, append([]string{filepath.Join(root, ".env.example")}, files...)...)
	require.NoError(t, err)

	return p
}

func TestComposeFileIsValid(t *testing.T) {
	t.Parallel()

	require.ElementsMatch(t, []string{"clickhouse", "grafana", "indexer"}, project(t).ServiceNames())

	demo := project(t, "demo.env")
	require.ElementsMatch(t, []string{"clickhouse", "devnet", "grafana", "indexer"}, demo.ServiceNames())
	require.Equal(t, "http://devnet:8545", *demo.Services["indexer"].Environment["DIEMHOUSE_RPC"])
	require.Contains(t, demo.Services["devnet"].Command, "--http-port=8545")
	require.NotEqual(t, *project(t).Services["grafana"].Environment["DIEMHOUSE_DATABASE"],
		*demo.Services["grafana"].Environment["DIEMHOUSE_DATABASE"], "the demo keeps off the real warehouse")
}

func TestNothingStartsWithoutPasswords(t *testing.T) {
	t.Parallel()

	for i := range passwords {
		some := slices.Delete(slices.Clone(passwords), i, i+1)
		_, err := load(t, some, filepath.Join(root, ".env.example"))
		require.ErrorContains(t, err, strings.SplitN(passwords[i], "=", 2)[0])
	}
}

func TestExampleNamesEveryVariable(t *testing.T) {
	t.Parallel()

	compose := read(t, "docker-compose.yml")
	example := read(t, ".env.example")

	for _, m := range regexp.MustCompile(`\$\{(\w+)`).FindAllStringSubmatch(compose, -1) {
		require.Regexp(t, `(?m)^`+m[1]+`=`, example)
	}

	for _, m := range regexp.MustCompile(`(?m)^(\w+)=`).FindAllStringSubmatch(example, -1) {
		require.Contains(t, compose, "${"+m[1], "an unused variable")
	}
}

func TestServicesAreSafeByDefault(t *testing.T) {
	t.Parallel()

	for name, service := range project(t, "demo.env").Services {
		require.NotNil(t, service.HealthCheck, name)
		require.Equal(t, "unless-stopped", service.Restart, name)

		for _, port := range service.Ports {
			require.Equal(t, "127.0.0.1", port.HostIP, "%s publishes %s to the world", name, port.Published)
		}

		if service.Build == nil {
			require.Regexp(t, `:\d+(\.\d+){2,3}$`, service.Image, "%s is not pinned", name)
		}
	}

	require.Equal(t, "false", *project(t).Services["grafana"].Environment["GF_AUTH_ANONYMOUS_ENABLED"])
}

func TestMountsExist(t *testing.T) {
	t.Parallel()

	p := project(t, "demo.env")
	for name, service := range p.Services {
		for _, volume := range service.Volumes {
			if volume.Type == types.VolumeTypeBind {
				require.FileExists(t, existing(t, volume.Source), name)
				require.True(t, volume.ReadOnly, "%s could write %s", name, volume.Source)
			} else {
				require.Contains(t, p.Volumes, volume.Source)
			}
		}
	}
}

// existing gives a file: the path itself, or any in the folder.
func existing(t *testing.T, path string) string {
	t.Helper()

	info, err := os.Stat(path)
	require.NoError(t, err)

	if !info.IsDir() {
		return path
	}

	var found string

	require.NoError(t, filepath.WalkDir(path, func(p string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			found = p
		}

		return err
	}))

	return found
}

func TestIndexerAndGrafanaReachTheSameDatabase(t *testing.T) {
	t.Parallel()

	p := project(t)
	users := readUsers(t)

	dsn, err := clickhouse.ParseDSN(*p.Services["indexer"].Environment["DIEMHOUSE_CLICKHOUSE"])
	require.NoError(t, err)
	require.Equal(t, []string{"clickhouse:9000"}, dsn.Addr)
	require.Contains(t, targets(p.Services["clickhouse"]), uint32(9000))
	require.Contains(t, users, dsn.Auth.Username)
	require.Equal(t, *p.Services["clickhouse"].Environment[users[dsn.Auth.Username].Password.Env], dsn.Auth.Password)
	require.Empty(t, users[dsn.Auth.Username].readonly(t))

	source := dashboards.ComposeSource()
	require.Contains(t, p.Services, source.Host)
	require.Equal(t, "native", source.Protocol)
	require.Contains(t, targets(p.Services[source.Host]), uint32(source.Port))
	require.Equal(t, "2", users[source.User].readonly(t), "grafana reads only")

	env := p.Services["grafana"].Environment
	require.Equal(t, "${DIEMHOUSE_DATABASE}", source.Database)
	require.Equal(t, dsn.Auth.Database, *env["DIEMHOUSE_DATABASE"])
	require.Equal(t, *p.Services[source.Host].Environment[users[source.User].Password.Env], *env[grafana.PasswordVariable])
}

func targets(service types.ServiceConfig) []uint32 {
	out := make([]uint32, 0, len(service.Ports))
	for _, port := range service.Ports {
		out = append(out, port.Target)
	}

	return out
}

func TestGrafanaFindsItsFiles(t *testing.T) {
	t.Parallel()

	service := project(t).Services["grafana"]
	mounts := map[string]string{}

	for _, volume := range service.Volumes {
		mounts[volume.Target] = volume.Source
	}

	require.Contains(t, mounts, "/etc/grafana/provisioning")
	require.Contains(t, mounts, dashboards.ComposeSource().Dashboards)

	home := *service.Environment["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
	require.FileExists(t, filepath.Join(mounts[filepath.Dir(home)], filepath.Base(home)))

	plugin := *service.Environment["GF_PLUGINS_PREINSTALL_SYNC"]
	require.Equal(t, grafana.PluginID+"@"+grafana.PluginVersion, plugin, "the queries are written for another version")

	var provider struct {
		Providers []struct {
			Options struct {
				Path string `yaml:"path"`
			} `yaml:"options"`
		} `yaml:"providers"`
	}

	require.NoError(t, yaml.Unmarshal([]byte(read(t, "dashboards/provisioning/dashboards/diemhouse.yaml")), &provider))
	require.Contains(t, mounts, provider.Providers[0].Options.Path)
}

func TestDockerfileBuildsWhatComposeRuns(t *testing.T) {
	t.Parallel()

	dockerfile := read(t, "Dockerfile")

	for name, service := range project(t, "demo.env").Services {
		if service.Build == nil {
			continue
		}

		require.Regexp(t, `(?m)^FROM base AS `+service.Build.Target+`$`, dockerfile, name)

		for _, port := range service.Ports {
			require.Regexp(t, `(?m)^EXPOSE.*\b`+port.Published+`\b`, dockerfile, name)
		}
	}

	require.Regexp(t, `(?m)^USER [1-9]`, dockerfile, "runs as root")

	toolchain := regexp.MustCompile(`(?m)^toolchain go(\S+)$`).FindStringSubmatch(read(t, "go.mod"))
	require.NotEmpty(t, toolchain, "go.mod names no toolchain")
	require.Contains(t, dockerfile, "FROM golang:"+toolchain[1]+"-")

	for _, m := range regexp.MustCompile(`\./cmd/(\w+)`).FindAllStringSubmatch(dockerfile, -1) {
		require.FileExists(t, filepath.Join(root, "cmd", m[1], "main.go"))
	}
}

func read(t *testing.T, name string) string {
	t.Helper()

	content, err := os.ReadFile(filepath.Join(root, name))
	require.NoError(t, err)

	return string(content)
}

func TestProvisionedPasswordIsNoSecretInAFile(t *testing.T) {
	t.Parallel()

	require.Contains(t, read(t, "dashboards/provisioning/datasources/diemhouse.yaml"),
		"password: ${"+grafana.PasswordVariable+"}")
}
