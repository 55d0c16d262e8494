package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"diemhouse/internal/app"
	"diemhouse/internal/config"
	"diemhouse/pkg/store"
)

type statusCommand struct {
	config.Warehouse

	JSON bool `name:"json" help:"As JSON, amounts as strings of wei."`
}

// Run prints where the warehouse stands. An empty one is migrated first, so that the
// answer is "nothing yet" and not an error.
func (c *statusCommand) Run(ctx context.Context, env *app.Env) error {
	return app.WithWarehouse(ctx, c.Warehouse, env.Log, func(w *app.Warehouse) error {
		if err := w.Migrate(ctx); err != nil {
			return err
		}

		status, err := w.Status(ctx)
		if err != nil {
			return err
		}

		if c.JSON {
			return app.WriteStatus(env.Out, status)
		}

		return printStatus(env.Out, status)
	})
}

// namedGaps bounds how many gaps the text names.
const namedGaps = 5

// printStatus writes the status for people.
func printStatus(out io.Writer, s store.Status) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	lines := make([]string, 0, 64)
	add := func(cells ...string) { lines = append(lines, strings.Join(cells, "\t")) }

	add("head", block(s.Head), "seen "+app.Moment(s.SeenAt)+" UTC")
	add("safe", block(s.Safe))
	add("finalized", block(s.Finalized))
	add("warehouse", block(s.Cursor), fmt.Sprintf("%s UTC, %s behind the head", app.Moment(s.CursorTime), behind(s)))
	add("coverage", ranges(s.Coverage), completeness(s))

	for _, gap := range s.Gaps[:min(len(s.Gaps), namedGaps)] {
		add("gap", fmt.Sprintf("%d-%d", gap.From, gap.To), app.Thousands(gap.Blocks)+" blocks")
	}

	if more := len(s.Gaps) - namedGaps; more > 0 {
		add("", fmt.Sprintf("and %d more gaps", more))
	}

	add("events", app.Thousands(s.Events), app.Thousands(s.UnknownLogs)+" of them unknown logs")
	add("reorgs", app.Thousands(s.Reorgs), fmt.Sprintf("the deepest of %d blocks", s.DeepestReorg))
	add("verified", block(s.VerifiedBlock), "logs proved complete up to here")
	add("audited", block(s.AuditBlock), fmt.Sprintf("%d figures differed from the contracts'", s.AuditFailures))

	if s.Figures != nil {
		lines = append(lines, "")
		lines = append(lines, figures(*s.Figures)...)
	}

	lines = append(lines, "")
	add("table", "rows", "on disk")

	for _, t := range s.Tables {
		add(t.Table, app.Thousands(t.Rows), app.Bytes(t.Bytes))
	}

	if _, err := fmt.Fprintln(w, strings.Join(lines, "\n")); err != nil {
		return err
	}

	return w.Flush()
}

// figures are the headline figures, one a line: tokens, exact wei, name.
func figures(f store.Figures) []string {
	lines := []string{fmt.Sprintf("figures at block %d\ttokens\twei", f.Block)}
	amount := func(name string, w store.Wei) {
		lines = append(lines, fmt.Sprintf("%s\t%s\t%s", name, app.Tokens(w), w))
	}

	amount("VVV locked", f.VVVLocked)
	amount("VVV staked (sVVV)", f.SVVVSupply)
	amount("VVV supply", f.VVVSupply)
	amount("VVV burned", f.VVVBurned)
	amount("VVV effective", f.VVVEffective)
	amount("VVV cooling down", f.VVVCooling)
	amount("VVV emitted", f.VVVEmitted)
	amount("  to stakers", f.VVVEmittedStakers)
	amount("  to treasury", f.VVVEmittedTreasury)
	amount("VVV claimed", f.VVVClaimed)
	amount("VVV airdropped", f.VVVAirdropped)
	amount("DIEM supply", f.DIEMSupply)
	amount("DIEM staked", f.DIEMStaked)
	amount("DIEM cooling down", f.DIEMCooling)
	amount("mint rate, sVVV a DIEM", f.MintRate)
	amount("emission rate, VVV a second", f.EmissionRate)

	target := app.Unknown
	if f.DIEMTarget != nil {
		target = fmt.Sprintf("%.0f", *f.DIEMTarget)
	}

	return append(lines,
		"DIEM target\t"+target,
		"emission a year, VVV\t"+app.Year(f.EmissionRate),
		"locked share of stake\t"+app.Share(f.VVVLocked, f.SVVVSupply),
		"locked share of effective supply\t"+app.Share(f.VVVLocked, f.VVVEffective))
}

func block(n uint64) string {
	if n == 0 {
		return "none yet"
	}

	return strconv.FormatUint(n, 10)
}

func behind(s store.Status) string {
	if s.LagBlocks == 0 {
		return "0 blocks"
	}

	return fmt.Sprintf("%s blocks (%d s)", app.Thousands(s.LagBlocks), s.LagSeconds)
}

func ranges(covered []store.StatusRange) string {
	texts := make([]string, 0, namedGaps)

	for _, r := range covered {
		if r.Filter == store.FilterCore && len(texts) < cap(texts) {
			texts = append(texts, fmt.Sprintf("%d-%d", r.From, r.To))
		}
	}

	if len(texts) == 0 {
		return "nothing yet"
	}

	return strings.Join(texts, " ")
}

func completeness(s store.Status) string {
	if app.Complete(s) {
		return fmt.Sprintf("complete from block %d on", s.FirstBlock)
	}

	return fmt.Sprintf("%s blocks from %d on are missing: totals are not right until they are filled",
		app.Thousands(s.MissingBlocks), s.FirstBlock)
}
