// Package decode turns logs of the watched contracts into events with a meaning. It
// is pure: the same logs give the same events, and it does no I/O.
package decode
