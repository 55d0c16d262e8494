package board

import (
	"container/list"
	"context"
	"sync"
	"time"
)

// cache keeps answers by the SQL that gave them, until a new block comes or they
// are too old. Whoever asks for what is already being asked waits for that answer.
type cache struct {
	most    int // bytes
	running sync.WaitGroup

	mu      sync.Mutex
	bytes   int
	entries map[string]*list.Element
	recent  *list.List // of *entry, the latest used first
}

type entry struct {
	key    string
	moment uint64
	at     time.Time
	done   chan struct{} // closed when answer and err are set
	answer *answer
	err    error
	size   int
}

func newCache(bytes int) *cache {
	return &cache{most: bytes, entries: map[string]*list.Element{}, recent: list.New()}
}

// fresh is how long an answer holds without a new block: figures such as the age of
// the head change by themselves. A failure holds shorter, so that it is neither
// repeated by everybody nor kept.
const (
	fresh       = 4 * time.Second
	freshFailed = time.Second
)

// get gives the answer of the key at the moment, running it in the background when
// nobody has. run outlives the one who asked first: others may wait for it.
func (c *cache) get(ctx context.Context, key string, moment uint64, holds time.Duration, run func() (*answer, error)) (*answer, error) {
	e, isNew := c.claim(key, moment, holds)
	if isNew {
		c.running.Go(func() {
			answer, err := run()
			c.settle(e, answer, err)
		})
	}

	select {
	case <-e.done:
		return e.answer, e.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// claim finds a valid entry, or makes one that the caller must settle.
func (c *cache) claim(key string, moment uint64, holds time.Duration) (_ *entry, isNew bool) {
	c.mu.Lock()
	defer c.mu.Unlock()

	if element, ok := c.entries[key]; ok {
		e := element.Value.(*entry) //nolint:forcetypeassert // the list holds nothing else
		if e.valid(moment, holds) {
			c.recent.MoveToFront(element)

			return e, false
		}

		c.drop(element)
	}

	e := &entry{key: key, moment: moment, done: make(chan struct{})}
	c.entries[key] = c.recent.PushFront(e)

	return e, true
}

// valid says that the answer may be given: it is on its way, or as new as wanted.
func (e *entry) valid(moment uint64, holds time.Duration) bool {
	select {
	case <-e.done:
	default:
		return e.moment == moment
	}

	if e.err != nil {
		return time.Since(e.at) < freshFailed
	}

	return e.moment == moment && time.Since(e.at) < holds
}

func (c *cache) settle(e *entry, a *answer, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()

	e.answer, e.err, e.at, e.size = a, err, time.Now(), len(e.key)
	if a != nil {
		e.size += a.size()
	}

	close(e.done)

	if element, ok := c.entries[e.key]; ok && element.Value == e {
		c.bytes += e.size
	} else {
		e.size = 0 // a newer one has taken its place
	}

	for c.bytes > c.most && c.recent.Len() > 0 {
		c.drop(c.recent.Back())
	}
}

// drop forgets an entry; the lock is held. One that is not settled yet has no size.
func (c *cache) drop(element *list.Element) {
	e := element.Value.(*entry) //nolint:forcetypeassert // the list holds nothing else
	c.bytes -= e.size
	c.recent.Remove(element)
	delete(c.entries, e.key)
}
