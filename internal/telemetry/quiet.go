package telemetry

import (
	"sync"
	"time"
)

// repeatAfter is how long a warning that was given is not given again.
const repeatAfter = 30 * time.Second

// quiet keeps a trouble that lasts from filling the log: what is tried again every
// second would say the same every second.
type quiet struct {
	mu   sync.Mutex
	text string
	at   time.Time
}

// speak reports whether the text is to be said now.
func (q *quiet) speak(text string, now time.Time) bool {
	q.mu.Lock()
	defer q.mu.Unlock()

	if text == q.text && now.Sub(q.at) < repeatAfter {
		return false
	}

	q.text, q.at = text, now

	return true
}
