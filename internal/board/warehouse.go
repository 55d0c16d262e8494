package board

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"golang.org/x/sync/semaphore"

	"diemhouse/pkg/store"
)

// mostRows is how many rows of an answer are taken. Panels limit themselves to far
// fewer.
const mostRows = 20_000

// warehouse runs queries as a reader.
type warehouse struct {
	conn  driver.Conn
	slots *semaphore.Weighted
	time  time.Duration
	// observe is told what each query was for, how long it took, and whether it failed.
	observe func(purpose string, took time.Duration, err error)
}

// openWarehouse checks the address only; connections are made when needed, so that
// the board comes up, and says so, while the warehouse is away.
func openWarehouse(dsn string, l Limits, observe func(string, time.Duration, error)) (*warehouse, error) {
	options, err := clickhouse.ParseDSN(dsn)
	if err != nil {
		return nil, fmt.Errorf("board: address of the warehouse: %w", err)
	}

	options.DialTimeout = 5 * time.Second
	options.MaxOpenConns = l.Queries + 1
	options.MaxIdleConns = l.Queries + 1

	if options.Settings == nil {
		options.Settings = clickhouse.Settings{}
	}

	// 2 and not 1: the driver sets settings of its own with each query.
	options.Settings["readonly"] = 2
	options.Settings["max_result_rows"] = mostRows
	options.Settings["result_overflow_mode"] = "break"
	options.Settings["max_memory_usage"] = 1_000_000_000
	options.Settings["max_threads"] = 2

	store.CloseGently(options)

	conn, err := clickhouse.Open(options)
	if err != nil {
		return nil, fmt.Errorf("board: open the warehouse: %w", err)
	}

	return &warehouse{conn: conn, slots: semaphore.NewWeighted(int64(l.Queries)), time: l.QueryTime, observe: observe}, nil
}

func (w *warehouse) close() error {
	if err := w.conn.Close(); err != nil {
		return fmt.Errorf("board: close the warehouse: %w", err)
	}

	return nil
}

// What a query is for.
const (
	forPanel  = "panel"
	forMoment = "moment"
)

// query runs one SELECT, waiting for a free slot first.
func (w *warehouse) query(ctx context.Context, purpose, sql string) (*answer, error) {
	ctx, cancel := context.WithTimeout(ctx, w.time)
	defer cancel()

	if err := w.slots.Acquire(ctx, 1); err != nil {
		return nil, fmt.Errorf("wait for other queries: %w", err)
	}
	defer w.slots.Release(1)

	began := time.Now()
	a, err := w.read(ctx, sql)
	w.observe(purpose, time.Since(began), err)

	return a, err
}

func (w *warehouse) read(ctx context.Context, sql string) (_ *answer, err error) {
	rows, err := w.conn.Query(ctx, sql)
	if err != nil {
		return nil, fmt.Errorf("run the query: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()

	types := rows.ColumnTypes()
	a := &answer{Columns: make([]Column, len(types))}
	into := make([]any, len(types))

	for i, t := range types {
		a.Columns[i] = Column{Name: t.Name(), Type: typeOf(t.DatabaseTypeName()), Values: []any{}}
		into[i] = reflect.New(t.ScanType()).Interface()
	}

	for rows.Next() {
		if a.Rows == mostRows {
			a.Truncated = true

			break
		}

		if err := rows.Scan(into...); err != nil {
			return nil, fmt.Errorf("read a row: %w", err)
		}

		for i := range into {
			a.Columns[i].Values = append(a.Columns[i].Values, plain(reflect.ValueOf(into[i]).Elem()))
		}

		a.Rows++
	}

	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read the rows: %w", err)
	}

	return a, nil
}
