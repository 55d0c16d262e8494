package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"

	"github.com/ethereum/go-ethereum/common/hexutil"
)

// filter is the parameter of eth_getLogs, field by field.
type filter map[string]json.RawMessage

func filterOf(c call) (filter, error) {
	f := make(filter)
	if len(c.Params) == 0 {
		return f, nil
	}

	if err := json.Unmarshal(c.Params[0], &f); err != nil {
		return nil, fmt.Errorf("filter of eth_getLogs: %w", err)
	}

	return f, nil
}

// span is the range of block numbers that an eth_getLogs asks for; ok is false when it
// asks for a block by its hash, or by tag.
func span(c call) (from, to uint64, ok bool) {
	f, err := filterOf(c)
	if err != nil || c.Method != "eth_getLogs" || f["blockHash"] != nil {
		return 0, 0, false
	}

	var first, last hexutil.Uint64
	if json.Unmarshal(f["fromBlock"], &first) != nil || json.Unmarshal(f["toBlock"], &last) != nil {
		return 0, 0, false
	}

	return uint64(first), uint64(last), true
}

// of is the same filter for other blocks.
func (f filter) of(fields map[string]any) map[string]any {
	out := make(map[string]any)

	for name, value := range f {
		if name != "fromBlock" && name != "toBlock" && name != "blockHash" {
			out[name] = value
		}
	}

	maps.Copy(out, fields)

	return out
}

// logs answers eth_getLogs.
func (b backend) logs(ctx context.Context, v view, c call) (json.RawMessage, error) {
	f, err := filterOf(c)
	if err != nil {
		return nil, err
	}

	if f["blockHash"] != nil {
		hash, err := parseHash(f["blockHash"])
		if err != nil {
			return nil, err
		}

		switch has, err := b.has(ctx, v, hash); {
		case err != nil:
			return nil, err
		case !has && v.lenient:
			return json.RawMessage("null"), nil
		case !has:
			return nil, errUnknownBlock
		}

		return b.pass(ctx, c)
	}

	from, err := v.number(f["fromBlock"])
	if err != nil {
		return nil, err
	}

	to, err := v.number(f["toBlock"])
	if err != nil {
		return nil, err
	}

	if to > v.head {
		if !v.lenient {
			return nil, errBeyondHead
		}

		to = v.head
	}

	return b.rangeLogs(ctx, v, f, from, to)
}

// rangeLogs puts the logs of a range together, block by block where the backend is on
// the other branch.
func (b backend) rangeLogs(ctx context.Context, v view, f filter, from, to uint64) (json.RawMessage, error) {
	shared := to
	if v.fork != nil {
		shared = min(to, v.fork.Ancestor)
	}

	all := []json.RawMessage{}

	add := func(fields map[string]any) error {
		answer, err := b.ask(ctx, "eth_getLogs", f.of(fields))
		if err != nil {
			return err
		}

		var part []json.RawMessage
		if err := json.Unmarshal(answer, &part); err != nil {
			return fmt.Errorf("logs: %w", err)
		}

		all = append(all, part...)

		return nil
	}

	if from <= shared {
		if err := add(map[string]any{"fromBlock": hexutil.Uint64(from), "toBlock": hexutil.Uint64(shared)}); err != nil {
			return nil, err
		}
	}

	for n := max(from, shared+1); n <= to; n++ {
		hash, _ := v.hashAt(n)
		if err := add(map[string]any{"blockHash": hash}); err != nil {
			return nil, err
		}
	}

	return raw(all), nil
}
