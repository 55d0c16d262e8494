// Package docs is the handbook as the programs carry it: alerts say what its runbook
// says.
package docs

import _ "embed"

// Operations is OPERATIONS.md.
//
//go:embed OPERATIONS.md
var Operations string
