package chain

import "sync"

const (
	// fullAnswer is the number of logs an answer should have at most: ranges do not
	// grow beyond what is expected to give that many. Public endpoints cap at 10,000
	// to 20,000.
	fullAnswer = 9000
	// fullAnswers is how many such answers are in flight at most, for each takes 10 MB.
	fullAnswers = 2
	// probeStep: without a stated limit, ranges between the greatest answered and the
	// least refused are tried until they differ by less than a probeStep-th.
	probeStep = 8
)

// width is the number of blocks a request that is asked of one endpoint: it grows
// on success and shrinks on refusal.
type width struct {
	mu sync.Mutex
	// next is the number to ask for; zero before the first request.
	next uint64
	// limit is what the endpoint stated, zero when it did not.
	limit uint64
	// refusedAt is the least number refused as too wide without a stated limit.
	refusedAt uint64
	// gentle is set once an answer was too large: growth is slow from then on.
	gentle bool
	// logs is how many the last answer had for answeredAt blocks; nothing is known while
	// that is zero.
	logs       int
	answeredAt uint64
}

// expected is how many logs an answer for n blocks is likely to have.
func (w *width) expected(n uint64) int {
	w.mu.Lock()
	defer w.mu.Unlock()

	if w.answeredAt == 0 {
		return fullAnswer
	}

	return int(float64(w.logs) / float64(w.answeredAt) * float64(n))
}

// take gives the number of blocks to ask for.
func (w *width) take(first, most uint64) uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()

	if w.next == 0 {
		w.next = first
		if w.limit != 0 {
			w.next = min(first, w.limit)
		}
	}

	return max(1, min(w.next, most))
}

// current gives the number without starting it.
func (w *width) current() uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()

	return w.next
}

// answered takes note that a request for n blocks was answered with logs logs.
func (w *width) answered(n uint64, logs int, most uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()

	w.logs, w.answeredAt = logs, n

	if n < w.next && logs <= fullAnswer {
		return // A smaller bite than we would have asked for teaches nothing.
	}

	grown := n * 2
	if w.gentle {
		grown = n + n/4 + 1
	}

	if w.refusedAt > n {
		grown = min(grown, n+(w.refusedAt-n)/2)
		if grown < n+n/probeStep {
			grown = n
		}
	}

	if logs > 0 {
		grown = min(grown, max(1, uint64(float64(n)/float64(logs)*fullAnswer)))
	}

	if w.limit != 0 {
		grown = min(grown, w.limit)
	}

	w.next = max(1, min(grown, most))
}

// tooWide takes note that n blocks were refused as too many; limit is what the
// endpoint states, zero when nothing usable.
func (w *width) tooWide(n, limit uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()

	if limit > 0 && limit < n {
		w.limit = limit
		w.next = min(w.next, limit)

		return
	}

	// What is suggested and not below what was refused would loop for ever.
	if w.refusedAt == 0 || n < w.refusedAt {
		w.refusedAt = n
	}

	if w.limit >= n {
		w.limit = 0 // It refuses what it stated.
	}

	w.shrink(n, 2)
}

// tooLarge takes note that the answer for n blocks was too large or too slow.
func (w *width) tooLarge(n uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()

	w.gentle = true
	w.shrink(n, 2)
}

// doubtful takes note of a refusal that may or may not be about the number.
func (w *width) doubtful(n uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()

	w.shrink(n, 4)
}

// tooDeep takes note that the range of n blocks reached below what the endpoint keeps.
func (w *width) tooDeep(n uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()

	w.shrink(n, 2)
}

// shrink goes below n, whatever several refusals of the same n do together.
func (w *width) shrink(n, by uint64) { w.next = max(1, min(w.next, n/by)) }
