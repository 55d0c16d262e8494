// Package rooms holds the test that keeps data flowing one way: which room may
// import which is a table, and the compiler's own import graph is held against it.
package rooms

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// allowed lists, for every room of ours, the rooms it may import. A room that is
// missing here fails the test, so that a new one is placed on purpose.
var allowed = map[string][]string{
	"pkg/venice":         {},
	"pkg/decode":         {"pkg/venice"},
	"pkg/chain":          {"pkg/venice"},
	"pkg/contract":       {"pkg/venice", "pkg/chain"},
	"schema":             {},
	"pkg/store/embedded": {},
	"pkg/store":          {"pkg/venice", "pkg/decode", "schema"},
	"pkg/follow":         {"pkg/venice", "pkg/decode", "pkg/chain", "pkg/contract", "pkg/store"},
	"internal/config":    {"pkg/venice", "pkg/decode"},
	"internal/rooms":     {},
}

// nodePackages are go-ethereum's node: 60 MB that no product binary carries.
var nodePackages = []string{"go-ethereum/node", "go-ethereum/eth/ethconfig", "go-ethereum/core/vm"}

type listed struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

func TestRoomsImportOneWay(t *testing.T) {
	t.Parallel()

	for _, p := range list(t) {
		room := strings.TrimPrefix(p.ImportPath, "diemhouse/")
		if strings.HasPrefix(room, "cmd/") || strings.HasPrefix(room, "internal/") {
			continue // the programs and the harness put rooms together
		}

		may, known := allowed[room]
		require.True(t, known, "%s has no place in the table of rooms", room)

		for _, imported := range p.Imports {
			if other, ours := strings.CutPrefix(imported, "diemhouse/"); ours {
				require.Contains(t, may, other, "%s must not import %s", room, other)
			}
		}
	}
}

func TestProductCarriesNoNode(t *testing.T) {
	t.Parallel()

	for _, p := range list(t) {
		if p.ImportPath != "diemhouse/cmd/indexer" && p.ImportPath != "diemhouse/cmd/backfill" {
			continue
		}

		for _, dep := range p.Deps {
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
