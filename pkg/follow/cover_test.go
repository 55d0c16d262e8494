package follow

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestCoverTakesATenthOfTheTime is about how long events wait for it.
func TestCoverTakesATenthOfTheTime(t *testing.T) {
	t.Parallel()

	for took, want := range map[time.Duration]time.Duration{
		0:                      2 * time.Second, // the first time
		100 * time.Millisecond: 2 * time.Second,
		400 * time.Millisecond: 4 * time.Second,
		3 * time.Minute:        10 * time.Second, // the server was away
	} {
		require.Equal(t, want, coverPause(took), "%s", took)
	}
}
