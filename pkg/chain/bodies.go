package chain

import (
	"bytes"
	"slices"
	"sync"
	"time"
)

const (
	// keptBodies is how much memory of answers is kept for those to come, in bytes: two of
	// the largest that are read side by side.
	keptBodies = 16 << 20
	// keptBodiesFor is how long it is kept after the last of them.
	keptBodiesFor = 10 * time.Second
	// bodyStep is what the memory of a large answer is rounded up to, so that the next
	// of about that size has room in it; smallBodyStep that of a smaller one.
	bodyStep      = 1 << 20
	smallBodyStep = 64 << 10
)

// bodies keeps the memory of answers whose bytes nothing refers to any more. A sync.Pool
// loses it at every collection, of which history has several a second: a quarter of all
// work was then to clear new memory for answers. Emptying it with time costs a timer,
// and gives a daemon that follows the head its history's memory back.
type bodies struct {
	mu    sync.Mutex
	free  []*bytes.Buffer // by capacity, the smallest first
	bytes int             // all of their capacity
	empty *time.Timer
}

// get gives an empty buffer with room for so many bytes; for those of an answer whose
// length is not known, which is below 0, the largest that is free. A small answer does
// not take the memory of a large one, which would find none then.
func (b *bodies) get(length int64) *bytes.Buffer {
	b.mu.Lock()
	defer b.mu.Unlock()

	// ReadFrom wants that much room to see the end.
	need := int(length) + bytes.MinRead

	i := len(b.free) - 1
	if length >= 0 {
		i = slices.IndexFunc(b.free, func(body *bytes.Buffer) bool { return body.Cap() >= need })
		if i >= 0 && need <= bodyStep && b.free[i].Cap() > bodyStep {
			i = -1
		}
	}

	if i >= 0 {
		body := b.free[i]
		b.free = slices.Delete(b.free, i, i+1)
		b.bytes -= body.Cap()

		return body
	}

	switch {
	case need > bodyStep:
		need = roundedUp(need, bodyStep)
	case need > smallBodyStep:
		need = roundedUp(need, smallBodyStep)
	}

	return bytes.NewBuffer(make([]byte, 0, max(need, bytes.MinRead)))
}

func roundedUp(n, step int) int { return (n + step - 1) / step * step }

// put takes a buffer back that nothing refers to.
func (b *bodies) put(body *bytes.Buffer) {
	b.mu.Lock()
	defer b.mu.Unlock()

	if b.bytes+body.Cap() > keptBodies {
		return
	}

	body.Reset()

	at, _ := slices.BinarySearchFunc(b.free, body.Cap(), func(kept *bytes.Buffer, size int) int { return kept.Cap() - size })
	b.free = slices.Insert(b.free, at, body)
	b.bytes += body.Cap()

	if b.empty == nil {
		b.empty = time.AfterFunc(keptBodiesFor, b.drop)
	} else {
		b.empty.Reset(keptBodiesFor)
	}
}

// drop forgets all of them.
func (b *bodies) drop() {
	b.mu.Lock()
	defer b.mu.Unlock()

	b.free, b.bytes = nil, 0
}
