package board

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// rows is an answer of about n values.
func rows(n int) *answer {
	return &answer{Columns: []Column{{Name: "a", Values: make([]any, n)}}, Rows: n}
}

func TestOneRunServesAllWhoAskAtOnce(t *testing.T) {
	t.Parallel()

	c := newCache(1 << 20)
	go1, ran := make(chan struct{}), atomic.Int32{}

	var wait sync.WaitGroup
	for range 100 {
		wait.Go(func() {
			a, err := c.get(t.Context(), "q", 1, time.Hour, func() (*answer, error) {
				ran.Add(1)
				<-go1

				return rows(1), nil
			})
			if err != nil || a.Rows != 1 {
				t.Errorf("%v, %v", a, err)
			}
		})
	}

	close(go1)
	wait.Wait()
	require.EqualValues(t, 1, ran.Load())
}

func TestAnswersHoldUntilTheNextMoment(t *testing.T) {
	t.Parallel()

	c := newCache(1 << 20)
	ran := 0
	ask := func(moment uint64, holds time.Duration) {
		_, err := c.get(t.Context(), "q", moment, holds, func() (*answer, error) { ran++; return rows(1), nil })
		require.NoError(t, err)
	}

	ask(1, time.Hour)
	ask(1, time.Hour)
	require.Equal(t, 1, ran)
	ask(2, time.Hour)
	require.Equal(t, 2, ran, "a new block")
	ask(2, 0)
	require.Equal(t, 3, ran, "too old")
}

func TestFailuresAreNotRepeatedByEverybody(t *testing.T) {
	t.Parallel()

	c := newCache(1 << 20)
	down, ran := errors.New("down"), 0

	for range 10 {
		_, err := c.get(t.Context(), "q", 1, time.Hour, func() (*answer, error) { ran++; return nil, down })
		require.ErrorIs(t, err, down)
	}

	require.Equal(t, 1, ran)
}

func TestWhoLeavesDoesNotStopTheRun(t *testing.T) {
	t.Parallel()

	c := newCache(1 << 20)
	release := make(chan struct{})
	gone, leave := context.WithCancel(t.Context())
	leave()

	run := func() (*answer, error) { <-release; return rows(1), nil }

	_, err := c.get(gone, "q", 1, time.Hour, run)
	require.ErrorIs(t, err, context.Canceled)
	close(release)

	a, err := c.get(t.Context(), "q", 1, time.Hour, func() (*answer, error) { return nil, errors.New("ran again") })
	require.NoError(t, err)
	require.Equal(t, 1, a.Rows)
}

func TestCacheIsBounded(t *testing.T) {
	t.Parallel()

	c := newCache(20_000)

	for i := range 200 {
		_, err := c.get(t.Context(), string(rune('a'+i)), 1, time.Hour, func() (*answer, error) { return rows(20), nil })
		require.NoError(t, err)
		c.mu.Lock()
		require.LessOrEqual(t, c.bytes, 20_000)
		require.Len(t, c.entries, c.recent.Len())
		c.mu.Unlock()
	}

	c.mu.Lock()
	defer c.mu.Unlock()
	require.Positive(t, c.recent.Len())
	require.Less(t, c.recent.Len(), 30)
}
