// Package canned is a JSON-RPC endpoint for benchmarks: a seeded chain of Venice's
// logs that is made once and then served as fast as bytes can be copied, with blooms,
// receipts roots, hashes and parents that are right. It is no node: it has no state,
// and eth_call is refused.
package canned
