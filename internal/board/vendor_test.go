package board_test

import (
	"crypto/sha256"
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestChartLibraryIsThePinnedPackage compares what is embedded with what npm
// installed, whose integrity npm has checked against the lock file.
func TestChartLibraryIsThePinnedPackage(t *testing.T) {
	t.Parallel()

	const installed = "../../deps/uplot/node_modules/uplot/"

	for source, copied := range map[string]string{
		"dist/uPlot.iife.min.js": "uPlot.iife.min.js", "dist/uPlot.min.css": "uPlot.min.css", "LICENSE": "uPlot.LICENSE",
	} {
		want, err := os.ReadFile(installed + source)
		require.NoError(t, err, "run: make uplot")

		have, err := os.ReadFile("assets/vendor/" + copied)
		require.NoError(t, err)
		require.Equal(t, sha256.Sum256(want), sha256.Sum256(have), "%s is not the package's; run: go generate ./internal/board", copied)
	}

	var lock struct {
		Packages map[string]struct{ Version, Integrity string }
	}

	var manifest struct{ Dependencies map[string]string }

	for path, into := range map[string]any{"package-lock.json": &lock, "package.json": &manifest} {
		content, err := os.ReadFile("../../deps/uplot/" + path)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(content, into))
	}

	require.Regexp(t, `^\d+\.\d+\.\d+$`, manifest.Dependencies["uplot"], "one version, no range")
	require.Equal(t, manifest.Dependencies["uplot"], lock.Packages["node_modules/uplot"].Version)
	require.Contains(t, lock.Packages["node_modules/uplot"].Integrity, "sha512-")
}
