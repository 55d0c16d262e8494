package board

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"time"

	"diemhouse/dashboards/panel"
)

//go:embed page.html.tmpl
var pageText string

// explorer is where transactions, blocks and addresses of Base can be looked up.
const explorer = "https://basescan.org"

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// pageData is what the template fills in.
type pageData struct {
	Definition Definition
	All        []DashboardInfo
	// Setup is for the scripts: the definition, and where values lead.
	Setup pageSetup
}

type pageSetup struct {
	Dashboard Definition `json:"dashboard"`
	Live      string     `json:"live"`
	Wallet    string     `json:"wallet"`
	Explorer  string     `json:"explorer"`
}

// page serves a dashboard's frame; the scripts fill it by the stream.
func (b *Board) page(w http.ResponseWriter, r *http.Request) {
	d := &b.config.Dashboards[0]

	if r.PathValue("uid") != "" {
		var err error
		if d, err = b.dashboardOf(r); err != nil {
			http.Error(w, explain(err), http.StatusNotFound)

			return
		}
	}

	text, err := b.render(d)
	if err != nil {
		b.log.Error().Err(err).Msg("board: page")
		http.Error(w, "the page could not be written", http.StatusInternalServerError)

		return
	}

	// A connection that knows no deadlines has none to set.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(answerTime))

	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	// A visitor that is gone needs no answer.
	_, _ = w.Write(text)
}

func (b *Board) render(d *panel.Dashboard) ([]byte, error) {
	data := pageData{
		Definition: definitionOf(d),
		Setup: pageSetup{
			Dashboard: definitionOf(d), Live: apiRoot + "/live/" + d.UID, Explorer: explorer,
		},
	}

	if b.config.Wallet != "" {
		data.Setup.Wallet = "/d/" + b.config.Wallet
	}

	for i := range b.config.Dashboards {
		data.All = append(data.All, infoOf(&b.config.Dashboards[i]))
	}

	var out bytes.Buffer
	if err := pageTemplate.Execute(&out, data); err != nil {
		return nil, fmt.Errorf("dashboard %s: %w", d.UID, err)
	}

	return out.Bytes(), nil
}

// JSON is the setup for a script element: encoding/json escapes what could end it.
func (s pageSetup) JSON() (template.JS, error) {
	text, err := json.Marshal(s)
	if err != nil {
		return "", fmt.Errorf("write the page's setup: %w", err)
	}

	return template.JS(text), nil //nolint:gosec // JSON of our own definitions, with <, > and & escaped
}
