package store_test

import (
	"fmt"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/testenv"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
)

// benchKinds is the mix of a usual day: reward updates and burns, and a few of the
// rest.
var benchKinds = []decode.Kind{
	decode.KindVVVEmissionTreasury, decode.KindVVVEmissionStakers, decode.KindVVVBurnProgrammatic, decode.KindVVVBurnProgrammatic,
	decode.KindClaim, decode.KindStake, decode.KindSVVVMint, decode.KindDIEMTransfer, decode.KindDIEMMint, decode.KindDIEMTransferMint,
}

// benchEvents are n events, ten a block, blocks two seconds apart.
func benchEvents(first uint64, n int) []decode.Event {
	events := make([]decode.Event, n)

	for i := range events {
		block := first + uint64(i/10)
		e := &events[i]
		e.BlockNumber, e.LogIndex, e.TxIndex = block, uint32(i%10), uint32(i%10)
		e.BlockTime = 1_686_789_347 + 2*block
		e.BlockHash = common.BigToHash(uint256.NewInt(block * 0x9E3779B97F4A7C15).ToBig())
		e.TxHash = common.BigToHash(uint256.NewInt((block*10 + uint64(i%10)) * 0x9E3779B97F4A7C15).ToBig())
		e.Address, e.Contract = common.Address{1}, decode.ContractStaking
		e.Kind = benchKinds[i%10]
		e.Name = "Transfer"
		e.Account = common.Address{19: byte(block), 18: byte(block >> 8)}
		e.VVVWei.Mul(uint256.NewInt(block), uint256.NewInt(1e15+uint64(i)))
		e.DIEMWei.Mul(uint256.NewInt(block), uint256.NewInt(1e12+uint64(i)))
	}

	return events
}

// BenchmarkInsert writes a million events in batches of 50,000, with all views and
// without any.
func BenchmarkInsert(b *testing.B) {
	const (
		total = 1_000_000
		batch = 50_000
		first = 30_000_000
	)

	for _, views := range []string{"all", "ledger", "none"} {
		b.Run("views="+views, func(b *testing.B) {
			for range b.N {
				b.StopTimer()

				s := testenv.Open(b)
				for _, view := range map[string][]string{
					"none":   {"ledger_mv", "curve_mv", "params_mv", "rollup_hourly_mv"},
					"ledger": {"rollup_hourly_mv"},
				}[views] {
					require.NoError(b, s.Conn().Exec(b.Context(), "DROP TABLE IF EXISTS "+view+" SYNC"))
				}

				batches := make([]store.Batch, 0, total/batch)

				for n := 0; n < total; n += batch {
					from := first + uint64(n/10)
					batches = append(batches, store.Batch{
						Filter: store.FilterCore, Events: benchEvents(from, batch),
						Covered: []store.Range{{From: from, To: from + batch/10 - 1}},
					})
				}

				b.StartTimer()

				for _, next := range batches {
					require.NoError(b, s.Write(b.Context(), next))
				}
			}

			b.ReportMetric(float64(total*b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// BenchmarkHead writes blocks of a few events one by one, as the head loop does.
func BenchmarkHead(b *testing.B) {
	for _, n := range []int{0, 1, 20} {
		b.Run(fmt.Sprintf("events=%d", n), func(b *testing.B) {
			s := testenv.Open(b)
			number := uint64(30_000_000)

			b.ResetTimer()

			for range b.N {
				number += 2
				require.NoError(b, s.Write(b.Context(), store.Batch{
					Filter: store.FilterCore, Events: benchEvents(number, n),
					Blocks:  []store.Block{{Number: number, Time: 1_686_789_347 + 2*number}},
					Covered: []store.Range{{From: 30_000_000, To: number}},
				}))
			}
		})
	}
}

// BenchmarkColumns is what it costs to turn rows into columns, without a server.
func BenchmarkColumns(b *testing.B) {
	events := benchEvents(1, store.PartRows)

	var block store.EventBlock

	b.ReportAllocs()

	for range b.N {
		block.Columns(1, events)
	}

	b.ReportMetric(float64(len(events)*b.N)/b.Elapsed().Seconds(), "events/s")
}
