package chain

import (
	"context"
	"time"

	"github.com/ethereum/go-ethereum/core/types"
)

// work reads pieces from one endpoint until nothing is left for it.
func (s *scan) work(ctx context.Context, e *endpoint) {
	for {
		// A flight should not wait for an endpoint that is known to be down.
		until, dropped, last := e.health.down()
		if dropped {
			s.retire(e, last)

			return
		}

		if paused := e.throttle.paused(); paused.After(until) {
			until = paused
		}

		if sleepUntil(ctx, until) != nil {
			return
		}

		f := s.next(ctx, e)
		if f == nil {
			return
		}

		flightCtx, cancel := context.WithCancel(ctx)

		s.mu.Lock()
		f.cancel = cancel
		s.mu.Unlock()

		answer, err := e.readRange(flightCtx, s.job(f))

		cancel()

		if err == nil {
			err = s.link(f, answer)
		}

		if err == nil {
			s.landed(ctx, f, answer)
		} else {
			s.failed(ctx, f, err)
		}
	}
}

// job says what a flight is to read.
func (s *scan) job(f *flight) rangeJob {
	return rangeJob{
		Range: f.Range, filter: s.cfg.Filter, verify: s.cfg.Verify, anchor: s.cfg.Anchor,
		prove: func(ctx context.Context, h Header) ([]types.Log, error) {
			return s.pool.ProvenLogs(ctx, h, s.cfg.Filter, s.cfg.SingleReceipts)
		},
		progress: func() {
			s.mu.Lock()
			defer s.mu.Unlock()

			f.started = time.Now() // It is not stalled.
		},
	}
}

// retire ends the use of an endpoint in this scan.
func (s *scan) retire(e *endpoint, why *Refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()

	s.states[e].out = why
	s.finishLocked()
}

// next waits for a piece that the endpoint should read; nil when there is nothing
// more for it.
func (s *scan) next(ctx context.Context, e *endpoint) *flight {
	s.mu.Lock()
	defer s.mu.Unlock()

	for ctx.Err() == nil && s.states[e].out == nil {
		s.hedgeLocked()

		if p, ok := s.takeLocked(e); ok {
			f := &flight{piece: p, endpoint: e, started: time.Now(), cancel: func() {}}
			s.flights[f] = struct{}{}

			return f
		}

		s.changed.Wait()
	}

	return nil
}

// landed delivers an answer: those of its blocks that no other flight delivered.
func (s *scan) landed(ctx context.Context, f *flight, answer rangeAnswer) {
	f.endpoint.width.answered(f.Len(), len(answer.logs), s.cfg.MaxRange)

	s.mu.Lock()
	state := s.states[f.endpoint]
	state.strikes, state.doubts, state.silent = 0, 0, time.Time{}
	parts := s.left.within(f.Range)
	s.deliveredLocked(f.Range)
	s.changed.Broadcast()
	s.mu.Unlock()

	for i, r := range parts {
		if i > 0 {
			answer.unproven = 0 // Counted with the first part.
		}

		select {
		case s.chunks <- Chunk{
			Range: r, Logs: logsWithin(answer.logs, r), Unproven: answer.unproven, Endpoint: f.endpoint.name,
		}:
		case <-ctx.Done():
		}
	}

	s.mu.Lock()
	defer s.mu.Unlock()

	delete(s.flights, f)
	s.finishLocked()
}

// logsWithin gives the part of sorted logs that lies in r.
func logsWithin(logs []types.Log, r Range) []types.Log {
	from, to := 0, len(logs)
	for from < to && logs[from].BlockNumber < r.From {
		from++
	}

	for to > from && logs[to-1].BlockNumber > r.To {
		to--
	}

	return logs[from:to:to]
}
