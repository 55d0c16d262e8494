// Package chain is where logs come from: JSON-RPC endpoints of Base (or of any
// chain that behaves like it), the history read in block ranges, the head read
// block by block, and the checks that stand between an answer and the warehouse.
//
// A [Pool] holds one or more endpoints. Everything above it asks the pool, which
// chooses an endpoint, retries, fails over and reports who answered.
//
//   - History: [Pool.Scan] reads ranges of blocks in parallel, each [Chunk]
//     checked: inside the range, only what was asked for, one hash and one time a
//     block, no log twice, and as far as [ScanConfig].Verify says against the headers
//     and receipts of its blocks.
//   - Head: [Pool.Wake] says "look now", [Pool.Heads] says where the chain is,
//     [Walk] follows headers by number and notices a reorg, [CommonAncestor] finds
//     where the branches part, [Pool.LogsByBlock] reads one block by its hash and
//     checks it against the header's bloom; what that leaves open, receipts settle.
//   - Proof: [Pool.Prove] follows a range of headers and says what they and the
//     receipts prove of each block, [Pool.VerifyRange] compares that with what a
//     warehouse holds, [Pool.ProvenLogs] gives the logs of one block with certainty.
//   - State: [Pool.CodeAt], [Pool.Call] and [Pool.Calls].
//
// # Errors
//
// An error, a refusal, a truncated or lagging answer is never an empty page. A refusal
// is a [*Refusal] whose [Kind] says why and, by [Kind.Action], what to do; it never
// means "no logs". An answer that contradicts the request, itself, its header or its
// receipts is a refusal too (Untrue): the endpoint is marked and counted, and another
// is asked. What nobody can prove is said to be unproven, which is no error.
//
// # What proves what
//
// A header is proven by its hash, recomputed here; that it belongs to the chain by the
// parents that lead from it to a finalized block. Its logs bloom proves absence: a log
// whose address or topics are not in it is not in the block. On Base blooms are about
// 60 % full, so one of three addresses passes by chance in most blocks, and presence
// is proven by receipts alone: those of the whole block, whose root is recomputed with
// the OP stack's deposits. Receipts prove contents and order of the logs; their
// transactions' hashes stay the endpoint's word.
//
// # Limits and secrets
//
// Memory does not grow with the length of a range: Scan holds as many answers as it
// has workers, Prove a few hundred blocks, and no answer may exceed
// [Config].MaxAnswer. An endpoint is known by its name, which carries no key; errors of
// this package never wrap what net/http or a provider said, only a scrubbed copy.
package chain
