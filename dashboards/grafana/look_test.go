package grafana

import (
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"diemhouse/dashboards/panel"
)

// sight is how an eye without one kind of cone sees linear red, green and blue
// (Machado, Oliveira and Fernandes 2009, severity 1).
var sight = map[string][3][3]float64{
	"all cones": {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"no red":    {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"no green":  {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	"no blue":   {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
}

// seen is a colour in CIE Lab, as that eye sees it.
func seen(t *testing.T, hex string, eye [3][3]float64) [3]float64 {
	t.Helper()

	var linear, rgb [3]float64

	for i := range linear {
		v, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		require.NoError(t, err)

		c := float64(v) / 255
		if linear[i] = c / 12.92; c > 0.04045 {
			linear[i] = math.Pow((c+0.055)/1.055, 2.4)
		}
	}

	for i, row := range eye {
		rgb[i] = min(1, max(0, row[0]*linear[0]+row[1]*linear[1]+row[2]*linear[2]))
	}

	f := func(r, g, b, white float64) float64 {
		v := (r*rgb[0] + g*rgb[1] + b*rgb[2]) / white
		if v > 0.008856 {
			return math.Cbrt(v)
		}

		return 7.787*v + 16.0/116
	}
	x, y, z := f(0.4124564, 0.3575761, 0.1804375, 0.95047), f(0.2126729, 0.7151522, 0.0721750, 1), f(0.0193339, 0.1191920, 0.9503041, 1.08883)

	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

func TestColoursCanBeToldApartByEveryEye(t *testing.T) {
	t.Parallel()

	// Orange and yellow are the one pair that no panel may show together.
	apart := map[[2]panel.Colour]bool{{panel.Orange, panel.Yellow}: true}

	for name, eye := range sight {
		all := panel.Colours()
		for i, a := range all {
			for _, b := range all[i+1:] {
				if apart[[2]panel.Colour{a, b}] {
					continue
				}

				p, q := seen(t, colours[a], eye), seen(t, colours[b], eye)
				distance := math.Hypot(math.Hypot(p[0]-q[0], p[1]-q[1]), p[2]-q[2])
				require.Greater(t, distance, 12.0, "%s and %s, %s", a, b, name)
			}
		}
	}
}
