package sim_test

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"diemhouse/internal/sim"
	"diemhouse/pkg/store/embedded"
)

var (
	one     = flag.Int64("sim.seed", -1, "the one seed to run")
	from    = flag.Uint64("sim.from", 0, "the first seed to run")
	count   = flag.Uint64("sim.seeds", 12, "how many seeds to run")
	workers = flag.Int("sim.workers", 2, "how many to run side by side, each on a ClickHouse of its own")
)

func TestMain(m *testing.M) {
	embedded.Main()

	if job := os.Getenv(followerEnv); job != "" {
		if err := follower(job); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}

		os.Exit(0)
	}

	os.Exit(m.Run())
}

// regressions are seeds that once found something. What it was is beside them.
var regressions = []uint64{
	5048, // the head fell, and the oracle looked at the rollups while the rewind was at them
}

// TestSeeds plays a fixed set of seeds, or those that the flags name.
func TestSeeds(t *testing.T) {
	seeds := make(chan uint64)

	go func() {
		defer close(seeds)

		if *one >= 0 {
			seeds <- uint64(*one)

			return
		}

		for _, seed := range regressions {
			seeds <- seed
		}

		for seed := *from; seed < *from+*count; seed++ {
			seeds <- seed
		}
	}()

	var all sync.WaitGroup

	for range *workers {
		all.Go(func() { work(t, seeds) })
	}

	all.Wait()
}

// work plays seeds on a ClickHouse of its own.
func work(t *testing.T, seeds <-chan uint64) {
	t.Helper()

	engine, err := sim.StartEngine(t.Context())
	if err != nil {
		t.Error(err)

		for range seeds { // nobody else may be there to take them
		}

		return
	}

	for seed := range seeds {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			if err := sim.Run(t.Context(), engine, seed); err != nil {
				t.Error(err)
			}
		})
	}

	require.NoError(t, engine.Close())
}
