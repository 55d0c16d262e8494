package chain

import "time"

// farNarrower: an endpoint whose requests are that many times narrower than another's
// leaves the blocks to the other.
const farNarrower = 8

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

	if s.crowdedLocked(e, n) {
		return piece{}, false
	}

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
			bite.To = e.wellEnded(bite.From, min(p.To, bite.From+n-1), p.To)
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

// wellEnded moves the end of a bite that would lie among the endpoint's newest blocks,
// short of the piece's own, to before them: there a header has to be asked for with the
// logs (see lagWindow), and what serves old logs may keep headers for its head alone.
func (e *endpoint) wellEnded(from, to, pieceEnd uint64) uint64 {
	if head := e.head.Load(); to < pieceEnd && to+lagWindow > head && from+lagWindow <= head {
		return head - lagWindow
	}

	return to
}

// crowdedLocked reports whether the answers that are under way hold as much as memory
// is for, so that one of n blocks more has to wait. Every endpoint may have one: none
// waits for another that hangs.
func (s *scan) crowdedLocked(e *endpoint, n uint64) bool {
	logs, busy := e.width.expected(n), false

	for f := range s.flights {
		logs += f.endpoint.width.expected(f.Len())
		busy = busy || f.endpoint == e
	}

	return busy && logs > fullAnswers*fullAnswer
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
