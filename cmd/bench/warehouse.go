package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"diemhouse/pkg/store"
	"diemhouse/pkg/store/embedded"
)

// server is the embedded ClickHouse of a run, with a database for every measurement.
type server struct {
	*embedded.Server

	dir       string
	databases int
}

func startServer(ctx context.Context) (*server, error) {
	dir, err := os.MkdirTemp("", "diemhouse-bench-")
	if err != nil {
		return nil, fmt.Errorf("make a data directory: %w", err)
	}

	s, err := embedded.Start(ctx, embedded.Config{
		DataDir: dir, Log: os.Stderr,
		Restarted: func(cause error) { fmt.Fprintln(os.Stderr, "ClickHouse was started again, the figure is void:", cause) },
	})
	if err != nil {
		return nil, err
	}

	return &server{Server: s, dir: dir}, nil
}

func (s *server) stop() error {
	if err := s.Close(); err != nil {
		return err
	}

	return os.RemoveAll(s.dir)
}

// database is the address of a database that does not exist yet.
func (s *server) database() string {
	s.databases++

	return fmt.Sprintf("%s/bench_%d", s.DSN()[:strings.LastIndex(s.DSN(), "/")], s.databases)
}

// drop removes a database of this server.
func (s *server) drop(ctx context.Context, dsn string) error {
	w, err := store.Open(ctx, store.Config{DSN: s.DSN()})
	if err != nil {
		return err
	}

	if err := w.Conn().Exec(ctx, "DROP DATABASE IF EXISTS "+dsn[strings.LastIndex(dsn, "/")+1:]+" SYNC"); err != nil {
		return fmt.Errorf("drop a measured database: %w", err)
	}

	return w.Close()
}

// counted are the rows of a filled warehouse, and the events that its rollups sum up.
type counted struct{ Events, Ledger, Rollup uint64 }

func count(ctx context.Context, dsn string) (counted, error) {
	w, err := store.Open(ctx, store.Config{DSN: dsn})
	if err != nil {
		return counted{}, err
	}

	var c counted

	err = w.Conn().QueryRow(ctx, `SELECT (SELECT count() FROM events FINAL), (SELECT count() FROM ledger FINAL),
		(SELECT sum(events) FROM rollup_hourly FINAL)`).Scan(&c.Events, &c.Ledger, &c.Rollup)
	if err != nil {
		return counted{}, fmt.Errorf("count what was filled: %w", err)
	}

	return c, w.Close()
}
