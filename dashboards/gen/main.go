// Command gen writes the files that docker-compose.yml mounts into Grafana. It runs
// in the folder of package dashboards, by go generate.
package main

import (
	"fmt"
	"os"

	"diemhouse/dashboards"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run() error {
	tree, err := dashboards.Files(dashboards.ComposeSource())
	if err != nil {
		return err
	}

	// A dashboard that is no more must not stay behind.
	for _, folder := range []string{"json", "provisioning"} {
		if err := os.RemoveAll(folder); err != nil {
			return fmt.Errorf("empty %s: %w", folder, err)
		}
	}

	return tree.Write(".")
}
