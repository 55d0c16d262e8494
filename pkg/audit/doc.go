// Package audit holds the warehouse against the chain. [Auditor.Audit] compares, at
// one final block, every figure that the contracts know with the one summed from
// events, and checks the data against itself; a difference of one wei is a failure.
// [Repairer.Repair] finds the blocks that a difference comes from, reads them again
// with their receipts proved against the header, and writes what was missing or
// takes out what was not there.
package audit
