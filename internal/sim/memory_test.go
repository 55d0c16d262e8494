package sim_test

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"testing"

	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/devnet"
	"diemhouse/internal/sim"
	"diemhouse/pkg/follow"
)

var blocks = flag.Uint64("sim.blocks", 1000, "how many blocks TestMemoryStaysFlat follows")

// followerEnv makes this test binary a daemon in a process of its own, so that its
// memory is not the chain's.
const followerEnv = "DIEMHOUSE_SIM_FOLLOWER"

// follower follows what the variable describes, until standard input closes. It writes
// what is on the heap after a collection, in bytes, at every block that it reads a line for.
func follower(job string) error {
	var from sim.Follower
	if err := json.Unmarshal([]byte(job), &from); err != nil {
		return err
	}

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()

	weighed := make(chan uint64, 1)
	gauge := &gauge{reached: weighed}

	go func() {
		in := bufio.NewReader(os.Stdin)
		defer cancel()

		for {
			var block uint64
			if _, err := fmt.Fscanln(in, &block); err != nil {
				return
			}

			for reached := range weighed {
				if reached >= block {
					break
				}
			}

			runtime.GC()
			runtime.GC() // what a pool kept is gone after two

			var m runtime.MemStats

			runtime.ReadMemStats(&m)
			fmt.Println(m.HeapAlloc)
		}
	}()

	if err := from.Run(ctx, gauge); ctx.Err() == nil {
		return err
	}

	return nil
}

// gauge passes on how far the head loop is.
type gauge struct {
	follow.Silent

	reached chan uint64
}

// Advanced implements follow.Observer.
func (g *gauge) Advanced(block, _ uint64, _, _ int) {
	select {
	case <-g.reached: // nobody took the one before
	default:
	}

	g.reached <- block
}

// TestMemoryStaysFlat: what the daemon holds does not grow with the blocks it followed.
func TestMemoryStaysFlat(t *testing.T) {
	const (
		growth = 8 << 20 // bytes; a thousand blocks kept by mistake are more
		step   = 50
	)

	w := plain(t, start(t))

	job, err := json.Marshal(w.Follower())
	require.NoError(t, err)

	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), followerEnv+"="+string(job))
	child.Stderr = os.Stderr

	in, err := child.StdinPipe()
	require.NoError(t, err)

	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())

	heapAt := func(block uint64) (heap uint64) {
		for w.Net.Head().Number.Uint64() < block {
			for range step {
				_, _, err := w.Net.Do(devnet.BurnFromPool(amounts()...))
				require.NoError(t, err)
			}
		}

		_, err := fmt.Fprintln(in, block)
		require.NoError(t, err)

		_, err = fmt.Fscanln(out, &heap)
		require.NoError(t, err)

		return heap
	}

	before := heapAt(*blocks / 3)
	after := heapAt(*blocks)

	t.Logf("on the heap: %d KiB after %d blocks, %d KiB after %d", before>>10, *blocks/3, after>>10, *blocks)
	require.Less(t, after, before+growth)

	require.NoError(t, in.Close())

	_, err = io.Copy(io.Discard, out)
	require.NoError(t, err)
	require.NoError(t, child.Wait())
}

// amounts make a block of many logs by one transaction.
func amounts() []*uint256.Int {
	const logs = 40

	out := make([]*uint256.Int, logs)
	for i := range out {
		out[i] = uint256.NewInt(1)
	}

	return out
}
