package follow_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/devnet"
	"diemhouse/pkg/chain"
	"diemhouse/pkg/contract"
	"diemhouse/pkg/follow"
	"diemhouse/pkg/store"
	"diemhouse/pkg/venice"
)

// learned is what the warehouse knows of curves and settings, by how it learned it.
type learned struct {
	Name  string
	Block uint64
	Value string
	How   string
}

func (b *bundle) learned(t *testing.T, how ...string) []learned {
	t.Helper()

	rows, err := b.store.Conn().Query(t.Context(), `SELECT * FROM (SELECT name::String AS name, block_number, toString(value), learned FROM params FINAL WHERE has(?, learned)
		UNION ALL SELECT 'curve' AS name, block_number, toString(cityHash64(bounds, rates)), learned FROM curve FINAL WHERE has(?, learned))
		ORDER BY name, block_number`, how, how)
	require.NoError(t, err)

	defer func() { require.NoError(t, rows.Close()) }()

	var out []learned

	for rows.Next() {
		var l learned

		require.NoError(t, rows.Scan(&l.Name, &l.Block, &l.Value, &l.How))
		out = append(out, l)
	}

	require.NoError(t, rows.Err())

	return out
}

func (b *bundle) parameters(first uint64) *follow.Parameters {
	return &follow.Parameters{Reader: contract.New(venice.Base(), b.pool), Warehouse: b.store, First: first}
}

// sample samples and stores.
func (b *bundle) sample(t *testing.T, block uint64, reach bool) int {
	t.Helper()

	p := b.parameters(0)
	how := map[bool]*follow.Reach{true: {}}[reach]
	found, err := p.Sample(t.Context(), block, how)
	require.NoError(t, err)
	require.NoError(t, p.Put(t.Context(), found))

	return found.Len()
}

func TestBisectionFindsWhatEventsTell(t *testing.T) {
	t.Parallel()

	b := setup(t, devnet.Config{})
	head := b.net.Head().Number.Uint64()

	// No event was read: every change is found by reading states alone.
	require.Positive(t, b.sample(t, head, true))
	bisected := b.learned(t, store.LearnedBisected)
	require.Empty(t, b.learned(t, store.LearnedSampled))

	for block := uint64(1); block <= head; block += 3 {
		b.requireRules(t, block)
	}

	require.Zero(t, b.sample(t, head, true), "a second sample finds nothing")

	// The events tell the same changes in the same blocks, and those that change
	// nothing beside.
	filled := setup(t, devnet.Config{})
	r := filled.run(t, filled.daemon())
	filled.caughtUp(t, r)
	stopped(t, r)

	var told []learned

	for _, l := range filled.learned(t, store.LearnedEvent) {
		l.How = store.LearnedBisected

		n := len(told)

		switch {
		case l.Name == store.ParamTreasury || l.Name == store.ParamCooldown: // first set without an event
		case n > 0 && told[n-1].Name == l.Name && told[n-1].Value == l.Value: // no change
		case n > 0 && told[n-1].Name == l.Name && told[n-1].Block == l.Block: // the block's last counts
			told[n-1] = l
		default:
			told = append(told, l)
		}
	}

	require.Subset(t, bisected, told)
}

// requireRules compares curve and settings after a block with the contracts.
func (b *bundle) requireRules(t *testing.T, block uint64) {
	t.Helper()

	want, err := b.net.Oracle().Figures(t.Context(), block)
	require.NoError(t, err)

	for name, value := range map[string]*uint256.Int{
		store.ParamEmissionRate:     want.EmissionRatePerSecond,
		store.ParamVenicePercentage: want.Percentage,
		store.ParamCooldown:         uint256.NewInt(want.CooldownDuration),
		store.ParamDIEMCooldown:     uint256.NewInt(want.DiemCooldown),
		store.ParamTreasury:         new(uint256.Int).SetBytes(want.Treasury[:]),
	} {
		param, ok, err := b.store.ParamAt(t.Context(), name, block)
		require.NoError(t, err)
		require.True(t, ok, "%s at block %d", name, block)
		require.Equal(t, value.Dec(), param.Value.Dec(), "%s at block %d", name, block)
	}

	if want.Upgraded {
		b.requireCurve(t, block)
	}
}

func TestFirstSampleReachesBackOnlyWhenAsked(t *testing.T) {
	t.Parallel()

	b := setup(t, devnet.Config{})
	head := b.net.Head().Number.Uint64()

	require.Positive(t, b.sample(t, head, false))

	for _, l := range b.learned(t, store.LearnedSampled, store.LearnedBisected) {
		require.Equal(t, store.LearnedSampled, l.How)
		require.Equal(t, head, l.Block)
	}

	_, ok, err := b.store.CurveAt(t.Context(), head-1)
	require.NoError(t, err)
	require.False(t, ok, "what is unknown stays unknown")

	// A change since then is dated, though the first value is not.
	_, _, err = b.net.Do(devnet.SetEmissionRate(uint256.NewInt(12345)))
	require.NoError(t, err)
	changed := b.net.Head().Number.Uint64()
	_, err = b.net.Mine(5)
	require.NoError(t, err)

	require.Equal(t, 1, b.sample(t, b.net.Head().Number.Uint64(), false))

	param, ok, err := b.store.ParamAt(t.Context(), store.ParamEmissionRate, changed)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, store.Param{
		Name: store.ParamEmissionRate, FirstBlock: changed, Learned: store.LearnedBisected, Value: *uint256.NewInt(12345),
	}, param)

	// Asked to, it reaches back to the beginning.
	require.Positive(t, b.sample(t, b.net.Head().Number.Uint64(), true))

	for block := uint64(1); block <= b.net.Head().Number.Uint64(); block += 6 {
		b.requireRules(t, block)
	}
}

// What the contracts began with is told by no event; a later change is.
func TestReachFindsWhatHeldBeforeTheFirstEvent(t *testing.T) {
	t.Parallel()

	b := setup(t, devnet.Config{})
	require.NoError(t, b.history().Fill(t.Context(), everything(b)))

	final := everything(b).To

	b.sample(t, final, false)

	_, known, err := b.store.ParamAt(t.Context(), store.ParamTreasury, 5)
	require.NoError(t, err)
	require.False(t, known)

	require.Positive(t, b.sample(t, final, true))

	for block := uint64(1); block <= final; block += 2 {
		b.requireRules(t, block)
	}

	require.Zero(t, b.sample(t, final, true), "a second sample finds nothing")
}

// A value that was read is followed by one that nothing announced, and that one by an
// event's.
func TestReachFindsWhatHeldBetweenAReadingAndAnEvent(t *testing.T) {
	t.Parallel()

	b := setup(t, devnet.Config{})

	// All that is left of a reach whose writing was killed: the settings of a contract
	// that is not initialized, which block 1 does without a word of treasury or cooldown.
	require.Positive(t, b.sample(t, 0, false))

	require.NoError(t, b.history().Fill(t.Context(), everything(b)))

	final := everything(b).To

	b.sample(t, final, true)

	for block := uint64(1); block <= final; block++ {
		b.requireRules(t, block)
	}

	require.Zero(t, b.sample(t, final, true), "a second sample finds nothing")
}

// An event that was lost and whose setting was set again since.
func TestReachFindsALostSettingThatWasSupersededSince(t *testing.T) {
	t.Parallel()

	b := setup(t, devnet.Config{})
	require.NoError(t, b.history().Fill(t.Context(), everything(b)))

	final := everything(b).To
	b.sample(t, final, true)

	told := slices.DeleteFunc(b.learned(t, store.LearnedEvent), func(l learned) bool { return l.Name != store.ParamEmissionRate })
	require.Greater(t, len(told), 2)

	lost := told[len(told)/2]
	require.NoError(t, b.store.Conn().Exec(t.Context(), "DELETE FROM params WHERE name = ? AND block_number = ?", lost.Name, lost.Block))

	require.Equal(t, 1, b.sample(t, final, true))

	lost.How = store.LearnedBisected
	require.Contains(t, b.learned(t, store.LearnedBisected), lost)
}

// What was compared once and cannot change any more is not read again; what came since is.
func TestReachReadsEachChangeOnce(t *testing.T) {
	t.Parallel()

	b := setup(t, devnet.Config{})
	require.NoError(t, b.history().Fill(t.Context(), everything(b)))

	final := everything(b).To
	b.sample(t, final, true)

	var asked atomic.Uint64

	b.through(t).set(func(c call) string {
		if c.Method == "eth_call" {
			asked.Add(1)
		}

		return ""
	})

	p, reach := b.parameters(0), &follow.Reach{Final: final}
	sample := func(block uint64) (calls uint64, found int) {
		before := asked.Load()

		f, err := p.Sample(t.Context(), block, reach)
		require.NoError(t, err)
		require.NoError(t, p.Put(t.Context(), f))

		return asked.Load() - before, f.Len()
	}

	all, found := sample(final)
	require.Zero(t, found)

	again, found := sample(final)
	require.Zero(t, found)
	require.Less(t, again, all)

	// Two changes of which no log is read, one after the other.
	for _, rate := range []uint64{12345, 54321} {
		_, _, err := b.net.Do(devnet.SetEmissionRate(uint256.NewInt(rate)))
		require.NoError(t, err)
	}

	head := b.net.Head().Number.Uint64()
	b.sample(t, head, false)

	for range 2 {
		require.NoError(t, b.store.Conn().Exec(t.Context(), "DELETE FROM params WHERE block_number = ?", head-1))

		_, found = sample(head)
		require.Equal(t, 1, found, "the first of the two")

		_, found = sample(head)
		require.Zero(t, found, "and a reorg may take it away, so that is not remembered")
	}
}

// personalToken is how publicnode refuses the state of an old block.
const personalToken = `{"code":-32602,"message":"Archive requests require a personal token. Get one for free at https://www.allnodes.com/publicnode"}`

func TestEndpointWithoutOldStates(t *testing.T) {
	t.Parallel()

	b := setup(t, devnet.Config{})
	head := b.net.Head().Number.Uint64()

	b.through(t).set(func(c call) string {
		if c.Method == "eth_call" && !contains(c.Params, head) {
			return personalToken
		}

		return ""
	})

	require.Positive(t, b.sample(t, head, true))

	for _, l := range b.learned(t, store.LearnedSampled, store.LearnedBisected) {
		require.Equal(t, store.LearnedSampled, l.How)
		require.Equal(t, head, l.Block)
	}
}

func TestEndpointWithoutOldStatesIsNotAskedForOlderOnes(t *testing.T) {
	t.Parallel()

	b := setup(t, devnet.Config{})
	require.NoError(t, b.history().Fill(t.Context(), everything(b)))

	newest := make(map[string]uint64) // block by name
	for _, l := range b.learned(t, store.LearnedEvent) {
		newest[l.Name] = l.Block
	}

	var (
		mu      sync.Mutex
		refused []json.RawMessage
		final   = everything(b).To
	)

	b.through(t).set(func(c call) string {
		if c.Method != "eth_call" || contains(c.Params, final) {
			return ""
		}

		mu.Lock()
		defer mu.Unlock()

		refused = append(refused, c.Params)

		return personalToken
	})

	b.sample(t, final, true)

	asked := make(map[uint64]bool)

	for _, text := range refused {
		var params []any

		require.NoError(t, json.Unmarshal(text, &params))

		block, err := hexutil.DecodeUint64(fmt.Sprint(params[1]))
		require.NoError(t, err)

		asked[block] = true
	}

	wanted := map[uint64]bool{0: true} // where the search begins for what no event told
	for _, block := range newest {
		wanted[block-1] = true
	}

	require.Equal(t, wanted, asked)
}

func TestEndpointWithoutCallsDoesNotStopTheLogs(t *testing.T) {
	t.Parallel()

	b := setup(t, devnet.Config{})
	b.through(t).set(func(c call) string {
		if c.Method == "eth_call" {
			return `{"code":-32601,"message":"the method eth_call does not exist/is not available"}`
		}

		return ""
	})

	r := b.run(t, b.daemon())
	b.caughtUp(t, r)
	require.True(t, chain.IsNoState(b.heard.sampled(t, 1)))
	require.Equal(t, b.chainEvents(t), b.storedEvents(t))
	b.requireFigures(t, b.net.Head().Number.Uint64()) // events have told the rules
	stopped(t, r)
}

func TestUnknownLogAsksForASample(t *testing.T) {
	t.Parallel()

	b := setup(t, devnet.Config{})
	r := b.run(t, b.daemon())
	b.caughtUp(t, r)
	require.NoError(t, b.heard.sampled(t, 3), "at the start, when history is complete, and for the unknown log of the story")

	_, err := b.net.Mine(3)
	require.NoError(t, err)
	b.caughtUp(t, r)
	require.Len(t, b.heard.all(), 3, "known logs ask for none")

	_, _, err = b.net.Do(devnet.EmitUnknown())
	require.NoError(t, err)
	require.NoError(t, b.heard.sampled(t, 4))
	stopped(t, r)
}

// rereader is asked to read blocks again, and answers what it is told to.
type rereader struct {
	finals chan uint64
	found  store.Replaced
	err    error
}

func (r *rereader) Read(_ context.Context, final uint64) ([]chain.Range, store.Replaced, error) {
	r.finals <- final

	return nil, r.found, r.err
}

// After every sample what it learned is read again as far as it is final. That it cannot
// be is told, as is what was found before, and is no failure of the sample.
func TestSampleIsFollowedByReadingAgain(t *testing.T) {
	t.Parallel()

	b := setup(t, devnet.Config{})
	again := &rereader{make(chan uint64, 10), store.Replaced{Missing: []store.Place{{Block: 1}}}, errors.New("no receipts")}

	d := b.daemon()
	d.Untold = again

	r := b.run(t, d)
	require.NoError(t, b.heard.sampled(t, 1))
	require.Equal(t, everything(b).To, <-again.finals)
	require.Eventually(t, func() bool { return errors.Is(b.heard.stumbled(), again.err) && b.heard.mendedLogs() > 0 }, patience, poll)

	b.caughtUp(t, r)
	require.NoError(t, b.heard.sampled(t, 3), "at the start, when history is complete, and for the unknown log of the story")
	stopped(t, r)
}

func TestReorgTakesSampledValuesBack(t *testing.T) {
	t.Parallel()

	b := setup(t, devnet.Config{})
	d := b.daemon()
	d.NoHistory = true // no event tells, sampling alone does

	r := b.run(t, d)
	require.NoError(t, b.heard.sampled(t, 1))

	for range 3 {
		sampled := b.learned(t, store.LearnedSampled, store.LearnedBisected)
		require.NotEmpty(t, sampled)

		_, err := b.net.Reorg(3) // takes away the blocks that were sampled
		require.NoError(t, err)

		head := b.net.Head()
		want, err := b.net.Oracle().Figures(t.Context(), head.Number.Uint64())
		require.NoError(t, err)

		require.Eventually(t, func() bool {
			hash, _, err := b.store.BlockHash(t.Context(), head.Number.Uint64())
			require.NoError(t, err)

			param, ok, err := b.store.ParamAt(t.Context(), store.ParamEmissionRate, head.Number.Uint64())
			require.NoError(t, err)

			return hash == head.Hash() && ok && param.Value == *want.EmissionRatePerSecond
		}, patience, poll)
	}

	stopped(t, r)
}
