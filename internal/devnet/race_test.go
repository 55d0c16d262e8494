//go:build race

package devnet_test

const longBlocks = 1000
