package follow

import (
	"diemhouse/pkg/chain"
	"diemhouse/pkg/store"
)

// Observer hears what the loops do. Its methods must return at once; they may be
// called from several goroutines. Nothing in this package logs by itself.
type Observer interface {
	// Filled is called after history of n blocks with the given events was written;
	// left is how many blocks of the task are still to do.
	Filled(blocks, left uint64, events, unknown int)
	// Advanced is called after the blocks up to and including block were written.
	Advanced(block uint64, time uint64, events, unknown int)
	// Reorganized is called after a rewind: depth blocks above ancestor were abandoned.
	Reorganized(ancestor, depth uint64)
	// Saw is called at every look with the endpoint's heads and the newest block that
	// the warehouse holds then.
	Saw(heads chain.Heads, newest uint64)
	// Sampled is called when reading the contracts' parameters worked (err nil) or
	// not: what is unknown then stays unknown, the logs go on.
	Sampled(block uint64, changed int, err error)
	// Mended is called after blocks were read again in which the contracts changed
	// without a word, with what was wrong with them.
	Mended(found store.Replaced)
	// Stumbled is called when a step of either loop, or reading blocks again, failed in
	// a way that a retry may mend; it is tried again without being asked.
	Stumbled(err error)
}

// Silent is an Observer that hears nothing.
type Silent struct{}

var _ Observer = Silent{}

// Filled does nothing.
func (Silent) Filled(uint64, uint64, int, int) {}

// Advanced does nothing.
func (Silent) Advanced(uint64, uint64, int, int) {}

// Reorganized does nothing.
func (Silent) Reorganized(uint64, uint64) {}

// Saw does nothing.
func (Silent) Saw(chain.Heads, uint64) {}

// Sampled does nothing.
func (Silent) Sampled(uint64, int, error) {}

// Mended does nothing.
func (Silent) Mended(store.Replaced) {}

// Stumbled does nothing.
func (Silent) Stumbled(error) {}
