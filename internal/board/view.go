package board

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"diemhouse/dashboards/panel"
)

// view is one dashboard as somebody looks at it: time range and variables. Its
// queries run once, however many pages have it open.
type view struct {
	board     *Board
	selection selection
	every     pace
	viewers   int // guarded by the hub
	stop      context.CancelFunc

	mu      sync.Mutex
	seq     uint64
	news    []event       // the newest of each kind and panel
	changed chan struct{} // closed, and made anew, with every event
}

// event is one message to the pages.
type event struct {
	seq  uint64
	name string // status, panel or annotations
	id   int    // of the panel
	data []byte
}

// pace is how often a view is drawn anew.
type pace struct {
	// name is that of the parameter: live, off, or a width such as 10s.
	name string
	// least is between two rounds, and most without a new block.
	least, most time.Duration
}

func newView(b *Board, s selection, every pace) *view {
	return &view{board: b, selection: s, every: every, changed: make(chan struct{})}
}

// run draws round after round until ctx ends.
func (v *view) run(ctx context.Context) {
	for {
		m, changed := v.board.watcher.current()
		if ctx.Err() != nil {
			return
		}

		began := time.Now()

		v.round(ctx, m)

		// A slow warehouse gets twice the rest: reading must not hold up the indexer.
		rest := max(v.every.least, 2*time.Since(began))

		if !sleep(ctx, rest) {
			return
		}

		timer := time.NewTimer(max(v.every.most-rest, 0))

		select {
		case <-changed:
		case <-timer.C:
		case <-ctx.Done():
		}

		timer.Stop()

		if ctx.Err() != nil {
			return
		}
	}
}

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()

	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// statusEvent is the moment with the time range that it means.
type statusEvent struct {
	Moment

	From int64 `json:"from"`
	To   int64 `json:"to"`
	// Now is the server's clock.
	Now int64 `json:"now"`
}

// round publishes the moment, and of panels and annotations what has changed.
func (v *view) round(ctx context.Context, m Moment) {
	r, err := v.board.rangeOf(v.selection, m)
	if err != nil {
		v.board.log.Error().Err(err).Msg("board: time range of an open page") // checked when it was opened

		return
	}

	v.publish("status", 0, statusEvent{Moment: m, From: r.From.Unix(), To: r.To.Unix(), Now: time.Now().Unix()})

	if m.Problem != "" {
		return // the pages keep what they show, and say that it is old
	}

	var (
		wait  sync.WaitGroup
		slots = make(chan struct{}, v.board.config.Limits.Queries)
		over  bool
	)

	for _, p := range v.selection.dashboard.Panels() {
		over = over || p.Kind.OverTime()

		wait.Add(1)

		slots <- struct{}{}

		go func(p panel.Panel) {
			defer func() { <-slots; wait.Done() }()

			data, _, err := v.board.data(ctx, m, v.selection, &p)
			if ctx.Err() != nil {
				return
			}

			if err != nil {
				v.board.log.Warn().Err(err).Msg("board: panel")

				data.Columns, data.Error = []Column{}, explain(err)
			}

			v.publish("panel", p.ID, data)
		}(p)
	}

	wait.Wait()

	if !over {
		return
	}

	if marks := v.board.annotations(ctx, m, v.selection); ctx.Err() == nil {
		v.publish("annotations", 0, marks)
	}
}

// publish keeps the event when it says something new.
func (v *view) publish(name string, id int, content any) {
	data, err := json.Marshal(content)
	if err != nil {
		// Columns hold only what JSON has, so this is a fault of the board's own.
		data = fmt.Appendf(nil, `{"id":%d,"columns":[],"error":"the board could not write the answer"}`, id)

		v.board.log.Error().Err(err).Msg("board: write an event")
	}

	v.mu.Lock()
	defer v.mu.Unlock()

	place := len(v.news)

	for i := range v.news {
		if v.news[i].name == name && v.news[i].id == id {
			place = i
		}
	}

	switch {
	case place == len(v.news):
		v.news = append(v.news, event{})
	case bytes.Equal(v.news[place].data, data):
		return
	}

	v.seq++
	v.news[place] = event{seq: v.seq, name: name, id: id, data: data}

	close(v.changed)
	v.changed = make(chan struct{})
}

// since gives the events after seq, and what is closed when there are more. A slow
// page thus skips what is outdated and never holds up another.
func (v *view) since(seq uint64) (news []event, last uint64, more <-chan struct{}) {
	v.mu.Lock()
	defer v.mu.Unlock()

	for _, e := range v.news {
		if e.seq > seq {
			news = append(news, e)
		}
	}

	return news, v.seq, v.changed
}
