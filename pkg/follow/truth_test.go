package follow_test

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"

	"diemhouse/pkg/store"
)

// requireTruth holds the warehouse against the node: every event, and every figure
// that the contracts know, at several blocks.
func (b *bundle) requireTruth(t *testing.T) {
	t.Helper()

	require.Equal(t, b.chainEvents(t), b.storedEvents(t), "events of the canonical chain, each once")

	head := b.net.Head().Number.Uint64()
	for _, block := range []uint64{head / 4, head / 2, head * 3 / 4, head - 5, head} {
		b.requireFigures(t, block)
	}
}

// chainEvents are the node's own logs, decoded, in one line each.
func (b *bundle) chainEvents(t *testing.T) []string {
	t.Helper()

	client := ethclient.NewClient(b.net.Client()) // the devnet's own: it is not ours to close

	logs, err := client.FilterLogs(t.Context(), ethereum.FilterQuery{FromBlock: new(big.Int), Addresses: b.filter.Addresses()})
	require.NoError(t, err)

	wanted := logs[:0]

	for i := range logs {
		if b.filter.Wanted(&logs[i]) {
			wanted = append(wanted, logs[i])
		}
	}

	events, err := b.decoder.Decode(nil, wanted)
	require.NoError(t, err)
	require.NotEmpty(t, events)

	lines := make([]string, len(events))
	for i, e := range events {
		lines[i] = line(e.BlockNumber, e.LogIndex, e.BlockHash, e.TxHash, string(e.Kind), e.VVVWei.Dec(), e.DIEMWei.Dec())
	}

	return lines
}

func line(block uint64, index uint32, hash, tx common.Hash, kind, vvv, diem string) string {
	return fmt.Sprintf("%d/%d %s %s %s vvv=%s diem=%s", block, index, hash, tx, kind, vvv, diem)
}

func (b *bundle) storedEvents(t *testing.T) []string {
	t.Helper()

	rows, err := b.store.Conn().Query(t.Context(), `SELECT block_number, log_index, block_hash, tx_hash, kind, vvv_wei, diem_wei
		FROM events FINAL ORDER BY block_number, log_index`)
	require.NoError(t, err)

	defer func() { require.NoError(t, rows.Close()) }()

	var lines []string

	for rows.Next() {
		var (
			block          uint64
			index          uint32
			hash, tx, kind string
			vvv, diem      big.Int
		)

		require.NoError(t, rows.Scan(&block, &index, &hash, &tx, &kind, &vvv, &diem))
		lines = append(lines, line(block, index, common.BytesToHash([]byte(hash)), common.BytesToHash([]byte(tx)), kind, vvv.String(), diem.String()))
	}

	require.NoError(t, rows.Err())

	return lines
}

// requireFigures compares the ledger and the rules at a block with the contracts.
func (b *bundle) requireFigures(t *testing.T, block uint64) {
	t.Helper()

	want, err := b.net.Oracle().Figures(t.Context(), block)
	require.NoError(t, err)

	for metrics, figure := range map[string]*uint256.Int{
		"vvv_supply":            want.VVVTotalSupply,
		"vvv_burned_.*":         want.VVVBurned,
		"svvv_supply":           want.SVVVTotalSupply,
		"vvv_locked":            want.Locked,
		"diem_supply":           want.DiemTotalSupply,
		"diem_outstanding":      want.DiemTotalSupply,
		"diem_staked":           want.DiemTotalStaked,
		"diem_(staked|cooling)": want.DiemHeld,
	} {
		require.Equal(t, figure.Dec(), b.sum(t, metrics, block), "%s at block %d", metrics, block)
	}

	for name, value := range map[string]*uint256.Int{
		store.ParamEmissionRate:     want.EmissionRatePerSecond,
		store.ParamCooldown:         uint256.NewInt(want.CooldownDuration),
		store.ParamVenicePercentage: want.Percentage,
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

func (b *bundle) requireCurve(t *testing.T, block uint64) {
	t.Helper()

	want, err := b.net.Oracle().Curve(t.Context(), block)
	require.NoError(t, err)

	epoch, ok, err := b.store.CurveAt(t.Context(), block)
	require.NoError(t, err)
	require.True(t, ok, "the curve at block %d", block)
	require.Equal(t, want, epoch.Curve, "the curve at block %d", block)
}

// sum is the ledger's sum up to a block of the metrics that match.
func (b *bundle) sum(t *testing.T, pattern string, block uint64) string {
	t.Helper()

	var sum big.Int

	require.NoError(t, b.store.Conn().QueryRow(t.Context(),
		"SELECT sum(delta) FROM ledger FINAL WHERE match(metric, concat('^', ?, '$')) AND block_number <= ?", pattern, block).Scan(&sum))

	return sum.String()
}
