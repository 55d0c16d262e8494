package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// squidPackage is where the installed project has the part of the SDK that reads the chain.
const squidPackage = "node_modules/@subsquid/evm-processor"

// squid indexes so many blocks into files. All of its process counts.
func (r *run) squid(ctx context.Context, from, blocks uint64) (o other, err error) {
	dir, err := os.MkdirTemp("", "diemhouse-bench-squid-")
	if err != nil {
		return o, fmt.Errorf("make a data directory: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	o.usage, err = measure(ctx, "node", filepath.Join(r.Squid, "main.js"), r.endpoint.URL,
		strconv.FormatUint(from, 10), strconv.FormatUint(from+blocks-1, 10), dir)
	if err != nil {
		return o, err
	}

	o.Events, err = squidRows(dir)

	return o, err
}

// squidRows counts the rows of its files: one a line, under a line with the columns' names.
func squidRows(dir string) (rows uint64, err error) {
	files, err := filepath.Glob(filepath.Join(dir, "*", "events.csv"))
	if err != nil {
		return 0, err
	}

	for _, file := range files {
		text, err := os.ReadFile(file) //nolint:gosec // of a directory of our own
		if err != nil {
			return 0, fmt.Errorf("count its rows: %w", err)
		}

		rows += uint64(bytes.Count(text, []byte("\n"))) - 1
	}

	return rows, nil
}
