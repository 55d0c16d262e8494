package config_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/config"
)

// documented is a flag as README's table has it.
type documented struct{ placeholder, standard, what string }

// inCode finds what stands between backticks.
var inCode = regexp.MustCompile("`([^`]*)`")

// readme is the table of flags in README, by name. A row may hold several flags, and
// then as many defaults, in the same order.
func readme(t *testing.T) map[string]documented {
	t.Helper()

	text, err := os.ReadFile("../../README.md")
	require.NoError(t, err)

	flags := map[string]documented{}

	for line := range strings.SplitSeq(string(text), "\n") {
		cells := strings.Split(line, "|")
		if len(cells) != 5 || !strings.HasPrefix(cells[1], " `--") {
			continue
		}

		standards := inCode.FindAllStringSubmatch(cells[2], -1)

		for i, flag := range inCode.FindAllStringSubmatch(cells[1], -1) {
			name, placeholder, _ := strings.Cut(strings.TrimPrefix(flag[1], "--"), " ")
			require.NotContains(t, flags, name, "README has it twice")

			d := documented{placeholder: placeholder, what: cells[3]}
			if i < len(standards) {
				d.standard = standards[i][1]
			}

			flags[name] = d
		}
	}

	return flags
}

func TestReadmeTellsEveryFlagAsItIs(t *testing.T) {
	t.Parallel()

	parser, err := kong.New(&program{}, kong.DefaultEnvars(config.EnvPrefix), kong.Vars{"version": ""})
	require.NoError(t, err)

	flags := readme(t)

	for _, flag := range parser.Model.Flags {
		if flag.Name == "help" || flag.Name == "config" || flag.Name == "version" {
			continue
		}

		require.Contains(t, flags, flag.Name, "README lacks it")
		d := flags[flag.Name]
		delete(flags, flag.Name)

		require.Equal(t, flag.Default, d.standard, "the default of --%s", flag.Name)
		require.Equal(t, []string{"DIEMHOUSE_" + strings.ToUpper(strings.ReplaceAll(flag.Name, "-", "_"))}, flag.Envs)

		if d.placeholder != "" {
			require.Equal(t, flag.PlaceHolder, d.placeholder, "what --%s takes", flag.Name)
		}

		for _, m := range inCode.FindAllStringSubmatch(d.what, -1) {
			if flag.Enum != "" {
				require.Contains(t, flag.EnumSlice(), m[1], "a value of --%s", flag.Name)
			}
		}
	}

	require.Empty(t, flags, "README tells of flags that are none")
}

// A name of the environment that a page mentions is one that something reads.
func TestPagesNameRealVariables(t *testing.T) {
	t.Parallel()

	known := map[string]bool{"DIEMHOUSE_CONFIG": true}
	for name := range settings {
		known["DIEMHOUSE_"+strings.ToUpper(strings.ReplaceAll(name, "-", "_"))] = true
	}

	example, err := os.ReadFile("../../.env.example")
	require.NoError(t, err)

	variable := regexp.MustCompile(`DIEMHOUSE_[A-Z][A-Z_]*`)

	for _, name := range variable.FindAllString(string(example), -1) {
		known[name] = true
	}

	for _, page := range []string{"README.md", "docs/ARCHITECTURE.md", "docs/OPERATIONS.md", "docs/SQL.md", "docs/API.md"} {
		text, err := os.ReadFile("../../" + page)
		require.NoError(t, err)

		for _, name := range variable.FindAllString(string(text), -1) {
			require.True(t, known[name], "%s names %s", page, name)
		}
	}
}
