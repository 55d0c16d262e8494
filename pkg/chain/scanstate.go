package chain

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"
)

// scan is the state of one Scan. The blocks of left are not yet delivered; each of
// them is in todo, in a flight, or was given up (missing).
type scan struct {
	pool   *Pool
	cfg    ScanConfig
	stop   context.CancelFunc
	chunks chan Chunk

	mu      sync.Mutex
	changed *sync.Cond
	left    rangeSet
	todo    []piece
	flights map[*flight]struct{}
	missing []MissingRange
	states  map[*endpoint]*scanEndpoint
	// seams are the open ends of what was verified and delivered.
	seams seams
}

// piece is a range to be read, and what endpoints have done with it so far.
type piece struct {
	Range

	blame map[*endpoint]blame
}

// blame is an endpoint's record on one piece.
type blame struct {
	last  *Refusal
	fails int
	// out: the endpoint is not asked for this piece again.
	out bool
}

// flight is a request under way.
type flight struct {
	piece

	endpoint *endpoint
	started  time.Time
	cancel   context.CancelFunc
	// hedged: the range went back to todo for other endpoints as well.
	hedged bool
}

// scanEndpoint is what one scan knows about one endpoint.
type scanEndpoint struct {
	// out is why the endpoint is not used any more in this scan.
	out *Refusal
	// deep: it refused a range as too old. It works from the newest end down then.
	deep bool
	// floor is the least block that is worth asking for.
	floor uint64
	// strikes counts refusals in a row that looked final.
	strikes int
	// doubts counts refusals in a row that may be about the number of blocks, each of
	// fewer than the one before; doubtedAt is the number of the last.
	doubts    int
	doubtedAt uint64
	// silent is since when it was asked without any answer.
	silent time.Time
}

func newScan(p *Pool, cfg ScanConfig, stop context.CancelFunc) *scan {
	s := &scan{
		pool: p, cfg: cfg, stop: stop, chunks: make(chan Chunk),
		flights: make(map[*flight]struct{}), states: make(map[*endpoint]*scanEndpoint), seams: make(seams),
	}
	s.changed = sync.NewCond(&s.mu)
	s.left = newRangeSet(cfg.Ranges)

	for _, r := range s.left {
		s.todo = append(s.todo, piece{Range: r})
	}

	for _, e := range p.endpoints {
		s.states[e] = &scanEndpoint{}
	}

	return s
}

func (s *scan) broadcast() {
	s.mu.Lock()
	defer s.mu.Unlock()

	s.changed.Broadcast()
}

// tick wakes the waiters now and then, so that they see stalled flights.
func (s *scan) tick(ctx context.Context) {
	every := time.NewTicker(max(s.cfg.HedgeAfter/4, time.Millisecond))
	defer every.Stop()

	for {
		select {
		case <-every.C:
			s.broadcast()
		case <-ctx.Done():
			return
		}
	}
}

// result gives what the scan could not read, nil when nothing.
func (s *scan) result() error {
	s.mu.Lock()
	defer s.mu.Unlock()

	var missing []MissingRange

	for _, m := range s.missing {
		for _, r := range s.left.within(m.Range) { // a late answer may have come
			missing = append(missing, MissingRange{Range: r, Refusals: m.Refusals})
		}
	}

	if len(missing) == 0 {
		return nil
	}

	return &ScanError{Missing: joinMissing(missing)}
}

// joinMissing sorts missing ranges and makes one of those that touch, with the
// refusals of the last.
func joinMissing(missing []MissingRange) []MissingRange {
	slices.SortFunc(missing, func(a, b MissingRange) int { return cmp.Compare(a.From, b.From) })

	joined := missing[:1]

	for _, m := range missing[1:] {
		if last := &joined[len(joined)-1]; m.From <= last.To+1 {
			last.To = max(last.To, m.To)
			last.Refusals = m.Refusals
		} else {
			joined = append(joined, m)
		}
	}

	return joined
}

// finishLocked ends the scan when nothing is left to do.
func (s *scan) finishLocked() {
	s.giveUpLocked()

	if len(s.todo) == 0 && len(s.flights) == 0 {
		s.stop()
	}

	s.changed.Broadcast()
}

// giveUpLocked moves what no endpoint can be asked for from todo to missing.
func (s *scan) giveUpLocked() {
	var keep []piece

	for _, p := range s.todo {
		reachable := false
		lowest := ^uint64(0)

		for _, e := range s.pool.endpoints {
			if state := s.states[e]; state.out == nil && !p.blame[e].out && state.floor <= p.To {
				reachable = true
				lowest = min(lowest, state.floor)
			}
		}

		switch {
		case !reachable:
			s.missing = append(s.missing, MissingRange{Range: p.Range, Refusals: s.refusalsLocked(p)})
		case lowest > p.From:
			lost := p
			lost.To = lowest - 1
			s.missing = append(s.missing, MissingRange{Range: lost.Range, Refusals: s.refusalsLocked(lost)})

			p.From = lowest
			keep = append(keep, p)
		default:
			keep = append(keep, p)
		}
	}

	s.todo = keep
}

// refusalsLocked gives why each endpoint does not give a piece.
func (s *scan) refusalsLocked(p piece) []*Refusal {
	var out []*Refusal

	for _, e := range s.pool.endpoints {
		switch _, _, last := e.health.down(); {
		case p.blame[e].last != nil:
			out = append(out, p.blame[e].last)
		case s.states[e].out != nil:
			out = append(out, s.states[e].out)
		case last != nil:
			out = append(out, last)
		}
	}

	return out
}

// putBackLocked returns a piece to todo, in order.
func (s *scan) putBackLocked(p piece) {
	for _, r := range s.left.within(p.Range) {
		s.insertLocked(piece{Range: r, blame: p.blame})
	}
}

// insertLocked adds a piece in order; neighbours that nobody is blamed for become
// one piece again, so that a wider request can take them.
func (s *scan) insertLocked(p piece) {
	at, _ := slices.BinarySearchFunc(s.todo, p, func(a, b piece) int { return cmp.Compare(a.From, b.From) })

	if at < len(s.todo) && joins(p, s.todo[at]) {
		p.To = s.todo[at].To
		s.todo = slices.Delete(s.todo, at, at+1)
	}

	if at > 0 && joins(s.todo[at-1], p) {
		s.todo[at-1].To = p.To

		return
	}

	s.todo = slices.Insert(s.todo, at, p)
}

// joins reports whether two pieces, a before b, can become one.
func joins(a, b piece) bool {
	return len(a.blame) == 0 && len(b.blame) == 0 && a.To+1 == b.From
}

// deliveredLocked takes blocks out of everything that is still to be done.
func (s *scan) deliveredLocked(r Range) {
	s.left = s.left.remove(r)

	var keep []piece

	for _, p := range s.todo {
		for _, rest := range (rangeSet{p.Range}).remove(r) {
			keep = append(keep, piece{Range: rest, blame: p.blame})
		}
	}

	s.todo = keep

	for f := range s.flights {
		if len(s.left.within(f.Range)) == 0 {
			f.cancel() // Another endpoint was faster.
		}
	}
}
