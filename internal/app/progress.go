package app

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"github.com/schollz/progressbar/v3"
)

const (
	// lineEvery is the pace of progress lines where there is no terminal.
	lineEvery = 5 * time.Second
	barEvery  = 100 * time.Millisecond
)

// Progress shows how a known number of blocks is worked off: a bar on a terminal,
// log lines elsewhere. Its methods may be called from any goroutine.
type Progress struct {
	what   string
	screen *Screen
	log    zerolog.Logger
	now    func() time.Time

	mu          sync.Mutex
	bar         *progressbar.ProgressBar
	total, done uint64
	events      int
	began, said time.Time
}

// NewProgress shows what is done on the screen or in the log.
func NewProgress(what string, screen *Screen, log zerolog.Logger) *Progress {
	return &Progress{what: what, screen: screen, log: log, now: time.Now}
}

// Left takes note that so many blocks are still to do, and that events were written
// since the last call. The first call sets the total; a later one that finds more to
// do than before begins anew.
func (p *Progress) Left(left uint64, events int) {
	p.mu.Lock()
	defer p.mu.Unlock()

	now := p.now()
	if p.bar == nil || left > p.total-p.done {
		p.begin(now, left)
	}

	p.done = p.total - left
	p.events += events

	if p.total == 0 {
		return
	}

	if p.screen.Terminal() {
		p.draw(left)

		return
	}

	if now.Sub(p.said) >= lineEvery || left == 0 {
		p.said = now
		p.say(now, left)
	}
}

// Clear removes the bar.
func (p *Progress) Clear() { p.screen.Foot("") }

func (p *Progress) begin(now time.Time, total uint64) {
	p.total, p.done, p.events, p.began, p.said = total, 0, 0, now, now
	p.bar = progressbar.NewOptions64(int64(max(total, 1)),
		progressbar.OptionSetWriter(io.Discard), progressbar.OptionSetDescription(p.what),
		progressbar.OptionShowCount(), progressbar.OptionShowTotalBytes(true), progressbar.OptionShowIts(),
		progressbar.OptionSetItsString("blocks"), progressbar.OptionThrottle(barEvery), progressbar.OptionSetPredictTime(true))
}

func (p *Progress) draw(left uint64) {
	if left == 0 {
		p.screen.Foot("")

		return
	}

	// It fails only where more is done than there was.
	_ = p.bar.Set64(int64(p.done))
	p.screen.Foot(strings.TrimSpace(p.bar.String()))
}

func (p *Progress) say(now time.Time, left uint64) {
	took := now.Sub(p.began)
	rate := float64(p.done) / max(took.Seconds(), 0.001)

	text := fmt.Sprintf("%s: %.1f %% of %s blocks, %s blocks/s", p.what,
		100*float64(p.done)/float64(p.total), Thousands(p.total), Thousands(uint64(rate)))
	if left > 0 && rate > 0 {
		text += fmt.Sprintf(", about %s left", time.Duration(float64(left)/rate*float64(time.Second)).Round(time.Second))
	}

	p.log.Info().Uint64("left", left).Int("events", p.events).Msg(text)
}
