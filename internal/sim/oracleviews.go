package sim

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/holiman/uint256"

	"diemhouse/internal/devnet"
	"diemhouse/pkg/decode"
)

// eventViews are the views that show one event a row, with the kinds that belong there.
// What their columns hold is a matter of pkg/store's tests: it depends on no history.
func eventViews() map[string][]decode.Kind {
	return map[string][]decode.Kind{
		"diem_mints":     {decode.KindDIEMMint},
		"diem_burns":     {decode.KindDIEMBurn},
		"diem_stakes":    {decode.KindDIEMStake},
		"diem_unstakes":  {decode.KindDIEMUnstakeInitiated, decode.KindDIEMUnstake},
		"diem_transfers": {decode.KindDIEMTransferMint, decode.KindDIEMTransferBurn, decode.KindDIEMTransfer},
		"stakes":         {decode.KindStake},
		"unstakes":       {decode.KindUnstakeInitiated, decode.KindUnstakeFinalized},
		"claims":         {decode.KindClaim},
		"airdrop_claims": {decode.KindAirdropClaim},
		"vvv_mints": {
			decode.KindVVVGenesis, decode.KindVVVEmissionTreasury, decode.KindVVVEmissionStakers, decode.KindVVVMintOther,
		},
		"vvv_burns": {
			decode.KindVVVBurnProgrammatic, decode.KindVVVBurnBuyback, decode.KindVVVBurnAirdrop, decode.KindVVVBurnOther,
		},
		"vvv_transfers": {decode.KindVVVTransfer},
		"unknown_logs":  {decode.KindUnknown},
		"all_events":    nil, // of any kind
	}
}

// compared are the other views whose content a check of its own compares.
var compared = []string{
	"cooldown_queue", "cooldown_releases", "coverage_gaps", "coverage_ranges", "curve_buckets", "curve_epochs", "emissions",
	"figures_hourly", "mint_rate", "mint_rate_at", "mint_rate_hourly", "mint_rate_now", "parameter_changes", "status", "supply_at",
	"supply_daily", "supply_hourly", "supply_now", "wallets",
}

// eventViews compares which events every view of events shows.
func (o *Oracle) eventViews(ctx context.Context) error {
	views := eventViews()
	sources := make([]string, 0, len(views))

	var want []string

	for view, kinds := range views {
		sources = append(sources, fmt.Sprintf("SELECT '%s' AS view, block_number, log_index FROM %s", view, view))

		for i := range o.events {
			if e := &o.events[i]; kinds == nil || slices.Contains(kinds, e.Kind) {
				want = append(want, fmt.Sprintf("%s %d/%d", view, e.BlockNumber, e.LogIndex))
			}
		}
	}

	have, err := o.texts(ctx, "SELECT concat(view, ' ', toString(block_number), '/', toString(log_index)) FROM ("+
		strings.Join(sources, " UNION ALL ")+")")
	if err != nil {
		return err
	}

	slices.Sort(want)
	slices.Sort(have)

	return compare("views of events", want, have)
}

// wallets compares what the contracts hold for every actor with what the view shows of
// all of them, and with what is read of each alone, which finds its rows by an index.
func (o *Oracle) wallets(ctx context.Context) error {
	columns := []string{"staked", "cooling", "locked", "outstanding", "diem_held", "diem_staked", "diem_cooling"}
	shown := make([]string, len(columns))
	sums := make([]string, len(columns))

	for i, column := range columns {
		sums[i] = fmt.Sprintf("'%s ', toString(%s_wei)", column, column)
	}

	var want, accounts []string

	for _, actor := range o.world.Net.Actors() {
		w, err := o.theirWallet(ctx, actor.Address)
		if err != nil {
			return err
		}

		if err := o.wallet(ctx, actor.Address, w); err != nil {
			return err
		}

		theirs := []*uint256.Int{w.Staked, w.Unstaking, w.Locked, w.Minted, w.Diem, w.DiemStaked, w.DiemUnstaking}
		empty := true

		for i, amount := range theirs {
			shown[i] = columns[i] + " " + amount.Dec()
			empty = empty && amount.IsZero()
		}

		account := strings.ToLower(actor.Address.Hex())
		accounts = append(accounts, "'"+account+"'")

		if !empty {
			want = append(want, account+" "+strings.Join(shown, " "))
		}
	}

	have, err := o.texts(ctx, "SELECT concat(account, ' ', "+strings.Join(sums, ", ' ', ")+") FROM wallets WHERE account IN ("+
		strings.Join(accounts, ", ")+")")
	if err != nil {
		return err
	}

	nothing := strings.Join(columns, " 0 ") + " 0"
	have = slices.DeleteFunc(have, func(line string) bool { return strings.HasSuffix(line, " "+nothing) })

	slices.Sort(want)
	slices.Sort(have)

	return compare("wallets", want, have)
}

// theirWallet is what the contracts hold for an account at the head, asked once.
func (o *Oracle) theirWallet(ctx context.Context, account common.Address) (devnet.Wallet, error) {
	if w, asked := o.theirs[account]; asked {
		return w, nil
	}

	w, err := o.world.Net.Oracle().Wallet(ctx, account, o.head)
	if err != nil {
		return devnet.Wallet{}, fmt.Errorf("ask the contracts for %s: %w", account, err)
	}

	o.theirs[account] = w

	return w, nil
}

func (o *Oracle) wallet(ctx context.Context, account common.Address, theirs devnet.Wallet) error {
	ours, err := o.store.WalletAt(ctx, o.head, account)
	if err != nil {
		return err
	}

	for name, pair := range map[string][2]*big.Int{
		"staked": {ours.Staked, theirs.Staked.ToBig()}, "locked": {ours.Locked, theirs.Locked.ToBig()},
		"minted": {ours.Minted, theirs.Minted.ToBig()}, "diem": {ours.DIEM, theirs.Diem.ToBig()},
	} {
		if pair[0].Cmp(pair[1]) != 0 {
			return &differs{fmt.Sprintf("%s of %s: %d wei in the warehouse, %d in the contract", name, account, pair[0], pair[1])}
		}
	}

	return nil
}

// emissions compares every reward update with the mints it was made of, and the time
// since the one before.
func (o *Oracle) emissions(ctx context.Context) error {
	type update struct {
		time, index       uint64
		treasury, stakers uint256.Int
	}

	blocks := make(map[uint64]*update)

	for i := range o.events {
		e := &o.events[i]
		if e.Kind != decode.KindVVVEmissionTreasury && e.Kind != decode.KindVVVEmissionStakers {
			continue
		}

		u := blocks[e.BlockNumber]
		if u == nil {
			u = &update{time: e.BlockTime, index: uint64(e.LogIndex)}
			blocks[e.BlockNumber] = u
		}

		sum := &u.treasury
		if e.Kind == decode.KindVVVEmissionStakers {
			sum = &u.stakers
		}

		sum.Add(sum, &e.VVVWei)
	}

	var before uint64

	want := make([]string, 0, len(blocks))

	for _, number := range slices.Sorted(maps.Keys(blocks)) {
		u, elapsed := blocks[number], "first"
		if before > 0 {
			elapsed = fmt.Sprintf("%ds", u.time-before)
		}

		before = u.time
		want = append(want, fmt.Sprintf("%d/%d %s %s after %s", number, u.index, u.treasury.Dec(), u.stakers.Dec(), elapsed))
	}

	have, err := o.texts(ctx, `SELECT concat(toString(block_number), '/', toString(log_index), ' ', toString(vvv_treasury_wei), ' ',
			toString(vvv_stakers_wei), ' after ', ifNull(concat(toString(elapsed), 's'), 'first'))
		FROM emissions ORDER BY block_number`)
	if err != nil {
		return err
	}

	return compare("emissions", want, have)
}

// views reads every view that no other check reads: it answers.
func (o *Oracle) views(ctx context.Context) error {
	names, err := o.texts(ctx, "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine = 'View' ORDER BY name")
	if err != nil {
		return err
	}

	if len(names) == 0 {
		return &differs{"the warehouse has no views"}
	}

	events := eventViews()

	var wrong []error

	for _, name := range names {
		if _, shows := events[name]; shows || slices.Contains(compared, name) {
			continue
		}

		source := name
		if name == "metric_at" { // it takes parameters
			source = fmt.Sprintf("metric_at(metric = 'vvv_locked', block = %d)", o.head)
		}

		if err := o.store.Conn().Exec(ctx, "SELECT * FROM "+source+" FORMAT Null"); err != nil {
			wrong = append(wrong, fmt.Errorf("view %s: %w", name, err))
		}
	}

	return errors.Join(wrong...)
}
