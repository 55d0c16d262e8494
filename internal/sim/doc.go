// Package sim tries the whole indexer against the world at its worst: a real chain
// that reorganizes, real endpoints that lie, a real ClickHouse that is killed, and a
// daemon that is killed too. It is for tests alone.
//
// # The world
//
// A [World] is a chain in this process (package devnet), a ClickHouse of its own
// (package embedded), a follow.Daemon under a supervisor that starts it again as an
// init system would, and what stands between them:
//
//   - [Endpoint], a proxy of JSON-RPC over HTTP and WebSocket. It hangs, resets, cuts
//     answers off, answers 429 (with and without Retry-After) and 5xx with HTML or JSON,
//     garbage and giant JSON, refuses ranges, batches, depth and methods in the wordings
//     of real providers, shuffles, doubles, removes and invents logs, alters headers and
//     receipts, serves another block than was asked for, shows the view of a backend
//     that lags or that is still on the branch which a reorg left, closes WebSockets and
//     sends notifications that nobody asked for.
//   - [Cutter], a proxy of ClickHouse's native port. It resets connections, at once or
//     in the middle of what is being sent.
//
// # The script
//
// A [Script] is what a seed makes happen: blocks quiet, busy and empty, hours that pass,
// settings and curves that change, logs nobody knows, reorgs of every depth down to the
// finalized block, branches that are empty or shorter, A→B→A, a head that falls, all of
// them also while the daemon is down; spells of faults; connections cut; the daemon
// stopped, or killed in the middle of a write; the ClickHouse killed with SIGKILL; a
// disk that is full for one table or another.
//
// Every decision is drawn from the seed. What an endpoint does to a request depends on
// the seed, on what is asked and on how often it was asked before, so that a seed
// replays as far as goroutines and the clock allow.
//
// # The oracle
//
// The node is the oracle. When the script is over, faults end and the daemon has caught
// up, the [Oracle] compares with what the node itself says: every event with every
// column, each once; every row of the ledger; every figure that a contract knows, at
// several blocks, 0 wei apart; every hour of the rollups with a recomputation; what the
// contracts hold for every actor, and from which second on what cools down is free; the
// followed blocks; coverage and status; which events every view of events shows; every
// reward update and the seconds before it; the settings and the curve in force, every
// change of them that is shown with the contract before and after it, every bucket of
// every curve; the mint rate at the head, of every view that shows it. What the house
// says of itself answers.
//
// # What no check can see
//
// Some lies leave nothing that contradicts them: a log left out of a range whose
// answers are not verified, an amount that was altered, a log left out of a block that
// has others of its contract. They are declared [Silent]: the daemon may take them, and
// then the audit must find them and the repair must mend them. Seeds with silent faults
// run both before the oracle looks.
//
// # Replay
//
// A failing seed prints its command:
//
//	go test ./internal/sim -run TestSeeds -sim.seed=N
//
// -sim.seeds=N runs that many, from -sim.from on; make soak does.
package sim
