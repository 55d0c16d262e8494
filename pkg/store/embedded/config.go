package embedded

import (
	"bytes"
	_ "embed"
	"fmt"
	"path/filepath"
	"strings"
	"text/template"
)

const (
	configName = "config.xml"
	usersName  = "users.xml"
	logFile    = "clickhouse.log"
	// instanceMacro is how a server tells which one it is.
	instanceMacro = "diemhouse_instance"
)

//go:embed config.xml.tmpl
var configText string

//go:embed users.xml.tmpl
var usersText string

var templates = template.Must(template.Must(template.New(configName).Funcs(template.FuncMap{"xml": escape}).
	Parse(configText)).New(usersName).Parse(usersText))

// serveQuery makes the server listen, and blocks until standard input closes.
func serveQuery(database string) string {
	return fmt.Sprintf("CREATE DATABASE IF NOT EXISTS `%s` ENGINE = Atomic; SYSTEM START LISTEN TCP; SYSTEM START LISTEN HTTP; "+
		"SELECT count() FROM file(stdin, LineAsString) FORMAT Null", strings.ReplaceAll(database, "`", ""))
}

// writeConfig writes the server's configuration into the data directory and gives
// the path of its main file.
func writeConfig(cfg Config, ep endpoint) (string, error) {
	values := map[string]any{
		"Path":     filepath.Join(cfg.DataDir, "clickhouse"),
		"Users":    filepath.Join(cfg.DataDir, usersName),
		"Log":      filepath.Join(cfg.DataDir, logFile),
		"HTTPPort": ep.HTTPPort,
		"TCPPort":  ep.TCPPort,
		"Host":     loopback,
		"Macro":    instanceMacro,
		"Instance": ep.Instance,
		"Database": cfg.Database,
		"Grafana":  GrafanaUser,
	}

	for _, name := range []string{usersName, configName} {
		var b bytes.Buffer
		if err := templates.ExecuteTemplate(&b, name, values); err != nil {
			return "", fmt.Errorf("write %s: %w", name, err)
		}

		if err := replaceFile(filepath.Join(cfg.DataDir, name), b.Bytes()); err != nil {
			return "", err
		}
	}

	return filepath.Join(cfg.DataDir, configName), nil
}

func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}
