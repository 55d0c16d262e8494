// Command indexer keeps the warehouse: run is the daemon that fills history and
// follows the head; the other commands migrate it, ask it and describe it.
package main

import (
	"os"

	"diemhouse/internal/app"
	"diemhouse/internal/config"
	"diemhouse/pkg/store/embedded"
)

type cli struct {
	config.Globals

	Run         runCommand        `cmd:"" help:"Fill history, follow the head: the daemon."`
	Status      statusCommand     `cmd:"" help:"Where the warehouse stands: head, coverage, gaps, figures."`
	SQL         sqlCommand        `cmd:"" name:"sql" help:"Run a query in the warehouse."`
	Audit       auditCommand      `cmd:"" help:"Hold the warehouse against the contracts, to the wei; --repair mends it."`
	Migrate     migrateCommand    `cmd:"" help:"Bring the warehouse's schema up to this program's version."`
	Redecode    redecodeCommand   `cmd:"" help:"Decode stored unknown logs again, with this version's events and --abi files."`
	Dashboards  dashboardsCommand `cmd:"" help:"Write dashboards and provisioning files for a Grafana of your own."`
	ShowVersion versionCommand    `cmd:"" name:"version" help:"Print the version."`
}

func main() {
	embedded.Main()

	var c cli

	os.Exit(app.Program{
		Name: "indexer",
		Description: "Every Venice event on Base (VVV, sVVV, DIEM), once, exact to the wei, in ClickHouse. " +
			"Each flag can be set as DIEMHOUSE_FLAG_NAME in the environment, or in the YAML file of --config.",
		CLI: &c, Globals: &c.Globals,
	}.Main(os.Args[1:]))
}
