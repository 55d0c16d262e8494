package main

import (
	"context"
	"errors"
	"fmt"

	"diemhouse/internal/app"
	"diemhouse/internal/config"
)

type redecodeCommand struct {
	config.Warehouse
	config.Contracts
}

// Run decodes the unknown logs of final blocks again. Those above are young: the
// daemon, started with the same --abi, decodes what comes.
func (c *redecodeCommand) Run(ctx context.Context, env *app.Env) error {
	deployment, err := c.Addresses()
	if err != nil {
		return err
	}

	decoder, err := c.Decoder(deployment)
	if err != nil {
		return err
	}

	return app.WithWarehouse(ctx, c.Warehouse, env.Log, func(w *app.Warehouse) error {
		if err := w.Migrate(ctx); err != nil {
			return err
		}

		if err := w.Bind(ctx, deployment); err != nil {
			return err
		}

		heads, ok, err := w.Heads(ctx)
		if err != nil {
			return err
		}

		if !ok {
			return errors.New("the warehouse has never seen the chain: run indexer run or backfill first")
		}

		done, err := w.Redecode(ctx, heads.Finalized, decoder.Redecode)
		if err != nil {
			return err
		}

		_, err = fmt.Fprintf(env.Out, "%d unknown logs up to the finalized block %d, %d of them decoded now\n",
			done.Logs, heads.Finalized, done.Known)

		return err
	})
}
