package telemetry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Server answers /metrics, /healthz and /readyz on one port.
type Server struct {
	http     *http.Server
	listener net.Listener
	failed   chan error
}

// Ready says why the program is not ready to be believed, nil when it is.
type Ready func(ctx context.Context) error

// Serve listens on addr at once, so that a port in use is an error at start. An
// empty addr serves nothing and gives a nil server, whose methods do nothing.
func Serve(ctx context.Context, addr string, registry *prometheus.Registry, ready Ready) (*Server, error) {
	if addr == "" {
		return nil, nil //nolint:nilnil // a nil server is the documented "none", and its methods accept it
	}

	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %s for metrics (--listen; empty for none): %w", addr, err)
	}

	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{Registry: registry}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { ok(w) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := ready(r.Context()); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)

			return
		}

		ok(w)
	})

	s := &Server{
		http:     &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second},
		listener: listener,
		failed:   make(chan error, 1),
	}

	go func() {
		if err := s.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.failed <- fmt.Errorf("serve metrics on %s: %w", addr, err)
		}

		close(s.failed)
	}()

	return s, nil
}

// ok answers; whether the asker is still there to read it does not matter.
func ok(w http.ResponseWriter) { _, _ = io.WriteString(w, "ok\n") }

// Addr is where the server listens, empty for none.
func (s *Server) Addr() string {
	if s == nil {
		return ""
	}

	return s.listener.Addr().String()
}

// Close stops the server, giving open requests until ctx ends.
func (s *Server) Close(ctx context.Context) error {
	if s == nil {
		return nil
	}

	if err := s.http.Shutdown(ctx); err != nil {
		return fmt.Errorf("stop the metrics server: %w", err)
	}

	return <-s.failed
}
