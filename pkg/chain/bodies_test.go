package chain

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestBodiesAreUsedAgain(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		var b bodies

		small, large := b.get(100), b.get(3<<20)
		require.GreaterOrEqual(t, small.Cap(), 100+bytes.MinRead)
		require.Equal(t, 4<<20, large.Cap())

		large.WriteString("an answer")
		b.put(large)
		b.put(small)

		require.Same(t, small, b.get(90), "the smallest that has room")

		again := b.get(3<<20 + 100)
		require.Same(t, large, again, "one of about that length")
		require.Zero(t, again.Len())

		b.put(small)
		b.put(large)
		require.Same(t, large, b.get(-1), "the largest where the length is not known")
		require.NotSame(t, small, b.get(5<<20))

		b.put(large)
		time.Sleep(keptBodiesFor - 1)
		b.put(bytes.NewBuffer(make([]byte, 0, 50)))
		time.Sleep(keptBodiesFor - 1)
		buffers, _ := b.kept()
		require.Equal(t, 3, buffers, "those in use are kept")

		time.Sleep(2 * time.Nanosecond)
		synctest.Wait()

		buffers, size := b.kept()
		require.Zero(t, buffers)
		require.Zero(t, size)
	})
}

// kept gives how many buffers are kept and their bytes.
func (b *bodies) kept() (buffers, size int) {
	b.mu.Lock()
	defer b.mu.Unlock()

	return len(b.free), b.bytes
}

func TestASmallAnswerLeavesTheMemoryOfALargeOne(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		var b bodies

		large := b.get(5 << 20)
		b.put(large)

		small := b.get(100 << 10)
		require.Equal(t, 128<<10, small.Cap())
		require.Same(t, large, b.get(5<<20))
	})
}

func TestBodiesKeepNoMoreThanTheyMay(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		var b bodies

		for range 5 {
			b.put(bytes.NewBuffer(make([]byte, 0, keptBodies/4)))
		}

		buffers, size := b.kept()
		require.Equal(t, 4, buffers)
		require.Equal(t, keptBodies, size)
	})
}
