package chain

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A WebSocket's answers are bounded as HTTP's are, and it works on after one that was
// too long.
func TestASocketsAnswersAreBoundedInSize(t *testing.T) {
	t.Parallel()

	node := sharedNode(t)
	cfg := quick(node.WSURL())
	cfg.MaxAnswer = 8 << 10

	e := newPool(t, cfg).endpoints[0]

	_, err := e.queryRange(t.Context(), filterSet(t, FilterAll), Range{From: 1, To: 200})
	kind, _ := KindOf(err)
	require.Equal(t, TooLarge, kind, "%v", err)

	h, err := e.headerByNumber(t.Context(), 7)
	require.NoError(t, err)
	require.Equal(t, node.Header(7).Hash(), h.Hash)
}

// A scan over a WebSocket narrows its requests until the answers fit.
func TestAScanOverASocketFitsTheLimit(t *testing.T) {
	t.Parallel()

	node := sharedNode(t)
	f := filterSet(t, FilterAll)
	all := Range{From: 1, To: 60}
	cfg := quick(node.WSURL())
	cfg.MaxAnswer = 64 << 10

	var got collector

	require.NoError(t, newPool(t, cfg).Scan(t.Context(), ScanConfig{Filter: f, Ranges: []Range{all}, Workers: 1}, got.take))
	got.requireTruth(t, all, truth(t, node.HTTPURL(), f, all))
	require.Greater(t, got.chunks, 1)
}
