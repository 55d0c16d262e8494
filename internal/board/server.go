package board

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/rs/zerolog"
)

// Board is a running server.
type Board struct {
	config    Config
	log       zerolog.Logger
	warehouse *warehouse
	cache     *cache
	watcher   *watcher
	hub       *hub
	clients   *clients
	metrics   *metrics
	assets    map[string]asset

	listener net.Listener
	http     *http.Server
	// running ends when the board closes; queries and streams live in it.
	running context.Context //nolint:containedctx // the server's own life, not a call's
	stop    context.CancelFunc
	failed  chan error
	done    chan struct{} // closed when the watcher has ended
}

// Start serves the board until Close. A port in use is an error at once. The
// warehouse may be away: the pages say so, and go on when it is back. ctx bounds the
// start only.
func Start(ctx context.Context, c Config) (*Board, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}

	b := &Board{
		config: c, log: c.Log, cache: newCache(c.Limits.Cache), clients: newClients(c.Limits),
		failed: make(chan error, 1), done: make(chan struct{}),
	}
	b.hub = newHub(b)

	if b.assets, err = loadAssets(); err != nil {
		return nil, err
	}

	handler, err := b.handler()
	if err != nil {
		return nil, err
	}

	if b.metrics, err = newMetrics(b); err != nil {
		return nil, err
	}

	if err := b.open(ctx); err != nil {
		b.metrics.unregister()

		return nil, err
	}

	b.serve(handler)

	return b, nil
}

// Addr is where the board listens.
func (b *Board) Addr() string { return b.listener.Addr().String() }

// URL is what to open in a browser.
func (b *Board) URL() string { return "http://" + b.Addr() + "/" }

// Close ends open pages' streams, waits for what runs until ctx ends, and gives what
// had stopped the server before, if anything did.
func (b *Board) Close(ctx context.Context) error {
	b.stop()

	err := b.http.Shutdown(ctx)
	if err != nil {
		err = errors.Join(fmt.Errorf("stop the board: %w", err), b.http.Close())
	}

	<-b.done
	b.hub.running.Wait()
	b.cache.running.Wait()

	b.metrics.unregister()

	return errors.Join(err, <-b.failed, b.warehouse.close())
}

// open reaches for what can be in the way: the warehouse's address and the port.
func (b *Board) open(ctx context.Context) (err error) {
	if b.warehouse, err = openWarehouse(b.config.DSN, b.config.Limits, b.metrics.query); err != nil {
		return err
	}

	if b.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", b.config.Addr); err != nil {
		return errors.Join(fmt.Errorf("listen on %s for the board (--board-addr; empty for none): %w", b.config.Addr, err),
			b.warehouse.close())
	}

	return nil
}

func (b *Board) serve(handler http.Handler) {
	b.running, b.stop = context.WithCancel(context.Background())
	b.watcher = newWatcher(b.running, b.warehouse, b.config.Poll, b.log)
	b.http = &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
	}

	go func() {
		defer close(b.done)
		b.watcher.run()
	}()

	go func() {
		if err := b.http.Serve(b.listener); !errors.Is(err, http.ErrServerClosed) {
			b.failed <- fmt.Errorf("serve the board on %s: %w", b.Addr(), err)
		}

		close(b.failed)
	}()
}

// handler routes what can be asked for.
func (b *Board) handler() (http.Handler, error) {
	mux := http.NewServeMux()

	mux.HandleFunc("GET /{$}", b.page)
	mux.HandleFunc("GET /d/{uid}", b.page)
	mux.HandleFunc("GET /assets/{name...}", b.asset)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })

	mux.HandleFunc("GET /api/v1/status", b.api(b.apiStatus))
	mux.HandleFunc("GET /api/v1/figures", b.api(b.apiFigures))
	mux.HandleFunc("GET /api/v1/dashboards", b.api(b.apiDashboards))
	mux.HandleFunc("GET /api/v1/dashboards/{uid}", b.api(b.apiDashboard))
	mux.HandleFunc("GET /api/v1/dashboards/{uid}/variables/{name}", b.api(b.apiVariable))
	mux.HandleFunc("GET /api/v1/dashboards/{uid}/annotations", b.api(b.apiAnnotations))
	mux.HandleFunc("GET /api/v1/panels/{uid}/{id}", b.api(b.apiPanel))
	mux.HandleFunc("GET /api/", b.api(func(r *http.Request) (any, error) {
		return nil, refuse(http.StatusNotFound, "no such part of the API: %s; docs/API.md lists all", r.URL.Path)
	}))

	answers, err := compress(mux)
	if err != nil {
		return nil, err
	}

	all := http.NewServeMux()
	all.Handle("/", answers)
	all.HandleFunc("GET /api/v1/live/{uid}", b.stream(b.live))

	return guard(all), nil
}
