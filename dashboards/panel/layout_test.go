package panel_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"diemhouse/dashboards/panel"
)

func TestLayoutFillsLinesFromLeftToRight(t *testing.T) {
	t.Parallel()

	d := panel.Dashboard{Rows: []panel.Row{
		{Title: "First", Panels: []panel.Panel{{ID: 1, W: 12, H: 4}, {ID: 2, W: 12, H: 6}, {ID: 3, W: 4, H: 2}}},
		{Title: "Second", Panels: []panel.Panel{{ID: 4, W: 24, H: 3}}},
	}}

	type place struct {
		what  any
		place panel.Place
	}

	var got []place

	for _, p := range d.Layout() {
		if p.Panel == nil {
			got = append(got, place{p.Row, p.Place})
		} else {
			got = append(got, place{p.Panel.ID, p.Place})
		}
	}

	require.Equal(t, []place{
		{"First", panel.Place{X: 0, Y: 0, W: 24, H: 1}},
		{1, panel.Place{X: 0, Y: 1, W: 12, H: 4}},
		{2, panel.Place{X: 12, Y: 1, W: 12, H: 6}},
		{3, panel.Place{X: 0, Y: 7, W: 4, H: 2}},
		{"Second", panel.Place{X: 0, Y: 9, W: 24, H: 1}},
		{4, panel.Place{X: 0, Y: 10, W: 24, H: 3}},
	}, got)
}

func TestDecimalsAreTheUnitsOwnUnlessSaidOtherwise(t *testing.T) {
	t.Parallel()

	require.Equal(t, 2, panel.DecimalsOf(panel.VVV, 0))
	require.Equal(t, 4, panel.DecimalsOf(panel.VVV, 4))
	require.Equal(t, 0, panel.DecimalsOf(panel.VVV, panel.Whole))
	require.False(t, panel.Unit("furlong").Known())
}
