package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Defaults of [Config].
const (
	DefaultDatabase     = "diemhouse"
	DefaultStartTimeout = 60 * time.Second
)

// GrafanaUser is the read-only user of the server. It has no password: the server
// listens on loopback only.
const GrafanaUser = "grafana"

var (
	// ErrNoEngine says that neither a clickhouse binary nor the library was found.
	ErrNoEngine = errors.New("no ClickHouse engine")
	// ErrStopped is the cause of a server's end that nobody asked for.
	ErrStopped = errors.New("embedded ClickHouse stopped")
	// ErrOwnerGone says that the process whose server this one shared has ended.
	ErrOwnerGone = errors.New("the process that ran the embedded ClickHouse has ended; start again to run one here")
)

// Config says where the server keeps its data and how it is found. Only DataDir is
// required.
type Config struct {
	// DataDir holds everything the server writes; it is made where it is missing.
	DataDir string
	// HTTPPort and TCPPort are the loopback ports. A port that is in use, or 0, gives
	// way to the port of the last run, and that to any free one.
	HTTPPort, TCPPort int
	// Binary is the clickhouse program to run. Empty means `clickhouse` on PATH,
	// unless Library is set.
	Binary string
	// Library is libchdb.so. Empty means $DIEMHOUSE_LIBCHDB, then
	// deps/clickhouse/node_modules beside the working directory or the program or
	// above them.
	Library string
	// Database is made at the start and is the grafana user's default. Empty means
	// [DefaultDatabase].
	Database string
	// Log takes what the engine prints; its own log goes to a file in DataDir. Nil
	// discards it.
	Log io.Writer
	// StartTimeout bounds the start. Zero means [DefaultStartTimeout].
	StartTimeout time.Duration
	// Restarted hears that the engine ended by itself, why, and that it runs again. Nil:
	// nobody.
	Restarted func(cause error)
}

// Server is a running ClickHouse: this process's own, or another's.
type Server struct {
	cfg Config

	mu       sync.Mutex
	endpoint endpoint
	engine   *engine // nil when attached
	asked    bool    // Close was called

	owner *lock // nil when attached
	stop  context.CancelFunc

	done chan struct{}
	err  error // set before done closes

	closing sync.Once
	closed  error
}

// Start gives a server on cfg.DataDir: it starts one, or attaches to the one that
// another process runs. It returns when the server answers. ctx bounds the start
// only. The error wraps [ErrNoEngine] where there is nothing to run.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}

	ctx, cancel := context.WithTimeout(ctx, cfg.StartTimeout)
	defer cancel()

	for {
		owner, err := tryLock(filepath.Join(cfg.DataDir, ownerLockFile))
		if err != nil {
			return nil, fmt.Errorf("lock data directory %s: %w", cfg.DataDir, err)
		}

		if owner != nil {
			s, err := own(ctx, cfg, owner)
			if err != nil {
				return nil, errors.Join(fmt.Errorf("start ClickHouse on %s: %w", cfg.DataDir, err), owner.release())
			}

			return s, nil
		}

		ep, err := readEndpoint(cfg.DataDir)
		if err == nil {
			err = ep.check(ctx)
		}

		if err == nil {
			return attach(ctx, cfg, ep), nil
		}

		if !pause(ctx) {
			return nil, fmt.Errorf("data directory %s is in use by another process (%s) whose server does not answer: %w",
				cfg.DataDir, ep.who(), err)
		}
	}
}

func (cfg Config) withDefaults() (Config, error) {
	if cfg.DataDir == "" {
		return cfg, errors.New("embedded ClickHouse: no data directory given")
	}

	dir, err := filepath.Abs(cfg.DataDir)
	if err != nil {
		return cfg, fmt.Errorf("data directory %s: %w", cfg.DataDir, err)
	}

	if err := os.MkdirAll(dir, 0o750); err != nil {
		return cfg, fmt.Errorf("make data directory: %w", err)
	}

	cfg.DataDir = dir

	if cfg.Database == "" {
		cfg.Database = DefaultDatabase
	}

	if cfg.StartTimeout == 0 {
		cfg.StartTimeout = DefaultStartTimeout
	}

	if cfg.Log == nil {
		cfg.Log = io.Discard
	}

	return cfg, nil
}

// own starts a server under the owner's lock.
func own(ctx context.Context, cfg Config, owner *lock) (*Server, error) {
	var failed error

	for range portAttempts {
		ep, err := newEndpoint(cfg)
		if err != nil {
			return nil, err
		}

		eng, err := serveDirectory(ctx, cfg, &ep)
		if errors.Is(err, errPortTaken) {
			failed = err

			continue
		} else if err != nil {
			return nil, err
		}

		watching, stop := context.WithCancel(context.WithoutCancel(ctx))
		s := &Server{cfg: cfg, endpoint: ep, engine: eng, owner: owner, stop: stop, done: make(chan struct{})}

		go s.watchEngine(watching)

		return s, nil
	}

	return nil, failed
}

// serveDirectory runs an engine on the data directory and tells others where it
// listens.
func serveDirectory(ctx context.Context, cfg Config, ep *endpoint) (*engine, error) {
	how, err := findEngine(cfg)
	if err != nil {
		return nil, err
	}

	// The engine before, or that of an owner that was killed, may still be closing its
	// tables.
	serving, err := waitLock(ctx, filepath.Join(cfg.DataDir, engineLockFile))
	if err != nil {
		return nil, fmt.Errorf("wait for the last server to end: %w", err)
	}
	// The child inherits the lock; this copy must not keep it alive.
	defer func() { _ = serving.file.Close() }()

	eng, err := run(ctx, cfg, how, ep, serving)
	if err != nil {
		return nil, err
	}

	if err := ep.write(cfg.DataDir); err != nil {
		return nil, errors.Join(err, eng.stop())
	}

	return eng, nil
}

func attach(ctx context.Context, cfg Config, ep endpoint) *Server {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	s := &Server{cfg: cfg, endpoint: ep, stop: stop, done: make(chan struct{})}

	go s.watchOwner(ctx)

	return s
}

// DSN is the native address for clickhouse-go, of the database that Start made.
func (s *Server) DSN() string { return s.DSNOf("default") }

// DSNOf is DSN for another user: [GrafanaUser] may only read.
func (s *Server) DSNOf(user string) string {
	return fmt.Sprintf("clickhouse://%s@127.0.0.1:%d/%s", user, s.TCPPort(), s.cfg.Database)
}

// HTTPURL is the address of the HTTP interface, such as http://127.0.0.1:8123.
func (s *Server) HTTPURL() string { return s.where().url() }

// HTTPPort is the loopback port of the HTTP interface.
func (s *Server) HTTPPort() int { return s.where().HTTPPort }

// TCPPort is the loopback port of the native protocol.
func (s *Server) TCPPort() int { return s.where().TCPPort }

// PID is the process id of the engine: another one after it was started again.
func (s *Server) PID() int { return s.where().EnginePID }

// Attached reports whether another process owns the server.
func (s *Server) Attached() bool { return s.owner == nil }

// Done is closed when the server is gone, by Close or without it.
func (s *Server) Done() <-chan struct{} { return s.done }

// Err says why the server is gone: nil while it runs and after Close, otherwise an
// error that wraps [ErrStopped] or [ErrOwnerGone].
func (s *Server) Err() error {
	select {
	case <-s.done:
		return s.err
	default:
		return nil
	}
}

// Close stops an own server, and waits for it, or leaves another's. It is safe to
// repeat.
func (s *Server) Close() error {
	s.closing.Do(func() {
		if s.Attached() {
			s.stop()
			<-s.done

			return
		}

		s.mu.Lock()
		s.asked = true
		eng := s.engine
		s.mu.Unlock()

		removeEndpoint(s.cfg.DataDir)
		s.stop()

		s.closed = eng.stop()
		<-s.done
		s.closed = errors.Join(s.closed, s.owner.release())
	})

	return s.closed
}

func (s *Server) where() endpoint {
	s.mu.Lock()
	defer s.mu.Unlock()

	return s.endpoint
}

func (s *Server) watchOwner(ctx context.Context) {
	defer close(s.done)

	path := filepath.Join(s.cfg.DataDir, ownerLockFile)

	tick := time.NewTicker(ownerCheck)
	defer tick.Stop()

	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}

		held, err := lockHeld(path)
		if err == nil && held {
			continue
		}

		if err == nil {
			err = ErrOwnerGone
		}

		s.err = err

		return
	}
}
