// Package testenv is the harness of tests that need a warehouse: one real ClickHouse
// a test binary, a database of its own a test.
package testenv
