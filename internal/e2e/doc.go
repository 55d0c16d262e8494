// Package e2e holds the tests that run the built programs from end to end.
package e2e
