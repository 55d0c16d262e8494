package board

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// heartbeat keeps proxies from closing a stream in which nothing happens, and finds
// out that a page is gone.
const heartbeat = 15 * time.Second

// writeTime is how long one write to a page may take.
const writeTime = 10 * time.Second

// liveLeast is between two rounds of a live page. Base makes a block every two
// seconds.
const liveLeast = time.Second

// paceOf reads the parameter refresh: live (the default), off, or a width.
func (b *Board) paceOf(refresh, ofDashboard string) (pace, error) {
	const never = 100 * 365 * 24 * time.Hour

	switch refresh {
	case "", "live":
		most, err := parseWidth(ofDashboard)
		if err != nil {
			return pace{}, err
		}

		return pace{name: "live", least: min(liveLeast, b.config.Poll), most: most}, nil
	case "off":
		return pace{name: "off", least: never, most: never}, nil
	}

	width, err := parseWidth(refresh)
	if err != nil || width < liveLeast || width > 24*time.Hour {
		return pace{}, refuse(http.StatusBadRequest, "refresh=%s: want live, off, or a width from 1s to 1d", refresh)
	}

	return pace{name: width.String(), least: width, most: width}, nil
}

// live streams a view: the event status whenever the moment changes, panel and
// annotations whenever what they show does.
func (b *Board) live(w http.ResponseWriter, r *http.Request) error {
	d, err := b.dashboardOf(r)
	if err != nil {
		return err
	}

	s, err := b.selectFrom(d, r.URL.Query())
	if err != nil {
		return err
	}

	every, err := b.paceOf(r.URL.Query().Get("refresh"), d.Refresh)
	if err != nil {
		return err
	}

	v, leave, err := b.hub.join(s, every) //nolint:contextcheck // a view lives as long as somebody looks, not as the first
	if err != nil {
		return err
	}
	defer leave()

	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no") // nginx would hold events back

	out := stream{w: w, control: http.NewResponseController(w)}
	beat := time.NewTicker(heartbeat)

	defer beat.Stop()

	for seq := uint64(0); ; {
		news, last, more := v.since(seq)
		seq = last

		if !out.send(news) {
			return nil
		}

		select {
		case <-more:
		case <-beat.C:
			if !out.beat() {
				return nil
			}
		case <-r.Context().Done():
			return nil
		case <-b.running.Done():
			return nil
		}
	}
}

// stream writes events; false means that the page is gone.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func (s stream) send(news []event) bool {
	for _, e := range news {
		if s.control.SetWriteDeadline(time.Now().Add(writeTime)) != nil {
			return false
		}

		id := strconv.FormatUint(e.seq, 10)
		if _, err := fmt.Fprintf(s.w, "id: %s\nevent: %s\ndata: %s\n\n", id, e.name, e.data); err != nil {
			return false
		}
	}

	return s.control.Flush() == nil
}

func (s stream) beat() bool {
	if s.control.SetWriteDeadline(time.Now().Add(writeTime)) != nil {
		return false
	}

	if _, err := s.w.Write([]byte(": still here\n\n")); err != nil {
		return false
	}

	return s.control.Flush() == nil
}
