// Package embedded runs a ClickHouse server for a user who has none: a child
// process that serves one data directory on loopback, by the `clickhouse` binary
// where there is one on PATH and by the engine as a shared library otherwise.
//
// The library runs in a re-executed copy of the calling program, so a program (and
// a test binary) that uses this package calls [Main] before anything else.
//
// One process owns a data directory. Others that ask for it are attached to the
// server that runs. The server ends with its owner, however the owner ends: it
// serves until its standard input closes. Which process owns the directory, and
// whether a server still has it open, are two kernel locks (flock); a lock cannot
// outlive its process, so none is ever stale.
package embedded
