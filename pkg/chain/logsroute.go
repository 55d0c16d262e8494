package chain

import (
	"context"
	"sync/atomic"
	"time"
)

const (
	methodLogs = "eth_getLogs"
	// The other way to the same logs: a filter is installed, read and dropped. Base's
	// public endpoint has been answering it while it refused every eth_getLogs.
	methodNewFilter  = "eth_newFilter"
	methodFilterLogs = "eth_getFilterLogs"
	methodDropFilter = "eth_uninstallFilter"

	// deniedLogs is how often an endpoint that never answered eth_getLogs may refuse it
	// as too often asked before the other way is tried.
	deniedLogs = 3
	// filtersAgain is how long filters are left alone after they were refused.
	filtersAgain = 10 * time.Minute
)

// logsRoute is what is known about how an endpoint gives logs.
type logsRoute struct {
	// answered is set once eth_getLogs was answered, denied counts its refusals as too
	// often asked until then.
	answered atomic.Bool
	denied   atomic.Int32
	// noFiltersUntil is when filters may be tried again, in Unix nanoseconds.
	noFiltersUntil atomic.Int64
}

// byFilter reports whether logs are to be read through a filter.
func (r *logsRoute) byFilter() bool {
	return !r.answered.Load() && r.denied.Load() >= deniedLogs && time.Now().UnixNano() >= r.noFiltersUntil.Load()
}

// learn takes note of how eth_getLogs went.
func (r *logsRoute) learn(results []rpcResult, err error) {
	if err == nil {
		err = results[0].err
	}

	switch kind, refused := KindOf(err); {
	case err == nil:
		r.answered.Store(true)
	case refused && kind == RateLimited:
		r.denied.Add(1)
	}
}

// readLogs does a number of eth_getLogs and the further calls, in as few requests as
// the endpoint allows.
func (e *endpoint) readLogs(ctx context.Context, filters []map[string]any, further ...rpcCall) ([]rpcResult, error) {
	if e.route.byFilter() {
		return e.readFilters(ctx, filters, further)
	}

	calls := make([]rpcCall, 0, len(filters)+len(further))
	for _, f := range filters {
		calls = append(calls, rpcCall{method: methodLogs, args: []any{f}})
	}

	results, err := e.batch(ctx, append(calls, further...))
	e.route.learn(results, err)

	return results, err
}

// readFilters does the same through filters.
func (e *endpoint) readFilters(ctx context.Context, filters []map[string]any, further []rpcCall) ([]rpcResult, error) {
	install := make([]rpcCall, len(filters))
	for i, f := range filters {
		install[i] = rpcCall{method: methodNewFilter, args: []any{f}}
	}

	installed, err := e.batch(ctx, install)
	if err != nil {
		return nil, e.withoutFilters(err)
	}

	read := make([]rpcCall, len(filters), len(filters)+len(further))
	drop := make([]rpcCall, len(filters))

	for i := range installed {
		if err := installed[i].err; err != nil {
			return nil, e.withoutFilters(err)
		}

		read[i] = rpcCall{method: methodFilterLogs, args: []any{installed[i].data}}
		drop[i] = rpcCall{method: methodDropFilter, args: []any{installed[i].data}}
	}

	results, err := e.batch(ctx, append(read, further...))
	if err != nil {
		return nil, e.withoutFilters(err)
	}

	// What is not dropped expires by itself, so it matters to the endpoint only.
	_, _ = e.batch(ctx, drop)

	return results, nil
}

// withoutFilters gives the error and leaves filters alone for a while.
func (e *endpoint) withoutFilters(err error) error {
	if _, refused := KindOf(err); refused {
		e.route.noFiltersUntil.Store(time.Now().Add(filtersAgain).UnixNano())
	}

	return err
}
