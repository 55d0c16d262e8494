//go:build race

package devnet_test

// As without the race detector, for fewer blocks: it makes each ten times as dear.
const (
	longBlocks = 1000
	leastBurns = 1000
	leastMints = 142
	burnedVVV  = 32.5e6
)
