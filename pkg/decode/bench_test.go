package decode

import (
	"testing"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"
)

// usualLogs are blocks in the proportions of Base: reward updates with a claim, burns,
// a stake, a mint of DIEM.
func usualLogs(n int) []types.Log {
	amount := uint256.NewInt(7)
	block := []types.Log{
		transferLog(ContractVVV, zero, base.Treasury, amount),
		transferLog(ContractVVV, zero, base.Staking, amount),
		logOf(ContractStaking, "Claimed(address,uint256)", words(alice), words(7)),
		transferLog(ContractVVV, base.Pools[0], zero, amount),
		transferLog(ContractVVV, base.Pools[2], zero, amount),
		transferLog(ContractStaking, zero, alice, amount),
		logOf(ContractStaking, "Staked(address,uint256)", words(alice), words(7)),
		transferLog(ContractDIEM, zero, alice, amount),
		logOf(ContractStaking, "DiemMinted(uint256,uint256)", nil, words(4000, 7)),
		transferLog(ContractDIEM, alice, bob, amount),
	}

	logs := make([]types.Log, 0, n)
	for i := range n {
		l := block[i%len(block)]
		l.BlockNumber, l.Index = uint64(i/len(block)), uint(i%len(block))
		logs = append(logs, l)
	}

	return logs
}

// BenchmarkDecode measures the logs of history: see logs/s.
func BenchmarkDecode(b *testing.B) {
	logs := usualLogs(10_000)
	d := newDecoder(b, nil)

	var events []Event

	b.ReportAllocs()

	for b.Loop() {
		var err error

		events, err = d.Decode(events[:0], logs)
		require.NoError(b, err)
	}

	b.ReportMetric(float64(len(logs)*b.N)/b.Elapsed().Seconds(), "logs/s")
}

func BenchmarkDecodeCurve(b *testing.B) {
	c := generate(b, 40_000, 500)
	logs := []types.Log{curveLog("DiemMintRatesUpdated(uint256[256],uint256[256])", c.Bounds, c.Rates)}
	d := newDecoder(b, nil)

	for b.Loop() {
		_, err := d.Decode(nil, logs)
		require.NoError(b, err)
	}
}

func BenchmarkDecodeCustom(b *testing.B) {
	abis := map[Contract][]abi.ABI{ContractStaking: {parseABI(b, noticed)}}
	event := abis[ContractStaking][0].Events["GuardianNoticed"]
	logs := []types.Log{eventLog(b, &event, words(alice, 1), uint256.NewInt(3).ToBig(), "a drill")}
	d := newDecoder(b, abis)

	for b.Loop() {
		_, err := d.Decode(nil, logs)
		require.NoError(b, err)
	}
}
