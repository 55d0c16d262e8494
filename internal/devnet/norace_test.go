//go:build !race

package devnet_test

const (
	// longBlocks is what Config chooses for 400 days.
	longBlocks = 3600
	// leastBurns and leastMints are bounds of what so many blocks hold, burnedVVV is
	// about what they burn, in tokens.
	leastBurns = 5000
	leastMints = 500
	burnedVVV  = 34e6
)
