package main

import (
	"fmt"
	"strings"
	"time"

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

	if s.say.screen.Terminal() {
		s.say.screen.Foot(table(status))
	} else {
		s.say.linef("%s", line(status))
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

// line is the headline figures in a line.
func line(status store.Status) string {
	f := status.Figures

	return strings.Join([]string{
		fmt.Sprintf("block %d", f.Block),
		fmt.Sprintf("VVV locked %s (%s of supply)", app.Tokens(f.VVVLocked), app.Share(f.VVVLocked, f.VVVEffective)),
		"mint rate " + app.Tokens(f.MintRate),
		fmt.Sprintf("DIEM %s of %s", app.Tokens(f.DIEMSupply), target(f)),
		fmt.Sprintf("emission %s VVV a year", app.Year(f.EmissionRate)),
		fmt.Sprintf("burned %s VVV", app.Tokens(f.VVVBurned)),
	}, " | ")
}

// table is the headline figures for a terminal.
func table(status store.Status) string {
	f := status.Figures
	rows := [][3]string{
		{"VVV locked", app.Tokens(f.VVVLocked), app.Share(f.VVVLocked, f.VVVEffective) + " of supply, " + app.Share(f.VVVLocked, f.SVVVSupply) + " of stake"},
		{"mint rate", app.Tokens(f.MintRate), "sVVV for one DIEM"},
		{"DIEM supply", app.Tokens(f.DIEMSupply), "of " + target(f) + ", the target"},
		{"DIEM staked", app.Tokens(f.DIEMStaked), app.Share(f.DIEMStaked, f.DIEMSupply)},
		{"emission", app.Year(f.EmissionRate) + "   ", "VVV a year"},
		{"VVV burned", app.Tokens(f.VVVBurned), ""},
	}

	lines := make([]string, 0, len(rows)+1)
	lines = append(lines, fmt.Sprintf("   block %d, %s UTC; %s behind the head, finalized %d",
		f.Block, f.Time.UTC().Format(time.TimeOnly), blocks(status.LagBlocks), status.Finalized))

	for _, row := range rows {
		lines = append(lines, fmt.Sprintf("   %-12s %16s   %s", row[0], row[1], row[2]))
	}

	return "\n" + strings.Join(lines, "\n")
}

func blocks(n uint64) string {
	if n == 1 {
		return "1 block"
	}

	return fmt.Sprintf("%d blocks", n)
}

func target(f *store.Figures) string {
	if f.DIEMTarget == nil {
		return app.Unknown
	}

	return app.Thousands(uint64(*f.DIEMTarget))
}
