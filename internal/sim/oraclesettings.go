package sim

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/holiman/uint256"

	"diemhouse/internal/devnet"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
	"diemhouse/pkg/venice"
)

// Settings compares the parameters and the curve in force, at several blocks, and what
// the views make of all that ever were.
func (o *Oracle) Settings(ctx context.Context) error {
	for _, block := range []uint64{o.head / 2, o.head - min(o.head, 7), o.head} {
		theirs, err := o.world.Net.Oracle().Figures(ctx, block)
		if err != nil {
			return fmt.Errorf("ask the contracts at block %d: %w", block, err)
		}

		for name, value := range settingsOf(theirs) {
			param, known, err := o.store.ParamAt(ctx, name, block)
			if err != nil {
				return err
			}

			if !known || param.Value != *value {
				return &differs{fmt.Sprintf("%s at block %d: %s (known: %t, %s, since %d) in the warehouse, %s in the contract",
					name, block, param.Value.Dec(), known, param.Learned, param.FirstBlock, value.Dec())}
			}
		}

		if !theirs.Upgraded {
			continue
		}

		curve, err := o.world.Net.Oracle().Curve(ctx, block)
		if err != nil {
			return fmt.Errorf("ask for the curve at block %d: %w", block, err)
		}

		epoch, known, err := o.store.CurveAt(ctx, block)
		if err != nil {
			return err
		}

		if !known || epoch.Curve != curve {
			return &differs{fmt.Sprintf("the curve at block %d is another (known: %t, %s, since %d)", block, known, epoch.Learned, epoch.FirstBlock)}
		}

		if block == o.head {
			if err := o.mintRate(ctx, &curve, theirs.DiemTotalSupply); err != nil {
				return err
			}
		}
	}

	return errors.Join(o.settingChanges(ctx), o.curves(ctx), o.cooldowns(ctx))
}

func settingsOf(f devnet.Figures) map[string]*uint256.Int {
	out := map[string]*uint256.Int{
		store.ParamEmissionRate:     f.EmissionRatePerSecond,
		store.ParamCooldown:         uint256.NewInt(f.CooldownDuration),
		store.ParamDIEMCooldown:     uint256.NewInt(f.DiemCooldown),
		store.ParamVenicePercentage: f.Percentage,
		store.ParamTreasury:         new(uint256.Int).SetBytes(f.Treasury.Bytes()),
	}

	if f.Upgraded {
		out[store.ParamVenicePercentageLocked] = f.PercentageWhenLocked
	}

	return out
}

// mintRate compares the rate that the views show at the head with that of the contract's
// table at its supply of DIEM, in wei.
func (o *Oracle) mintRate(ctx context.Context, curve *venice.Curve, supply *uint256.Int) error {
	want := "none"
	if rate, err := curve.RateAt(supply); err == nil { // the table may end below the supply
		want = rate.Dec()
	}

	now := time.Unix(int64(o.world.Net.Header(o.head).Time), 0).UTC().Format(time.DateTime)

	for _, source := range []string{
		"supply_now", "supply_hourly ORDER BY hour DESC LIMIT 1", "supply_daily ORDER BY day DESC LIMIT 1",
		"mint_rate ORDER BY block_number DESC, log_index DESC LIMIT 1", "mint_rate_at(time = '" + now + "')",
		"mint_rate_now", "mint_rate_hourly ORDER BY hour DESC LIMIT 1",
		fmt.Sprintf("supply_at(block = %d)", o.head),
	} {
		have, err := o.texts(ctx, "SELECT ifNull(toString(mint_rate_wei), 'none') FROM "+source)
		if err != nil {
			return err
		}

		if err := compare("mint rate of "+source, []string{want}, have); err != nil {
			return err
		}
	}

	return nil
}

// settingOf is the name of the setting that an event sets, empty when it sets none.
func settingOf(e *decode.Event) string {
	if e.Kind == decode.KindCooldownUpdated && e.Contract == decode.ContractDIEM {
		return store.ParamDIEMCooldown
	}

	return map[decode.Kind]string{
		decode.KindEmissionRateUpdated:           store.ParamEmissionRate,
		decode.KindVenicePercentageUpdated:       store.ParamVenicePercentage,
		decode.KindVenicePercentageLockedUpdated: store.ParamVenicePercentageLocked,
		decode.KindTreasuryUpdated:               store.ParamTreasury,
		decode.KindCooldownUpdated:               store.ParamCooldown,
	}[e.Kind]
}

// theirSettings are the contracts' settings at the blocks that were asked about.
type theirSettings struct {
	oracle *Oracle
	known  map[uint64]map[string]*uint256.Int
}

// at gives a setting after a block, empty where it does not exist yet.
func (s *theirSettings) at(ctx context.Context, block uint64, name string) (string, error) {
	if s.known[block] == nil {
		figures, err := s.oracle.world.Net.Oracle().Figures(ctx, block)
		if err != nil {
			return "", fmt.Errorf("ask the contracts at block %d: %w", block, err)
		}

		s.known[block] = settingsOf(figures)
	}

	if v := s.known[block][name]; v != nil {
		return v.Dec(), nil
	}

	return "", nil
}

// settingChange is a row of parameter_changes.
type settingChange struct {
	Name    string `ch:"name"`
	Block   uint64 `ch:"block_number"`
	Learned string `ch:"learned"` // for whoever reads of a difference
	Value   string `ch:"value"`
	Before  string `ch:"before"`
}

// sameBlock reports whether two changes are of one setting in one block, of which the
// contracts tell nothing in between.
func (c settingChange) sameBlock(other settingChange) bool {
	return c.Name == other.Name && c.Block == other.Block
}

// settingChanges holds every shown change of a setting against the contracts before and
// after it, and every event that changed one against what is shown.
func (o *Oracle) settingChanges(ctx context.Context) error {
	var rows []settingChange

	if err := o.store.Conn().Select(ctx, &rows, `SELECT toString(name) AS name, block_number, toString(learned) AS learned,
			toString(value) AS value, ifNull(toString(before), '') AS before
		FROM parameter_changes WHERE name != 'curve' ORDER BY name, block_number, log_index`); err != nil {
		return fmt.Errorf("read parameter_changes: %w", err)
	}

	theirs := &theirSettings{oracle: o, known: make(map[uint64]map[string]*uint256.Int)}

	for i, row := range rows {
		if i+1 == len(rows) || !row.sameBlock(rows[i+1]) {
			if value, err := theirs.at(ctx, row.Block, row.Name); err != nil {
				return err
			} else if value != row.Value {
				return &differs{fmt.Sprintf("parameter_changes: %+v, the contract has %q", row, value)}
			}
		}

		if i == 0 || rows[i-1].Name != row.Name || row.sameBlock(rows[i-1]) {
			continue
		}

		if before, err := theirs.at(ctx, row.Block-1, row.Name); err != nil {
			return err
		} else if before != "" && before != row.Before {
			return &differs{fmt.Sprintf("parameter_changes: %+v, the contract had %q before", row, before)}
		}
	}

	return o.noneMissed(ctx, rows, theirs)
}

// noneMissed holds every event that changed a setting against the shown changes.
func (o *Oracle) noneMissed(ctx context.Context, shown []settingChange, theirs *theirSettings) error {
	for i := range o.events {
		e := &o.events[i]

		name := settingOf(e)
		if name == "" || e.BlockNumber == 0 {
			continue
		}

		before, err := theirs.at(ctx, e.BlockNumber-1, name)
		if err != nil {
			return err
		}

		after, err := theirs.at(ctx, e.BlockNumber, name)
		if err != nil {
			return err
		}

		change := settingChange{Name: name, Block: e.BlockNumber}
		if before != after && !slices.ContainsFunc(shown, change.sameBlock) {
			return &differs{fmt.Sprintf("parameter_changes does not show %s at block %d, from %s to %s", name, e.BlockNumber, before, after)}
		}
	}

	return nil
}

// curves holds the tables of every shown epoch, and its buckets, against the contract's
// at that block.
func (o *Oracle) curves(ctx context.Context) error {
	places, err := o.texts(ctx, "SELECT DISTINCT toString(block_number) FROM curve_epochs")
	if err != nil {
		return err
	}

	var want []string

	for _, place := range places {
		var block uint64
		if _, err := fmt.Sscan(place, &block); err != nil {
			return fmt.Errorf("block %q: %w", place, err)
		}

		curve, err := o.world.Net.Oracle().Curve(ctx, block)
		if err != nil {
			return fmt.Errorf("ask for the curve at block %d: %w", block, err)
		}

		var table []string

		below := new(uint256.Int)

		for i := range curve.Bounds {
			bound, rate := &curve.Bounds[i], &curve.Rates[i]
			table = append(table, bound.Dec()+":"+rate.Dec())

			if bound.Gt(below) {
				want = append(want, fmt.Sprintf("%d bucket %d %s %s %s", block, i, below.Dec(), bound.Dec(), rate.Dec()))
				below = bound
			}
		}

		want = append(want, fmt.Sprintf("%d table %s", block, strings.Join(table, " ")))
	}

	// Of two tables in one block the contract has the second.
	have, err := o.texts(ctx, `SELECT line FROM (
			SELECT block_number, log_index, concat(toString(block_number), ' bucket ', toString(bucket), ' ', toString(from_wei), ' ',
				toString(bound_wei), ' ', toString(rate_wei)) AS line FROM curve_buckets
			UNION ALL
			SELECT block_number, log_index, concat(toString(block_number), ' table ',
				arrayStringConcat(arrayMap((b, r) -> concat(toString(b), ':', toString(r)), bounds, rates), ' ')) AS line FROM curve_epochs)
		WHERE (block_number, log_index) IN (SELECT block_number, max(log_index) FROM curve_epochs GROUP BY block_number)`)
	if err != nil {
		return err
	}

	slices.Sort(want)
	slices.Sort(have)

	return compare("curve_epochs and curve_buckets", want, have)
}

// cooldowns holds the queue, and what it releases by the day, against what the contracts
// say of every actor: the amount, and the second from which on it is free.
func (o *Oracle) cooldowns(ctx context.Context) error {
	var (
		want     []string
		accounts []string
	)

	days := make(map[string]*uint256.Int)

	for _, actor := range o.world.Net.Actors() {
		w, err := o.theirWallet(ctx, actor.Address)
		if err != nil {
			return err
		}

		account := strings.ToLower(actor.Address.Hex())
		accounts = append(accounts, "'"+account+"'")

		for _, waiting := range []struct {
			token  string
			amount *uint256.Int
			until  uint64
		}{{"vvv", w.Unstaking, w.UnstakingUntil}, {"diem", w.DiemUnstaking, w.DiemUntil}} {
			if waiting.amount.IsZero() {
				continue
			}

			free := time.Unix(int64(waiting.until), 0).UTC()
			want = append(want, fmt.Sprintf("%s %s %s from %s on", account, waiting.amount.Dec(), waiting.token, free.Format(time.DateTime)))

			day := free.Format(time.DateOnly) + " " + waiting.token
			if days[day] == nil {
				days[day] = new(uint256.Int)
			}

			days[day].Add(days[day], waiting.amount)
		}
	}

	for day, amount := range days {
		want = append(want, day+" "+amount.Dec())
	}

	have, err := o.texts(ctx, `SELECT concat(account, ' ', toString(amount_wei), ' ', token, ' from ', toString(releases_at), ' on')
			FROM cooldown_queue WHERE account IN (`+strings.Join(accounts, ", ")+`)
		UNION ALL
		SELECT concat(toString(day), ' ', token, ' ', toString(amount_wei)) FROM cooldown_releases`)
	if err != nil {
		return err
	}

	slices.Sort(want)
	slices.Sort(have)

	return compare("cooldown_queue and cooldown_releases", want, have)
}
