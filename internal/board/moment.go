package board

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/singleflight"
)

// Moment is what the figures are true at, and how far that can be trusted. Times
// are seconds since 1970; what is not known is null.
type Moment struct {
	// Now is the end of a time range that ends now.
	Now time.Time `json:"-"`
	// Seq counts the changes.
	Seq uint64 `json:"-"`
	// Status is the warehouse's own word: the columns of its view status, by name.
	Status map[string]any `json:"status"`
	// Finality is that of the newest covered block: latest (a reorg can undo it),
	// safe or finalized. Empty in an empty warehouse.
	Finality string `json:"finality"`
	// Problem is set when the warehouse does not answer: all else is the last known.
	Problem string `json:"problem,omitempty"`
}

// The words for how settled a block is.
const (
	finalityLatest    = "latest"
	finalitySafe      = "safe"
	finalityFinalized = "finalized"
)

// watcher knows the current moment, and asks for it again only while somebody looks
// or asks.
type watcher struct {
	running   context.Context //nolint:containedctx // the server's own life, not a call's
	warehouse *warehouse
	poll      time.Duration
	log       zerolog.Logger
	viewers   atomic.Int64
	asking    singleflight.Group

	mu      sync.Mutex
	moment  Moment
	version versions
	checked time.Time
	changed chan struct{} // closed, and made anew, with every change
}

func newWatcher(running context.Context, w *warehouse, poll time.Duration, log zerolog.Logger) *watcher {
	return &watcher{running: running, warehouse: w, poll: poll, log: log, changed: make(chan struct{})}
}

// run polls until the server closes.
func (w *watcher) run() {
	ticker := time.NewTicker(w.poll)
	defer ticker.Stop()

	for {
		select {
		case <-w.running.Done():
			return
		case <-ticker.C:
			if w.viewers.Load() > 0 {
				w.refresh()
			}
		}
	}
}

// current is the moment, asked for anew when the last look is older than a poll.
func (w *watcher) current() (m Moment, changed <-chan struct{}) {
	w.mu.Lock()
	old := time.Since(w.checked) > w.poll
	w.mu.Unlock()

	if old {
		w.refresh()
	}

	w.mu.Lock()
	defer w.mu.Unlock()

	return w.moment, w.changed
}

// refresh looks whether the warehouse has changed, once for all who ask meanwhile.
func (w *watcher) refresh() {
	// It gives no error: a failure is part of the moment.
	<-w.asking.DoChan("", func() (any, error) {
		next, version, err := w.look(w.running)
		w.settle(next, version, err)

		return nil, nil //nolint:nilnil // see above
	})
}

// versionSQL changes with every write, head and rewind. It reads three small tables.
const versionSQL = `SELECT toFloat64((SELECT max(version) FROM coverage)) AS covered, toFloat64((SELECT max(version) FROM heads)) AS headed,
    toFloat64((SELECT max(version) FROM rewinds)) AS rewound`

// versions are what versionSQL gives.
type versions [3]float64

// statusSQL takes all that the warehouse says of itself: the view is its list.
const statusSQL = `SELECT * FROM status` //nolint:unqueryvet // see above

// staleAfter is how long a moment without a change is kept: its Now must move on.
const staleAfter = fresh

func (w *watcher) look(ctx context.Context) (*Moment, versions, error) {
	var version versions

	a, err := w.warehouse.query(ctx, forMoment, versionSQL)
	if err != nil {
		return nil, version, err
	}

	for i := range version {
		if len(a.Columns[i].Values) > 0 {
			version[i], _ = a.Columns[i].Values[0].(float64)
		}
	}

	w.mu.Lock()
	same := version == w.version && w.moment.Problem == "" && time.Since(w.moment.Now) < staleAfter
	w.mu.Unlock()

	if same {
		return nil, version, nil
	}

	if a, err = w.warehouse.query(ctx, forMoment, statusSQL); err != nil {
		return nil, version, err
	}

	status := firstRow(a)

	return &Moment{Status: status, Finality: finality(status), Now: now()}, version, nil
}

func (w *watcher) settle(next *Moment, version versions, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()

	w.checked = time.Now()

	if w.running.Err() != nil {
		return // nobody asks any more
	}

	if err != nil {
		// The figures that are known stay, with the word that they are old.
		problem := explain(err)
		if w.moment.Problem == problem {
			return
		}

		w.log.Error().Err(err).Msg("board: the warehouse does not say where it is")

		kept := w.moment
		kept.Problem = problem
		kept.Now = or(kept.Now, now())
		next = &kept
	}

	if next == nil {
		return
	}

	next.Seq = w.moment.Seq + 1
	w.moment, w.version = *next, version

	close(w.changed)
	w.changed = make(chan struct{})
}

// now is the end of a time range that ends now: whole seconds.
func now() time.Time { return time.Now().UTC().Truncate(time.Second) }

func firstRow(a *answer) map[string]any {
	row := make(map[string]any, len(a.Columns))

	for _, c := range a.Columns {
		row[c.Name] = nil
		if len(c.Values) > 0 {
			row[c.Name] = c.Values[0]
		}
	}

	return row
}

// finality of the newest covered block. An endpoint that does not know the tags
// says 0.
func finality(status map[string]any) string {
	cursor, known := number(status["cursor"])
	if at, ok := number(status["cursor_time"]); !known || !ok || at <= 0 {
		return ""
	}

	if finalized, ok := number(status["finalized"]); ok && cursor <= finalized {
		return finalityFinalized
	}

	if safe, ok := number(status["safe"]); ok && cursor <= safe {
		return finalitySafe
	}

	return finalityLatest
}

// number reads what column plain made of a number.
func number(v any) (float64, bool) {
	switch n := v.(type) {
	case float64:
		return n, true
	case uint64:
		return float64(n), true
	case uint32:
		return float64(n), true
	case int64:
		return float64(n), true
	}

	return 0, false
}
