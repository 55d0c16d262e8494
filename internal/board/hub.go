package board

import (
	"context"
	"net/http"
	"sync"
)

// hub holds the views that somebody looks at.
type hub struct {
	board *Board

	mu      sync.Mutex
	views   map[string]*view
	viewers int
	running sync.WaitGroup
}

func newHub(b *Board) *hub { return &hub{board: b, views: map[string]*view{}} }

// join gives the view of the selection, started when nobody has it open. leave must
// be called once.
func (h *hub) join(s selection, every pace) (v *view, leave func(), err error) {
	h.mu.Lock()
	defer h.mu.Unlock()

	limits := h.board.config.Limits
	key := every.name + " " + s.key()
	v, open := h.views[key]

	switch {
	case h.viewers >= limits.Viewers:
		return nil, nil, refuse(http.StatusServiceUnavailable, "%d pages are open, which is the most; close one and try again", h.viewers)
	case !open && len(h.views) >= limits.Views:
		return nil, nil, refuse(http.StatusServiceUnavailable,
			"%d different time ranges and choices are open, which is the most; take one of the common ones", len(h.views))
	}

	if !open {
		v = newView(h.board, s, every)
		h.views[key] = v

		var ctx context.Context

		ctx, v.stop = context.WithCancel(h.board.running)
		h.running.Go(func() { v.run(ctx) })
	}

	v.viewers++
	h.viewers++
	h.board.watcher.viewers.Add(1)

	return v, func() { h.leave(key, v) }, nil
}

func (h *hub) leave(key string, v *view) {
	h.mu.Lock()
	defer h.mu.Unlock()

	v.viewers--
	h.viewers--
	h.board.watcher.viewers.Add(-1)

	if v.viewers == 0 {
		v.stop()
		delete(h.views, key)
	}
}

// counts are the open pages and the different views among them.
func (h *hub) counts() (viewers, views int) {
	h.mu.Lock()
	defer h.mu.Unlock()

	return h.viewers, len(h.views)
}
