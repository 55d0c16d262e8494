// Package store is the warehouse in ClickHouse: it connects, migrates, writes,
// rewinds, and knows what is covered.
//
// Everything it writes is safe to repeat. A row's identity is its place on the chain
// and the greater version wins; docs/ARCHITECTURE.md says in which order the steps of
// a write and of a rewind go, and why a kill between any two of them does no harm.
//
// Amounts are whole wei, times unix seconds, ranges inclusive at both ends.
package store
