package config_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/config"
)

// program is a command line with all shared flags.
type program struct {
	config.Globals
	config.Chain
	config.Warehouse
	config.Daemon
}

// parse reads a command line as the programs do.
func parse(t *testing.T, args ...string) (*program, error) {
	t.Helper()

	var p program

	options, err := config.Options("test", "a test", "v1")
	if err != nil {
		return nil, err
	}

	parser, err := kong.New(&p, options...)
	require.NoError(t, err)

	_, err = parser.Parse(args)

	return &p, err
}

func write(t *testing.T, name, text string) string {
	t.Helper()

	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))

	return path
}

// settings are a value of every flag that a config file may set, other than the
// default, as it is written on the command line and in the environment, and in YAML.
var settings = map[string]struct{ text, yaml string }{
	"clickhouse":    {"clickhouse://u:p@host:9000/db", ""},
	"data-dir":      {"elsewhere", ""},
	"http-port":     {"1234", ""},
	"tcp-port":      {"2345", ""},
	"deployment":    {"file.json", ""},
	"abi":           {"staking=a.json", "{staking: a.json}"},
	"rpc":           {"https://one.example", "[https://one.example]"},
	"rpc-timeout":   {"7s", ""},
	"rpc-rate":      {"2.5", ""},
	"workers":       {"9", ""},
	"all-transfers": {"true", ""},
	"from":          {"77", ""},
	"no-backfill":   {"true", ""},
	"listen":        {"127.0.0.1:1", ""},
	"sample-every":  {"3m", ""},
	"audit-every":   {"4m", ""},
	"verify":        {"bloom", ""},
	"verifier":      {"receipts", ""},
	"board-addr":    {"127.0.0.1:2", ""},
	"log-level":     {"debug", ""},
	"log-format":    {"json", ""},
}

func TestEveryFlagHasAnEnvironmentTwinAndAPlaceInTheFile(t *testing.T) {
	byDefault := asJSON(t, nil, nil)

	parser, err := kong.New(&program{}, kong.DefaultEnvars(config.EnvPrefix), kong.Vars{"version": ""})
	require.NoError(t, err)

	seen := 0

	for _, flag := range parser.Model.Flags {
		if flag.Name == "help" || flag.Name == "config" || flag.Name == "version" {
			continue
		}

		seen++
		setting, known := settings[flag.Name]
		require.True(t, known, "the table above lacks --%s", flag.Name)

		if setting.yaml == "" {
			setting.yaml = setting.text
		}

		byFlag := asJSON(t, []string{"--" + flag.Name + "=" + setting.text}, nil)
		byEnv := asJSON(t, nil, map[string]string{"DIEMHOUSE_" + strings.ToUpper(strings.ReplaceAll(flag.Name, "-", "_")): setting.text})
		byFile := asJSON(t, []string{"--config=" + write(t, "c.yaml", flag.Name+": "+setting.yaml)}, nil)

		require.NotEqual(t, byDefault, byFlag, flag.Name)
		require.Equal(t, byFlag, byEnv, "environment twin of --%s", flag.Name)
		require.Equal(t, byFlag, byFile, "key %s of the config file", flag.Name)
	}

	require.Equal(t, len(settings), seen)
}

// asJSON parses with an environment of its own and gives the result to compare.
func asJSON(t *testing.T, args []string, env map[string]string) string {
	t.Helper()

	var text []byte

	t.Run("parse", func(t *testing.T) {
		for name, value := range env {
			t.Setenv(name, value)
		}

		p, err := parse(t, args...)
		require.NoError(t, err)

		p.Config = ""
		text, err = json.Marshal(p) //nolint:musttag // to compare, not to keep
		require.NoError(t, err)
	})

	return string(text)
}

func TestFlagBeatsEnvironmentBeatsFileBeatsDefault(t *testing.T) {
	file := write(t, "c.yaml", "rpc-timeout: 1s\nworkers: 1\ndata-dir: file\n")

	t.Setenv("DIEMHOUSE_CONFIG", file)
	t.Setenv("DIEMHOUSE_RPC_TIMEOUT", "2s")
	t.Setenv("DIEMHOUSE_WORKERS", "2")

	p, err := parse(t, "--rpc-timeout=3s")
	require.NoError(t, err)
	require.Equal(t, 3*time.Second, p.RPCTimeout)
	require.Equal(t, 2, p.Workers)
	require.Equal(t, "file", p.DataDir)
	require.Equal(t, "embedded", p.ClickHouse)
}

func TestBadConfigFiles(t *testing.T) {
	t.Parallel()

	for text, want := range map[string]string{
		"data_dir: x":     `unknown key "data_dir"`,
		"rcp: [http://x]": `unknown key "rcp"`,
		"- a list":        "want a YAML map of flag names",
		"workers: many":   "--workers",
		"log-level: loud": "must be one of",
		"rpc-timeout: {}": "--rpc-timeout",
	} {
		_, err := parse(t, "--config="+write(t, "c.yaml", text))
		require.ErrorContains(t, err, want, text)
	}

	_, err := parse(t, "--config="+filepath.Join(t.TempDir(), "none.yaml"))
	require.ErrorContains(t, err, "no such file")

	// An empty file, and one of comments, set nothing.
	for _, text := range []string{"", "# nothing\n"} {
		_, err := parse(t, "--config="+write(t, "c.yaml", text))
		require.NoError(t, err)
	}
}

func TestMissingFileOfTheEnvironment(t *testing.T) {
	t.Setenv("DIEMHOUSE_CONFIG", filepath.Join(t.TempDir(), "none.yaml"))

	_, err := parse(t)
	require.ErrorContains(t, err, "DIEMHOUSE_CONFIG")
}

func TestEndpoints(t *testing.T) {
	p, err := parse(t)
	require.NoError(t, err)

	_, err = p.Endpoints()
	require.ErrorContains(t, err, "--rpc URL")

	p, err = parse(t, "--rpc=https://a.example/?x=1,2", "--rpc", "wss://b.example")
	require.NoError(t, err)
	urls, err := p.Endpoints()
	require.NoError(t, err)
	require.Equal(t, []string{"https://a.example/?x=1,2", "wss://b.example"}, urls)

	t.Setenv("DIEMHOUSE_RPC", "https://a.example  wss://b.example")

	p, err = parse(t)
	require.NoError(t, err)
	urls, err = p.Endpoints()
	require.NoError(t, err)
	require.Equal(t, []string{"https://a.example", "wss://b.example"}, urls)
}

func TestDeploymentAndABIFiles(t *testing.T) {
	t.Parallel()

	good := write(t, "good.json", `{"chain_id": 1}`)
	abi := write(t, "abi.json", `[{"type":"event","name":"Paused","inputs":[{"name":"account","type":"address"}]}]`)

	p, err := parse(t, "--deployment="+good, "--abi", "staking="+abi, "--abi", "diem="+abi+","+abi)
	require.NoError(t, err)

	d, err := p.Addresses()
	require.NoError(t, err)
	require.Equal(t, uint64(1), d.ChainID)

	_, err = p.Decoder(d)
	require.NoError(t, err)

	for args, want := range map[string]string{
		"--deployment=" + write(t, "bad.json", `{"chain": 1}`): "--deployment",
		"--deployment=none.json":                               "no such file",
		"--abi=staking=none.json":                              "no such file",
		"--abi=staking=" + write(t, "bad2.json", "{}"):         "--abi staking=",
		"--abi=weth=" + abi:                                    "no such contract; one of vvv, staking, diem, airdrop",
	} {
		p, err := parse(t, args)
		require.NoError(t, err)

		d, err := p.Addresses()
		if err == nil {
			_, err = p.Decoder(d)
		}

		require.ErrorContains(t, err, want, args)
	}
}
