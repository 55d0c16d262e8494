package rpcjson

import "encoding/binary"

// noDigit marks bytes that are no hex digit.
const noDigit = 0xff

var digitValue = func() (table [256]byte) {
	for i := range table {
		table[i] = noDigit
	}

	for i := range byte(10) {
		table['0'+i] = i
	}

	for i := range byte(6) {
		table['a'+i], table['A'+i] = 10+i, 10+i
	}

	return table
}()

// decodeHex reads two digits into each byte of into. It reports false when digits
// are no hex or not as many as needed; into is spoiled then.
func decodeHex(into, digits []byte) bool {
	if len(digits) != 2*len(into) {
		return false
	}

	var wrong uint64

	for len(into) >= 4 {
		four, bad := decodeEight(binary.LittleEndian.Uint64(digits))
		binary.LittleEndian.PutUint32(into, four)

		wrong |= bad
		into, digits = into[4:], digits[8:]
	}

	var seen byte

	for i := range into {
		pair := digits[2*i : 2*i+2 : 2*i+2]
		high, low := digitValue[pair[0]], digitValue[pair[1]]
		seen |= high | low
		into[i] = high<<4 | low
	}

	return wrong == 0 && seen < 16
}

// decodeEight reads eight digits at once, a byte of the word each, the first in the lowest;
// half the time of a table, byte by byte. bad is 0 when they all are hex.
func decodeEight(digits uint64) (four uint32, bad uint64) {
	const ones = 0x0101010101010101

	// Of the letters alone bit 6 is set, and their low half is the value less 9.
	letters := digits >> 6 & ones
	values := digits&(0x0f*ones) + 9*letters

	// What each value is as a lower-case digit must be what was there.
	above9 := (values + 6*ones) >> 4 & ones
	bad = values&(0xf0*ones) | ((values + '0'*ones + ('a'-'9'-1)*above9) ^ (digits | letters<<5))

	pairs := (values<<4 | values>>8) & 0x00ff00ff00ff00ff
	pairs = (pairs | pairs>>8) & 0x0000ffff0000ffff

	return uint32(pairs | pairs>>16), bad
}
