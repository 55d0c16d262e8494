package store_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/testenv"
	"diemhouse/pkg/store"
)

func TestRetryable(t *testing.T) {
	t.Parallel()

	server := func(code int32) error { return &clickhouse.Exception{Code: code} }

	for name, tc := range map[string]struct {
		err  error
		want bool
	}{
		"Nothing":            {nil, false},
		"Cancelled":          {context.Canceled, false},
		"CancelledOnTheWire": {&net.OpError{Op: "read", Err: context.Canceled}, false},
		"Deadline":           {context.DeadlineExceeded, true},
		"DialRefused":        {&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, true},
		"Reset":              {syscall.ECONNRESET, true},
		"ServerWentAway":     {io.EOF, true},
		"TornAnswer":         {io.ErrUnexpectedEOF, true},
		"Timeout":            {os.ErrDeadlineExceeded, true},
		"NoConnection":       {clickhouse.ErrAcquireConnTimeout, true},
		"TooManyParts":       {server(252), true},
		"Memory":             {server(241), true},
		"TimedOut":           {server(159), true},
		"TooManyQueries":     {server(202), true},
		"Cut":                {server(210), true},
		"Killed":             {server(394), true},
		"DiskFull":           {server(243), true},
		"OverHTTP":           {&clickhouse.HTTPError{StatusCode: http.StatusInternalServerError, Err: server(241)}, true},
		"ProxyDown":          {&clickhouse.HTTPError{StatusCode: http.StatusBadGateway, Err: errors.New("html")}, true},
		"ProxyBusy":          {&clickhouse.HTTPError{StatusCode: http.StatusTooManyRequests, Err: errors.New("slow down")}, true},
		"ProxyForbids":       {&clickhouse.HTTPError{StatusCode: http.StatusForbidden, Err: errors.New("no")}, false},
		"Overtaken":          {&store.OvertakenError{Block: 7}, true},
		"Syntax":             {server(62), false},
		"UnknownTable":       {server(60), false},
		"UnknownColumn":      {server(47), false},
		"TypeMismatch":       {server(53), false},
		"CannotParse":        {server(27), false},
		"WrongUser":          {server(516), false},
		"MayNot":             {server(497), false},
		"OverHTTPForGood":    {&clickhouse.HTTPError{StatusCode: http.StatusInternalServerError, Err: server(60)}, false},
		"LeaseLost":          {store.ErrLeaseLost, false},
		"NewerSchema":        {&store.NewerSchemaError{}, false},
		"SomethingElse":      {errors.New("a bug"), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tc.want, store.Retryable(tc.err))

			if tc.err != nil {
				require.Equal(t, tc.want, store.Retryable(fmt.Errorf("write: %w", fmt.Errorf("insert: %w", tc.err))), "wrapped")
			}
		})
	}
}

func TestFullDiskSaysWhatToDo(t *testing.T) {
	t.Parallel()

	for _, code := range []int32{243, 75} {
		err := store.Advise(fmt.Errorf("insert events: %w", &clickhouse.Exception{Code: code}))
		require.ErrorContains(t, err, "free some space")
		require.True(t, store.Retryable(err), "it goes on by itself once there is space")
	}

	plain := errors.New("something else")
	require.Equal(t, plain, store.Advise(plain))
}

// TestRealErrorsAreTold has the errors from a real server, over both protocols.
func TestRealErrorsAreTold(t *testing.T) {
	t.Parallel()

	for name, dsn := range map[string]string{"Native": testenv.DSN(t), "HTTP": httpDSN(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			s := open(t, dsn)

			for query, want := range map[string]bool{
				"SELECT * FROM not_there":  false,
				"SELEKT 1":                 false,
				"SELECT toUInt8('a')":      false,
				"SELECT throwIf(1, 'why')": false,
				"SELECT sum(number) FROM numbers(1e12) SETTINGS max_execution_time = 0.1":                               true,
				"SELECT groupArray(number) FROM numbers(1e9) SETTINGS max_memory_usage = 1e6, max_untracked_memory = 0": true,
			} {
				err := s.Conn().Exec(t.Context(), query)
				require.Error(t, err, query)
				require.Equal(t, want, store.Retryable(err), "%s: %v", query, err)
			}

			// A write into a warehouse that was never migrated will not mend itself.
			err := s.Write(t.Context(), store.Batch{Filter: store.FilterCore, Covered: []store.Range{{From: 1, To: 1}}})
			require.Error(t, err)
			require.False(t, store.Retryable(err), err)

			ended, cancel := context.WithCancel(t.Context())
			cancel()

			_, _, err = s.Cursor(ended)
			require.Error(t, err)
			require.False(t, store.Retryable(err), err)
		})
	}
}
