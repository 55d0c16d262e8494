package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/rs/zerolog"

	"diemhouse/internal/config"
	"diemhouse/pkg/store"
	"diemhouse/pkg/store/embedded"
)

// embeddedWord is the value of --clickhouse that runs a server here.
const embeddedWord = "embedded"

// Warehouse is an open ClickHouse.
type Warehouse struct {
	*store.Store

	// Server is the embedded server, own or shared with another process; nil where
	// the user has a server.
	Server *embedded.Server
}

// OpenWarehouse connects to the user's ClickHouse or to the embedded one, which it
// starts unless another process runs it already. The schema is as it was found.
func OpenWarehouse(ctx context.Context, cfg config.Warehouse, log zerolog.Logger) (*Warehouse, error) {
	if cfg.ClickHouse != embeddedWord {
		s, err := store.Open(ctx, store.Config{DSN: cfg.ClickHouse})
		if err != nil {
			return nil, err
		}

		return &Warehouse{Store: s}, nil
	}

	server, err := embedded.Start(ctx, embedded.Config{
		DataDir: cfg.DataDir, HTTPPort: cfg.HTTPPort, TCPPort: cfg.TCPPort,
		Restarted: func(cause error) {
			log.Warn().Err(cause).Msg("the embedded ClickHouse ended by itself and was started again; nothing is lost")
		},
	})
	if err != nil {
		return nil, err
	}

	s, err := store.Open(ctx, store.Config{DSN: server.DSN()})
	if err != nil {
		return nil, errors.Join(err, server.Close())
	}

	return &Warehouse{Store: s, Server: server}, nil
}

// Close ends the connection and, where this process runs the server, the server.
func (w *Warehouse) Close() error {
	err := w.Store.Close()
	if w.Server != nil {
		err = errors.Join(err, w.Server.Close())
	}

	if err != nil {
		return fmt.Errorf("close the warehouse: %w", err)
	}

	return nil
}

// Watch waits for the embedded server's end and says why it ended. Without one, or
// after ctx, it gives ctx's error.
func (w *Warehouse) Watch(ctx context.Context) error {
	if w.Server == nil {
		<-ctx.Done()

		return ctx.Err()
	}

	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-w.Server.Done():
		return w.Server.Err()
	}
}

// WithWarehouse opens the warehouse for one piece of work.
func WithWarehouse(ctx context.Context, cfg config.Warehouse, log zerolog.Logger, work func(*Warehouse) error) (err error) {
	w, err := OpenWarehouse(ctx, cfg, log)
	if err != nil {
		return err
	}

	defer func() { err = errors.Join(err, w.Close()) }()

	return work(w)
}
