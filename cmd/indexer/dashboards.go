package main

import (
	"fmt"

	"diemhouse/dashboards"
	"diemhouse/internal/app"
)

type dashboardsCommand struct {
	Out      string `required:"" placeholder:"DIR" help:"Where to write provisioning/ and json/."`
	Host     string `default:"127.0.0.1" help:"ClickHouse as Grafana's machine sees it." group:"Data source:"`
	Port     int    `default:"0" help:"Its port; 0 is the protocol's own: 9000 native, 8123 http." group:"Data source:"`
	Protocol string `default:"native" enum:"native,http" help:"native or http." group:"Data source:"`
	Secure   bool   `help:"Speak TLS." group:"Data source:"`
	Database string `default:"diemhouse" help:"Database of the warehouse." group:"Data source:"`
	User     string `default:"grafana" help:"User that can only read. Grafana takes the password from DIEMHOUSE_GRAFANA_PASSWORD of its own environment." group:"Data source:"`
	Runbooks string `placeholder:"URL" help:"Where alerts find docs/OPERATIONS.md."`
}

// Run writes the files and says what to do with them.
func (c *dashboardsCommand) Run(env *app.Env) error {
	err := dashboards.Write(c.Out, dashboards.Source{
		Host: c.Host, Port: c.Port, Protocol: c.Protocol, Secure: c.Secure,
		Database: c.Database, User: c.User, Runbooks: c.Runbooks,
	})
	if err != nil {
		return err
	}

	_, err = fmt.Fprintf(env.Out, "wrote %[1]s/provisioning and %[1]s/json; start Grafana with GF_PATHS_PROVISIONING=%[1]s/provisioning\n", c.Out)

	return err
}
