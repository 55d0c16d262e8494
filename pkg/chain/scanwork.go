package chain

import (
	"context"
	"errors"
	"maps"
	"time"

	"github.com/ethereum/go-ethereum/core/types"
)

const (
	// farNarrower: an endpoint whose requests are that many times narrower than
	// another's leaves the blocks to the other.
	farNarrower = 8
	// doubtfulTries is how often a refusal that may or may not be about the width is
	// answered by narrower requests.
	doubtfulTries = 3
	// finalStrikes is how many refusals in a row, on whatever blocks, end the use of
	// an endpoint in a scan.
	finalStrikes = 8
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

// hedgeLocked puts the ranges of stalled flights back, for other endpoints.
func (s *scan) hedgeLocked() {
	if len(s.pool.endpoints) < 2 {
		return
	}

	for f := range s.flights {
		if !f.hedged && time.Since(f.started) > s.cfg.HedgeAfter {
			f.hedged = true
			s.putBackLocked(f.piece)
		}
	}
}

// takeLocked cuts the next bite for the endpoint out of todo.
func (s *scan) takeLocked(e *endpoint) (piece, bool) {
	state := s.states[e]
	n := e.width.take(s.cfg.FirstRange, s.cfg.MaxRange)

	for i := range s.todo {
		at := i
		if state.deep {
			at = len(s.todo) - 1 - i
		}

		p := s.todo[at]
		if p.blame[e].out || p.To < state.floor || s.hasFlightLocked(e, p.Range) || s.betterLocked(e, n, p) {
			continue
		}

		bite := p
		if state.deep {
			bite.From = max(p.From, state.floor)
			if bite.Len() > n {
				bite.From = p.To - n + 1
			}
		} else {
			bite.From = max(p.From, state.floor)
			bite.To = min(p.To, bite.From+n-1)
		}

		rest := (rangeSet{p.Range}).remove(bite.Range)
		s.todo = append(s.todo[:at], s.todo[at+1:]...)

		for _, r := range rest {
			s.insertLocked(piece{Range: r, blame: p.blame})
		}

		return bite, true
	}

	return piece{}, false
}

// hasFlightLocked reports whether the endpoint is reading blocks of r already (its
// flight was hedged).
func (s *scan) hasFlightLocked(e *endpoint, r Range) bool {
	for f := range s.flights {
		if f.endpoint == e && f.hedged && f.From <= r.To && r.From <= f.To {
			return true
		}
	}

	return false
}

// betterLocked reports whether another endpoint in good health had better read the
// piece: one that failed on it less often, or as often and reads it in far fewer
// requests. Of two endpoints at most one says so of the other, so nobody waits for
// ever.
func (s *scan) betterLocked(e *endpoint, n uint64, p piece) bool {
	now := time.Now()
	fails := p.blame[e].fails

	for _, other := range s.pool.endpoints {
		state := s.states[other]
		until, _, _ := other.health.down()

		if other == e || state.out != nil || p.blame[other].out || state.floor > p.From || state.deep ||
			now.Before(until) || now.Before(other.throttle.paused()) || s.hasFlightLocked(other, p.Range) {
			continue
		}

		if othersFails := p.blame[other].fails; othersFails < fails ||
			othersFails == fails && n < p.Len() && other.width.current()/farNarrower >= n {
			return true
		}
	}

	return false
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

// failed draws the consequence of a refusal and returns the piece.
func (s *scan) failed(ctx context.Context, f *flight, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	delete(s.flights, f)
	defer s.finishLocked()

	var r *Refusal
	if !errors.As(err, &r) {
		// The scan ended, or another endpoint delivered these blocks first.
		if ctx.Err() == nil && !f.hedged {
			s.putBackLocked(f.piece)
		}

		return
	}

	state := s.states[f.endpoint]
	if state.silent.IsZero() {
		state.silent = f.started
	}

	b := s.judgeLocked(f, r)

	silent := !state.silent.IsZero() && time.Since(state.silent) > s.cfg.GiveUp
	if silent || state.strikes >= finalStrikes {
		state.out = r
	}

	if f.hedged {
		s.blameLocked(f.endpoint, f.Range, b)

		return
	}

	p := f.piece
	if b.last != nil {
		p.blame = maps.Clone(p.blame)
		if p.blame == nil {
			p.blame = make(map[*endpoint]blame)
		}

		p.blame[f.endpoint] = b
	}

	s.putBackLocked(p)
}

// judgeLocked adapts to a refusal and gives the endpoint's record on the piece; an
// empty one when the piece has nothing to do with it.
func (s *scan) judgeLocked(f *flight, r *Refusal) blame {
	e, state, n := f.endpoint, s.states[f.endpoint], f.Len()
	b := f.blame[e]

	switch r.Kind {
	case RangeTooWide:
		e.width.tooWide(n, r.Limit)
		state.silent = time.Time{} // A refusal that teaches is an answer.
	case TooLarge:
		e.width.tooLarge(n)
		state.silent = time.Time{}
	case RateLimited, BatchTooLarge, Outage:
		// Not about these blocks. GiveUp ends it when it does not pass.
		return b
	case NoArchive:
		s.tooOldLocked(f, state)

		return b
	case BadRequest, NotOffered:
		// Some plans word a width limit this way.
		if n > 1 && s.doubtLocked(state, n) {
			e.width.doubtful(n)

			return b
		}

		state.out = r
	case Unauthorized, WrongChain:
		state.out = r
	case UnknownBlock, Reverted:
		state.strikes++

		return blame{last: r, fails: b.fails + 1, out: true}
	case Timeout, Malformed, Unknown:
		e.width.tooLarge(n) // It may have been too much.

		return s.again(b, r)
	case BeyondHead, Untrue:
		// The next of its backends may be further, or honest.
		return s.again(b, r)
	}

	if n > 1 {
		return b
	}

	return blame{last: r, fails: b.fails + 1, out: true}
}

// doubtLocked counts a refusal of n blocks that may be about their number, and
// reports whether fewer are worth a try. Requests that were under way together count
// once.
func (s *scan) doubtLocked(state *scanEndpoint, n uint64) bool {
	if state.doubts == 0 || n < state.doubtedAt {
		state.doubts++
		state.doubtedAt = n
	}

	return state.doubts <= doubtfulTries
}

func (s *scan) again(b blame, r *Refusal) blame {
	return blame{last: r, fails: b.fails + 1, out: b.fails+1 >= s.cfg.Attempts}
}

// tooOldLocked learns how far back an endpoint goes. After the first such refusal it
// works from the newest blocks down; where it is refused again it closes in on the
// oldest block it has.
func (s *scan) tooOldLocked(f *flight, state *scanEndpoint) {
	state.floor = max(state.floor, f.From+1)

	if state.deep && f.Len() > 1 {
		f.endpoint.width.tooDeep(f.Len())
	}

	state.deep = true
}

// blameLocked puts an endpoint's record on the pieces of a range.
func (s *scan) blameLocked(e *endpoint, r Range, b blame) {
	if b.last == nil {
		return
	}

	for i := range s.todo {
		p := &s.todo[i]
		if p.From > r.To || r.From > p.To {
			continue
		}

		p.blame = maps.Clone(p.blame)
		if p.blame == nil {
			p.blame = make(map[*endpoint]blame)
		}

		p.blame[e] = b
	}
}
