package embedded

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"time"
)

const (
	// maxRestarts within restartWindow are tried; an engine that ends more often will
	// not be mended by another start.
	maxRestarts   = 10
	restartWindow = time.Minute
)

// watchEngine starts the engine again when it ends by itself, on the same ports. The
// library is made for one query, not for strangers: it ends when a native client sends
// a wrong password, names a database that is not there, or is killed at a bad moment.
// What was acknowledged is on disk, and clients connect again.
func (s *Server) watchEngine(ctx context.Context) {
	defer close(s.done)

	var ends []time.Time

	for {
		s.mu.Lock()
		eng := s.engine
		s.mu.Unlock()

		<-eng.exited

		if s.isAsked() {
			return
		}

		cause := fmt.Errorf("%w: %w (its log is %s)", ErrStopped, eng.cause(), filepath.Join(s.cfg.DataDir, logFile))

		ends = append(ends, time.Now())
		if n := len(ends) - 1 - maxRestarts; n >= 0 && time.Since(ends[n]) < restartWindow {
			s.err = fmt.Errorf("%w; it was started again %d times within %s", cause, maxRestarts, restartWindow)

			return
		}

		if err := s.restart(ctx); err != nil {
			if !s.isAsked() {
				s.err = errors.Join(cause, fmt.Errorf("start ClickHouse again: %w", err))
			}

			return
		}

		if s.cfg.Restarted != nil {
			s.cfg.Restarted(cause)
		}
	}
}

// restart runs an engine in the place of the one that ended.
func (s *Server) restart(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.StartTimeout)
	defer cancel()

	ep := s.where()
	ep.Instance = rand.Text()

	eng, err := serveDirectory(ctx, s.cfg, &ep)
	for errors.Is(err, errPortTaken) && pause(ctx) {
		// A client of the last engine may have been given the port for its own end.
		eng, err = serveDirectory(ctx, s.cfg, &ep)
	}

	if err != nil {
		return err
	}

	s.mu.Lock()
	s.engine, s.endpoint = eng, ep
	asked := s.asked
	s.mu.Unlock()

	if asked {
		// Close stopped the engine before; this one it has not seen.
		return errors.Join(ErrStopped, eng.stop())
	}

	return nil
}

func (s *Server) isAsked() bool {
	s.mu.Lock()
	defer s.mu.Unlock()

	return s.asked
}
