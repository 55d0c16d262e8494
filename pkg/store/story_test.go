package store_test

import (
	"crypto/sha256"
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"

	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
	"diemhouse/pkg/venice"
)

// story is six weeks of a small Venice, the same in every run: what the examples of
// docs/SQL.md are asked of. Its arithmetic is the contracts'.
type story struct {
	*testing.T

	rand   *rand.Rand
	state  venice.RewardState
	curve  venice.Curve
	supply uint256.Int // of DIEM

	block     uint64
	updated   uint64 // time of the last reward update
	wallets   []*holder
	treasury  common.Address
	staking   common.Address
	pool      common.Address
	safe      common.Address
	events    []decode.Event
	lastBlock uint64
}

// holder is a wallet of the story, amounts in wei.
type holder struct {
	address                                                common.Address
	staked, locked, outstanding, diem, diemStaked, cooling uint256.Int
	coolingSince                                           uint64
}

// storyFirst is the story's first block, 2026-08-01 00:00:01.
const storyFirst = 49_376_527

// blockTime is Base's: a block every two seconds.
func blockTime(block uint64) uint64 { return 1_686_789_347 + 2*block }

func addressOf(name string) common.Address {
	hash := sha256.Sum256([]byte(name))

	return common.BytesToAddress(hash[:20])
}

func tell(t *testing.T) *story {
	t.Helper()

	l := &story{
		T: t, rand: rand.New(rand.NewPCG(8453, 1)), block: storyFirst, updated: blockTime(storyFirst),
		treasury: addressOf("treasury"), staking: addressOf("staking"), pool: addressOf("pool"), safe: addressOf("safe"),
	}
	l.add(decode.Event{Contract: decode.ContractVVV, Name: "Transfer", Kind: decode.KindVVVGenesis, Account: l.treasury, VVVWei: whole(78_000_000)})
	l.setting(decode.KindVenicePercentageUpdated, "VeniceEmissionsPercentageUpdated", *uint256.NewInt(0))
	l.setting(decode.KindVenicePercentageLockedUpdated, "VeniceEmissionsPercentageWhenLockedUpdated", *uint256.NewInt(2e17))
	l.setting(decode.KindCooldownUpdated, "CooldownDurationUpdated", *uint256.NewInt(604_800))
	l.rate(3_000_000)
	l.replaceCurve(39_500)

	for i := range 24 {
		w := &holder{address: addressOf(fmt.Sprint("wallet ", i))}
		l.wallets = append(l.wallets, w)
		l.next(200)
		l.stake(w, 400_000+l.rand.Uint64N(2_600_000))
	}

	// Those who came first minted where the curve was low.
	for range 2 {
		for _, w := range l.wallets[:15] {
			l.next(200)
			l.mint(w, 800+l.rand.Uint64N(1_000))
		}
	}

	end := uint64(storyFirst + 45*43_200)
	for day := uint64(0); l.block < end; {
		l.next(4_000)
		l.act()

		if today := (l.block - storyFirst) / 43_200; today != day {
			day = today
			l.daily(day)
		}
	}

	l.lastBlock = l.block

	return l
}

// daily is what happens on certain days.
func (l *story) daily(day uint64) {
	l.next(10)

	switch day {
	case 14:
		l.add(decode.Event{Contract: decode.ContractVVV, Name: "Transfer", Kind: decode.KindVVVBurnBuyback, Account: l.safe, VVVWei: whole(41_250)})
	case 20:
		l.add(decode.Event{
			Contract: decode.ContractStaking, Kind: decode.KindUnknown, Problem: "unknown",
			Topics: []common.Hash{sha256.Sum256([]byte("news"))}, Data: make([]byte, 64),
		})
	case 31:
		l.rate(2_500_000)
	case 40:
		l.replaceCurve(40_000)
	}

	for range 3 + l.rand.IntN(4) {
		l.next(2_000)
		l.add(decode.Event{
			Contract: decode.ContractVVV, Name: "Transfer", Kind: decode.KindVVVBurnProgrammatic, Account: l.pool,
			VVVWei: *new(uint256.Int).Mul(uint256.NewInt(1+l.rand.Uint64N(90_000)), uint256.NewInt(1e16)),
		})
	}
}

// act is what somebody does on a usual day.
func (l *story) act() {
	w := l.wallets[l.rand.IntN(len(l.wallets))]

	switch l.rand.IntN(12) {
	case 0, 1:
		l.stake(w, 500+l.rand.Uint64N(40_000))
	case 2, 3:
		l.mint(w, 1+l.rand.Uint64N(60))
	case 4:
		l.burn(w)
	case 5:
		l.unstake(w)
	case 6:
		l.finalize(w)
	case 7, 8:
		l.claim(w)
	case 9:
		l.stakeDIEM(w)
	case 10:
		l.sendDIEM(w)
	case 11:
		l.unstakeDIEM(w)
	}
}

func whole(tokens uint64) uint256.Int {
	return *new(uint256.Int).Mul(uint256.NewInt(tokens), uint256.NewInt(1e18))
}

// next goes on by up to so many blocks.
func (l *story) next(blocks uint64) { l.block += 1 + l.rand.Uint64N(blocks) }

func (l *story) add(e decode.Event) {
	e.BlockNumber, e.BlockTime = l.block, blockTime(l.block)

	if n := len(l.events); n > 0 && l.events[n-1].BlockNumber == l.block {
		e.LogIndex = l.events[n-1].LogIndex + 1
	} else {
		e.LogIndex = uint32(l.rand.IntN(40))
	}

	e.TxHash = sha256.Sum256([]byte(fmt.Sprint("transaction ", l.block)))
	e.BlockHash = sha256.Sum256([]byte(fmt.Sprint("block ", l.block)))
	e.Address = addressOf(string(e.Contract))
	l.events = append(l.events, e)
}

// write puts the story into a warehouse: history, then the last blocks one by one,
// with a reorg that changed nothing, an audit, and where the chain was seen.
func (l *story) write(s *store.Store) {
	ctx, settled := l.Context(), l.lastBlock-20
	events := func(from, to uint64) (out []decode.Event) {
		for _, e := range l.events {
			if e.BlockNumber >= from && e.BlockNumber <= to {
				out = append(out, e)
			}
		}

		return out
	}

	require.NoError(l, s.SetFirstBlock(ctx, storyFirst))
	require.NoError(l, s.Write(ctx, store.Batch{
		Filter: store.FilterCore, Events: events(0, settled), Covered: []store.Range{{From: storyFirst, To: settled}},
	}))

	follow := func(from uint64) {
		for n := from; n <= l.lastBlock; n++ {
			require.NoError(l, s.Write(ctx, store.Batch{
				Filter: store.FilterCore, Events: events(n, n), Covered: []store.Range{{From: storyFirst, To: n}},
				Blocks: []store.Block{{Number: n, Hash: sha256.Sum256([]byte(fmt.Sprint("block ", n))), Time: blockTime(n)}},
			}))
		}
	}

	follow(settled + 1)
	require.NoError(l, s.Rewind(ctx, l.lastBlock-3))
	follow(l.lastBlock - 2)

	require.NoError(l, s.SetHeads(ctx, store.Heads{
		Head: l.lastBlock + 1, HeadTime: blockTime(l.lastBlock + 1), Safe: l.lastBlock - 60, Finalized: l.lastBlock - 600,
	}))
	require.NoError(l, s.PutAudit(ctx, l.lastBlock, time.Unix(int64(blockTime(l.lastBlock)), 0), []store.AuditRow{
		{Figure: "diem_supply", Warehouse: l.supply.ToBig(), Contract: l.supply.ToBig()},
		{Figure: "vvv_locked", Warehouse: l.state.Locked.ToBig(), Contract: l.state.Locked.ToBig()},
		{Figure: "emission_rate", Warehouse: l.state.Rate.ToBig(), Contract: new(big.Int).Set(l.state.Rate.ToBig())},
	}))
}
