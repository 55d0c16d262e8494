// Package dashboards is what people look at: the panels with their queries, the
// alerts, and the files that bring both to a Grafana. A panel is defined once, in
// the neutral form of package panel; package grafana draws it.
package dashboards

import (
	"fmt"
	"path/filepath"

	"diemhouse/dashboards/grafana"
	"diemhouse/dashboards/panel"
)

//go:generate go run ./gen

// DatasourceUID is the provisioned data source that all queries go to.
const DatasourceUID = "diemhouse-clickhouse"

// The uids of the dashboards. Links hold them: they never change.
const (
	SupplyUID   = "diemhouse-supply"
	DiemUID     = "diemhouse-diem"
	StakingUID  = "diemhouse-staking"
	WalletUID   = "diemhouse-wallet"
	EventsUID   = "diemhouse-events"
	PipelineUID = "diemhouse-pipeline"
)

// liveRefresh is the pace of pages with live figures. Base makes a block every two
// seconds.
const liveRefresh = "5s"

// All are the dashboards, the home of them first.
func All() []panel.Dashboard {
	return []panel.Dashboard{supply(), diem(), staking(), wallet(), events(), pipeline()}
}

// Runbooks is where alerts link to when nobody says otherwise: the file in this
// project that says what each means and what to do.
const Runbooks = "docs/OPERATIONS.md"

// Config of drawing as Grafana's.
func Config() grafana.Config {
	return grafana.Config{Datasource: DatasourceUID, Wallet: WalletUID, Annotations: Annotations()}
}

// ComposeSource is the data source of docker-compose.yml.
func ComposeSource() grafana.Source {
	return grafana.Source{
		UID: DatasourceUID, Host: "clickhouse", Port: 9000, Protocol: "native",
		Database: "${DIEMHOUSE_DATABASE}", User: "grafana",
		Dashboards: "/etc/grafana/dashboards", Runbooks: Runbooks,
	}
}

// Source says how a Grafana of the user's own reaches ClickHouse. The zero value
// is the embedded ClickHouse on this machine.
type Source struct {
	// Host is a bare name or address. Empty means 127.0.0.1.
	Host string
	// Port of the protocol. 0 means the protocol's own: 9000 native, 8123 http.
	Port int
	// Protocol is native or http. Empty means native.
	Protocol string
	// Secure speaks TLS.
	Secure bool
	// Database holds the warehouse. Empty means diemhouse.
	Database string
	// User is the read-only user. Empty means grafana.
	User string
	// Runbooks is the address of docs/OPERATIONS.md. Empty means the file's name.
	Runbooks string
}

// Write puts what a Grafana needs below dir: provisioning/ (data source, folder of
// dashboards, alert rules) and json/ (the dashboards). Grafana takes the password of
// the user from its own environment variable DIEMHOUSE_GRAFANA_PASSWORD.
func Write(dir string, s Source) error {
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("write dashboards to %s: %w", dir, err)
	}

	source := grafana.Source{
		UID: DatasourceUID, Host: or(s.Host, "127.0.0.1"), Port: s.Port, Protocol: or(s.Protocol, "native"),
		Secure: s.Secure, Database: or(s.Database, "diemhouse"), User: or(s.User, "grafana"),
		Dashboards: filepath.Join(absolute, "json"), Runbooks: or(s.Runbooks, Runbooks),
	}

	if source.Protocol != "native" && source.Protocol != "http" {
		return fmt.Errorf("write dashboards: no such protocol: %q, want native or http", s.Protocol)
	}

	if source.Port == 0 {
		source.Port = map[string]int{"native": 9000, "http": 8123}[source.Protocol]
	}

	tree, err := Files(source)
	if err != nil {
		return fmt.Errorf("write dashboards: %w", err)
	}

	return tree.Write(absolute)
}

// Files are the dashboards, alerts and provisioning for one data source.
func Files(s grafana.Source) (grafana.Tree, error) {
	return grafana.Build(All(), Alerts(), Config(), s)
}

func or(value, fallback string) string {
	if value == "" {
		return fallback
	}

	return value
}
