//go:build !race

package devnet_test

// longBlocks is what Config chooses for 400 days.
const longBlocks = 3600
