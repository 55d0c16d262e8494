package sim

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/ethclient"

	"diemhouse/internal/devnet"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
)

// Oracle knows from the node what the warehouse has to hold.
type Oracle struct {
	world  *World
	store  *store.Store
	head   uint64
	events []decode.Event
	// theirs are the contracts' wallets that were asked for.
	theirs map[common.Address]devnet.Wallet
}

// NewOracle asks the node for its events up to its head.
func NewOracle(ctx context.Context, w *World) (*Oracle, error) {
	s, err := w.warehouse(ctx)
	if err != nil {
		return nil, err
	}

	o := &Oracle{world: w, store: s, head: w.height(), theirs: make(map[common.Address]devnet.Wallet)}

	client := ethclient.NewClient(w.Net.Client()) // not to be closed: it is the devnet's own

	logs, err := client.FilterLogs(ctx, ethereum.FilterQuery{
		FromBlock: new(big.Int), ToBlock: new(big.Int).SetUint64(o.head), Addresses: w.filter.Addresses(),
	})
	if err != nil {
		return nil, fmt.Errorf("read the node's logs: %w", err)
	}

	wanted := logs[:0]

	for i := range logs {
		if w.filter.Wanted(&logs[i]) {
			wanted = append(wanted, logs[i])
		}
	}

	o.events, err = w.decoder.Decode(nil, wanted)
	if err != nil {
		return nil, fmt.Errorf("decode the node's logs: %w", err)
	}

	if len(o.events) == 0 {
		return nil, errors.New("the node has no events: there is nothing to compare")
	}

	return o, nil
}

// All are the events of the chain, in their order.
func (o *Oracle) All() []decode.Event { return o.events }

// Compare gives every difference between the warehouse and the chain, nil when there
// is none. Settings are compared apart.
func (o *Oracle) Compare(ctx context.Context) error {
	checks := []func(context.Context) error{o.Events, o.ledger, o.rollups, o.blocks, o.coverage, o.status, o.figures, o.wallets, o.eventViews, o.emissions, o.views}

	var wrong []error

	for _, check := range checks {
		err := check(ctx)
		for deadline := time.Now().Add(patience); store.Retryable(err) && time.Now().Before(deadline); err = check(ctx) {
			time.Sleep(poll) // the database comes up again
		}

		if err != nil {
			wrong = append(wrong, err)
		}
	}

	return errors.Join(wrong...)
}

// differs is a difference, which no other try takes away.
type differs struct{ text string }

// Error implements error.
func (d *differs) Error() string { return d.text }

// Events compares every column of every event.
func (o *Oracle) Events(ctx context.Context) error {
	want := make([]string, len(o.events))
	for i := range o.events {
		want[i] = lineOf(&o.events[i])
	}

	have, err := o.texts(ctx, `SELECT concat(toString(block_number), '/', toString(log_index), ' ', toString(toUnixTimestamp(block_time)),
			' ', lower(hex(block_hash)), ' ', lower(hex(tx_hash)), ' ', toString(tx_index), ' ', lower(hex(address)), ' ', contract,
			' ', event, ' ', kind, ' ', lower(hex(account)), ' ', lower(hex(counterparty)), ' ', toString(vvv_wei), ' ',
			toString(diem_wei), ' ', args, ' ', problem, ' ', lower(hex(arrayStringConcat(topics))), ' ', lower(hex(data)))
		FROM events FINAL ORDER BY block_number, log_index`)
	if err != nil {
		return err
	}

	return compare("events", want, have)
}

func lineOf(e *decode.Event) string {
	var topics []byte
	for _, t := range e.Topics {
		topics = append(topics, t[:]...)
	}

	return fmt.Sprintf("%d/%d %d %x %x %d %x %s %s %s %x %x %s %s %s %s %x %x", e.BlockNumber, e.LogIndex, e.BlockTime,
		e.BlockHash, e.TxHash, e.TxIndex, e.Address, e.Contract, e.Name, e.Kind, e.Account, e.Counterparty,
		e.VVVWei.Dec(), e.DIEMWei.Dec(), e.Args, e.Problem, topics, e.Data)
}

// ledger compares every change of every metric.
func (o *Oracle) ledger(ctx context.Context) error {
	all := changes(o.events)
	want := make([]string, len(all))

	for i, c := range all {
		want[i] = fmt.Sprintf("%s %d/%d %x %s", c.metric, c.block, c.index, c.account, c.delta)
	}

	slices.Sort(want)

	have, err := o.texts(ctx, `SELECT concat(metric, ' ', toString(block_number), '/', toString(log_index), ' ',
		lower(hex(account)), ' ', toString(delta)) AS line FROM ledger FINAL`)
	if err != nil {
		return err
	}

	slices.Sort(have)

	return compare("ledger", want, have)
}

// rollups compares every hour's net change with one summed up anew, and what the views
// make of them with the ledger.
func (o *Oracle) rollups(ctx context.Context) error {
	metrics := rolledUp()
	sums, names := make([]string, len(metrics)), make([]string, len(metrics))

	for i, metric := range metrics {
		sums[i] = fmt.Sprintf("toString(sumIf(delta, metric = '%s'))", metric)
		names[i] = fmt.Sprintf("toString(%s)", metric)
	}

	nothing := strings.TrimSpace(strings.Repeat("0 ", len(metrics)))

	want, err := o.texts(ctx, "SELECT concat(toString(toStartOfHour(block_time)), ' ', arrayStringConcat(["+strings.Join(sums, ", ")+
		"], ' ')) FROM ledger FINAL GROUP BY toStartOfHour(block_time) ORDER BY toStartOfHour(block_time)")
	if err != nil {
		return err
	}

	have, err := o.texts(ctx, "SELECT concat(toString(hour), ' ', arrayStringConcat(["+strings.Join(names, ", ")+
		"], ' ')) FROM rollup_hourly FINAL ORDER BY hour")
	if err != nil {
		return err
	}

	empty := func(line string) bool { return strings.HasSuffix(line, " "+nothing) }

	return errors.Join(
		compare("rollup_hourly", slices.DeleteFunc(want, empty), slices.DeleteFunc(have, empty)),
		o.now(ctx, metrics),
	)
}

// now compares the figures that people look at with the ledger.
func (o *Oracle) now(ctx context.Context, metrics []string) error {
	net := sumsAt(o.events, o.head)

	for _, view := range []string{"supply_now", "supply_hourly ORDER BY hour DESC LIMIT 1", "figures_hourly ORDER BY hour DESC LIMIT 1", "supply_daily ORDER BY day DESC LIMIT 1"} {
		want, columns := make([]string, len(metrics)), make([]string, len(metrics))

		for i, metric := range metrics {
			columns[i] = fmt.Sprintf("toString(%s_wei)", metric)
			want[i] = net[metric].String()
		}

		have, err := o.texts(ctx, "SELECT arrayStringConcat(["+strings.Join(columns, ", ")+"], ' ') FROM "+view)
		if err != nil {
			return err
		}

		if err := compare(view, []string{strings.Join(want, " ")}, have); err != nil {
			return err
		}
	}

	return nil
}

// blocks compares the followed blocks.
func (o *Oracle) blocks(ctx context.Context) error {
	have, err := o.texts(ctx, "SELECT concat(toString(block_number), ' ', lower(hex(block_hash))) FROM blocks FINAL ORDER BY block_number")
	if err != nil {
		return err
	}

	var wrong []string

	for _, line := range have {
		var (
			number uint64
			hash   string
		)

		if _, err := fmt.Sscan(line, &number, &hash); err != nil {
			return fmt.Errorf("block %q: %w", line, err)
		}

		if h := o.world.Net.Header(number); h == nil || h.Hash() != common.HexToHash(hash) {
			wrong = append(wrong, line)
		}
	}

	if len(wrong) > 0 {
		return &differs{fmt.Sprintf("blocks of no canonical hash: %v", wrong)}
	}

	return nil
}

// coverage must be all, and no more.
func (o *Oracle) coverage(ctx context.Context) error {
	ranges, err := o.store.Coverage(ctx, o.world.filter.Name())
	if err != nil {
		return err
	}

	if len(ranges) != 1 || ranges[0] != (store.Range{From: 0, To: o.head}) {
		return &differs{fmt.Sprintf("covered %v, the chain is 0 to %d", ranges, o.head)}
	}

	gaps, err := o.texts(ctx, "SELECT concat(filter, ' ', toString(from_block), ' to ', toString(to_block)) FROM coverage_gaps")
	if err != nil {
		return err
	}

	want := []string{fmt.Sprintf("core 0 to %d", o.head)}
	if filter := o.world.filter.Name(); filter != store.FilterCore { // What all covers is in both.
		want = []string{fmt.Sprintf("%s 0 to %d", filter, o.head), want[0]}
	}

	shown, err := o.texts(ctx, "SELECT concat(filter, ' ', toString(from_block), ' to ', toString(to_block)) FROM coverage_ranges ORDER BY filter")
	if err != nil {
		return err
	}

	return errors.Join(compare("coverage_gaps", nil, gaps), compare("coverage_ranges", want, shown))
}

// status must tell of the same blocks and events.
func (o *Oracle) status(ctx context.Context) error {
	unknown := 0

	for i := range o.events {
		if o.events[i].Kind == decode.KindUnknown {
			unknown++
		}
	}

	have, err := o.texts(ctx, `SELECT concat('to ', toString(cursor), ', ', toString(covered_blocks), ' covered, ', toString(missing_blocks),
			' missing in ', toString(gaps), ' gaps, ', toString(events), ' events, ', toString(unknown_logs), ' unknown') FROM status`)
	if err != nil {
		return err
	}

	return compare("status", []string{fmt.Sprintf("to %d, %d covered, 0 missing in 0 gaps, %d events, %d unknown",
		o.head, o.head+1, len(o.events), unknown)}, have)
}

// texts reads a query of one column.
func (o *Oracle) texts(ctx context.Context, query string) ([]string, error) {
	rows, err := o.store.Conn().Query(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, query)
	}
	defer rows.Close() //nolint:errcheck // rows.Err says what went wrong

	var out []string

	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return nil, fmt.Errorf("%w: %s", err, query)
		}

		out = append(out, line)
	}

	return out, rows.Err()
}

// compare says what is missing and what is too much.
func compare(what string, want, have []string) error {
	if slices.Equal(want, have) {
		return nil
	}

	missing, extra := without(want, have), without(have, want)
	if len(missing)+len(extra) == 0 {
		return &differs{fmt.Sprintf("%s: %d rows wanted, %d there: some twice, or in another order", what, len(want), len(have))}
	}

	const shown = 6

	return &differs{fmt.Sprintf("%s: %d missing %q, %d too many %q", what, len(missing), missing[:min(shown, len(missing))],
		len(extra), extra[:min(shown, len(extra))])}
}

// without are the lines of a that b does not have, as often.
func without(a, b []string) []string {
	have := make(map[string]int)
	for _, line := range b {
		have[line]++
	}

	var out []string

	for _, line := range a {
		if have[line]--; have[line] < 0 {
			out = append(out, line)
		}
	}

	return out
}
