// Command backfill fills a range of settled blocks into the warehouse, in parallel,
// and goes on where an earlier run stopped. It may run beside the indexer.
package main

import (
	"os"

	"diemhouse/internal/app"
	"diemhouse/internal/config"
	"diemhouse/pkg/store/embedded"
)

type cli struct {
	config.Globals

	Fill fillCommand `cmd:"" default:"withargs" help:"Fill a range (the default)."`
}

func main() {
	embedded.Main()

	var c cli

	os.Exit(app.Program{
		Name: "backfill",
		Description: "Fill a range of blocks into the warehouse. What an earlier run covered is not read again. " +
			"It ends with an error if anything was left uncovered, and says what and why.",
		CLI: &c, Globals: &c.Globals,
	}.Main(os.Args[1:]))
}
