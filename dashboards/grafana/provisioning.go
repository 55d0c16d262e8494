package grafana

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"

	"diemhouse/dashboards/panel"
)

// The folders that dashboards and alert rules appear in. Two names, because Grafana
// makes the second by itself and would not find the first by its name.
const (
	Folder      = "Venice"
	AlertFolder = "Venice alerts"
)

// PasswordVariable is the environment variable of Grafana that holds the password
// of the read-only ClickHouse user. No file holds the password itself.
const PasswordVariable = "DIEMHOUSE_GRAFANA_PASSWORD" //nolint:gosec // the name, not the password

// Source says where Grafana finds ClickHouse, and where its own files are.
type Source struct {
	// UID of the data source; what dashboards refer to.
	UID string
	// Host is a bare name or address, as Grafana's machine sees it.
	Host string
	// Port of the protocol.
	Port int
	// Protocol is native or http.
	Protocol string
	// Secure speaks TLS.
	Secure bool
	// Database holds the warehouse.
	Database string
	// User should be able to read only.
	User string
	// Dashboards is the folder of the JSON files, as Grafana's machine sees it.
	Dashboards string
	// Runbooks is the address of docs/OPERATIONS.md, which alerts link to.
	Runbooks string
}

// Tree is what provisions a Grafana, by file name below one folder.
type Tree map[string][]byte

// Build makes the tree: json/UID.json and provisioning/….
func Build(dashboards []panel.Dashboard, alerts []panel.Alert, c Config, s Source) (Tree, error) {
	tree := Tree{}

	for _, d := range dashboards {
		rendered, err := Render(d, c)
		if err != nil {
			return nil, err
		}

		if tree["json/"+d.UID+".json"], err = indented(rendered); err != nil {
			return nil, fmt.Errorf("dashboard %s: %w", d.UID, err)
		}
	}

	ruleFile, err := rules(alerts, s.UID, AlertFolder, s.Runbooks)
	if err != nil {
		return nil, err
	}

	for name, content := range map[string]any{
		"datasources/diemhouse.yaml": datasourceFile(s),
		"dashboards/diemhouse.yaml":  providerFile(s),
		"alerting/diemhouse.yaml":    ruleFile,
	} {
		if tree["provisioning/"+name], err = asYAML(content); err != nil {
			return nil, fmt.Errorf("provisioning/%s: %w", name, err)
		}
	}

	if bytes.Contains(tree["provisioning/alerting/diemhouse.yaml"], []byte("$")) {
		return nil, errDollar
	}

	return tree, nil
}

var errDollar = errors.New("alert rules hold a dollar, which Grafana would take for an environment variable")

// Write puts the tree below dir, making folders as needed.
func (t Tree) Write(dir string) error {
	for name, content := range t {
		path := filepath.Join(dir, filepath.FromSlash(name))

		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // Grafana runs as another user
			return fmt.Errorf("write %s: %w", name, err)
		}

		if err := os.WriteFile(path, content, 0o644); err != nil { //nolint:gosec // as above
			return fmt.Errorf("write %s: %w", name, err)
		}
	}

	return nil
}

func indented(v any) ([]byte, error) {
	var out bytes.Buffer

	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")

	if err := encoder.Encode(v); err != nil {
		return nil, fmt.Errorf("write JSON: %w", err)
	}

	// The SDK's own marshallers escape again what the encoder would have left.
	text := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(out.String())

	return []byte(text), nil
}

const generated = "# Written by Diemhouse from dashboards/*.go; change it there.\n"

func asYAML(v any) ([]byte, error) {
	var out bytes.Buffer

	out.WriteString(generated)

	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)

	if err := encoder.Encode(v); err != nil {
		return nil, fmt.Errorf("write YAML: %w", err)
	}

	return out.Bytes(), nil
}

func datasourceFile(s Source) any {
	return map[string]any{
		"apiVersion": 1,
		"datasources": []any{map[string]any{
			"name": "Diemhouse", "uid": s.UID, "type": PluginID, "access": "proxy", "orgId": 1,
			"isDefault": true, "editable": false,
			"jsonData": map[string]any{
				"host": s.Host, "port": s.Port, "protocol": s.Protocol, "secure": s.Secure,
				"username": s.User, "defaultDatabase": s.Database,
			},
			"secureJsonData": map[string]any{"password": "${" + PasswordVariable + "}"},
		}},
	}
}

func providerFile(s Source) any {
	return map[string]any{
		"apiVersion": 1,
		"providers": []any{map[string]any{
			"name": Tag, "orgId": 1, "folder": Folder, "type": "file",
			"disableDeletion": false, "allowUiUpdates": false, "updateIntervalSeconds": 30,
			"options": map[string]any{"path": s.Dashboards, "foldersFromFilesStructure": false},
		}},
	}
}
