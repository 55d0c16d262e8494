package main

import (
	"context"
	"errors"

	"diemhouse/dashboards"
	"diemhouse/internal/board"
	"diemhouse/pkg/store/embedded"
)

// serveBoard serves the dashboards beside the loops until ctx ends.
func (d *daemon) serveBoard(ctx context.Context) (stop func() error, err error) {
	if d.flags.BoardAddr == "" {
		return func() error { return nil }, nil
	}

	dsn := d.flags.ClickHouse
	if d.store.Server != nil {
		dsn = d.store.Server.DSNOf(embedded.GrafanaUser)
	}

	b, err := board.Start(ctx, board.Config{
		Addr: d.flags.BoardAddr, DSN: dsn,
		Dashboards: dashboards.All(), Annotations: dashboards.Annotations(), Wallet: dashboards.WalletUID,
		Log: d.env.Log, Metrics: d.metrics.Registry,
	})
	if err != nil {
		return nil, err
	}

	d.env.Log.Info().Str("board", b.URL()).Msg("dashboards are served")

	return func() error {
		parting, cancel := context.WithTimeout(context.WithoutCancel(ctx), partingTime)
		defer cancel()

		err := b.Close(parting)
		if errors.Is(err, context.DeadlineExceeded) {
			return nil // a page that did not hang up is no failure of the daemon
		}

		return err
	}, nil
}
