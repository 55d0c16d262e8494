package follow

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/ethereum/go-ethereum/core/types"

	"diemhouse/pkg/chain"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
)

// Writer takes decoded ranges. [*store.Store] is one.
type Writer interface {
	// Stage writes the events of all parts in one insert, Cover makes several inserts
	// count. Cover is safe to repeat, but after a [*store.OvertakenError].
	Stage(ctx context.Context, filter string, parts iter.Seq[store.Part]) (store.Staged, error)
	// InsertSize is how many events one insert should take.
	InsertSize() int
	Cover(ctx context.Context, staged ...store.Staged) error
	// Gaps gives the parts of [from, to] that are not covered under the filter.
	Gaps(ctx context.Context, filter string, from, to uint64) ([]store.Range, error)
}

// decoded are the events of whole blocks.
type decoded struct {
	events []decode.Event
	// unknown is how many of the new ones nothing decodes.
	unknown int
	// notable says that one of them may have changed the contracts' parameters
	// without telling.
	notable bool
}

// decodeLogs turns whole blocks' logs into events behind those in dst.
func decodeLogs(d *decode.Decoder, dst []decode.Event, logs []types.Log) (decoded, error) {
	start := len(dst)

	dst, err := d.Decode(dst, logs)
	if err != nil {
		return decoded{}, err
	}

	out := decoded{events: dst}

	for i := range dst[start:] {
		switch dst[start+i].Kind { //nolint:exhaustive // the others tell what they do
		case decode.KindUnknown:
			out.unknown++
			out.notable = true
		case decode.KindCustom, decode.KindUpgraded:
			out.notable = true
		}
	}

	return out, nil
}

// patience bounds how long a write is repeated before its error is returned. The
// work is not lost: what is not covered is read again.
const patience = 2 * time.Minute

// persist repeats a warehouse operation while its error says that a retry makes
// sense. Every operation given to it is safe to repeat.
func persist(ctx context.Context, what string, op func() error) error {
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		err := op()
		if err != nil && !store.Retryable(err) {
			return struct{}{}, backoff.Permanent(err)
		}

		return struct{}{}, err
	}, backoff.WithMaxElapsedTime(patience))
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}

	return nil
}

func blockOf(h chain.Header) store.Block {
	return store.Block{Number: h.Number.Uint64(), Hash: h.Hash, ParentHash: h.ParentHash, Time: h.Time}
}

func storeRange(r chain.Range) store.Range { return store.Range{From: r.From, To: r.To} }

func chainRanges(ranges []store.Range) []chain.Range {
	out := make([]chain.Range, len(ranges))
	for i, r := range ranges {
		out[i] = chain.Range{From: r.From, To: r.To}
	}

	return out
}
