package panel

import (
	"maps"
	"slices"
)

// Unit is what a number counts.
type Unit string

// The units. Numbers of tokens are tokens, not wei.
const (
	// VVV, SVVV and DIEM are amounts of tokens, shortened: 8.95M VVV.
	VVV  Unit = "vvv"
	SVVV Unit = "svvv"
	DIEM Unit = "diem"
	// Rate is sVVV to lock for one DIEM: 499.98 VVV/DIEM.
	Rate Unit = "rate"
	// PerYear is VVV emitted in a year of 31,536,000 seconds.
	PerYear Unit = "vvv_per_year"
	// Share is a part of one, shown in percent.
	Share Unit = "share"
	// Count is a number of things.
	Count Unit = "count"
	// Number is a number that is not shortened: a block, a bucket.
	Number Unit = "number"
	// Seconds is a length of time.
	Seconds Unit = "seconds"
	// Milliseconds is a short length of time.
	Milliseconds Unit = "milliseconds"
	// Bytes is a size.
	Bytes Unit = "bytes"
	// PerSecond is a number of things in a second.
	PerSecond Unit = "per_second"
	// Time is a moment.
	Time Unit = "time"
	// Plaintext is no number at all.
	Plaintext Unit = "text"
)

// decimals of a unit that no panel says otherwise of.
var decimals = map[Unit]int{
	VVV: 2, SVVV: 2, DIEM: 2, Rate: 2, PerYear: 2, Share: 2, Count: 0, Number: 0,
	Seconds: 1, Milliseconds: 0, Bytes: 1, PerSecond: 1, Time: 0, Plaintext: 0,
}

// Units are all units, sorted.
func Units() []Unit { return slices.Sorted(maps.Keys(decimals)) }

// Known says that it is one of the units above.
func (u Unit) Known() bool {
	_, ok := decimals[u]

	return ok
}

// DecimalsOf gives the decimals to show: the wanted ones, or the unit's own.
func DecimalsOf(u Unit, wanted int) int {
	switch {
	case wanted == Whole:
		return 0
	case wanted > 0:
		return wanted
	default:
		return decimals[u]
	}
}
