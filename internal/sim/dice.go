package sim

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"sync"
)

// dice give a stream of their own to everything that is decided, so that one decision
// more or less somewhere changes nothing elsewhere.
func dice(seed uint64, what string, ordinal int) *rand.Rand {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %d %s", seed, ordinal, what))

	return rand.New(rand.NewPCG(binary.LittleEndian.Uint64(sum[:]), binary.LittleEndian.Uint64(sum[8:]))) //nolint:gosec // meant to repeat
}

// ordinals count how often each thing came.
type ordinals struct {
	mu   sync.Mutex
	seen map[string]int
}

func (o *ordinals) next(what string) int {
	sum := sha256.Sum256([]byte(what))
	key := string(sum[:8])

	o.mu.Lock()
	defer o.mu.Unlock()

	if o.seen == nil {
		o.seen = make(map[string]int)
	}

	o.seen[key]++

	return o.seen[key]
}

// pick gives one of the values.
func pick[T any](r *rand.Rand, values []T) T { return values[r.IntN(len(values))] }
