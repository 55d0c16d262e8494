package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"diemhouse/internal/app"
	"diemhouse/internal/config"
	"diemhouse/pkg/audit"
	"diemhouse/pkg/chain"
	"diemhouse/pkg/store"
)

type auditCommand struct {
	config.Chain
	config.Warehouse

	At      *uint64 `placeholder:"BLOCK" help:"Block to audit; the finalized one without it. The endpoint must keep its state."`
	Repair  bool    `help:"Find the blocks a difference comes from, read them again with their receipts proved, and mend the warehouse."`
	Prove   bool    `help:"Also prove every event by the receipts of its block: finds any log that is missing, extra or altered. Reads all headers, and the receipts of most blocks."`
	Wallets int     `default:"16" help:"How many wallets to compare, the largest locks and others."`
	JSON    bool    `name:"json" help:"As JSON."`
}

// Run compares the warehouse with the contracts and fails on any difference.
func (c *auditCommand) Run(ctx context.Context, env *app.Env) error {
	return app.WithWarehouse(ctx, c.Warehouse, env.Log, func(w *app.Warehouse) error {
		if err := w.Migrate(ctx); err != nil {
			return err
		}

		watched, err := app.OpenChain(ctx, c.Chain, nil)
		if err != nil {
			return err
		}
		defer watched.Close()

		if err := w.Bind(ctx, watched.Deployment); err != nil {
			return err
		}

		first, ok, err := w.FirstBlock(ctx)
		if err != nil {
			return err
		}

		if !ok {
			return errors.New("the warehouse is empty: run indexer run or backfill first")
		}

		auditor := app.Auditor(watched, w.Store, first, c.Wallets)
		if c.Prove {
			auditor.Proof = app.Proof(watched)
			auditor.Proof.Progress = func(r chain.Range) { env.Log.Info().Stringer("proved", r).Msg("auditing") }
		}

		return c.audit(ctx, env, watched, auditor, w.Store)
	})
}

func (c *auditCommand) audit(ctx context.Context, env *app.Env, watched *app.Chain, auditor *audit.Auditor, s *store.Store) error {
	block, err := app.AuditBlock(ctx, watched.Pool, c.At)
	if err != nil {
		return err
	}

	report, err := auditor.Audit(ctx, block)
	if err != nil {
		return err
	}

	told := tell(report)

	if c.Repair && !report.Passed() {
		repairer := app.Repairer(watched, s, auditor)
		repairer.Untold.Rereader.Progress = func(r chain.Range, found store.Replaced) {
			env.Log.Info().Stringer("read_again", r).Int("missing", len(found.Missing)).Int("extra", len(found.Extra)).
				Int("changed", len(found.Changed)).Msg("repairing")
		}

		done, err := repairer.Repair(ctx, block, report)
		if err != nil {
			return err
		}

		if done.Unread != nil {
			env.Log.Warn().Err(done.Unread).Msg("not everything could be read again; an event that is missing there stays so until it can")
		}

		report, told = done.After, tell(done.After)
		told.Repair = tellRepair(done)
	}

	if err := told.print(env, c.JSON); err != nil {
		return err
	}

	if !report.Passed() {
		return fmt.Errorf("block %d: %w in %d of %d figures", report.Block, audit.ErrFailed, len(report.Failed()), len(report.Checks))
	}

	return nil
}

// toldAudit is an audit as it is printed. Amounts are decimal text in wei.
type toldAudit struct {
	Block     uint64      `json:"block"`
	BlockTime time.Time   `json:"block_time"`
	Passed    bool        `json:"passed"`
	Compared  int         `json:"compared"`
	Failed    int         `json:"failed"`
	Unknown   int         `json:"unknown"`
	Checks    []toldCheck `json:"checks"`
	Repair    *toldRepair `json:"repair,omitempty"`

	report audit.Report
}

type toldCheck struct {
	Figure     string  `json:"figure"`
	Account    string  `json:"account,omitempty"`
	Warehouse  *string `json:"warehouse_wei"`
	Contract   *string `json:"contract_wei"`
	Difference string  `json:"difference_wei"`
}

type toldRepair struct {
	Ranges []string `json:"ranges"`
	Whole  bool     `json:"no_old_state"`
	// Missing, Extra and Changed are block/log index.
	Missing []string `json:"missing"`
	Extra   []string `json:"extra"`
	Changed []string `json:"changed"`
	Sampled int      `json:"parameters_learned"`
}

func tell(r audit.Report) *toldAudit {
	told := &toldAudit{
		Block: r.Block, BlockTime: r.BlockTime, Passed: r.Passed(), report: r,
		Compared: len(r.Checks) - len(r.Unknown()), Failed: len(r.Failed()), Unknown: len(r.Unknown()),
	}

	for _, c := range r.Checks {
		check := toldCheck{
			Figure: c.Figure, Warehouse: decimal(c.Warehouse), Contract: decimal(c.Contract), Difference: c.Difference().String(),
		}
		if c.Account != (common.Address{}) {
			check.Account = c.Account.Hex()
		}

		told.Checks = append(told.Checks, check)
	}

	return told
}

func decimal(v *big.Int) *string {
	if v == nil {
		return nil
	}

	text := v.String()

	return &text
}

func tellRepair(done audit.Repair) *toldRepair {
	told := &toldRepair{
		Whole: done.Whole, Missing: places(done.Replaced.Missing), Extra: places(done.Replaced.Extra),
		Changed: places(done.Replaced.Changed),
		Sampled: done.Sampled,
	}
	for _, r := range done.Ranges {
		told.Ranges = append(told.Ranges, r.String())
	}

	return told
}

func places(of []store.Place) []string {
	out := make([]string, len(of))
	for i, p := range of {
		out[i] = fmt.Sprintf("%d/%d", p.Block, p.LogIndex)
	}

	return out
}

func (t *toldAudit) print(env *app.Env, asJSON bool) error {
	if asJSON {
		out := json.NewEncoder(env.Out)
		out.SetIndent("", "  ")

		return out.Encode(t)
	}

	_, err := fmt.Fprint(env.Out, t.text())
	if err != nil {
		return fmt.Errorf("print the audit: %w", err)
	}

	return nil
}

// text is the audit for people.
func (t *toldAudit) text() string {
	var out strings.Builder

	if r := t.Repair; r != nil {
		if r.Whole {
			out.WriteString("every block was read again\n")
		}

		fmt.Fprintf(&out, "read again: %d ranges %v\nmissing %d, extra %d, changed %d logs; %d parameter changes learned\n\n",
			len(r.Ranges), r.Ranges, len(r.Missing), len(r.Extra), len(r.Changed), r.Sampled)
	}

	fmt.Fprintf(&out, "block %d, %s: %d figures compared, %d differ, %d unknown\n\n",
		t.Block, t.BlockTime.Format(time.DateTime), t.Compared, t.Failed, t.Unknown)

	for _, c := range t.report.Checks {
		mark := "ok     "

		switch {
		case !c.Known():
			mark = "unknown"
		case !c.Passed():
			mark = "DIFFERS"
		}

		fmt.Fprintln(&out, mark, c)
	}

	return out.String()
}
