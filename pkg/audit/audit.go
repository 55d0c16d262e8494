package audit

import (
	"context"
	"fmt"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/holiman/uint256"

	"diemhouse/pkg/chain"
	"diemhouse/pkg/contract"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
	"diemhouse/pkg/venice"
)

// DefaultWallets is how many wallets an audit looks at.
const DefaultWallets = 16

// Contracts reads the contracts at a block. [*contract.Reader] is one.
type Contracts interface {
	Figures(ctx context.Context, at chain.At) (contract.Figures, error)
	Parameters(ctx context.Context, at chain.At) (contract.Parameters, error)
	Curve(ctx context.Context, at chain.At) (venice.Curve, error)
	Wallets(ctx context.Context, at chain.At, accounts []common.Address) ([]contract.Wallet, error)
	DIEMBalances(ctx context.Context, at chain.At, accounts []common.Address) ([]*uint256.Int, error)
	Holdings(ctx context.Context, at chain.At) (contract.Holdings, error)
}

// Warehouse is the other side. [*store.Store] is one.
type Warehouse interface {
	Sums
	Inside

	CurveAt(ctx context.Context, block uint64) (store.CurveEpoch, bool, error)
	ParamAt(ctx context.Context, name string, block uint64) (store.Param, bool, error)
	Gaps(ctx context.Context, filter string, from, to uint64) ([]store.Range, error)
	Compare(ctx context.Context, filter string, r store.Range, events []decode.Event) (store.Replaced, error)
	PutAudit(ctx context.Context, block uint64, at time.Time, rows []store.AuditRow) error
}

// Sums are what the events add up to after a block.
type Sums interface {
	MetricsAt(ctx context.Context, block uint64) (map[string]*big.Int, error)
	WalletsAt(ctx context.Context, block uint64, n int) ([]store.WalletFigures, error)
	WalletAt(ctx context.Context, block uint64, account common.Address) (store.WalletFigures, error)
	DIEMHoldersAt(ctx context.Context, block uint64, n int) ([]store.Holding, error)
	PairSumsAt(ctx context.Context, block uint64) (store.PairSums, error)
	AirdropSumsAt(ctx context.Context, block uint64) (store.AirdropSums, error)
}

// Inside is what the data says of itself up to a block.
type Inside interface {
	DIEMSteps(ctx context.Context, block uint64, visit func(store.DIEMStep) error) error
	Curves(ctx context.Context, block uint64) ([]store.CurveStep, error)
	EmissionsOffRate(ctx context.Context, block uint64) (uint64, error)
}

// Auditor compares the warehouse with the contracts.
type Auditor struct {
	Contracts Contracts
	Warehouse Warehouse
	// First is the first block of the warehouse: figures are sums from there on.
	First uint64
	// Filter is what the warehouse reads; its gaps are what is missing.
	Filter string
	// Wallets is how many wallets are compared. Zero: DefaultWallets.
	Wallets int
	// Holders is up to how many holders of DIEM are compared. Zero: DefaultHolders.
	Holders int
	// Proof, when set, makes every audit prove all events as well.
	Proof *Proof
}

// GapError says that the warehouse has not read all blocks up to the audited one, so
// that its sums are not final and nothing was compared.
type GapError struct {
	Block uint64
	Gaps  []store.Range
}

// Error implements error.
func (e *GapError) Error() string {
	return fmt.Sprintf("cannot audit block %d: %d ranges below it are not covered, the first is blocks %s; "+
		"let the indexer or backfill close them first", e.Block, len(e.Gaps), e.Gaps[0])
}

// Audit compares every figure after a block and stores what it found. The block must
// be final. The error wraps [*GapError] where the warehouse is not complete up to it;
// chain.IsNoState tells that no endpoint keeps a state that old.
func (a *Auditor) Audit(ctx context.Context, block chain.Header) (Report, error) {
	number := block.Number.Uint64()

	report, err := a.compare(ctx, block)
	if err != nil {
		return Report{}, fmt.Errorf("audit block %d: %w", number, err)
	}

	rows := make([]store.AuditRow, len(report.Checks))
	for i, c := range report.Checks {
		rows[i] = store.AuditRow{Figure: c.Figure, Account: c.Account, Warehouse: c.Warehouse, Contract: c.Contract}
	}

	if err := a.Warehouse.PutAudit(ctx, number, report.BlockTime, rows); err != nil {
		return Report{}, fmt.Errorf("audit block %d: %w", number, err)
	}

	return report, nil
}

func (a *Auditor) compare(ctx context.Context, block chain.Header) (Report, error) {
	number := block.Number.Uint64()
	if number < a.First {
		return Report{}, fmt.Errorf("the warehouse begins with block %d", a.First)
	}

	gaps, err := a.Warehouse.Gaps(ctx, a.Filter, a.First, number)
	if err != nil {
		return Report{}, err
	}

	if len(gaps) > 0 {
		return Report{}, &GapError{Block: number, Gaps: gaps}
	}

	report := Report{Block: number, BlockTime: time.Unix(int64(block.Time), 0).UTC()}

	for _, part := range []func(context.Context, uint64) ([]Check, error){
		a.totals, a.pairs, a.holdings, a.settings, a.curve, a.wallets, a.holders, a.inside,
	} {
		checks, err := part(ctx, number)
		if err != nil {
			return Report{}, err
		}

		report.Checks = append(report.Checks, checks...)
	}

	checks, wrong, err := a.proved(ctx, number)
	report.Checks, report.Wrong = append(report.Checks, checks...), wrong

	return report, err
}

// totals compares the sums that the contracts keep too.
func (a *Auditor) totals(ctx context.Context, block uint64) ([]Check, error) {
	theirs, err := a.Contracts.Figures(ctx, chain.AtBlock(block))
	if err != nil {
		return nil, err
	}

	ours, err := a.Warehouse.MetricsAt(ctx, block)
	if err != nil {
		return nil, err
	}

	var checks []Check
	for _, f := range totals() {
		checks = append(checks, Check{Figure: f.name, Warehouse: sum(ours, f.metrics...), Contract: toBig(f.contract(theirs))})
	}

	return checks, nil
}

// total is a figure that is a sum of metrics and a view of a contract.
type total struct {
	name     string
	metrics  []string
	contract func(contract.Figures) *uint256.Int
}

func totals() []total {
	return []total{
		{FigureVVVSupply, []string{"vvv_supply"}, func(f contract.Figures) *uint256.Int { return f.VVVSupply }},
		{FigureVVVBurned, []string{"vvv_burned_programmatic", "vvv_burned_buyback", "vvv_burned_airdrop", "vvv_burned_other"},
			func(f contract.Figures) *uint256.Int { return f.VVVBurned }},
		{FigureSVVVSupply, []string{"svvv_supply"}, func(f contract.Figures) *uint256.Int { return f.SVVVSupply }},
		{FigureVVVLocked, []string{"vvv_locked"}, func(f contract.Figures) *uint256.Int { return f.VVVLocked }},
		{FigureDIEMSupply, []string{"diem_supply"}, func(f contract.Figures) *uint256.Int { return f.DIEMSupply }},
		{FigureDIEMStaked, []string{"diem_staked"}, func(f contract.Figures) *uint256.Int { return f.DIEMStaked }},
	}
}

func sum(metrics map[string]*big.Int, names ...string) *big.Int {
	all := new(big.Int)

	for _, name := range names {
		if v := metrics[name]; v != nil {
			all.Add(all, v)
		}
	}

	return all
}

func (a *Auditor) wallets(ctx context.Context, block uint64) ([]Check, error) {
	n := a.Wallets
	if n <= 0 {
		n = DefaultWallets
	}

	ours, err := a.Warehouse.WalletsAt(ctx, block, n)
	if err != nil {
		return nil, err
	}

	accounts := make([]common.Address, len(ours))
	for i := range ours {
		accounts[i] = ours[i].Account
	}

	theirs, err := a.Contracts.Wallets(ctx, chain.AtBlock(block), accounts)
	if err != nil {
		return nil, err
	}

	var checks []Check

	for i, w := range ours {
		checks = append(checks, walletChecks(w.Account, w, theirs[i])...)
	}

	return checks, nil
}

func toBig(v *uint256.Int) *big.Int {
	if v == nil {
		return nil
	}

	return v.ToBig()
}
