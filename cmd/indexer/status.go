package main

import (
	"context"
	"fmt"

	"diemhouse/internal/app"
	"diemhouse/internal/config"
)

type statusCommand struct {
	config.Warehouse

	JSON bool `name:"json" help:"As JSON."`
}

// Run prints where the warehouse stands.
func (c *statusCommand) Run(ctx context.Context, env *app.Env) error {
	return app.WithWarehouse(ctx, c.Warehouse, env.Log, func(w *app.Warehouse) error {
		cursor, ok, err := w.Cursor(ctx)
		fmt.Fprintln(env.Out, cursor, ok)
		return err
	})
}
