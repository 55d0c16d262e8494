package boardtest_test

import (
	"fmt"
	"testing"

	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"

	"diemhouse/dashboards"
	"diemhouse/internal/board"
	"diemhouse/internal/board/boardtest"
)

// TestOnAWholeVenice holds what needs a chain with a history, which takes some
// seconds to make.
func TestOnAWholeVenice(t *testing.T) {
	w := newWorld(t)
	b := boardtest.Start(t, w.reader, board.Limits{Rate: 1000, Burst: 1000})

	t.Run("the document's examples", func(t *testing.T) { testExamples(t, b) })
	t.Run("figures", func(t *testing.T) { testFigures(t, w, b) })

	browser := newBrowser(t)

	t.Run("every page", func(t *testing.T) { testPages(t, b, browser) })
	t.Run("a block moves the figures", func(t *testing.T) { testLive(t, w, b, browser) })
	t.Run("the last audit", func(t *testing.T) { testAudit(t, w, b, browser) })
	t.Run("choices are in the address", func(t *testing.T) { testChoices(t, b, browser) })
	t.Run("keyboard", func(t *testing.T) { testKeyboard(t, b, browser) })
	t.Run("numbers", func(t *testing.T) { testNumbers(t, b, browser) })
	t.Run("pictures", func(t *testing.T) { testPictures(t, w, b, browser) })
}

// testFigures compares the figures of the API with the contracts' own, and every
// panel that has an exact figure or a past with its number.
func testFigures(t *testing.T, w *world, b *board.Board) {
	t.Helper()

	block := w.mine(t)
	truth, err := w.chain.Oracle().Figures(t.Context(), block)
	require.NoError(t, err)

	var answer struct {
		BlockNumber uint64         `json:"block_number"`
		Figures     map[string]any `json:"figures"`
	}

	require.Eventually(t, func() bool {
		boardtest.Get(t, b, "/api/v1/figures", &answer)

		return answer.BlockNumber == block
	}, boardtest.Patience, boardtest.Poll)

	for figure, want := range map[string]*uint256.Int{
		"vvv_supply": truth.VVVTotalSupply, "vvv_burned": truth.VVVBurned, "svvv_supply": truth.SVVVTotalSupply, "vvv_locked": truth.Locked,
		"diem_supply": truth.DiemTotalSupply, "diem_staked": truth.DiemTotalStaked, "emission_rate": truth.EmissionRatePerSecond,
	} {
		require.Equal(t, want.Dec(), answer.Figures[figure+"_wei"], "%s at block %d", figure, block)
		require.InEpsilon(t, want.Float64()/1e18, answer.Figures[figure], 1e-9, figure)
	}

	exact, pasts := 0, 0

	for _, d := range dashboards.All() {
		for _, p := range d.Panels() {
			if p.Exact == "" && p.Query.Trend == "" {
				continue
			}

			var data struct {
				Columns []struct {
					Values []float64 `json:"values"`
				} `json:"columns"`
				Trend []struct {
					Values []*float64 `json:"values"`
				} `json:"trend"`
				Exact string `json:"exact"`
			}

			boardtest.Get(t, b, fmt.Sprintf("/api/v1/panels/%s/%d", d.UID, p.ID), &data)

			number := data.Columns[0].Values[0]

			if p.Exact != "" {
				exact++

				wei, err := uint256.FromDecimal(data.Exact)
				require.NoError(t, err, "%s/%d: %q", d.UID, p.ID, data.Exact)
				require.InEpsilon(t, number, wei.Float64()/1e18, 1e-9, "%s/%d", d.UID, p.ID)
			}

			if p.Query.Trend != "" {
				pasts++

				values := data.Trend[1].Values
				require.Greater(t, len(values), 10, "%s/%d", d.UID, p.ID)
				require.NotNil(t, values[len(values)-1], "%s/%d", d.UID, p.ID)
				require.InEpsilon(t, number, *values[len(values)-1], 0.2, "%s/%d: the past ends elsewhere", d.UID, p.ID)
			}
		}
	}

	require.GreaterOrEqual(t, exact, 5)
	require.GreaterOrEqual(t, pasts, exact)
}
