package dashboards_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"diemhouse/dashboards"
	"diemhouse/dashboards/grafana"
	"diemhouse/docs"
)

func TestCommittedFilesAreUpToDate(t *testing.T) {
	t.Parallel()

	tree, err := dashboards.Files(dashboards.ComposeSource())
	require.NoError(t, err)

	for name, content := range tree {
		committed, err := os.ReadFile(name)
		require.NoError(t, err, "run: go generate ./dashboards")
		require.Equal(t, string(content), string(committed), "%s is stale; run: go generate ./dashboards", name)
	}

	for _, folder := range []string{"json", "provisioning"} {
		require.NoError(t, filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				require.Contains(t, tree, filepath.ToSlash(path), "left over; run: go generate ./dashboards")
			}

			return err
		}))
	}
}

func TestWriteNamesTheHostsOfTheUser(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	require.NoError(t, dashboards.Write(dir, dashboards.Source{
		Host: "warehouse.example", Protocol: "http", Secure: true, Database: "venice", User: "reader",
		Runbooks: "https://example.org/OPERATIONS.md",
	}))

	//nolint:tagliatelle // the names are Grafana's
	var file struct {
		Datasources []struct {
			UID            string
			JSONData       map[string]any    `yaml:"jsonData"`
			SecureJSONData map[string]string `yaml:"secureJsonData"`
		}
	}

	readYAML(t, filepath.Join(dir, "provisioning/datasources/diemhouse.yaml"), &file)
	require.Equal(t, dashboards.DatasourceUID, file.Datasources[0].UID)
	require.Equal(t, map[string]any{
		"host": "warehouse.example", "port": 8123, "protocol": "http", "secure": true,
		"username": "reader", "defaultDatabase": "venice",
	}, file.Datasources[0].JSONData)
	require.Equal(t, map[string]string{"password": "${" + grafana.PasswordVariable + "}"}, file.Datasources[0].SecureJSONData)

	var provider struct {
		Providers []struct {
			Options struct{ Path string }
		}
	}

	readYAML(t, filepath.Join(dir, "provisioning/dashboards/diemhouse.yaml"), &provider)
	require.FileExists(t, filepath.Join(provider.Providers[0].Options.Path, dashboards.SupplyUID+".json"))

	alerts, err := os.ReadFile(filepath.Join(dir, "provisioning/alerting/diemhouse.yaml"))
	require.NoError(t, err)
	require.Contains(t, string(alerts), "https://example.org/OPERATIONS.md#")
}

func TestWriteDefaultsToTheEmbeddedClickHouse(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	require.NoError(t, dashboards.Write(dir, dashboards.Source{}))

	content, err := os.ReadFile(filepath.Join(dir, "provisioning/datasources/diemhouse.yaml"))
	require.NoError(t, err)
	require.Contains(t, string(content), "host: 127.0.0.1")
	require.Contains(t, string(content), "port: 9000")

	require.ErrorContains(t, dashboards.Write(dir, dashboards.Source{Protocol: "mysql"}), "mysql")
}

func TestAlertFileHasTheShapeThatGrafanaReads(t *testing.T) {
	t.Parallel()

	//nolint:tagliatelle // the names are Grafana's
	var file struct {
		Groups []struct {
			Folder, Interval string
			Rules            []struct {
				UID, Condition, For string
				NoDataState         string `yaml:"noDataState"`
				Annotations         map[string]string
				Data                []struct {
					RefID         string `yaml:"refId"`
					DatasourceUID string `yaml:"datasourceUid"`
					Model         map[string]any
				}
			}
		}
	}

	readYAML(t, "provisioning/alerting/diemhouse.yaml", &file)
	require.NotEqual(t, grafana.Folder, file.Groups[0].Folder)
	require.Len(t, file.Groups[0].Rules, len(dashboards.Alerts()))

	for _, rule := range file.Groups[0].Rules {
		require.Equal(t, "C", rule.Condition)
		require.Len(t, rule.Data, 3)
		require.Equal(t, dashboards.DatasourceUID, rule.Data[0].DatasourceUID)
		require.Equal(t, 1, rule.Data[0].Model["format"], "a numeric frame, not a series")
		require.Equal(t, "reduce", rule.Data[1].Model["type"])
		require.Equal(t, "A", rule.Data[1].Model["expression"])
		require.Equal(t, "threshold", rule.Data[2].Model["type"])
		require.Equal(t, "B", rule.Data[2].Model["expression"])
		require.NotEmpty(t, rule.Annotations["runbook_url"])
		require.NotEmpty(t, rule.Annotations["summary"])
		require.Contains(t, docs.Operations, rule.Annotations["description"])
	}
}

func readYAML(t *testing.T, path string, into any) {
	t.Helper()

	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(content, into))
}

// runbooks are the anchors of the headings of docs/OPERATIONS.md.
func runbooks(t *testing.T) map[string]bool {
	t.Helper()

	anchors := map[string]bool{}

	for _, m := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(docs.Operations, -1) {
		slug := regexp.MustCompile(`[^a-z0-9 -]`).ReplaceAllString(strings.ToLower(m[1]), "")
		anchors[strings.ReplaceAll(slug, " ", "-")] = true
	}

	return anchors
}
