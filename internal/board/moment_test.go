package board

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFinalityIsThatOfTheNewestCoveredBlock(t *testing.T) {
	t.Parallel()

	for want, status := range map[string]map[string]any{
		"":                {"cursor": uint64(0), "cursor_time": float64(0), "safe": uint64(0), "finalized": uint64(0)},
		finalityLatest:    {"cursor": uint64(10), "cursor_time": 1e9, "safe": uint64(0), "finalized": uint64(0)},
		finalitySafe:      {"cursor": uint64(10), "cursor_time": 1e9, "safe": uint64(10), "finalized": uint64(9)},
		finalityFinalized: {"cursor": uint64(10), "cursor_time": 1e9, "safe": uint64(12), "finalized": uint64(10)},
	} {
		require.Equal(t, want, finality(status))
	}

	require.Empty(t, finality(nil))
}
