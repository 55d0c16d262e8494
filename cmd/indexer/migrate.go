package main

import (
	"context"
	"fmt"

	"diemhouse/internal/app"
	"diemhouse/internal/config"
)

type migrateCommand struct{ config.Warehouse }

// Run migrates and says from which version to which.
func (c *migrateCommand) Run(ctx context.Context, env *app.Env) error {
	return app.WithWarehouse(ctx, c.Warehouse, env.Log, func(w *app.Warehouse) error {
		before, err := w.Version(ctx)
		if err != nil {
			return err
		}

		if err := w.Migrate(ctx); err != nil {
			return err
		}

		after, err := w.Version(ctx)
		if err != nil {
			return err
		}

		if before == after {
			_, err = fmt.Fprintf(env.Out, "database %s is at schema version %d already\n", w.Database(), after)
		} else {
			_, err = fmt.Fprintf(env.Out, "database %s migrated from schema version %d to %d\n", w.Database(), before, after)
		}

		return err
	})
}
