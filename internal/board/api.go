package board

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"diemhouse/dashboards/panel"
)

// answerTime is how long writing an answer may take.
const answerTime = time.Minute

// api serves a part of the API: what it gives as JSON, errors with their status.
func (b *Board) api(give func(*http.Request) (any, error)) http.HandlerFunc {
	return b.stream(func(w http.ResponseWriter, r *http.Request) error {
		content, err := give(r)
		if err != nil {
			return err
		}

		return b.writeJSON(w, http.StatusOK, content)
	})
}

// stream serves what writes its own answer. An error must come before anything is
// written.
func (b *Board) stream(serve func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var err error = refuse(http.StatusTooManyRequests, "too many requests; wait a second")
		if b.clients.allow(clientOf(r)) {
			err = serve(w, r)
		}

		if err == nil {
			return
		}

		status := statusOf(err)
		if status >= http.StatusInternalServerError && r.Context().Err() == nil {
			b.log.Warn().Err(err).Str("path", r.URL.Path).Msg("board: request")
		}

		if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
			w.Header().Set("Retry-After", "1")
		}

		if err := b.writeJSON(w, status, map[string]string{"error": explain(err)}); err != nil {
			b.log.Error().Err(err).Msg("board: write an error")
		}
	}
}

func (b *Board) writeJSON(w http.ResponseWriter, status int, content any) error {
	text, err := json.Marshal(content)
	if err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}

	// A connection that knows no deadlines has none to set.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(answerTime))

	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// A visitor that is gone needs no answer.
	_, _ = w.Write(append(text, '\n'))

	return nil
}

func (b *Board) dashboardOf(r *http.Request) (*panel.Dashboard, error) {
	uid := r.PathValue("uid")

	for i := range b.config.Dashboards {
		if b.config.Dashboards[i].UID == uid {
			return &b.config.Dashboards[i], nil
		}
	}

	return nil, refuse(http.StatusNotFound, "no dashboard %s; %s/dashboards lists all", uid, apiRoot)
}

// moment is the current one, or what is wrong with the warehouse.
func (b *Board) moment() (Moment, error) {
	m, _ := b.watcher.current()
	if m.Problem != "" {
		return m, refuse(http.StatusServiceUnavailable, "%s", m.Problem)
	}

	return m, nil
}

func (b *Board) apiStatus(*http.Request) (any, error) {
	m, err := b.moment()

	return m, err
}

// Figures are the headline figures: amounts of tokens as numbers, and exact in wei
// as text.
type Figures struct {
	// BlockNumber and BlockTime are what they are true at; null in an empty warehouse.
	BlockNumber any    `json:"block_number"`
	BlockTime   any    `json:"block_time"`
	Finality    string `json:"finality"`
	// Figures are the columns of the view supply_now by name.
	Figures map[string]any `json:"figures"`
}

// figuresSQL takes every figure that there is: the view is their list.
const figuresSQL = `SELECT * FROM supply_now` //nolint:unqueryvet // see above

func (b *Board) apiFigures(r *http.Request) (any, error) {
	m, err := b.moment()
	if err != nil {
		return nil, err
	}

	a, err := b.ask(r.Context(), m.Seq, fresh, figuresSQL, selection{}, Range{}, time.Second)
	if err != nil {
		return nil, fmt.Errorf("figures: %w", err)
	}

	row := firstRow(a)
	out := Figures{BlockNumber: row["block_number"], BlockTime: row["block_time"], Finality: m.Finality, Figures: row}

	delete(row, "block_number")
	delete(row, "block_time")

	return out, nil
}

func (b *Board) apiDashboards(*http.Request) (any, error) {
	list := make([]DashboardInfo, 0, len(b.config.Dashboards))
	for i := range b.config.Dashboards {
		list = append(list, infoOf(&b.config.Dashboards[i]))
	}

	return map[string]any{"dashboards": list}, nil
}

func (b *Board) apiDashboard(r *http.Request) (any, error) {
	d, err := b.dashboardOf(r)
	if err != nil {
		return nil, err
	}

	return definitionOf(d), nil
}

// PanelAnswer is a panel's rows with what they mean.
type PanelAnswer struct {
	PanelData

	Dashboard string     `json:"dashboard"`
	Title     string     `json:"title"`
	Kind      panel.Kind `json:"kind"`
	Unit      panel.Unit `json:"unit"`
	// BlockNumber is the newest covered block when the query ran; null in an empty
	// warehouse.
	BlockNumber any    `json:"block_number"`
	Finality    string `json:"finality"`
	// From and To are the time range, in seconds since 1970.
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

func (b *Board) apiPanel(r *http.Request) (any, error) {
	d, err := b.dashboardOf(r)
	if err != nil {
		return nil, err
	}

	p, err := panelOf(d, r.PathValue("id"))
	if err != nil {
		return nil, err
	}

	s, err := b.selectFrom(d, r.URL.Query())
	if err != nil {
		return nil, err
	}

	m, err := b.moment()
	if err != nil {
		return nil, err
	}

	data, span, err := b.data(r.Context(), m, s, p)
	if err != nil {
		return nil, err
	}

	return PanelAnswer{
		Dashboard: d.UID, Title: p.Title, Kind: p.Kind, Unit: p.Unit,
		BlockNumber: m.Status["cursor"], Finality: m.Finality,
		From: span.From.Unix(), To: span.To.Unix(), PanelData: data,
	}, nil
}

func (b *Board) apiAnnotations(r *http.Request) (any, error) {
	d, err := b.dashboardOf(r)
	if err != nil {
		return nil, err
	}

	s, err := b.selectFrom(d, r.URL.Query())
	if err != nil {
		return nil, err
	}

	m, err := b.moment()
	if err != nil {
		return nil, err
	}

	return b.annotations(r.Context(), m, s), nil
}

// Choice is a value of a variable.
type Choice struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

func (b *Board) apiVariable(r *http.Request) (any, error) {
	d, err := b.dashboardOf(r)
	if err != nil {
		return nil, err
	}

	for _, v := range d.Variables {
		if v.Name == r.PathValue("name") && v.SQL != "" {
			return b.choices(r, d, v)
		}
	}

	return nil, refuse(http.StatusNotFound, "dashboard %s has no variable %s to choose from", d.UID, r.PathValue("name"))
}

// choicesHold is how long a list of choices is kept.
const choicesHold = time.Minute

func (b *Board) choices(r *http.Request, d *panel.Dashboard, v panel.Variable) (any, error) {
	a, err := b.ask(r.Context(), 0, choicesHold, v.SQL, selection{dashboard: d}, Range{}, time.Second)
	if err != nil {
		return nil, fmt.Errorf("dashboard %s, variable %s: %w", d.UID, v.Name, err)
	}

	list := []Choice{}

	for i := range a.Rows {
		value := asText(a.Columns[0].Values[i])
		list = append(list, Choice{Value: value, Label: asText(a.Columns[len(a.Columns)-1].Values[i])})
	}

	return map[string]any{"choices": list}, nil
}

func asText(v any) string {
	switch value := v.(type) {
	case nil:
		return ""
	case string:
		return value
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64)
	default:
		return fmt.Sprint(value)
	}
}

func dataURL(d *panel.Dashboard, p panel.Panel) string {
	return apiRoot + "/panels/" + d.UID + "/" + strconv.Itoa(p.ID)
}
