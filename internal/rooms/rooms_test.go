// Package rooms holds the test that keeps data flowing one way: which room may
// import which is a table, and the compiler's own import graph is held against it.
package rooms

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// allowed lists, for every room of ours, the rooms it may import. A room that is
// missing here fails the test, so that a new one is placed on purpose, and so does one
// that is gone.
var allowed = map[string][]string{
	// The pipeline: each knows only what is before it.
	"pkg/venice":         {},
	"pkg/decode":         {"pkg/venice"},
	"pkg/chain":          {"pkg/venice", "pkg/chain/rpcjson"},
	"pkg/chain/rpcjson":  {},
	"pkg/contract":       {"pkg/venice", "pkg/chain"},
	"schema":             {},
	"pkg/store/embedded": {},
	"pkg/store":          {"pkg/venice", "pkg/decode", "schema"},
	"pkg/follow":         {"pkg/venice", "pkg/decode", "pkg/chain", "pkg/contract", "pkg/store"},
	"pkg/audit":          {"pkg/venice", "pkg/decode", "pkg/chain", "pkg/contract", "pkg/store"},

	// What people look at: queries are text, so it needs nothing of the pipeline.
	"dashboards/panel":   {},
	"dashboards/grafana": {"dashboards/panel"},
	"dashboards":         {"dashboards/panel", "dashboards/grafana", "docs"},
	"dashboards/gen":     {"dashboards"},
	"internal/macros":    {},
	"docs":               {},
	"internal/board":     {"dashboards", "dashboards/panel", "internal/macros", "pkg/store"},
	"internal/board/gen": {},

	// What the programs share.
	"internal/config":    {"pkg/venice", "pkg/decode"},
	"internal/telemetry": {"pkg/chain", "pkg/follow", "pkg/audit", "pkg/store"},
	"internal/app": {
		"internal/config", "pkg/venice", "pkg/decode", "pkg/chain", "pkg/contract", "pkg/store", "pkg/store/embedded",
		"pkg/follow", "pkg/audit",
	},

	// Local chains and the tests' harness. No program but devnet may carry them.
	"contracts":              {},
	"internal/devnet":        {"contracts", "pkg/venice"},
	"internal/devnet/replay": {"pkg/venice"},
	"internal/anvil":         {"internal/devnet"},
	"internal/testenv":       {"pkg/store", "pkg/store/embedded"},
	"internal/canned":        {"pkg/venice"},

	// Tests alone.
	"deploy":                   {},
	"internal/board/boardtest": {"dashboards", "internal/board", "internal/testenv", "pkg/store", "pkg/store/embedded"},
	"internal/e2e":             {},
	"internal/rooms":           {},
	"internal/sim": {
		"internal/devnet", "internal/testenv", "pkg/venice", "pkg/decode", "pkg/chain", "pkg/contract", "pkg/store",
		"pkg/store/embedded", "pkg/follow", "pkg/audit",
	},
}

// nodePackages are go-ethereum's node: 60 MB that no product binary carries.
var nodePackages = []string{"go-ethereum/node", "go-ethereum/eth/ethconfig", "go-ethereum/core/vm"}

type listed struct {
	ImportPath string   `json:"ImportPath"` //nolint:tagliatelle // as the go command spells it
	Imports    []string `json:"Imports"`    //nolint:tagliatelle // as above
	Deps       []string `json:"Deps"`       //nolint:tagliatelle // as above
}

func TestRoomsImportOneWay(t *testing.T) {
	t.Parallel()

	gone := maps.Clone(allowed)

	for _, p := range list(t) {
		room := strings.TrimPrefix(p.ImportPath, "diemhouse/")
		if strings.HasPrefix(room, "cmd/") {
			continue // the programs put rooms together
		}

		may, known := allowed[room]
		require.True(t, known, "%s has no place in the table of rooms", room)
		delete(gone, room)

		for _, imported := range p.Imports {
			if other, ours := strings.CutPrefix(imported, "diemhouse/"); ours {
				require.Contains(t, may, other, "%s must not import %s", room, other)
			}
		}
	}

	require.Empty(t, gone, "the table names rooms that are gone")
}

func TestProductCarriesNoNode(t *testing.T) {
	t.Parallel()

	for _, p := range list(t) {
		program, isProgram := strings.CutPrefix(p.ImportPath, "diemhouse/cmd/")
		if !isProgram || program == "devnet" {
			continue
		}

		for _, dep := range p.Deps {
			require.NotContains(t, []string{"diemhouse/internal/devnet", "diemhouse/internal/anvil", "diemhouse/internal/testenv"}, dep)

			for _, node := range nodePackages {
				require.False(t, strings.HasSuffix(dep, node), "%s links %s", p.ImportPath, dep)
			}
		}
	}
}

func list(t *testing.T) []listed {
	t.Helper()

	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,Deps", "diemhouse/...").Output()
	require.NoError(t, err)

	var packages []listed

	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			require.NoError(t, err)
		}

		packages = append(packages, p)
	}
}
