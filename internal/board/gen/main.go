// Command gen copies the chart library that npm installed (and checked against the
// lock file's integrity) to where it is embedded from, so that building needs no npm.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// From and to, relative to internal/board.
const (
	from = "../../deps/uplot/node_modules/uplot"
	to   = "assets/vendor"
)

// files are those that the page loads, and their licence.
var files = map[string]string{
	"dist/uPlot.iife.min.js": "uPlot.iife.min.js",
	"dist/uPlot.min.css":     "uPlot.min.css",
	"LICENSE":                "uPlot.LICENSE",
}

func main() {
	for source, target := range files {
		if err := replace(filepath.Join(from, source), filepath.Join(to, target)); err != nil {
			fmt.Fprintln(os.Stderr, "gen:", err, "(npm ci --prefix deps/uplot --ignore-scripts installs it)")
			os.Exit(1)
		}
	}
}

func replace(source, target string) error {
	content, err := os.ReadFile(source) //nolint:gosec // a fixed path
	if err != nil {
		return fmt.Errorf("copy the chart library: %w", err)
	}

	if err := os.WriteFile(target, content, 0o644); err != nil { //nolint:gosec // a file of the repository
		return fmt.Errorf("copy the chart library: %w", err)
	}

	return nil
}
