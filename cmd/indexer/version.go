package main

import (
	"fmt"

	"diemhouse/internal/app"
)

type versionCommand struct{}

// Run prints what --version prints.
func (versionCommand) Run(env *app.Env) error {
	_, err := fmt.Fprintln(env.Out, app.Version())

	return err
}
