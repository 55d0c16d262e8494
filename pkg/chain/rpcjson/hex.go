package rpcjson

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

	var seen byte

	for i := range into {
		pair := digits[2*i : 2*i+2 : 2*i+2]
		high, low := digitValue[pair[0]], digitValue[pair[1]]
		seen |= high | low
		into[i] = high<<4 | low
	}

	return seen < 16
}
