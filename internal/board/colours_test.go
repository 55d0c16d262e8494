package board_test

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"diemhouse/dashboards/panel"
)

// themes are the colours of style.css by name: light, and dark over light.
func themes(t *testing.T) map[string]map[string]string {
	t.Helper()

	content, err := os.ReadFile("assets/style.css")
	require.NoError(t, err)

	light, rest, found := strings.Cut(string(content), "@media (prefers-color-scheme: dark)")
	require.True(t, found)

	dark, _, _ := strings.Cut(rest, "\n}\n")
	colour := regexp.MustCompile(`--([a-z]+): (#[0-9a-f]{6})`)
	out := map[string]map[string]string{"light": {}, "dark": {}}

	for _, m := range colour.FindAllStringSubmatch(light, -1) {
		out["light"][m[1]], out["dark"][m[1]] = m[2], m[2]
	}

	for _, m := range colour.FindAllStringSubmatch(dark, -1) {
		out["dark"][m[1]] = m[2]
	}

	return out
}

// rgb are the parts of a colour from 0 to 1, without the gamma of a screen.
func rgb(t *testing.T, hex string) [3]float64 {
	t.Helper()

	n, err := strconv.ParseUint(hex[1:], 16, 32)
	require.NoError(t, err)

	var out [3]float64

	for i := range out {
		part := float64(n>>(16-8*i)&0xff) / 255
		if part <= 0.04045 {
			out[i] = part / 12.92
		} else {
			out[i] = math.Pow((part+0.055)/1.055, 2.4)
		}
	}

	return out
}

// contrast of two colours, from 1 to 21, as WCAG defines it.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()

	light := func(hex string) float64 {
		c := rgb(t, hex)

		return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2] + 0.05
	}

	x, y := light(a), light(b)

	return max(x, y) / min(x, y)
}

func TestTextCanBeRead(t *testing.T) {
	t.Parallel()

	for theme, colours := range themes(t) {
		for _, text := range []string{"text", "muted", "good", "warn", "bad", "plain", "link"} {
			require.NotEmpty(t, colours[text], text)

			for _, ground := range []string{"card", "page"} {
				require.GreaterOrEqual(t, contrast(t, colours[text], colours[ground]), 4.5, "%s: %s on %s", theme, text, ground)
			}
		}
	}
}

// blindness is how colours look to those who lack one kind of cone, after Viénot,
// Brettel and Mollon (1999), on linear RGB.
var blindness = map[string][3][3]float64{
	"all cones":      {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"no red cones":   {{0.11238, 0.88762, 0}, {0.11238, 0.88762, 0}, {0.00401, -0.00401, 1}},
	"no green cones": {{0.29275, 0.70725, 0}, {0.29275, 0.70725, 0}, {-0.02234, 0.02234, 1}},
}

// TestColoursCanBeToldApart sees the palette as others do.
func TestColoursCanBeToldApart(t *testing.T) {
	t.Parallel()

	const least = 0.1 // of 1.73, black to white

	for theme, colours := range themes(t) {
		for eyes, matrix := range blindness {
			for i, a := range panel.Colours() {
				for _, b := range panel.Colours()[i+1:] {
					x, y := seen(rgb(t, colours[string(a)]), matrix), seen(rgb(t, colours[string(b)]), matrix)
					distance := math.Sqrt((x[0]-y[0])*(x[0]-y[0]) + (x[1]-y[1])*(x[1]-y[1]) + (x[2]-y[2])*(x[2]-y[2]))
					require.Greater(t, distance, least, "%s, %s: %s and %s", theme, eyes, a, b)
				}
			}
		}
	}
}

// seen is a colour through other eyes, on the scale of a screen.
func seen(c [3]float64, matrix [3][3]float64) [3]float64 {
	var out [3]float64

	for i := range out {
		linear := matrix[i][0]*c[0] + matrix[i][1]*c[1] + matrix[i][2]*c[2]
		out[i] = math.Pow(max(linear, 0), 1/2.2)
	}

	return out
}
