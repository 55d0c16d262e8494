package board_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"diemhouse/dashboards"
	"diemhouse/dashboards/panel"
	"diemhouse/internal/board"
	"diemhouse/internal/board/boardtest"
)

// named is what both sides say of a variable.
type named struct {
	Name string `json:"name"`
}

// grafanaDashboard is what is compared of Grafana's JSON.
type grafanaDashboard struct {
	Title      string `json:"title"`
	Templating struct {
		List []named `json:"list"`
	} `json:"templating"`
	Panels []struct {
		ID          int    `json:"id"`
		Type        string `json:"type"`
		Title       string `json:"title"`
		Description string `json:"description"`
		Targets     []struct {
			RawSQL string `json:"rawSql"` //nolint:tagliatelle // Grafana's name
		} `json:"targets"`
	} `json:"panels"`
}

// TestBoardAndGrafanaShowTheSamePanels holds what the board serves against the JSON
// that Grafana is provisioned with.
func TestBoardAndGrafanaShowTheSamePanels(t *testing.T) {
	b := boardtest.Start(t, "clickhouse://127.0.0.1:1/none", board.Limits{})

	var list struct {
		Dashboards []struct{ UID, Title, API string }
	}

	boardtest.Get(t, b, "/api/v1/dashboards", &list)
	require.NotEmpty(t, list.Dashboards)

	files, err := os.ReadDir("../../dashboards/json")
	require.NoError(t, err)
	require.Len(t, list.Dashboards, len(files))

	for _, d := range list.Dashboards {
		var ours struct {
			Title     string
			Variables []named
			Rows      []struct {
				Title  string
				Panels []struct {
					ID                      int
					Title, Description, SQL string
				}
			}
		}

		boardtest.Get(t, b, d.API, &ours)

		var grafana grafanaDashboard

		content, err := os.ReadFile("../../dashboards/json/" + d.UID + ".json")
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(content, &grafana))
		require.Equal(t, grafana.Title, ours.Title)

		require.ElementsMatch(t, grafana.Templating.List, ours.Variables, d.UID)

		var have, want []string

		for _, row := range ours.Rows {
			have = append(have, "row "+row.Title)
			for _, p := range row.Panels {
				have = append(have, fmt.Sprintf("%d %s\n%s\n%s", p.ID, p.Title, p.Description, p.SQL))
			}
		}

		for _, p := range grafana.Panels {
			if p.Type == "row" {
				want = append(want, "row "+p.Title)

				continue
			}

			want = append(want, fmt.Sprintf("%d %s\n%s\n%s", p.ID, p.Title, p.Description, p.Targets[0].RawSQL))
		}

		require.Equal(t, want, have, d.UID)
	}
}

// TestPageHoldsEveryPanel looks at what is served before any script runs.
func TestPageHoldsEveryPanel(t *testing.T) {
	b := boardtest.Start(t, "clickhouse://127.0.0.1:1/none", board.Limits{})
	inline := regexp.MustCompile(`(?i)<script>|\son\w+=|\sstyle=|<style|javascript:|https?://`)

	for _, d := range dashboards.All() {
		_, text := boardtest.Fetch(t, b, "/d/"+d.UID)
		body, _, _ := strings.Cut(text, `<script type="application/json"`)

		for _, p := range d.Panels() {
			require.Contains(t, body, fmt.Sprintf(`id="panel-%d"`, p.ID))
			require.Contains(t, body, fmt.Sprintf(`class="panel %s w%d h%d"`, p.Kind, p.W, p.H))
		}

		require.Empty(t, inline.FindAllString(body, -1), "%s: nothing inline, nothing from elsewhere", d.UID)
	}
}

// TestEverySizeHasItsStyle finds a panel whose width or height the style sheet does
// not know.
func TestEverySizeHasItsStyle(t *testing.T) {
	t.Parallel()

	style, err := os.ReadFile("assets/style.css")
	require.NoError(t, err)

	for _, d := range dashboards.All() {
		for _, p := range d.Panels() {
			require.Contains(t, string(style), fmt.Sprintf(".w%d {", p.W), "%s/%d", d.UID, p.ID)
			require.Contains(t, string(style), fmt.Sprintf(".h%d {", p.H), "%s/%d", d.UID, p.ID)
		}
	}
}

// TestScriptsKnowEveryKindUnitColourAndLink reads the words of package panel in the
// scripts: a new one must be drawn, or be left to the table on purpose.
func TestScriptsKnowEveryKindUnitColourAndLink(t *testing.T) {
	t.Parallel()

	read := func(name string) string {
		content, err := os.ReadFile("assets/" + name)
		require.NoError(t, err)

		return string(content)
	}

	panels, style, table := read("panels.js"), read("style.css"), read("table.js")

	for _, kind := range panel.Kinds() {
		if kind != panel.Table {
			require.Contains(t, panels, "'"+string(kind)+"'")
		}
	}

	for _, d := range dashboards.All() {
		for _, p := range d.Panels() {
			for _, f := range p.Fields {
				require.Contains(t, style, "--"+string(or(f.Colour, panel.Blue))+":")

				if f.Link != "" {
					require.Contains(t, table, string(f.Link)+":")
				}
			}
		}
	}
}

func or[T comparable](value, fallback T) T {
	var zero T
	if value == zero {
		return fallback
	}

	return value
}
