package app

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"diemhouse/pkg/store"
)

// Unknown is what is shown where nobody knows.
const Unknown = "unknown"

// Thousands writes a whole number as people read it: 1,234,567.
func Thousands(n uint64) string { return grouped(strconv.FormatUint(n, 10)) }

func grouped(digits string) string {
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}

	return digits
}

// Tokens writes an amount in tokens with two decimals, cut off, not rounded: exact
// digits are wei's.
func Tokens(w store.Wei) string {
	if !w.Known() {
		return Unknown
	}

	digits, sign := w.String(), ""
	if rest, negative := strings.CutPrefix(digits, "-"); negative {
		digits, sign = rest, "-"
	}

	const decimals = 18

	digits = strings.Repeat("0", max(0, decimals+1-len(digits))) + digits
	whole, fraction := digits[:len(digits)-decimals], digits[len(digits)-decimals:]

	return sign + grouped(whole) + "." + fraction[:2]
}

// Share writes a part of a whole as a percentage.
func Share(part, whole store.Wei) string {
	if !part.Known() || !whole.Known() || whole.Tokens() == 0 {
		return Unknown
	}

	return fmt.Sprintf("%.2f %%", 100*part.Tokens()/whole.Tokens())
}

// Year is what a rate of wei a second is in tokens a year of 365 days.
func Year(rate store.Wei) string {
	if !rate.Known() {
		return Unknown
	}

	const second = 31_536_000

	return Thousands(uint64(rate.Tokens()*second + 0.5))
}

// Moment writes a time in UTC, to the second.
func Moment(t time.Time) string { return t.UTC().Format(time.DateTime) }

// Bytes writes a size.
func Bytes(n uint64) string {
	const step = 1024

	value, unit := float64(n), "B"
	for _, next := range []string{"KiB", "MiB", "GiB", "TiB"} {
		if value < step {
			break
		}

		value, unit = value/step, next
	}

	if unit == "B" {
		return fmt.Sprintf("%d B", n)
	}

	return fmt.Sprintf("%.1f %s", value, unit)
}
