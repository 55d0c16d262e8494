// Package chain is where logs come from: JSON-RPC endpoints of Base (or of any
// chain that behaves like it), the history read in block ranges, the head read
// block by block, and the checks that stand between an answer and the warehouse.
//
// A [Pool] holds one or more endpoints. Everything above it asks the pool, which
// chooses an endpoint, retries, fails over and reports who answered.
//
//   - History: [Pool.Scan] reads ranges of blocks in parallel, each [Chunk]
//     checked: inside the range, only what was asked for, one hash and one time a
//     block, no log twice.
//   - Head: [Pool.Wake] says "look now", [Pool.Heads] says where the chain is,
//     [Walk] follows headers by number and notices a reorg, [CommonAncestor] finds
//     where the branches part, [Pool.LogsByBlock] reads one block by its hash and
//     checks it against the header's bloom.
//   - State: [Pool.CodeAt], [Pool.Call] and [Pool.Calls].
//
// The rule behind all of it: an error, a refusal, a truncated or lagging answer is
// never an empty page. A refusal is a [*Refusal] whose [Kind] says what to do.
//
// Secrets: an endpoint is known by [Endpoint.Name], which carries no key. Errors of
// this package never wrap what net/http or a provider said, only a scrubbed copy.
package chain
