package main

import (
	"fmt"
	"strings"

	"github.com/rs/zerolog"

	"diemhouse/internal/app"
	"diemhouse/pkg/store"
)

// show turns one status after the other into what a person sees: history being
// filled, then the figures.
type show struct {
	say      *speaker
	progress *app.Progress
	block    uint64
	live     bool
}

func newShow(say *speaker) *show {
	lines := zerolog.New(zerolog.ConsoleWriter{Out: say.out, NoColor: true, PartsOrder: []string{zerolog.MessageFieldName}, FieldsExclude: []string{"left", "events"}})

	return &show{say: say, progress: app.NewProgress("   history", say.screen, lines)}
}

// update shows a status and reports whether the figures are live.
func (s *show) update(status store.Status) bool {
	if !s.live {
		s.live = s.history(status)

		return s.live
	}

	if status.Figures == nil || status.Cursor == s.block {
		return true
	}

	s.block = status.Cursor
	text := figures(status)

	if s.say.screen.Terminal() {
		s.say.screen.Progress([]byte(text))
	} else {
		s.say.linef("%s", text)
	}

	return true
}

// history shows how far it is, and reports whether it is complete and the head is
// reached.
func (s *show) history(status store.Status) bool {
	if status.Finalized == 0 {
		return false
	}

	s.progress.Left(status.MissingBlocks, 0)

	const near = 5 // blocks

	return app.Complete(status) && status.LagBlocks <= near
}

// figures are the headline figures in a line.
func figures(status store.Status) string {
	f := status.Figures

	target := app.Unknown
	if f.DIEMTarget != nil {
		target = app.Thousands(uint64(*f.DIEMTarget))
	}

	return strings.Join([]string{
		fmt.Sprintf("block %d", status.Cursor),
		fmt.Sprintf("VVV locked %s (%s of supply)", app.Tokens(f.VVVLocked), app.Share(f.VVVLocked, f.VVVEffective)),
		"mint rate " + app.Tokens(f.MintRate),
		fmt.Sprintf("DIEM %s of %s", app.Tokens(f.DIEMSupply), target),
		fmt.Sprintf("emitted %s VVV", app.Tokens(f.VVVEmitted)),
		fmt.Sprintf("burned %s VVV", app.Tokens(f.VVVBurned)),
	}, " | ")
}
