package follow_test

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/devnet"
	"diemhouse/pkg/chain"
	"diemhouse/pkg/follow"
	"diemhouse/pkg/store"
)

func (b *bundle) history() *follow.History { return b.daemon().History }

// names reports whether an eth_getLogs asks for the block among others.
func names(c call, block uint64) bool {
	from, to, ok := rangeOf(c)

	return ok && from <= block && block <= to
}

// rangeOf is the range that an eth_getLogs asks for.
func rangeOf(c call) (from, to uint64, ok bool) {
	var filters []struct {
		FromBlock hexutil.Uint64 `json:"fromBlock"` //nolint:tagliatelle // as JSON-RPC spells it
		ToBlock   hexutil.Uint64 `json:"toBlock"`   //nolint:tagliatelle // as above
	}

	if c.Method != "eth_getLogs" || json.Unmarshal(c.Params, &filters) != nil {
		return 0, 0, false
	}

	return uint64(filters[0].FromBlock), uint64(filters[0].ToBlock), true
}

func TestWhatCannotBeReadIsNamedAndTheRestIsCovered(t *testing.T) {
	t.Parallel()

	const missing = 17

	b := setup(t, devnet.Config{})
	_, err := b.net.Mine(30)
	require.NoError(t, err)

	p := b.through(t)
	p.set(func(c call) string {
		if !names(c, missing) {
			return ""
		}

		return `{"code":-32602,"message":"query exceeds max results 20000, retry with the range 1-1"}`
	})

	var left *chain.ScanError

	require.ErrorAs(t, b.history().Fill(t.Context(), everything(b)), &left)
	require.Len(t, left.Missing, 1)
	require.Equal(t, chain.Range{From: missing, To: missing}, left.Missing[0].Range)

	final := everything(b).To
	gaps, err := b.store.Gaps(t.Context(), b.filter.Name(), 0, final)
	require.NoError(t, err)
	require.Equal(t, []store.Range{{From: missing, To: missing}}, gaps)

	// Another run reads just what is left.
	p.set(func(call) string { return "" })

	before := b.heard.filled
	require.NoError(t, b.history().Fill(t.Context(), everything(b)))
	require.Equal(t, before+1, b.heard.filled)
}

func TestDaemonKeepsTryingWhatCannotBeRead(t *testing.T) {
	t.Parallel()

	b := setup(t, devnet.Config{})
	p := b.through(t)
	p.set(func(c call) string {
		if names(c, 5) {
			return `{"code":-32602,"message":"Archive requests require a personal token. Get one for free at https://www.allnodes.com/publicnode"}`
		}

		return ""
	})

	r := b.run(t, b.daemon())

	require.Eventually(t, func() bool { return b.heard.stumbled() != nil }, patience, poll)

	// The head goes on meanwhile.
	_, err := b.net.Mine(3)
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		hash, _, err := b.store.BlockHash(t.Context(), b.net.Head().Number.Uint64())
		require.NoError(t, err)

		return hash == b.net.Head().Hash()
	}, patience, poll)

	p.set(func(call) string { return "" })
	b.caughtUp(t, r)
	b.requireTruth(t)
	stopped(t, r)
}

// weighed is the real warehouse, which notes how large the inserts are.
type weighed struct {
	*store.Store

	mu      sync.Mutex
	inserts []int
}

func (w *weighed) Stage(ctx context.Context, filter string, parts iter.Seq[store.Part]) (store.Staged, error) {
	events := 0

	staged, err := w.Store.Stage(ctx, filter, func(yield func(store.Part) bool) {
		for p := range parts {
			events += len(p.Events)

			if !yield(p) {
				return
			}
		}
	})

	w.mu.Lock()
	defer w.mu.Unlock()

	w.inserts = append(w.inserts, events)

	return staged, err
}

func TestInsertsDoNotGrowWithTheRange(t *testing.T) {
	t.Parallel()

	const wanted = 200

	// Answers of twelve blocks at most, so that the range is many answers.
	b := setup(t, devnet.Config{Blocks: 60, History: 0, RangeLimit: 12})
	_, err := b.net.Mine(200)
	require.NoError(t, err)

	w := &weighed{Store: b.store}
	h := b.history()
	h.Warehouse, h.InsertEvents = w, wanted

	require.NoError(t, h.Fill(t.Context(), everything(b)))

	largest := 0
	for _, events := range b.eventsOfRanges(t, 12) {
		largest = max(largest, events)
	}

	require.Greater(t, len(w.inserts), 3)

	for _, events := range w.inserts {
		// The last part may be as large, and its last answer go beyond.
		require.Less(t, events, 2*wanted+largest)
	}
}

// broken is the real warehouse, of which inserts fail in the middle.
type broken struct {
	*store.Store

	err    error
	times  atomic.Int32 // how many are to fail
	failed atomic.Int32
}

func (b *broken) Stage(ctx context.Context, filter string, parts iter.Seq[store.Part]) (store.Staged, error) {
	if b.times.Add(-1) < 0 {
		return b.Store.Stage(ctx, filter, parts)
	}

	b.failed.Add(1)

	_, err := b.Store.Stage(ctx, filter, func(yield func(store.Part) bool) {
		for p := range parts {
			yield(p)

			return
		}
	})

	return store.Staged{}, errors.Join(err, b.err)
}

func TestHistoryThatTheWarehouseLostIsReadAgain(t *testing.T) {
	t.Parallel()

	b := setup(t, devnet.Config{RangeLimit: 12})
	_, err := b.net.Mine(60)
	require.NoError(t, err)

	all := everything(b)
	w := &broken{Store: b.store, err: syscall.ECONNRESET}
	w.times.Store(3)

	h := b.history()
	h.Warehouse, h.InsertEvents = w, 100

	require.NoError(t, h.Fill(t.Context(), all))
	require.EqualValues(t, 3, w.failed.Load())
	require.ErrorIs(t, b.heard.stumbled(), syscall.ECONNRESET)

	gaps, err := b.store.Gaps(t.Context(), b.filter.Name(), all.From, all.To)
	require.NoError(t, err)
	require.Empty(t, gaps)
	b.requireFigures(t, all.To)
}

func TestHistoryThatTheWarehouseRefusesIsNotReadAgain(t *testing.T) {
	t.Parallel()

	b := setup(t, devnet.Config{})
	w := &broken{Store: b.store, err: errFault}
	w.times.Store(1)

	h := b.history()
	h.Warehouse = w

	require.ErrorIs(t, h.Fill(t.Context(), everything(b)), errFault)
	require.EqualValues(t, 1, w.failed.Load())
	require.NoError(t, h.Fill(t.Context(), everything(b)))
}

// overtaken is the real warehouse, on which another process starts after the first batch
// was written and before it counts.
type overtaken struct {
	*store.Store

	once sync.Once
}

func (o *overtaken) Cover(ctx context.Context, staged ...store.Staged) error {
	var err error

	o.once.Do(func() { err = o.RewindAboveCursor(ctx) })

	return errors.Join(err, o.Store.Cover(ctx, staged...))
}

func TestHistoryThatARewindOvertookIsReadAgain(t *testing.T) {
	t.Parallel()

	b := setup(t, devnet.Config{})
	_, err := b.net.Mine(60)
	require.NoError(t, err)

	all := everything(b)
	require.NoError(t, b.history().Fill(t.Context(), chain.Range{From: all.From, To: all.From + 5}))

	h := b.history()
	h.Warehouse = &overtaken{Store: b.store}

	require.NoError(t, h.Fill(t.Context(), all))

	gaps, err := b.store.Gaps(t.Context(), b.filter.Name(), all.From, all.To)
	require.NoError(t, err)
	require.Empty(t, gaps)
	b.requireFigures(t, all.To)

	var again *store.OvertakenError

	require.ErrorAs(t, b.heard.stumbled(), &again)
}

// eventsOfRanges is an upper bound of the events of any range so long, by start.
func (b *bundle) eventsOfRanges(t *testing.T, length uint64) map[uint64]int {
	t.Helper()

	rows, err := b.store.Conn().Query(t.Context(), "SELECT block_number, count() FROM events FINAL GROUP BY block_number")
	require.NoError(t, err)

	defer func() { require.NoError(t, rows.Close()) }()

	sums := make(map[uint64]int)

	for rows.Next() {
		var block, events uint64

		require.NoError(t, rows.Scan(&block, &events))

		for start := block - min(block, length-1); start <= block; start++ {
			sums[start] += int(events)
		}
	}

	require.NoError(t, rows.Err())

	return sums
}
