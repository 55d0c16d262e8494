package chain

import (
	"context"
	"errors"
	"maps"
	"time"
)

const (
	// doubtfulTries is how often a refusal that may or may not be about the width is
	// answered by narrower requests.
	doubtfulTries = 3
	// finalStrikes is how many refusals in a row, on whatever blocks, end the use of
	// an endpoint in a scan.
	finalStrikes = 8
)

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
